"""Numbers and ranges as people write them: ``2005-2012``, ``2005..2012``, ``>2010``, ``<=5``, ``>0.5..1``."""

from __future__ import annotations

import math
import re

from search.query.ast import NumberField, Range, Span

__all__ = ["read_range", "write_number", "write_range"]

_NUMBER = r"[+-]?(?:[0-9]+(?:\.[0-9]+)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?"
_COMPARISON = re.compile(rf"(>=|<=|>|<|=)\s*({_NUMBER})")
_DOTTED = re.compile(rf"(?:(>=|>)?({_NUMBER}))?\.\.(?:(<=|<)?({_NUMBER}))?")
_DASHED = re.compile(r"([0-9]+(?:\.[0-9]+)?)?[-\u2010-\u2015]([0-9]+(?:\.[0-9]+)?)?")
_SINGLE = re.compile(_NUMBER)
_LAST_YEAR = 9999


def read_range(field: str, text: str, span: Span) -> Range:
    """The range that ``text`` says ``field`` must lie in.

    :raises ValueError: with a message for people.
    """
    low, high, include_low, include_high = _bounds(text)
    for bound in (low, high):
        if bound is not None and not math.isfinite(bound):
            raise ValueError(f"{text[:40]!r} is too large a number")
        if bound is not None and field == NumberField.YEAR and not (bound.is_integer() and 0 <= bound <= _LAST_YEAR):
            raise ValueError(f"{write_number(bound)} is not a year")
    if low is not None and high is not None and low > high:
        raise ValueError(f"the range runs backwards; write {field}:{write_number(high)}..{write_number(low)}")
    return Range(field, low, high, include_low, include_high, span)


def _bounds(text: str) -> tuple[float | None, float | None, bool, bool]:
    if text == "*":
        return None, None, True, True
    if match := _SINGLE.fullmatch(text):
        # A dash in front reads as an open range, as in the filters of OpenAlex: -2012 is "up to 2012".
        if text.startswith("-"):
            return None, float(text[1:]), True, True
        return float(text), float(text), True, True
    if match := _COMPARISON.fullmatch(text):
        operator, bound = match[1], float(match[2])
        if operator == "=":
            return bound, bound, True, True
        if operator.startswith(">"):
            return bound, None, operator == ">=", True
        return None, bound, True, operator == "<="
    if match := _DASHED.fullmatch(text):
        low, high = match[1], match[2]
        if low or high:
            return _number(low), _number(high), True, True
    if match := _DOTTED.fullmatch(text):
        return _number(match[2]), _number(match[4]), match[1] != ">", match[3] != "<"
    raise ValueError(f"{text[:40]!r} is not a number or a range")


def _number(text: str | None) -> float | None:
    return float(text) if text else None


def write_number(value: float) -> str:
    """The shortest text that reads back as ``value``."""
    return str(int(value)) if float(value).is_integer() and abs(value) < 1e15 else repr(float(value))


def write_range(node: Range) -> str:
    """The value of a range; :func:`read_range` reads it back."""
    low, high = node.low, node.high
    if low is None and high is None:
        return "*"
    if low is not None and high is not None:
        if low == high and node.include_low and node.include_high and low >= 0:
            return write_number(low)
        above, below = "" if node.include_low else ">", "" if node.include_high else "<"
        return f"{above}{write_number(low)}..{below}{write_number(high)}"
    if low is not None:
        return f"{'>=' if node.include_low else '>'}{write_number(low)}"
    return f"{'<=' if node.include_high else '<'}{write_number(high or 0.0)}"
