"""k-core decomposition and connected components."""
# ruff: noqa: PLR0917 - compiled functions take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Int32s, Int64s, kernel, prefetch

__all__ = ["components", "core_numbers"]

_AHEAD_ROW = 16
_AHEAD_LINKS = 8
_AHEAD_DEGREES = 3


@kernel
def core_numbers(offsets: Int64s, indices: Int32s) -> Int32s:
    """Core number of every vertex of an undirected simple graph, by peeling level after level. O(n kmax + m).

    Batagelj & Zaversnik (2003), with a queue a level instead of sorted buckets: the only random access is to the
    degree array, and what the queue will touch is prefetched.
    """
    n = len(offsets) - 1
    degree = np.empty(n, dtype=np.int32)
    alive = np.empty(n, dtype=np.int32)
    for v in range(n):
        degree[v] = offsets[v + 1] - offsets[v]
        alive[v] = v
    remaining = n
    queue = np.empty(n, dtype=np.int32)
    level = 0
    while remaining > 0:
        remaining, tail, least = _scan(degree, alive, remaining, level, queue)
        if tail > 0:
            _drain(offsets, indices, degree, queue, tail, level)
        level = level + 1 if tail > 0 else least
    return degree


@kernel
def _scan(degree: Int32s, alive: Int32s, remaining: int, level: int, queue: Int32s) -> tuple[int, int, int]:
    """Queue the vertices of this level, keep those above; returns the number of both and the least degree kept."""
    kept, tail = 0, 0
    least = 2147483647
    for i in range(remaining):
        v = alive[i]
        if degree[v] == level:
            queue[tail] = v
            tail += 1
        elif degree[v] > level:
            alive[kept] = v
            kept += 1
            least = min(least, int(degree[v]))
    return kept, tail, least


@kernel
def _drain(offsets: Int64s, indices: Int32s, degree: Int32s, queue: Int32s, tail: int, level: int) -> None:
    head = 0
    while head < tail:
        if head + _AHEAD_ROW < tail:
            prefetch(offsets, queue[head + _AHEAD_ROW])
        if head + _AHEAD_LINKS < tail:
            prefetch(indices, offsets[queue[head + _AHEAD_LINKS]])
        if head + _AHEAD_DEGREES < tail:
            later = queue[head + _AHEAD_DEGREES]
            for link in range(offsets[later], min(offsets[later + 1], offsets[later] + 16)):
                prefetch(degree, indices[link])
        v = queue[head]
        head += 1
        for link in range(offsets[v], offsets[v + 1]):
            w = indices[link]
            if degree[w] > level:
                degree[w] -= 1
                if degree[w] == level:
                    queue[tail] = w
                    tail += 1


@kernel
def components(offsets: Int64s, indices: Int32s, back_offsets: Int64s, back_indices: Int32s) -> Int32s:
    """Connected component of every vertex of the graph under a digraph, named by its smallest vertex.

    Union-find by index with path halving, after Sutton, Ben-Nun & Barak (2018, Afforest): two links a vertex join
    nearly everything, and vertices already in the largest component need not look at the rest of theirs.
    """
    n = len(offsets) - 1
    parent = np.arange(n).astype(np.int32)
    for v in range(n):
        for link in range(offsets[v], min(offsets[v] + 2, offsets[v + 1])):
            _union(parent, v, indices[link])
    for v in range(n):
        parent[v] = _find(parent, v)
    giant = _most_frequent(parent)
    for v in range(n):
        if parent[v] == giant:
            continue
        for link in range(offsets[v] + 2, offsets[v + 1]):
            _union(parent, v, indices[link])
        for link in range(back_offsets[v], back_offsets[v + 1]):
            _union(parent, v, back_indices[link])
    for v in range(n):
        parent[v] = _find(parent, v)
    return parent


@kernel
def _find(parent: Int32s, v: int) -> int:
    while parent[v] != v:
        parent[v] = parent[parent[v]]
        v = parent[v]
    return v


@kernel
def _union(parent: Int32s, v: int, w: int) -> None:
    a = _find(parent, v)
    b = _find(parent, w)
    if a < b:
        parent[b] = a
    elif b < a:
        parent[a] = b


@kernel
def _most_frequent(parent: Int32s) -> int:
    """The root seen most often in a sample of the vertices (any root would do for correctness)."""
    n = len(parent)
    if n == 0:
        return -1
    sample = np.sort(parent[:: max(1, n // 1024)])
    best, run, longest = sample[0], 0, 0
    for i in range(len(sample)):
        run = run + 1 if i > 0 and sample[i] == sample[i - 1] else 1
        if run > longest:
            best, longest = sample[i], run
    return int(best)
