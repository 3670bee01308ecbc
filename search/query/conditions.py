"""The shape of a filter expression, whatever its fields: ``field:value``, ``,`` AND, ``|`` OR, ``!`` NOT, quotes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

from records.errors import FilterError
from search.query.ast import Span
from search.query.lexer import Value, clean
from search.query.parser import MAX_CLAUSES

__all__ = ["MAX_FILTER_LENGTH", "MAX_VALUES", "Condition", "Given", "conditions"]

MAX_FILTER_LENGTH = 500_000
"""Code points of a filter expression: long lists of ids fit."""

MAX_VALUES = 20_000
"""Values of a whole filter expression."""

_NAME = re.compile(r"\s*([A-Za-z][A-Za-z0-9_.]*)\s*:\s*")
_QUOTED = re.compile(r'"((?:[^"]|"")*)"')
_QUOTE_AHEAD = re.compile(r'\s*"')
_RAW = re.compile(r"[^,|]*")

_Field = TypeVar("_Field")


@dataclass(frozen=True, slots=True)
class Given:
    """A value as typed, and whether it stood in quotes."""

    value: Value
    quoted: bool


@dataclass(frozen=True, slots=True)
class Condition(Generic[_Field]):
    """One of ``values`` holds for ``field`` (``negated``: none does)."""

    field: _Field
    values: tuple[Given, ...]
    negated: bool
    span: Span


def conditions(text: str, find: Callable[[str, int], _Field]) -> Iterator[Condition[_Field]]:
    """The conditions of ``text``, none when it is blank; all of them must hold.

    ``find`` gives the field of a name at a column, or raises.

    :raises FilterError: with column and, where there is one, a hint.
    """
    if len(text) > MAX_FILTER_LENGTH:
        message = f"the filter has {len(text)} characters, {MAX_FILTER_LENGTH} are allowed"
        raise FilterError(message, text=text, column=MAX_FILTER_LENGTH)
    return _Conditions(text, find).all() if clean(text).strip() else iter(())


class _Conditions(Generic[_Field]):
    def __init__(self, text: str, find: Callable[[str, int], _Field]) -> None:
        self.text = text
        self.source = clean(text)
        self.find = find
        self.at = 0
        self.count = 0

    def error(self, message: str, column: int, hint: str | None = None) -> FilterError:
        return FilterError(message, text=self.text, column=column, hint=hint)

    def all(self) -> Iterator[Condition[_Field]]:
        clauses = 0
        while True:
            clauses += 1
            if clauses > MAX_CLAUSES:
                raise self.error(f"the filter has more than {MAX_CLAUSES} conditions", self.at)
            yield self.condition()
            if self.at >= len(self.source):
                return
            self.at += 1  # the comma

    def condition(self) -> Condition[_Field]:
        start = self.at
        match = _NAME.match(self.source, start)
        if match is None:
            hint = "write field:value; conditions are separated by commas, and a value with a comma is quoted"
            raise self.error("a filter condition needs a field and a colon", start, hint)
        field = self.find(match[1], match.start(1))
        self.at = match.end()
        negated = self.source.startswith("!", self.at)
        self.at += negated
        values = tuple(self.values(match[1]))
        return Condition(field, values, negated, Span(start, self.at))

    def values(self, name: str) -> Iterator[Given]:
        while True:
            given = self.value(name)
            self.count += 1
            if self.count > MAX_VALUES:
                raise self.error(f"the filter has more than {MAX_VALUES} values", given.value.span.start)
            yield given
            if not self.source.startswith("|", self.at):
                return
            self.at += 1

    def value(self, name: str) -> Given:
        start = self.at
        if _QUOTE_AHEAD.match(self.source, start):
            return Given(self.quoted(name), quoted=True)
        match = _RAW.match(self.source, start)
        raw = match[0] if match else ""
        self.at += len(raw)
        if not raw.strip():
            raise self.error(f"a value of {name} is missing", start, f"write {name}:value or {name}:one|other")
        if raw.startswith("!"):
            raise self.error("! stands in front of all alternatives", start, f"write {name}:!one|other for neither")
        return Given(Value(raw.strip(), Span(start, self.at)), quoted=False)

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
