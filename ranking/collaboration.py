"""Who publishes with whom: pairs of owners (countries, institutions) that have papers in common, counted two ways.

*Full counting*: a joint paper counts 1 for each pair of its owners, and 1 for each owner. *Fractional counting*: a
paper of n owners counts 1 / (n - 1) for each pair, so that its links add up to 1 for every owner (Perianes-Rodriguez,
Waltman & van Eck, "Constructing bibliometric networks: a comparison between full and fractional counting", Journal of
Informetrics 10(4), 2016), and 1 / n for each owner, so that papers add up to papers.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Indices
from ranking.derive import MANY_AUTHORS

__all__ = ["JointPapers", "OwnerCounts", "joint_papers", "owner_counts"]

Floats = npt.NDArray[np.float64]
Counts = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

_SPAN = 2**16  # more than the years int16 can tell apart


@dataclass(frozen=True, slots=True)
class JointPapers:
    """Pairs of owners, all of shape (pairs,), ascending by first owner, second owner and year; ``first`` < ``second``.

    ``years`` is all ``NO_YEAR`` where years were not told apart. ``papers``: full counts, ``fractional``: fractional
    ones.
    """

    first: Indices
    second: Indices
    years: npt.NDArray[np.int16]
    papers: Counts
    fractional: Floats


@dataclass(frozen=True, slots=True)
class OwnerCounts:
    """Papers of every owner, shape (owners,): full counts, fractional ones, and full ones of papers with others."""

    papers: Counts
    fractional: Floats
    joint: Counts


def joint_papers(
    owners: Adjacency,
    years: npt.NDArray[np.int16],
    papers: Bools | None = None,
    *,
    by_year: bool = False,
    many: int = MANY_AUTHORS,
) -> JointPapers:
    """The pairs of ``owners`` (paper -> owners) with joint papers.

    ``papers``: marks of those that count, None for all. With ``by_year`` each pair has an entry for every year of
    ``years``, shape (papers,). Papers of more than ``many`` owners make no pairs, as in the co-authorship graph.
    """
    sizes = owners.degrees()
    counted = (sizes >= 2) & (sizes <= many)
    kept = owners.keep(np.repeat(counted if papers is None else counted & papers, sizes))
    sizes = kept.degrees()
    within = np.arange(len(kept.indices)) - np.repeat(kept.offsets[:-1], sizes)
    following = np.repeat(sizes, sizes) - within - 1  # owners behind each one on its paper
    first = np.repeat(np.arange(len(kept.indices)), following)
    ends = np.cumsum(following)
    second = first + 1 + np.arange(len(first)) - np.repeat(ends - following, following)
    rows = kept.row_of_links()[first]
    year = years[rows].astype(np.int64) if by_year else np.full(len(first), NO_YEAR, dtype=np.int64)
    keys = kept.indices[first].astype(np.int64) * max(owners.columns, 1) + kept.indices[second]
    return _added_up(keys, year, 1.0 / (sizes[rows].astype(np.float64) - 1.0), owners.columns)


def _added_up(keys: Counts, year: Counts, weights: Floats, columns: int) -> JointPapers:
    order = np.lexsort((year, keys))
    keys, year = keys[order], year[order]
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = (keys[1:] != keys[:-1]) | (year[1:] != year[:-1])
    starts = np.flatnonzero(fresh)
    return JointPapers(
        first=(keys[starts] // max(columns, 1)).astype(np.int32),
        second=(keys[starts] % max(columns, 1)).astype(np.int32),
        years=year[starts].astype(np.int16),
        papers=np.diff(np.append(starts, len(keys))),
        fractional=np.add.reduceat(weights[order], starts) if len(starts) else np.empty(0),
    )


def owner_counts(owners: Adjacency, papers: Bools | None = None) -> OwnerCounts:
    """Papers of each of ``owners`` (paper -> owners), and how many of them with other owners."""
    kept = owners if papers is None else owners.keep(np.repeat(papers, owners.degrees()))
    sizes = np.repeat(kept.degrees(), kept.degrees())
    columns = owners.columns
    return OwnerCounts(
        papers=np.bincount(kept.indices, minlength=columns),
        fractional=np.bincount(kept.indices, weights=1.0 / np.maximum(sizes, 1), minlength=columns).astype(np.float64),
        joint=np.bincount(kept.indices[sizes > 1], minlength=columns),
    )
