"""Facets as terms aggregations, read on until they are exact."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from records.errors import EngineError
from search.elasticsearch.opened import Answer
from search.elasticsearch.schema import keyword_field
from search.engine import KEYWORD_FACETS, FacetRequest, FacetResult, FacetValue
from search.query.ast import KeywordField, NumberField
from search.reading import bucket_counts

__all__ = ["FacetPlan"]

_SLACK = 8  # values each shard tells beyond those asked for: enough where counts are skewed, as they mostly are
_GROWTH = 16
_MOST_VALUES = 1 << 20  # that a shard is made to tell; beyond, counts could be short and the page says so
_ALL_YEARS = 10_000


@dataclass(frozen=True, slots=True)
class _Asked:
    request: FacetRequest
    field: str
    size: int
    shard_size: int

    def aggregation(self) -> dict[str, Any]:
        order = [{"_count": "desc"}, {"_key": "asc"}]
        return {"terms": {"field": self.field, "size": self.size, "shard_size": self.shard_size, "order": order}}


class FacetPlan:
    """The aggregations for some facets, and what their answers say.

    :raises EngineError: for a field that cannot be counted.
    """

    def __init__(self, requests: Sequence[FacetRequest], numbers: Mapping[str, str]) -> None:
        self._asked = [_asked(request, numbers) for request in requests]
        self._told: dict[int, Mapping[str, Any]] = {}

    def aggregations(self) -> dict[str, Any]:
        """What to ask of the server beside a query; empty when there is nothing (more) to count."""
        return {
            str(number): asked.aggregation() for number, asked in enumerate(self._asked) if number not in self._told
        }

    def read(self, answer: Answer) -> None:
        """Take in an answer. Where shards left out values that might count, more is asked for the next time."""
        for key, told in answer.get("aggregations", {}).items():
            number = int(key)
            asked = self._asked[number]
            if told["doc_count_error_upper_bound"] == 0 or asked.shard_size >= _MOST_VALUES:
                self._told[number] = told
            else:
                larger = min(_GROWTH * asked.shard_size, _MOST_VALUES)
                self._asked[number] = _Asked(asked.request, asked.field, asked.size, larger)

    def partial(self) -> str | None:
        """Why counts may be too small; None when they are exact."""
        for number, told in self._told.items():
            short = told["doc_count_error_upper_bound"]
            if short:
                return f"counts of {self._asked[number].request.field!r} may be up to {short} too small"
        return None

    def results(self, labels: Callable[[str, Sequence[str]], Mapping[str, str]]) -> tuple[FacetResult, ...]:
        """The counts in the order asked. ``labels`` gives what to show for the values of a field."""
        return tuple(_result(asked, self._told.get(number, {}), labels) for number, asked in enumerate(self._asked))


def _asked(request: FacetRequest, numbers: Mapping[str, str]) -> _Asked:
    if request.field == NumberField.YEAR:
        # All of them: the server orders ties as numbers, we do as text.
        return _Asked(request, numbers[NumberField.YEAR], _ALL_YEARS, _ALL_YEARS)
    if request.field not in KEYWORD_FACETS:
        known = ", ".join(sorted([*KEYWORD_FACETS, NumberField.YEAR]))
        raise EngineError(f"{request.field!r} cannot be counted as a facet; these can: {known}")
    return _Asked(request, keyword_field(KeywordField(request.field)), request.size, 2 * request.size + _SLACK)


def _result(
    asked: _Asked, told: Mapping[str, Any], labels: Callable[[str, Sequence[str]], Mapping[str, str]]
) -> FacetResult:
    counts = bucket_counts(told.get("buckets", ()))
    size = asked.request.size
    named = labels(asked.request.field, [value for value, _ in counts[:size]])
    values = tuple(FacetValue(value, count, named.get(value, "")) for value, count in counts[:size])
    other = int(told.get("sum_other_doc_count", 0)) + sum(count for _, count in counts[size:])
    return FacetResult(asked.request.field, values, other)
