"""The arrays every metric reads: papers, people, venues and institutions by position, links in CSR form."""

from __future__ import annotations

from collections.abc import Hashable
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from ranking import kernels
from records.errors import GraphError

__all__ = ["NO_YEAR", "Adjacency", "Corpus", "Indices", "Offsets"]

Indices: TypeAlias = npt.NDArray[np.int32]
Offsets: TypeAlias = npt.NDArray[np.int64]

NO_YEAR = -32768
"""``Corpus.years`` of a paper whose year nobody knows."""

_MOST = 2**31 - 1
_SMALL = 100_000
"""Up to so many links NumPy sorts them faster than a compiled kernel can be loaded."""


@dataclass(frozen=True, slots=True)
class Adjacency:
    """Links in compressed sparse row form: row ``i`` is ``indices[offsets[i]:offsets[i + 1]]``, ascending.

    ``offsets``: int64, shape (rows + 1,). ``indices``: int32, shape (links,), each in [0, columns).
    """

    offsets: Offsets
    indices: Indices
    columns: int

    @property
    def rows(self) -> int:
        """Number of rows."""
        return len(self.offsets) - 1

    def __post_init__(self) -> None:
        if len(self.offsets) == 0 or self.offsets[0] != 0 or self.offsets[-1] != len(self.indices):
            raise GraphError("offsets must begin with 0 and end with the number of indices")
        if len(self.indices) and (self.indices.min() < 0 or self.indices.max() >= self.columns):
            raise GraphError(f"indices must lie in [0, {self.columns})")

    @classmethod
    def from_pairs(
        cls, rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer], shape: tuple[int, int]
    ) -> Adjacency:
        """From parallel arrays of row and column positions (any order, duplicates dropped).

        :raises GraphError: when a position lies outside ``shape``.
        """
        n_rows, n_columns = shape
        if len(rows) != len(columns):
            raise GraphError(f"rows and columns differ in length: {len(rows)} and {len(columns)}")
        if max(shape) > _MOST:
            raise GraphError(f"a graph can have {_MOST} vertices at most, not {max(shape)}")
        if len(rows) and (rows.min() < 0 or rows.max() >= n_rows):
            raise GraphError(f"row positions must lie in [0, {n_rows})")
        if len(columns) and (columns.min() < 0 or columns.max() >= n_columns):
            raise GraphError(f"column positions must lie in [0, {n_columns})")
        if len(rows) > _SMALL:
            compact = np.ascontiguousarray(rows, dtype=np.int32), np.ascontiguousarray(columns, dtype=np.int32)
            return cls(*kernels.csr.from_pairs(*compact, n_rows, n_columns), n_columns)
        keys = _distinct(rows.astype(np.int64) * max(n_columns, 1) + columns.astype(np.int64))
        sorted_rows = keys // max(n_columns, 1)
        offsets = np.zeros(n_rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(sorted_rows, minlength=n_rows), out=offsets[1:])
        return cls(offsets, (keys % max(n_columns, 1)).astype(np.int32), n_columns)

    @classmethod
    def empty(cls, rows: int, columns: int) -> Adjacency:
        """No links at all."""
        return cls(np.zeros(rows + 1, dtype=np.int64), np.empty(0, dtype=np.int32), columns)

    def degrees(self) -> npt.NDArray[np.int64]:
        """Links of every row, shape (rows,)."""
        return np.diff(self.offsets)

    def row_of_links(self) -> Indices:
        """The row of every link, shape (links,)."""
        return np.repeat(np.arange(self.rows, dtype=np.int32), self.degrees())

    def transposed(self) -> Adjacency:
        """The same links seen from their columns."""
        if len(self.indices) > _SMALL:
            return Adjacency(*kernels.csr.transpose(self.offsets, self.indices, self.columns), self.rows)
        order = np.argsort(self.indices, kind="stable")
        offsets = np.zeros(self.columns + 1, dtype=np.int64)
        np.cumsum(np.bincount(self.indices, minlength=self.columns), out=offsets[1:])
        return Adjacency(offsets, self.row_of_links()[order], self.rows)

    def keep(self, links: npt.NDArray[np.bool_]) -> Adjacency:
        """Only the links marked in ``links``, shape (links,)."""
        counted = np.zeros(len(links) + 1, dtype=np.int64)
        np.cumsum(links, out=counted[1:])
        return Adjacency(counted[self.offsets], self.indices[links], self.columns)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as arrays. Positions are those of the catalog's papers and people in ascending order of id.

    ``citations``: paper -> papers it cites. ``authors``: paper -> its authors. ``years``: int16, shape (papers,),
    ``NO_YEAR`` where unknown. ``venues``: int32, shape (papers,), -1 where unknown; ``n_venues`` of them.
    ``institutions``: paper -> institutions on it, or None when no source links any. ``fields``: the main field (topic,
    cluster) of each paper, int32, shape (papers,), -1 where unknown, or None when there are none; ``n_fields`` of them.

    What several metrics need (the transposed graph, PageRank) is computed once and kept with the corpus, see
    :mod:`ranking.shared`; :meth:`forget` lets it go.
    """

    citations: Adjacency
    authors: Adjacency
    years: npt.NDArray[np.int16]
    venues: npt.NDArray[np.int32]
    n_venues: int
    institutions: Adjacency | None = None
    fields: npt.NDArray[np.int32] | None = None
    n_fields: int = 0
    kept: dict[Hashable, Any] = field(default_factory=dict, init=False, repr=False, compare=False)

    @property
    def papers(self) -> int:
        """Number of papers."""
        return len(self.years)

    @property
    def n_authors(self) -> int:
        """Number of authors."""
        return self.authors.columns

    @property
    def n_institutions(self) -> int:
        """Number of institutions."""
        return 0 if self.institutions is None else self.institutions.columns

    def __post_init__(self) -> None:
        _check_shape("citations", self.citations, self.papers)
        _check_shape("authors", self.authors, self.papers)
        if self.citations.columns != self.papers:
            raise GraphError(f"citations have {self.citations.columns} columns, expected one a paper: {self.papers}")
        if self.institutions is not None:
            _check_shape("institutions", self.institutions, self.papers)
        _check_labels("venues", self.venues, self.papers, self.n_venues)
        if self.fields is not None:
            _check_labels("fields", self.fields, self.papers, self.n_fields)

    def forget(self) -> None:
        """Free what was computed and kept for several metrics."""
        self.kept.clear()


def _distinct(keys: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """The different keys, ascending. (np.unique hashes first, which takes several times as long.)"""
    keys = np.sort(keys)
    fresh = np.ones(len(keys), dtype=np.bool_)
    fresh[1:] = keys[1:] != keys[:-1]
    return keys[fresh]


def _check_shape(name: str, links: Adjacency, papers: int) -> None:
    if links.rows != papers:
        raise GraphError(f"{name} have {links.rows} rows, expected one a paper: {papers}")


def _check_labels(name: str, labels: npt.NDArray[np.int32], papers: int, count: int) -> None:
    if len(labels) != papers:
        raise GraphError(f"{name} have {len(labels)} entries, expected one a paper: {papers}")
    if len(labels) and (labels.min() < -1 or labels.max() >= count):
        raise GraphError(f"{name} must lie in [-1, {count})")
