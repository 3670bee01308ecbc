"""The arrays every metric reads: papers, people, venues and institutions by position, links in CSR form."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from records.errors import GraphError

__all__ = ["NO_YEAR", "Adjacency", "Corpus", "Indices", "Offsets"]

Indices: TypeAlias = npt.NDArray[np.int32]
Offsets: TypeAlias = npt.NDArray[np.int64]

NO_YEAR = -32768
"""``Corpus.years`` of a paper whose year nobody knows."""


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
        if len(rows) and (rows.min() < 0 or rows.max() >= n_rows):
            raise GraphError(f"row positions must lie in [0, {n_rows})")
        keys = np.unique(rows.astype(np.int64) * max(n_columns, 1) + columns.astype(np.int64))
        sorted_rows = keys // max(n_columns, 1)
        offsets = np.zeros(n_rows + 1, dtype=np.int64)
        np.cumsum(np.bincount(sorted_rows, minlength=n_rows), out=offsets[1:])
        return cls(offsets, (keys % max(n_columns, 1)).astype(np.int32), n_columns)


@dataclass(frozen=True, slots=True)
class Corpus:
    """A corpus as arrays. Positions are those of the catalog's papers and people in ascending order of id.

    ``citations``: paper -> papers it cites. ``authors``: paper -> its authors. ``years``: int16, shape (papers,),
    ``NO_YEAR`` where unknown. ``venues``: int32, shape (papers,), -1 where unknown; ``n_venues`` of them.
    ``institutions``: paper -> institutions on it, or None when no source links any.
    """

    citations: Adjacency
    authors: Adjacency
    years: npt.NDArray[np.int16]
    venues: npt.NDArray[np.int32]
    n_venues: int
    institutions: Adjacency | None = None

    @property
    def papers(self) -> int:
        """Number of papers."""
        return len(self.years)
