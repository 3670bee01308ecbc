"""Facets: how often each value of a field occurs among all matches, exactly."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from tantivy import Query

from records.errors import EngineError
from search.embedded.schema import TextIndex, keyword_field
from search.engine import KEYWORD_FACETS, FacetRequest, FacetResult, FacetValue
from search.query.ast import KeywordField, NumberField
from search.reading import bucket_counts

__all__ = ["count_values"]

_SLACK = 8  # values read beyond those asked for, to see ties at the cut
_ALL = 2**31 - 1


def count_values(
    index: TextIndex, query: Query, requests: Sequence[FacetRequest], labels: Mapping[str, Callable[[str], str]]
) -> tuple[FacetResult, ...]:
    """One result a request. ``labels`` gives the label of a value, by field.

    :raises EngineError: for a field that cannot be counted.
    """
    fields = [_index_field(index, request.field) for request in requests]
    found: dict[int, FacetResult] = {}
    sizes = {number: request.size + _SLACK for number, request in enumerate(requests)}
    while sizes:
        told = index.searcher.aggregate(
            query, {str(number): _terms(index, fields[number], size) for number, size in sizes.items()}
        )
        retry: dict[int, int] = {}
        for number, size in sizes.items():
            result = _top(told[str(number)], requests[number], size, labels)
            if result is None:
                retry[number] = min(8 * size, _ALL)
            else:
                found[number] = result
        sizes = retry
    return tuple(found[number] for number in range(len(requests)))


def _index_field(index: TextIndex, name: str) -> str:
    if name == NumberField.YEAR:
        return index.numbers[NumberField.YEAR]
    if name not in KEYWORD_FACETS:
        known = ", ".join(sorted([*KEYWORD_FACETS, NumberField.YEAR]))
        raise EngineError(f"{name!r} cannot be counted as a facet; these can: {known}")
    return keyword_field(KeywordField(name))


def _terms(index: TextIndex, field: str, size: int) -> dict[str, Any]:
    # A segment's counts are only partial, so with several of them each must tell all of its values.
    segment_size = size if index.searcher.num_segments <= 1 else _ALL
    return {"terms": {"field": field, "size": size, "segment_size": segment_size}}


def _top(
    told: Mapping[str, Any], request: FacetRequest, asked: int, labels: Mapping[str, Callable[[str], str]]
) -> FacetResult | None:
    """The result, or None when values with the count at the cut may not all have been told."""
    counts = bucket_counts(told["buckets"])
    if len(counts) >= asked and counts[-1][1] == counts[request.size - 1][1]:
        return None
    label = labels.get(request.field)
    top = counts[: request.size]
    values = tuple(FacetValue(value, count, label(value) if label else "") for value, count in top)
    other = int(told["sum_other_doc_count"]) + sum(count for _, count in counts[request.size :])
    return FacetResult(request.field, values, other)
