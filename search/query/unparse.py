"""The typed query written back in the query language: ``parse(unparse(node)) == node`` for all that the parser makes.

Nodes built elsewhere come out as a query that means the same. Boosts are not part of the language and are left out.
"""

from __future__ import annotations

import re

from records.ids import PAPER_SCHEMES
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from search.query.lexer import plain_words, quote
from search.query.numbers import write_range
from search.text import words

__all__ = ["unparse"]

_SAFE_VALUE = re.compile(
    r"(?![:/])[^\s()\"\u201c\u201d\u201e\u201f\u00ab\u00bb|]*[^\s()\"\u201c\u201d\u201e\u201f\u00ab\u00bb|,;]"
)
_OPERATOR_WORDS = frozenset(("AND", "OR", "NOT"))
_NAMES = {KeywordField.REFERENCE: "cites"}


def unparse(node: Node) -> str:
    """Write ``node`` in the query language. Everything is the empty query."""
    return "" if isinstance(node, Everything) else _written(node, 0)


# Where a node stands decides whether it needs parentheses.
_TOP, _SIDE, _OPERAND = 0, 1, 2  # the whole query or an Or's side; beside other operands; under AND


def _written(node: Node, place: int) -> str:
    if isinstance(node, Or):
        text = " OR ".join(_written(child, _OPERAND) for child in node.children)
        return text if place == _TOP and len(node.children) > 1 else f"({text})"
    if isinstance(node, And):
        text = _conjunction(node)
        return text if place == _TOP else f"({text})"
    if isinstance(node, Not):
        return f"NOT {_operand(node.child)}"
    if isinstance(node, Match):
        return _match(node, place)
    if isinstance(node, Keyword):
        return _keyword(node)
    if isinstance(node, Range):
        return f"{node.field}:{write_range(node)}"
    return "year:* OR NOT year:*" if place == _TOP else "(year:* OR NOT year:*)"


def _operand(node: Node) -> str:
    return f"({_written(node, _TOP)})" if isinstance(node, Not) else _written(node, _OPERAND)


def _conjunction(node: And) -> str:
    bags = sum(isinstance(child, Match) and _is_bag(child) for child in node.children)
    if bags > 1 or len(node.children) == 1:
        return " AND ".join(_written(child, _OPERAND) for child in node.children)
    return " ".join(_written(child, _SIDE) for child in node.children)


def _is_bag(node: Match) -> bool:
    return node.field is TextField.TEXT and not node.phrase and not node.all_words


def _match(node: Match, place: int) -> str:
    if node.phrase:
        text = quote(" ".join(node.text.split()))
        return text if node.field is TextField.TEXT else f"{node.field}:{text}"
    pieces = plain_words(node.text)
    if not pieces:
        return f"{node.field}:{quote(node.text)}"
    text = " ".join(pieces) + ("*" if node.prefix else "")
    compound = len(words(text)) > 1
    if _is_bag(node):
        return f"({text})" if place == _OPERAND and compound else text
    if node.field is not TextField.TEXT and not node.all_words and len(pieces) > 1:
        alternatives = " OR ".join([*pieces[:-1], pieces[-1] + ("*" if node.prefix else "")])
        return f"{node.field}:({alternatives})"
    if len(pieces) > 1:
        return f"{node.field}:({text})"
    if node.field is not TextField.TEXT:
        return f"{node.field}:{text}"
    return text if place == _OPERAND else f"+{text}"


def _keyword(node: Keyword) -> str:
    if node.field is KeywordField.EXTERNAL_ID:
        scheme, shared = _shared_scheme(node.values)
        if shared:
            return f"{scheme}:{_values(shared)}"
    return f"{_NAMES.get(node.field, node.field.value)}:{_values(node.values)}"


def _shared_scheme(values: tuple[str, ...]) -> tuple[str, tuple[str, ...]]:
    parts = [value.partition(":") for value in values]
    schemes = {scheme for scheme, _, _ in parts}
    if len(schemes) != 1 or schemes.isdisjoint(PAPER_SCHEMES):
        return "", ()
    return schemes.pop(), tuple(rest for _, _, rest in parts)


def _values(values: tuple[str, ...]) -> str:
    return "|".join(_value(value) for value in values) or '""'


def _value(value: str) -> str:
    plain = _SAFE_VALUE.fullmatch(value) and value not in _OPERATOR_WORDS
    return value if plain else quote(value)
