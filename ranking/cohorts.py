"""Peers: papers of the same field and year, people of the same main field and first year; and rank among them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.registry import Entity
from ranking.shared import authored, institution_papers, kept, venue_papers

__all__ = [
    "cohorts",
    "first_years",
    "last_citing_year",
    "last_year",
    "main_fields",
    "peer_groups",
    "percentiles",
    "tied",
]

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


def tied(values: Floats, groups: Labels) -> npt.NDArray[np.bool_]:
    """Which values are the same as all others of their group, so that a percentile tells nothing, shape of ``values``.

    ``groups``: int labels, one a value.
    """
    _, place = np.unique(groups, return_inverse=True)
    low, high = np.full(len(values), np.inf), np.full(len(values), -np.inf)
    np.minimum.at(low, place, values)
    np.maximum.at(high, place, values)
    same: npt.NDArray[np.bool_] = (low == high)[place]
    return same


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


@kept
def peer_groups(corpus: Corpus, *, entity: Entity = Entity.PAPER, least: int = 30) -> Labels:
    """A label for the peers of each entity as :func:`cohorts` has them, but no fewer than ``least`` of a field.

    Neighbouring years of a field are joined, from the first on, until they have so many; what is left over at the end
    joins the years before it. Those of unknown year stay apart.
    """
    labels, place, sizes = np.unique(cohorts(corpus, entity=entity), return_inverse=True, return_counts=True)
    years = (labels - NO_YEAR) % _SPAN + NO_YEAR
    fields = (labels - years) // _SPAN * 2 + (years == NO_YEAR)
    joined = labels.copy()
    begin = before = size = 0  # places of this group's and of the last one's first label; its size
    for at, (field, count) in enumerate(zip(fields.tolist(), sizes.tolist(), strict=True)):
        if at and field != fields[begin]:
            if size < least:
                _join_last(joined, fields, before, begin, at)
            begin = before = at
            size = 0
        elif size >= least:
            before, begin, size = begin, at, 0
        joined[at] = labels[begin]
        size += count
    if size < least:
        _join_last(joined, fields, before, begin, len(labels))
    return joined[place]


def _join_last(joined: Labels, fields: Labels, before: int, begin: int, end: int) -> None:
    """The last group of a field, which stayed small, joins the one before it, if there is one."""
    if before < begin and fields[before] == fields[begin]:
        joined[begin:end] = joined[before]


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


def last_citing_year(corpus: Corpus) -> int:
    """The last year of a paper that cites any, ``NO_YEAR`` when there is none: citations are known up to it."""
    return int(corpus.years[corpus.citations.degrees() > 0].max(initial=NO_YEAR))
