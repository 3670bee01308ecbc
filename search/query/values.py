"""A field and its values as typed, to exact constraints: shared by the query language and the filter grammar."""

from __future__ import annotations

from records.errors import QueryError
from search.query.ast import Keyword, KeywordField, Node, Not, Or, Range
from search.query.fields import Field, FieldKind
from search.query.lexer import Token, Value
from search.query.numbers import read_range

__all__ = ["constraint", "field_node"]


def field_node(token: Token, text: str, error: type[QueryError] = QueryError) -> Node:
    """The constraint of a VALUES token: one value must hold.

    :raises QueryError: (or ``error``) at the value that cannot be read.
    """
    assert token.field is not None  # noqa: S101 - so says the lexer
    return constraint(token.field, token.values, text, error)


def constraint(field: Field, values: tuple[Value, ...], text: str, error: type[QueryError]) -> Node:
    """The constraint that ``field`` has one of ``values``."""
    if field.kind is FieldKind.NUMBER:
        ranges = tuple(dict.fromkeys(_range(field, value, text, error) for value in values))
        return ranges[0] if len(ranges) == 1 else Or(ranges)
    normal = tuple(dict.fromkeys(_normal(field, value, text, error) for value in values))
    if field.kind is FieldKind.FLAG:
        has = Keyword(KeywordField.HAS, (field.target,), values[0].span)
        if len(normal) > 1:
            return Or((has, Not(has)))
        return has if normal[0] == "true" else Not(has, values[0].span)
    return Keyword(KeywordField(field.target), normal, values[0].span)


def _range(field: Field, value: Value, text: str, error: type[QueryError]) -> Range:
    try:
        return read_range(field.target, value.text, value.span)
    except ValueError as problem:
        hint = f"write {field.name}:5, {field.name}:5..12, {field.name}:>5 or {field.name}:<=12"
        if field.name == "year":
            hint = "write year:2005, year:2005-2012, year:>2010 or year:<=2012"
        raise error(f"{field.name}: {problem}", text=text, column=value.span.start, hint=hint) from None


def _normal(field: Field, value: Value, text: str, error: type[QueryError]) -> str:
    try:
        return field.normalise(value.text)
    except ValueError as problem:
        raise error(f"{field.name}: {problem}", text=text, column=value.span.start) from None
