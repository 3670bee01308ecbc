"""Pages of matches in a total order: by score or by a field, ties always by position (that is, by paper id)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import tantivy
from tantivy import Occur, Order, Query

from records.errors import CursorError
from search.embedded.schema import ORD, TextIndex
from search.embedded.translate import constant

__all__ = ["FieldOrder", "Page", "Position", "by_field", "by_position", "by_score"]

Position: TypeAlias = "list[int | float | None]"
"""Where the next page starts; what is in it depends on the order. It travels in the cursor."""


@dataclass(frozen=True, slots=True)
class Page:
    """Matches as (score, position of the paper), how many there are in all, and where the next page starts."""

    hits: list[tuple[float, int]]
    total: int
    next: Position | None


@dataclass(frozen=True, slots=True)
class FieldOrder:
    """An index field to order by. Papers without a value come last in either direction."""

    field: str
    kind: tantivy.FieldType
    descending: bool


def by_score(index: TextIndex, query: Query, limit: int, after: Position | None) -> Page:
    """Best first. The position is the number of hits before: a generation never changes, so neither does the order."""
    offset = 0 if after is None else _whole(after, 1)[0]
    if limit == 0:
        return Page([], index.count(query), None)
    if index.searcher.num_segments <= 1:
        # Papers lie in the order of their position in a segment, and tantivy breaks ties by place.
        scored, total = index.top(query, limit, offset)
        hits = _located(index, scored)
    else:
        hits, total = _merged(index, query, offset, limit)
    end = offset + len(hits)
    return Page(hits, total, [end] if hits and end < total else None)


def _merged(index: TextIndex, query: Query, offset: int, limit: int) -> tuple[list[tuple[float, int]], int]:
    """With several segments ties between them are broken here: read on until the last hit is no tie of the page's."""
    end = offset + limit
    wanted = end + 1
    while True:
        scored, total = index.top(query, wanted)
        if len(scored) < wanted or scored[-1][0] < scored[end - 1][0]:
            break
        wanted *= 2
    hits = sorted(_located(index, scored), key=lambda hit: (-hit[0], hit[1]))
    return hits[offset:end], total


def by_position(index: TextIndex, query: Query, limit: int, after: Position | None) -> Page:
    """In order of id, for queries that score nothing. The position is (hits before, last paper)."""
    total = index.count(query)
    before, last = (0, -1) if after is None else _whole(after, 2)
    hits = [(0.0, position) for position in _positions(index, query, limit, last)]
    end = before + len(hits)
    return Page(hits, total, [end, hits[-1][1]] if hits and end < total else None)


def by_field(index: TextIndex, query: Query, order: FieldOrder, limit: int, after: Position | None) -> Page:
    """By a field's value. The position is (hits before, last value or None, last paper)."""
    total = index.count(query)
    before, value, last = 0, None, -1
    if after is not None:
        before, last = _whole([after[0], after[-1]], 2)
        value = _value(after[1:-1], order.kind)
    walk = _FieldWalk(index, query, order)
    found: list[tuple[float | int | None, int]] = []
    if after is None or value is not None:
        if value is not None:
            found.extend((value, position) for position in walk.ties(value, limit, last))
        found.extend(walk.beyond(value, limit - len(found)))
        last = -1
    if len(found) < limit:
        missing = Query.boolean_query([(Occur.Must, query), (Occur.MustNot, Query.exists_query(order.field))])
        found.extend((None, position) for position in _positions(index, missing, limit - len(found), last))
    end = before + len(found)
    following: Position | None = [end, *found[-1]] if found and end < total else None
    return Page([(0.0, position) for _, position in found], total, following)


@dataclass(frozen=True, slots=True)
class _FieldWalk:
    index: TextIndex
    query: Query
    order: FieldOrder

    def ties(self, value: float | int, limit: int, after: int) -> list[int]:
        """Positions after ``after`` of matches that have this value."""
        return _positions(self.index, self._within(value, value), limit, after)

    def beyond(self, value: float | int | None, limit: int) -> list[tuple[float | int | None, int]]:
        """Matches whose value comes after ``value``, as (value, position)."""
        if limit <= 0:
            return []
        if value is None:
            rest = Query.boolean_query(
                [(Occur.Must, self.query), (Occur.Must, constant(Query.exists_query(self.order.field)))]
            )
        elif self.order.descending:
            rest = self._within(None, value, include_high=False)
        else:
            rest = self._within(value, None, include_low=False)
        order = Order.Desc if self.order.descending else Order.Asc
        result = self.index.searcher.search(rest, limit, count=False, order_by_field=self.order.field, order=order)
        hits = _located(self.index, result.hits)
        if not hits:
            return []
        # The group of ties at the cut is read again in order of position: any of its members may have been taken.
        last = hits[-1][0]
        kept = [hit for hit in hits if hit[0] != last]
        kept.sort(key=lambda hit: (-hit[0] if self.order.descending else hit[0], hit[1]))
        tied = self.ties(last, len(hits) - len(kept), -1)
        return [*kept, *((last, position) for position in tied)]

    def _within(
        self, low: float | int | None, high: float | int | None, *, include_low: bool = True, include_high: bool = True
    ) -> Query:
        bounds = Query.range_query(
            self.index.schema, self.order.field, self.order.kind, low, high, include_low, include_high
        )
        return Query.boolean_query([(Occur.Must, self.query), (Occur.Must, constant(bounds))])


def _positions(index: TextIndex, query: Query, limit: int, after: int) -> list[int]:
    if limit <= 0:
        return []
    if after >= 0:
        later = Query.range_query(index.schema, ORD, tantivy.FieldType.Unsigned, after, None, False)
        query = Query.boolean_query([(Occur.Must, query), (Occur.Must, constant(later))])
    result = index.searcher.search(query, limit, count=False, order_by_field=ORD, order=Order.Asc)
    return [position for position, _ in result.hits]


def _located(index: TextIndex, hits: list[tuple[float, tantivy.DocAddress]]) -> list[tuple[float, int]]:
    positions = index.searcher.fast_field_values(ORD, [address for _, address in hits])
    return [(score, int(position or 0)) for (score, _), position in zip(hits, positions, strict=True)]


def _value(between: Position, kind: tantivy.FieldType) -> float | int | None:
    value = between[0] if len(between) == 1 else None
    if value is None:
        return None
    return float(value) if kind == tantivy.FieldType.Float else int(value)


def _whole(values: Position, expected: int) -> list[int]:
    numbers = [value for value in values if isinstance(value, int) and not isinstance(value, bool) and value >= 0]
    if len(values) != expected or len(numbers) != expected:
        raise CursorError("the cursor's position does not fit its search; start again without one")
    return numbers
