"""Peers: papers of the same field and year, people of the same main field and first year; and rank among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.registry import Entity
from ranking.shared import authored, institution_papers, kept, venue_papers

__all__ = ["cohorts", "first_years", "last_year", "main_fields", "nearby_percentiles", "percentiles"]

Floats = npt.NDArray[np.float64]
Labels = npt.NDArray[np.int64]

_SPAN = 2**16  # more than the years int16 can tell apart


def percentiles(values: Floats, groups: Labels | None = None) -> Floats:
    """Percent of its group below each value, ties counting half (itself included), shape of ``values``.

    ``groups``: int labels, one a value, or None when all are peers. A value alone in its group has 50.
    """
    groups = np.zeros(len(values), dtype=np.int64) if groups is None else groups
    order = np.lexsort((values, groups))
    values, groups = values[order], groups[order]
    count = len(values)
    fresh_group = np.ones(count, dtype=np.bool_)
    fresh_group[1:] = groups[1:] != groups[:-1]
    fresh_value = fresh_group.copy()
    fresh_value[1:] |= values[1:] != values[:-1]
    group_start, group_size = _runs(fresh_group)
    tie_start, tie_size = _runs(fresh_value)
    out = np.empty(count)
    out[order] = 100.0 * (tie_start - group_start + tie_size / 2.0) / group_size
    return out


def nearby_percentiles(values: Floats, groups: Labels, peers: int = 30) -> tuple[Floats, Labels]:
    """Percentiles as :func:`percentiles` has them, where groups of the same field and year are small.

    ``groups``: labels made by :func:`cohorts`. Each value is compared with those of its field and year and, a year more
    on each side until there are ``peers`` of them or no more, of the years before and after; values of unknown year
    with each other. Returns the percentiles and the number of peers each value was compared with.
    """
    years = (groups - NO_YEAR) % _SPAN + NO_YEAR
    fields = (groups - years) // _SPAN * 2 + (years == NO_YEAR)  # those of unknown year are apart
    percents, sizes = np.empty(len(values)), np.empty(len(values), dtype=np.int64)
    for field in np.unique(fields):
        among = np.flatnonzero(fields == field)
        among = among[np.argsort(years[among], kind="stable")]
        ordered = years[among]
        for year in np.unique(ordered):
            low, high = _nearby(ordered, int(year), peers)
            own = among[np.searchsorted(ordered, year) : np.searchsorted(ordered, year, side="right")]
            compared = np.sort(values[among[low:high]])
            below, upto = (np.searchsorted(compared, values[own], side=side) for side in ("left", "right"))
            percents[own] = 100.0 * (below + upto) / 2.0 / len(compared)
            sizes[own] = len(compared)
    return percents, sizes


def _nearby(ordered: Labels, year: int, peers: int) -> tuple[int, int]:
    """The range of ``ordered`` years around ``year`` that holds enough."""
    reach = 0
    while True:
        low = int(np.searchsorted(ordered, year - reach))
        high = int(np.searchsorted(ordered, year + reach, side="right"))
        if high - low >= peers or high - low == len(ordered):
            return low, high
        gaps = [year - int(ordered[low - 1])] if low else []
        if high < len(ordered):
            gaps.append(int(ordered[high]) - year)
        reach = min(gaps)


def _runs(fresh: npt.NDArray[np.bool_]) -> tuple[Labels, Labels]:
    """Start and length of the run each element belongs to."""
    starts = np.flatnonzero(fresh)
    sizes = np.diff(np.append(starts, len(fresh)))
    return np.repeat(starts, sizes), np.repeat(sizes, sizes)


@kept
def cohorts(corpus: Corpus, *, entity: Entity = Entity.PAPER) -> Labels:
    """A label for the peers of each entity, int64.

    Papers: field and year; authors, venues and institutions: most frequent field and year of the first paper. Those
    whose field or year is unknown are peers of each other.
    """
    if entity == Entity.PAPER:
        fields = np.full(corpus.papers, -1) if corpus.fields is None else corpus.fields
        return fields.astype(np.int64) * _SPAN + corpus.years
    owned = _owned(corpus, entity)
    return main_fields(corpus, owned) * _SPAN + first_years(corpus, owned)


def _owned(corpus: Corpus, entity: Entity) -> Adjacency:
    if entity == Entity.AUTHOR:
        return authored(corpus)
    return venue_papers(corpus) if entity == Entity.VENUE else institution_papers(corpus)


def first_years(corpus: Corpus, owned: Adjacency) -> Labels:
    """Year of the first dated paper of each owner, ``NO_YEAR`` when there is none, shape (owners,)."""
    years = corpus.years[owned.indices].astype(np.int64)
    known = years != NO_YEAR
    first = np.full(owned.rows, np.iinfo(np.int64).max)
    np.minimum.at(first, owned.row_of_links()[known], years[known])
    first[first == np.iinfo(np.int64).max] = NO_YEAR
    return first


def main_fields(corpus: Corpus, owned: Adjacency) -> Labels:
    """Most frequent field among the papers of each owner, the smallest of ties, -1 when none is known."""
    out = np.full(owned.rows, -1, dtype=np.int64)
    if corpus.fields is None or corpus.n_fields == 0:
        return out
    fields = corpus.fields[owned.indices].astype(np.int64)
    known = fields >= 0
    keys, counts = np.unique(
        owned.row_of_links()[known] * np.int64(corpus.n_fields) + fields[known], return_counts=True
    )
    owners = keys // corpus.n_fields
    order = np.lexsort((-keys, counts, owners))  # last of each owner: most papers, then smallest field
    out[owners[order]] = keys[order] % corpus.n_fields
    return out


def last_year(corpus: Corpus) -> int:
    """The latest year of any paper; 0 when none is known."""
    known = corpus.years[corpus.years != NO_YEAR]
    return int(known.max()) if len(known) else 0
