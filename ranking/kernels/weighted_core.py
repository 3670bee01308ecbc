"""Cores of weighted graphs, by peeling with a heap."""

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Int32s, Int64s, kernel

__all__ = ["weighted_core_numbers"]


@kernel
def weighted_core_numbers(offsets: Int64s, indices: Int32s, weights: Int64s) -> Int64s:
    """Weighted core number of every vertex of an undirected graph with whole, non-negative weights. O(m log n).

    The largest t such that the vertex lies in a subgraph whose vertices all have links of total weight t in it.
    """
    n = len(offsets) - 1
    key = np.zeros(n, dtype=np.int64)
    for v in range(n):
        for link in range(offsets[v], offsets[v + 1]):
            key[v] += weights[link]
    heap = np.argsort(key).astype(np.int32)  # sorted, hence a heap
    place = np.empty(n, dtype=np.int32)
    for i in range(n):
        place[heap[i]] = i
    size = n
    level = np.int64(0)
    while size > 0:
        v = heap[0]
        level = max(level, key[v])
        key[v] = level
        place[v] = -1
        size -= 1
        if size > 0:
            _sink(heap, place, key, size, heap[size])
        for link in range(offsets[v], offsets[v + 1]):
            w = indices[link]
            if place[w] >= 0 and key[w] > level:
                key[w] = max(key[w] - weights[link], level)
                _rise(heap, place, key, w)
    return key


@kernel
def _sink(heap: Int32s, place: Int32s, key: Int64s, size: int, v: int) -> None:
    """Put ``v`` at the root of a four-way heap and let it sink."""
    at = 0
    while True:
        first = 4 * at + 1
        if first >= size:
            break
        least = first
        for child in range(first + 1, min(first + 4, size)):
            if key[heap[child]] < key[heap[least]]:
                least = child
        if key[heap[least]] >= key[v]:
            break
        heap[at] = heap[least]
        place[heap[at]] = at
        at = least
    heap[at] = v
    place[v] = at


@kernel
def _rise(heap: Int32s, place: Int32s, key: Int64s, v: int) -> None:
    at = place[v]
    while at > 0:
        parent = (at - 1) // 4
        if key[heap[parent]] <= key[v]:
            break
        heap[at] = heap[parent]
        place[heap[at]] = at
        at = parent
    heap[at] = v
    place[v] = at
