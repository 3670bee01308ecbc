"""Compiled loops over pairs: products of sparse rows, and average linkage under constraints."""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from indexer.identity.disambiguation.matrices import Floats, Sparse
from indexer.identity.disambiguation.mentions import IntArray

__all__ = ["APART", "average_linkage", "dense_dots", "row_dots"]

APART = np.float32(1e9)
"""The distance of clusters that must not be one; an average with it stays beyond any threshold."""


def row_dots(one: Sparse, other: Sparse, left: IntArray, right: IntArray) -> Floats:
    """Products of row ``left[p]`` of ``one`` and row ``right[p]`` of ``other`` for each pair; float32, (pairs,)."""
    for matrix in (one, other):
        if not matrix.has_sorted_indices:
            matrix.sort_indices()
    found: Floats = _row_dots(one.indptr, one.indices, one.data, other.indptr, other.indices, other.data, left, right)
    return found


@numba.njit(cache=True, nogil=True)
def _row_dots(ptr_a, col_a, val_a, ptr_b, col_b, val_b, left, right):  # type: ignore[no-untyped-def] # noqa: PLR0917
    found = np.zeros(len(left), np.float32)
    for pair in range(len(left)):
        a, end_a = ptr_a[left[pair]], ptr_a[left[pair] + 1]
        b, end_b = ptr_b[right[pair]], ptr_b[right[pair] + 1]
        total = 0.0
        while a < end_a and b < end_b:
            if col_a[a] == col_b[b]:
                total += val_a[a] * val_b[b]
                a += 1
                b += 1
            elif col_a[a] < col_b[b]:
                a += 1
            else:
                b += 1
        found[pair] = total
    return found


@numba.njit(cache=True, nogil=True)
def dense_dots(rows: Floats, left: IntArray, right: IntArray) -> Floats:
    """Products of rows ``left[p]`` and ``right[p]``; float32, shape (pairs,)."""
    found = np.zeros(len(left), np.float32)
    for pair in range(len(left)):
        a, b = left[pair], right[pair]
        total = np.float32(0)
        for column in range(rows.shape[1]):
            total += rows[a, column] * rows[b, column]
        found[pair] = total
    return found


def average_linkage(distance: Floats, size: npt.NDArray[np.float64], cut: float) -> IntArray:
    """Agglomerative clustering by mean distance between members, up to ``cut``.

    ``distance``: square and symmetric, float32 (n, n); **overwritten**. ``size``: members behind each row, by which
    means are weighted (UPGMA). Pairs at :data:`APART` are never joined, directly or by way of others. Returns for
    each row the smallest row of its cluster, int64 (n,).

    Nearest-neighbour chains (Murtagh, "A survey of recent advances in hierarchical clustering algorithms", 1983), in
    O(n^2): average linkage is reducible, so a cluster whose nearest neighbour is beyond the cut is finished.
    """
    labels: IntArray = _chains(distance, size.astype(np.float64), np.float32(cut))
    return labels


@numba.njit(cache=True, nogil=True)
def _nearest(distance, alive, row, preferred):  # type: ignore[no-untyped-def]
    best, value = -1, np.float32(np.inf)
    if preferred >= 0:
        best, value = preferred, distance[row, preferred]
    for other in range(len(alive)):
        if alive[other] and other != row and distance[row, other] < value:
            best, value = other, distance[row, other]
    return best, value


@numba.njit(cache=True, nogil=True)
def _unite(distance, size, alive, kept, gone):  # type: ignore[no-untyped-def]
    total = size[kept] + size[gone]
    alive[gone] = False
    for other in range(len(alive)):
        if alive[other] and other != kept:
            mean = (size[kept] * distance[kept, other] + size[gone] * distance[gone, other]) / total
            distance[kept, other] = mean
            distance[other, kept] = mean
    size[kept] = total


@numba.njit(cache=True, nogil=True)
def _chains(distance, size, cut):  # type: ignore[no-untyped-def]
    n = len(size)
    labels = np.arange(n)
    alive = np.ones(n, np.bool_)
    chain = np.zeros(n + 1, np.int64)
    length = 0
    start = 0
    while start < n:
        if length == 0:
            if not alive[start]:
                start += 1
                continue
            chain[0] = start
            length = 1
        top = chain[length - 1]
        before = chain[length - 2] if length > 1 else -1
        nearest, value = _nearest(distance, alive, top, before)
        if nearest < 0 or value > cut:
            # By reducibility nothing will come nearer than its nearest neighbour is now: the cluster is finished.
            alive[top] = False
            length -= 1
        elif nearest != before:
            chain[length] = nearest
            length += 1
        else:
            kept, gone = min(top, before), max(top, before)
            _unite(distance, size, alive, kept, gone)
            labels[labels == gone] = kept
            length -= 2
    return labels
