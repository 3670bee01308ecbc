"""The filter grammar of OpenAlex: ``year:2005-2012,type:article|book,language:!en,title.search:parsing``.

``,`` is AND, ``|`` OR, ``!`` NOT (of all the alternatives behind it). A value with a comma, a bar or a quote is quoted;
quotes inside are doubled. Values of analysed fields are words that must all occur, or a phrase in quotes.
"""

from __future__ import annotations

import re
from collections.abc import Collection

from records.errors import FilterError
from search.query.ast import And, Everything, Match, Node, Not, Or, Span, TextField
from search.query.conditions import MAX_FILTER_LENGTH, MAX_VALUES, Condition, Given, conditions
from search.query.fields import Field, FieldKind, closest, field_names, find_field
from search.query.lexer import plain_words, quote
from search.query.values import constraint
from search.text import words

__all__ = ["MAX_FILTER_LENGTH", "MAX_VALUES", "parse_filter", "quote_value"]


def quote_value(value: str) -> str:
    """``value`` as it must be written in a filter to mean itself."""
    return quote(value) if re.search(r'[,|"]|^[!\s]|\s$', value) else value


def parse_filter(text: str, *, metrics: Collection[str] = ()) -> Node:
    """Parse a filter expression; blank text is :class:`Everything`.

    :raises FilterError: with column and, where there is one, a hint. An unknown filter lists the known ones.
    """

    def find(name: str, column: int) -> Field:
        field = find_field(name, metrics)
        if field is None:
            like = closest(name, metrics)
            known = ", ".join(field_names(metrics))
            message = f"there is no filter {name[:60]!r}; the filters are {known}"
            raise FilterError(message, text=text, column=column, hint=f"did you mean {like}?" if like else None)
        return field

    items = [_node(condition, text) for condition in conditions(text, find)]
    if not items:
        return Everything()
    return items[0] if len(items) == 1 else And(_flattened(items), Span(0, len(text)))


def _flattened(items: list[Node]) -> tuple[Node, ...]:
    return tuple(child for item in items for child in (item.children if isinstance(item, And) else (item,)))


def _node(condition: Condition[Field], text: str) -> Node:
    field = condition.field
    if field.kind is FieldKind.TEXT:
        node = _text_node(TextField(field.target), condition.values, text)
    else:
        node = constraint(field, tuple(given.value for given in condition.values), text, FilterError)
    if not condition.negated:
        return node
    return node.child if isinstance(node, Not) else Not(node, condition.span)


def _text_node(target: TextField, values: tuple[Given, ...], text: str) -> Node:
    matches = tuple(dict.fromkeys(_match(target, given, text) for given in values))
    return matches[0] if len(matches) == 1 else Or(matches, matches[0].span)


def _match(target: TextField, given: Given, text: str) -> Match:
    value = given.value
    if not words(value.text):
        raise FilterError("there is no letter and no digit to search for", text=text, column=value.span.start)
    if given.quoted and target is not TextField.AUTHOR:
        return Match(" ".join(value.text.split()), target, phrase=True, span=value.span)
    plain = " ".join(plain_words(value.text))
    found = words(plain)
    prefix = value.text.rstrip().endswith("*") and len(found[-1].term) > 1
    return Match(plain, target, all_words=len(found) > 1, prefix=prefix, span=value.span)
