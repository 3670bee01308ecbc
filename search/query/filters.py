"""The filter grammar of OpenAlex: ``year:2005-2012,type:article|book,language:!en,title.search:parsing``.

``,`` is AND, ``|`` OR, ``!`` NOT (of all the alternatives behind it). A value with a comma, a bar or a quote is quoted;
quotes inside are doubled. Values of analysed fields are words that must all occur, or a phrase in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator

from records.errors import FilterError
from search.query.ast import And, Everything, Match, Node, Not, Or, Span, TextField
from search.query.fields import Field, FieldKind, closest, field_names, find_field
from search.query.lexer import Value, clean, plain_words, quote
from search.query.parser import MAX_CLAUSES
from search.query.values import constraint
from search.text import words

__all__ = ["MAX_FILTER_LENGTH", "MAX_VALUES", "parse_filter", "quote_value"]

MAX_FILTER_LENGTH = 500_000
"""Code points of a filter expression: long lists of ids fit."""

MAX_VALUES = 20_000
"""Values of a whole filter expression."""

_NAME = re.compile(r"\s*([A-Za-z][A-Za-z_.]*)\s*:\s*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_QUOTE_AHEAD = re.compile(r'\s*"')
_RAW = re.compile(r"[^,|]*")


def quote_value(value: str) -> str:
    """``value`` as it must be written in a filter to mean itself."""
    return quote(value) if re.search(r'[,|"]|^[!\s]|\s$', value) else value


def parse_filter(text: str, *, metrics: Collection[str] = ()) -> Node:
    """Parse a filter expression; blank text is :class:`Everything`.

    :raises FilterError: with column and, where there is one, a hint. An unknown filter lists the known ones.
    """
    if len(text) > MAX_FILTER_LENGTH:
        raise FilterError(
            f"the filter has {len(text)} characters, {MAX_FILTER_LENGTH} are allowed",
            text=text,
            column=MAX_FILTER_LENGTH,
        )
    if not clean(text).strip():
        return Everything()
    items = list(_Filters(text, metrics).items())
    return items[0] if len(items) == 1 else And(_flattened(items), Span(0, len(text)))


def _flattened(items: list[Node]) -> tuple[Node, ...]:
    return tuple(child for item in items for child in (item.children if isinstance(item, And) else (item,)))


class _Filters:
    def __init__(self, text: str, metrics: Collection[str]) -> None:
        self.text = text
        self.source = clean(text)
        self.metrics = metrics
        self.at = 0
        self.count = 0

    def error(self, message: str, column: int, hint: str | None = None) -> FilterError:
        return FilterError(message, text=self.text, column=column, hint=hint)

    def items(self) -> Iterator[Node]:
        clauses = 0
        while True:
            clauses += 1
            if clauses > MAX_CLAUSES:
                raise self.error(f"the filter has more than {MAX_CLAUSES} conditions", self.at)
            yield self.item()
            if self.at >= len(self.source):
                return
            self.at += 1  # the comma

    def item(self) -> Node:
        start = self.at
        match = _NAME.match(self.source, start)
        if match is None:
            hint = "write field:value; conditions are separated by commas, and a value with a comma is quoted"
            raise self.error("a filter condition needs a field and a colon", start, hint)
        field = find_field(match[1], self.metrics)
        if field is None:
            raise self.unknown(match[1], match.start(1))
        self.at = match.end()
        negated = self.source.startswith("!", self.at)
        self.at += negated
        values = tuple(self.values(match[1]))
        span = Span(start, self.at)
        node = self.text_node(field, values) if field.kind is FieldKind.TEXT else self.exact_node(field, values)
        if not negated:
            return node
        return node.child if isinstance(node, Not) else Not(node, span)

    def unknown(self, name: str, column: int) -> FilterError:
        like = closest(name, self.metrics)
        known = ", ".join(field_names(self.metrics))
        return self.error(
            f"there is no filter {name[:60]!r}; the filters are {known}",
            column,
            f"did you mean {like}?" if like else None,
        )

    def exact_node(self, field: Field, values: tuple[tuple[Value, bool], ...]) -> Node:
        return constraint(field, tuple(value for value, _ in values), self.text, FilterError)

    def text_node(self, field: Field, values: tuple[tuple[Value, bool], ...]) -> Node:
        matches = tuple(dict.fromkeys(self.match(TextField(field.target), value, phrase) for value, phrase in values))
        return matches[0] if len(matches) == 1 else Or(matches, matches[0].span)

    def match(self, target: TextField, value: Value, phrase: bool) -> Match:
        if not words(value.text):
            raise self.error("there is no letter and no digit to search for", value.span.start)
        if phrase and target is not TextField.AUTHOR:
            return Match(" ".join(value.text.split()), target, phrase=True, span=value.span)
        text = " ".join(plain_words(value.text))
        found = words(text)
        prefix = value.text.rstrip().endswith("*") and len(found[-1].term) > 1
        return Match(text, target, all_words=len(found) > 1, prefix=prefix, span=value.span)

    def values(self, name: str) -> Iterator[tuple[Value, bool]]:
        """The alternatives of a condition, and whether each was quoted."""
        while True:
            value, quoted = self.value(name)
            self.count += 1
            if self.count > MAX_VALUES:
                raise self.error(f"the filter has more than {MAX_VALUES} values", value.span.start)
            yield value, quoted
            if not self.source.startswith("|", self.at):
                return
            self.at += 1

    def value(self, name: str) -> tuple[Value, bool]:
        start = self.at
        if _QUOTE_AHEAD.match(self.source, start):
            return self.quoted(name), True
        match = _RAW.match(self.source, start)
        raw = match[0] if match else ""
        self.at += len(raw)
        if not raw.strip():
            raise self.error(f"a value of {name} is missing", start, f"write {name}:value or {name}:one|other")
        if raw.startswith("!"):
            raise self.error("! stands in front of all alternatives", start, f"write {name}:!one|other for neither")
        return Value(raw.strip(), Span(start, self.at)), False

    def quoted(self, name: str) -> Value:
        start = self.source.index('"', self.at)
        match = _QUOTED.match(self.source, start)
        if match is None:
            raise self.error("a quote is not closed", start, 'close it; a quote inside quotes is doubled: ""')
        self.at = match.end()
        while self.at < len(self.source) and self.source[self.at].isspace():
            self.at += 1
        if self.at < len(self.source) and self.source[self.at] not in ",|":
            raise self.error("only , or | can follow a quoted value", self.at, 'a quote inside quotes is doubled: ""')
        content = match[1].replace('""', '"').strip()
        if not content:
            raise self.error(f"a value of {name} is missing", start, f"write {name}:value or {name}:one|other")
        return Value(content, Span(start, match.end()))
