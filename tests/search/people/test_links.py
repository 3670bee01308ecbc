from __future__ import annotations

from itertools import combinations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.corpus import NO_YEAR, Adjacency
from search.people import Coauthors, DatedLinks, row, rows_of

_YEARS = st.sampled_from([NO_YEAR, 1999, 2000, 2007])
_BYLINES = st.lists(st.tuples(st.sets(st.integers(0, 6), max_size=5), _YEARS), max_size=14)


def _links(rows: list[set[int]], columns: int) -> Adjacency:
    pairs = [(at, column) for at, found in enumerate(rows) for column in found]
    first, second = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Adjacency.from_pairs(first, second, (len(rows), columns))


@settings(deadline=None)
@given(_BYLINES, st.integers(1, 5))
def test_coauthors_are_those_counted_one_by_one(papers: list[tuple[set[int], int]], many: int) -> None:
    authors = _links([byline for byline, _ in papers], 7)
    found = Coauthors.of(authors, np.array([year for _, year in papers], dtype=np.int16), many=many)
    expected: dict[tuple[int, int], list[int]] = {}
    for byline, year in papers:
        if len(byline) <= many:
            for one, other in combinations(sorted(byline), 2):
                expected.setdefault((one, other), []).append(year)
                expected.setdefault((other, one), []).append(year)
    rows = found.links.row_of_links().tolist()
    assert list(zip(rows, found.links.indices.tolist(), strict=True)) == sorted(expected)
    for one in range(7):
        for other in range(7):
            years = expected.get((one, other), [])
            dated = [year for year in years if year != NO_YEAR] or [NO_YEAR]
            assert found.between(one, other) == (len(years), min(dated), max(dated))
    assert found.papers.dtype == np.int32
    assert found.first.dtype == found.last.dtype == np.int16


def test_nobody_met_anybody() -> None:
    nothing = Coauthors.of(Adjacency.empty(0, 0), np.empty(0, dtype=np.int16))
    assert (nothing.links.rows, len(nothing.papers)) == (0, 0)
    alone = Coauthors.of(_links([{0}, {1}], 2), np.array([2000, 2001], dtype=np.int16))
    assert alone.links.degrees().tolist() == [0, 0]
    assert alone.between(0, 1) == (0, NO_YEAR, NO_YEAR)


_STAYS = st.lists(st.tuples(st.integers(0, 3), st.integers(0, 2), _YEARS, st.integers(0, 3)), max_size=20)


@settings(deadline=None)
@given(_STAYS)
def test_links_given_twice_span_both_periods(stays: list[tuple[int, int, int, int]]) -> None:
    first = [year for *_, year, _ in stays]
    last = [NO_YEAR if year == NO_YEAR else year + more for *_, year, more in stays]
    found = DatedLinks.of(
        np.array([who for who, *_ in stays], dtype=np.int32),
        np.array([where for _, where, *_ in stays], dtype=np.int32),
        np.array(first, dtype=np.int16),
        np.array(last, dtype=np.int16),
        (4, 3),
    )
    expected: dict[tuple[int, int], tuple[list[int], list[int]]] = {}
    for (who, where, *_), begin, end in zip(stays, first, last, strict=True):
        begins, ends = expected.setdefault((who, where), ([], []))
        begins.append(begin)
        ends.append(end)
    rows = found.links.row_of_links().tolist()
    links = list(zip(rows, found.links.indices.tolist(), strict=True))
    assert links == sorted(expected)
    for link, begin, end in zip(links, found.first.tolist(), found.last.tolist(), strict=True):
        begins, ends = expected[link]
        assert begin == min((year for year in begins if year != NO_YEAR), default=NO_YEAR)
        assert end == max(ends)


@settings(deadline=None)
@given(st.lists(st.sets(st.integers(0, 4)), min_size=1, max_size=6), st.lists(st.integers(0, 5), max_size=8))
def test_several_rows_behind_each_other(rows: list[set[int]], asked: list[int]) -> None:
    links = _links(rows, 5)
    wanted = np.array([at % len(rows) for at in asked], dtype=np.int32)
    columns, owners = rows_of(links, wanted)
    expected = [(place, column) for place, at in enumerate(wanted.tolist()) for column in sorted(rows[at])]
    assert list(zip(owners.tolist(), columns.tolist(), strict=True)) == expected
    assert [row(links, at).tolist() for at in range(len(rows))] == [sorted(found) for found in rows]
