"""Blocks put together into batches, and the pairs inside blocks."""

from __future__ import annotations

from collections.abc import Iterator

import numba
import numpy as np

from indexer.identity.disambiguation.mentions import IntArray

__all__ = ["batches", "pairs_within", "starts_of"]

_BATCH = 1 << 20
"""Pairs that a batch of blocks should not exceed; a larger block is a batch of its own."""


def batches(block: IntArray, limit: int = _BATCH) -> Iterator[IntArray]:
    """Rows of whole blocks, in order of block and row, so many at a time that they have about ``limit`` pairs."""
    if not len(block):
        return
    order = np.argsort(block, kind="stable")
    starts = starts_of(block[order])
    size = np.diff(starts)
    begin, pairs = 0, 0
    for at, count in enumerate((size * (size - 1) // 2).tolist()):
        if pairs and pairs + count > limit:
            yield order[starts[begin] : starts[at]]
            begin, pairs = at, 0
        pairs += count
    yield order[starts[begin] :]


def starts_of(groups: IntArray) -> IntArray:
    """Where each run of equal values begins, and the end: int64, shape (runs + 1,)."""
    changes = np.flatnonzero(np.diff(groups)) + 1
    return np.concatenate([[0], changes, [len(groups)]]).astype(np.int64)


@numba.njit(cache=True, nogil=True)
def pairs_within(starts: IntArray) -> tuple[IntArray, IntArray]:
    """Left and right row of every pair inside ``starts[g]:starts[g + 1]``, groups in order, rows ascending."""
    count = 0
    for group in range(len(starts) - 1):
        size = starts[group + 1] - starts[group]
        count += size * (size - 1) // 2
    left = np.empty(count, np.int64)
    right = np.empty(count, np.int64)
    at = 0
    for group in range(len(starts) - 1):
        for one in range(starts[group], starts[group + 1]):
            for other in range(one + 1, starts[group + 1]):
                left[at] = one
                right[at] = other
                at += 1
    return left, right
