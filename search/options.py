"""Sort, facets and limit of a search as people write them."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Sequence

from records.errors import QueryError
from search.engine import KEYWORD_FACETS, FacetRequest, Sort
from search.query.ast import NumberField
from search.query.fields import FieldKind, find_field

__all__ = ["LARGEST_FACET", "LARGEST_LIMIT", "check_limit", "parse_facets", "parse_sort"]

LARGEST_LIMIT = 1_000
"""Hits on one page; the cursor goes on from there without end."""

LARGEST_FACET = 1_000
"""Values listed of one facet."""

_FACET_FIELDS = (*sorted(KEYWORD_FACETS), NumberField.YEAR.value)


def check_limit(limit: int) -> None:
    """Refuse a page size out of range.

    :raises QueryError: naming the range.
    """
    if not 1 <= limit <= LARGEST_LIMIT:
        message = f"limit must be between 1 and {LARGEST_LIMIT}, not {limit}"
        raise QueryError(message, text=str(limit), hint="page on with the cursor to read more")


def parse_sort(text: str, metrics: Collection[str] = ()) -> Sort:
    """Read ``relevance``, ``date:asc``, ``pagerank:desc``; blank is relevance, without a direction it is descending.

    :raises QueryError: listing what can be sorted by.
    """
    name, colon, direction = text.strip().partition(":")
    name, direction = name.strip(), direction.strip().lower()
    if colon and direction not in ("asc", "desc"):
        column = len(text) - len(text.partition(":")[2])
        raise QueryError(f"a sort goes :asc or :desc, not {direction[:40]!r}", text=text, column=column)
    key = _sort_key(name or "relevance", metrics)
    if key is None:
        known = sorted({"relevance", "date", *(field.value for field in NumberField), *metrics})
        raise QueryError(
            f"cannot sort by {name[:60]!r}; it can be {', '.join(known)}", text=text, hint=_did_you_mean(name, known)
        )
    if key == "relevance" and direction == "asc":
        raise QueryError("relevance sorts the best first; there is no ascending relevance", text=text)
    return Sort(key, direction != "asc")


def _sort_key(name: str, metrics: Collection[str]) -> str | None:
    folded = {"relevance_score": "relevance", "publication_date": "date"}.get(name.lower(), name.lower())
    if folded in ("relevance", "date"):
        return folded
    field = find_field(name, metrics)
    return field.target if field is not None and field.kind is FieldKind.NUMBER else None


def parse_facets(texts: Sequence[str]) -> tuple[FacetRequest, ...]:
    """Read facets, ``field`` or ``field:size``.

    :raises QueryError: for a field that cannot be counted (listing those that can) or a size out of range.
    """
    return tuple(dict.fromkeys(_facet(text) for text in texts))


def _facet(text: str) -> FacetRequest:
    name, colon, size = text.strip().partition(":")
    field = find_field(name.strip())
    target = field.target if field is not None else name.strip().lower()
    if target not in _FACET_FIELDS:
        known = ", ".join(_FACET_FIELDS)
        raise QueryError(
            f"{name[:60]!r} cannot be counted as a facet; these can: {known}",
            text=text,
            hint=_did_you_mean(name, _FACET_FIELDS),
        )
    if not colon:
        return FacetRequest(target)
    if not (size.strip().isascii() and size.strip().isdigit() and 1 <= int(size[:9]) <= LARGEST_FACET):
        message = f"a facet lists between 1 and {LARGEST_FACET} values, not {size[:40]!r}"
        raise QueryError(message, text=text, column=len(text) - len(text.partition(":")[2]))
    return FacetRequest(target, int(size))


def _did_you_mean(name: str, known: Sequence[str]) -> str | None:
    found = difflib.get_close_matches(name.lower(), known, n=1)
    return f"did you mean {found[0]}?" if found else None
