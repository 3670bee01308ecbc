"""Sparse matrices of things with words, names or ids in them, and their rarity."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

__all__ = ["Floats", "Sparse", "counts", "idf", "incidence", "only_columns", "tf_idf", "unit_rows", "weighted"]

Floats: TypeAlias = npt.NDArray[np.float32]
Sparse: TypeAlias = sp.csr_array[np.float32, tuple[int, int]]


def incidence(rows: Iterable[Sequence[Hashable]]) -> tuple[Sparse, dict[Hashable, int]]:
    """Counts of each token in each row, float32 (rows, tokens), and the column of each token."""
    vocabulary: dict[Hashable, int] = {}
    columns: list[int] = []
    ends = [0]
    for row in rows:
        columns.extend(vocabulary.setdefault(token, len(vocabulary)) for token in row)
        ends.append(len(columns))
    found = sp.csr_array(
        (np.ones(len(columns), np.float32), np.array(columns, np.int32), np.array(ends, np.int64)),
        shape=(len(ends) - 1, max(1, len(vocabulary))),
    )
    found.sum_duplicates()
    return found, vocabulary


def counts(matrix: Sparse) -> npt.NDArray[np.int64]:
    """In how many rows each column occurs."""
    return np.bincount(matrix.indices, minlength=matrix.shape[1])


def idf(matrix: Sparse) -> Floats:
    """Rarity of each column: log((rows + 1) / (occurrences + 1/2)), never negative."""
    rows = matrix.shape[0]
    return np.maximum(np.log((rows + 1) / (counts(matrix) + 0.5)), 0).astype(np.float32)


def tf_idf(rows: Iterable[Sequence[Hashable]]) -> Sparse:
    """Rows of unit length, weighted (1 + log count) x rarity."""
    matrix, _ = incidence(rows)
    matrix.data = 1 + np.log(matrix.data)
    return unit_rows(weighted(matrix, idf(matrix)))


def weighted(matrix: Sparse, weights: Floats) -> Sparse:
    """Each column times its weight."""
    return sp.csr_array((matrix.data * weights[matrix.indices], matrix.indices, matrix.indptr), shape=matrix.shape)


def only_columns(matrix: Sparse, keep: npt.NDArray[np.bool_]) -> Sparse:
    """The matrix with the columns that are not kept emptied."""
    found = weighted(matrix, keep.astype(np.float32))
    found.eliminate_zeros()
    return found


def unit_rows(matrix: Sparse) -> Sparse:
    """Rows of unit length; empty ones stay empty."""
    squares = np.asarray(matrix.multiply(matrix).sum(axis=1), dtype=np.float32).ravel()
    scale = np.divide(1, np.sqrt(squares), out=np.zeros_like(squares), where=squares > 0)
    data = matrix.data * np.repeat(scale, np.diff(matrix.indptr))
    return sp.csr_array((data.astype(np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)
