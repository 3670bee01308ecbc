"""Building, turning and merging compressed sparse rows by counting, in linear time."""

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Bytes, Int32s, Int64s, kernel

__all__ = ["from_pairs", "mutual", "symmetrise", "transpose"]


@kernel
def transpose(offsets: Int64s, indices: Int32s, columns: int) -> tuple[Int64s, Int32s]:
    """Rows of the transposed matrix, ascending. O(links + columns)."""
    out_offsets = np.zeros(columns + 2, dtype=np.int64)
    for column in indices:
        out_offsets[column + 2] += 1
    for column in range(columns):
        out_offsets[column + 2] += out_offsets[column + 1]
    out_indices = np.empty(len(indices), dtype=np.int32)
    for row in range(len(offsets) - 1):
        for position in range(offsets[row], offsets[row + 1]):
            column = indices[position]
            out_indices[out_offsets[column + 1]] = row
            out_offsets[column + 1] += 1
    return out_offsets[: columns + 1], out_indices


@kernel
def from_pairs(rows: Int32s, columns: Int32s, n_rows: int, n_columns: int) -> tuple[Int64s, Int32s]:
    """Rows of the matrix with a link at each pair, ascending and without duplicates. O(links + rows + columns)."""
    starts = np.zeros(n_columns + 1, dtype=np.int64)
    for column in columns:
        starts[column + 1] += 1
    for column in range(n_columns):
        starts[column + 1] += starts[column]
    ends = starts[1:].copy()
    starts = starts[:-1].copy()
    by_column = np.empty(len(rows), dtype=np.int32)
    offsets = np.zeros(n_rows + 2, dtype=np.int64)
    for link in range(len(rows)):
        by_column[starts[columns[link]]] = rows[link]
        starts[columns[link]] += 1
        offsets[rows[link] + 2] += 1
    for row in range(n_rows):
        offsets[row + 2] += offsets[row + 1]
    indices = np.empty(len(rows), dtype=np.int32)
    position = np.int64(0)
    for column in range(n_columns):
        while position < ends[column]:
            row = by_column[position]
            indices[offsets[row + 1]] = column
            offsets[row + 1] += 1
            position += 1
    return offsets[: n_rows + 1], _deduplicate(offsets[: n_rows + 1], indices)


@kernel
def _deduplicate(offsets: Int64s, indices: Int32s) -> Int32s:
    """Drop repeats in each ascending row, in place; ``offsets`` is updated, the used part returned."""
    kept = np.int64(0)
    start = offsets[0]
    for row in range(len(offsets) - 1):
        end = offsets[row + 1]
        first = kept
        for position in range(start, end):
            if kept == first or indices[kept - 1] != indices[position]:
                indices[kept] = indices[position]
                kept += 1
        start = end
        offsets[row + 1] = kept
    return indices[:kept]


@kernel
def symmetrise(offsets: Int64s, indices: Int32s) -> tuple[Int64s, Int32s]:
    """Rows of the undirected simple graph under a digraph, ascending, without self-loops.

    Holds nothing but the result: links out and links in are put into each row behind each other, then merged there.
    """
    rows = len(offsets) - 1
    starts = np.zeros(rows + 1, dtype=np.int64)
    for column in indices:
        starts[column + 1] += 1
    longest = np.int64(0)
    for row in range(rows):
        degree = starts[row + 1] + offsets[row + 1] - offsets[row]
        longest = max(longest, degree)
        starts[row + 1] = starts[row] + degree
    out = np.empty(starts[rows], dtype=np.int32)
    cursor = np.empty(rows, dtype=np.int64)
    for row in range(rows):
        cursor[row] = starts[row] + offsets[row + 1] - offsets[row]
    for row in range(rows):
        at = starts[row]
        for position in range(offsets[row], offsets[row + 1]):
            column = indices[position]
            out[at] = column
            at += 1
            out[cursor[column]] = row
            cursor[column] += 1
    spare = np.empty(longest, dtype=np.int32)
    kept = np.int64(0)
    begin = np.int64(0)
    for row in range(rows):
        middle = begin + offsets[row + 1] - offsets[row]
        end = starts[row + 1]
        count = _merge(out[begin:middle], out[middle:end], row, spare)
        out[kept : kept + count] = spare[:count]
        kept += count
        starts[row + 1] = kept
        begin = end
    return starts, out[:kept]


@kernel
def _merge(one: Int32s, two: Int32s, without: int, merged: Int32s) -> int:
    """Write the union of two ascending rows, but for one vertex, to ``merged``; returns its length."""
    a, b, count = 0, 0, 0
    while a < len(one) or b < len(two):
        if b >= len(two) or (a < len(one) and one[a] <= two[b]):
            other = one[a]
            if b < len(two) and two[b] == other:
                b += 1
            a += 1
        else:
            other = two[b]
            b += 1
        if other != without:
            merged[count] = other
            count += 1
    return count


@kernel
def mutual(offsets: Int64s, indices: Int32s, back_offsets: Int64s, back_indices: Int32s) -> Bytes:
    """1 for each link to a larger vertex that links back, else 0, shape (links,)."""
    out = np.zeros(len(indices), dtype=np.uint8)
    for row in range(len(offsets) - 1):
        b, b_end = back_offsets[row], back_offsets[row + 1]
        for a in range(offsets[row], offsets[row + 1]):
            while b < b_end and back_indices[b] < indices[a]:
                b += 1
            if b < b_end and back_indices[b] == indices[a] and indices[a] > row:
                out[a] = 1
    return out
