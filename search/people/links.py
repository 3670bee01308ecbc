"""Links with years: co-authors, and the institutions and countries people worked in."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import NO_YEAR, Adjacency, Indices
from ranking.derive import MANY_AUTHORS

__all__ = ["Coauthors", "DatedLinks", "Years", "row", "rows_of"]

Years = npt.NDArray[np.int16]


@dataclass(frozen=True, slots=True)
class DatedLinks:
    """Links, each with the first and the last year it was seen (``NO_YEAR`` where unknown), shape (links,)."""

    links: Adjacency
    first: Years
    last: Years

    @classmethod
    def of(cls, rows: Indices, columns: Indices, first: Years, last: Years, shape: tuple[int, int]) -> DatedLinks:
        """From parallel arrays in any order, one entry a link; a link given twice spans both its periods."""
        links = Adjacency.from_pairs(rows, columns, shape)
        keys = links.row_of_links().astype(np.int64) * shape[1] + links.indices
        where = np.searchsorted(keys, rows.astype(np.int64) * shape[1] + columns)
        begin = np.full(len(links.indices), np.iinfo(np.int16).max, dtype=np.int16)
        end = np.full(len(links.indices), NO_YEAR, dtype=np.int16)
        dated = first != NO_YEAR
        np.minimum.at(begin, where[dated], first[dated])
        np.maximum.at(end, where, last)
        begin[begin == np.iinfo(np.int16).max] = NO_YEAR
        return cls(links, begin, end)


@dataclass(frozen=True, slots=True)
class Coauthors:
    """Author -> co-authors with ``papers`` written together (int32) and the ``first`` and ``last`` such year (int16).

    All of shape (links,); years are ``NO_YEAR`` where no joint paper has one. Every link is there both ways.
    """

    links: Adjacency
    papers: Indices
    first: Years
    last: Years

    @classmethod
    def of(cls, authors: Adjacency, years: Years, *, many: int = MANY_AUTHORS) -> Coauthors:
        """From paper -> authors and years; papers with more than ``many`` authors count for nobody."""
        sizes = authors.degrees()
        if len(sizes) and sizes.max() > many:
            authors = authors.keep(np.repeat(sizes <= many, sizes))
        written = authors.transposed()
        graph = (written.offsets, written.indices, authors.offsets, authors.indices)
        offsets, others = kernels.coauthors.met(*graph)
        papers, first, last = kernels.coauthors.joint_papers(offsets, others, *graph, years, NO_YEAR)
        return cls(Adjacency(offsets, others, authors.columns), papers, first, last)

    def between(self, author: int, other: int) -> tuple[int, int, int]:
        """Joint papers of two authors, their first and last year; (0, ``NO_YEAR``, ``NO_YEAR``) if they never met."""
        begin, end = self.links.offsets[author], self.links.offsets[author + 1]
        link = begin + int(np.searchsorted(self.links.indices[begin:end], other))
        if link == end or self.links.indices[link] != other:
            return 0, NO_YEAR, NO_YEAR
        return int(self.papers[link]), int(self.first[link]), int(self.last[link])


def row(links: Adjacency, index: int) -> Indices:
    """The columns of one row, ascending."""
    return links.indices[links.offsets[index] : links.offsets[index + 1]]


def rows_of(links: Adjacency, rows: Indices) -> tuple[Indices, npt.NDArray[np.int64]]:
    """The columns of several rows behind each other, and which of ``rows`` (its place) each belongs to."""
    starts, sizes = links.offsets[rows], links.offsets[rows + 1] - links.offsets[rows]
    total = int(sizes.sum())
    owner = np.repeat(np.arange(len(rows)), sizes)
    shift = np.repeat(starts - np.concatenate(([0], np.cumsum(sizes)[:-1])) if len(rows) else starts, sizes)
    return links.indices[np.arange(total) + shift], owner
