"""Windows of years as people write them: ``2015-2020``, ``2015-``, ``-2020``, ``2018``."""

from __future__ import annotations

import re

from ranking.views import Bounds
from records.errors import QueryError

__all__ = ["parse_years", "write_years"]

_YEARS = re.compile(r"\s*([0-9]{1,4})?\s*(?:(-|\u2013|\.\.)\s*([0-9]{1,4})?)?\s*")


def parse_years(text: str, name: str = "years") -> Bounds:
    """First and last year, inclusive, None where a side is open; blank text is open on both.

    :raises QueryError: when ``text`` is no window of years; ``name`` says whose it is.
    """
    if not text.strip():
        return None, None
    match = _YEARS.fullmatch(text)
    if match is None or not (match[1] or match[3]):
        raise QueryError(
            f"{name}: {text[:40]!r} is not a window of years", text=text, hint="write 2015-2020, 2015-, -2020 or 2018"
        )
    first = int(match[1]) if match[1] else None
    last = int(match[3]) if match[3] else None
    if match[2] is None:
        last = first
    if first is not None and last is not None and first > last:
        raise QueryError(f"{name}: the window runs backwards", text=text, hint=f"write {last}-{first}")
    return first, last


def write_years(bounds: Bounds) -> str:
    """The shortest text that reads back as ``bounds``; "" when both sides are open."""
    first, last = bounds
    if first is not None and first == last:
        return str(first)
    dash = "" if first is None and last is None else "-"
    return f"{'' if first is None else first}{dash}{'' if last is None else last}"
