"""Rooted citation graphs: for every paper, the graph of what cites it directly or through others."""
# ruff: noqa: C901, PLR0917 - compiled loops are written out and take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.cores import core_numbers
from ranking.kernels.jit import Floats, Int32s, Int64s, kernel, prefetch

__all__ = ["rooted_graphs", "small_reach"]

_FILTER = 4096  # slots of the membership filter; a power of two


@kernel
def rooted_graphs(
    offsets: Int64s,
    indices: Int32s,
    back_offsets: Int64s,
    back_indices: Int32s,
    limits: Int32s,
    years: Int32s,
    depth: int,
    sample: int,
    degeneracy: bool,
) -> Floats:
    """Vertices, links and degeneracy of the rooted graph of every paper, shape (3, papers).

    The first two arrays are citations without the second of two mutual ones, so that links count once; the next two
    say who cites a paper. A citer's year must not exceed ``limits`` of the root. ``depth``: steps back from the root.
    Where more than ``sample`` references would have to be read (0: no bound), links are estimated from an evenly
    drawn part of the members; that is done only when ``degeneracy`` is False.
    """
    n = len(offsets) - 1
    out = np.zeros((3, n))
    members = np.empty(max(n, 1), dtype=np.int32)
    stamp = np.full(n, -1, dtype=np.int32)
    local = np.empty(n, dtype=np.int32)
    seen = np.zeros(_FILTER, dtype=np.uint8)
    tails = np.empty(1024, dtype=np.int32)
    heads = np.empty(1024, dtype=np.int32)
    for root in range(n):
        count = _collect(back_offsets, back_indices, limits, years, depth, root, members, stamp)
        out[0, root] = count
        if count == 1:
            continue
        work = np.int64(0)
        for i in range(count):
            v = members[i]
            local[v] = i
            seen[v & (_FILTER - 1)] = 1
            work += offsets[v + 1] - offsets[v]
        if degeneracy and len(tails) < work:
            tails = np.empty(2 * work, dtype=np.int32)
            heads = np.empty(2 * work, dtype=np.int32)
        step = 1 if degeneracy or sample == 0 else (work + sample - 1) // sample
        links = 0
        for i in range(root % step, count, step):
            if i + 8 < count:
                prefetch(indices, offsets[members[i + 8]])
            u = members[i]
            for link in range(offsets[u], offsets[u + 1]):
                w = indices[link]
                if seen[w & (_FILTER - 1)] and stamp[w] == root:
                    if degeneracy:
                        tails[links] = i
                        heads[links] = local[w]
                    links += 1
        out[1, root] = links * (count / len(range(root % step, count, step)))
        for i in range(count):
            seen[members[i] & (_FILTER - 1)] = 0
        if degeneracy:
            out[2, root] = 1 if links == count - 1 else _degeneracy(tails[:links], heads[:links], count)
    return out


@kernel
def _collect(
    back_offsets: Int64s,
    back_indices: Int32s,
    limits: Int32s,
    years: Int32s,
    depth: int,
    root: int,
    members: Int32s,
    stamp: Int32s,
) -> int:
    """The root and its citers up to ``depth`` steps away, breadth first; they are stamped with the root."""
    members[0] = root
    stamp[root] = root
    count, head = 1, 0
    for _ in range(depth):
        tail = count
        while head < tail:
            v = members[head]
            head += 1
            for link in range(back_offsets[v], back_offsets[v + 1]):
                u = back_indices[link]
                if stamp[u] != root and years[u] <= limits[root]:
                    stamp[u] = root
                    members[count] = u
                    count += 1
    return count


@kernel
def _degeneracy(tails: Int32s, heads: Int32s, count: int) -> int:
    """The largest core number of the undirected graph with these links between 0 .. count - 1."""
    starts = np.zeros(count + 2, dtype=np.int64)
    for i in range(len(tails)):
        starts[tails[i] + 2] += 1
        starts[heads[i] + 2] += 1
    for v in range(count):
        starts[v + 2] += starts[v + 1]
    indices = np.empty(2 * len(tails), dtype=np.int32)
    for i in range(len(tails)):
        indices[starts[tails[i] + 1]] = heads[i]
        starts[tails[i] + 1] += 1
        indices[starts[heads[i] + 1]] = tails[i]
        starts[heads[i] + 1] += 1
    return int(core_numbers(starts[: count + 1], indices).max())


@kernel
def small_reach(back_offsets: Int64s, back_indices: Int32s, estimates: Floats, cap: int) -> Floats:
    """Exact vertices and links of what reaches each vertex whose estimate is at most ``cap``, shape (2, vertices).

    NaN where the estimate, or the true number of vertices, is above ``cap``.
    """
    n = len(back_offsets) - 1
    out = np.full((2, n), np.nan)
    members = np.empty(cap + 1, dtype=np.int32)
    stamp = np.full(n, -1, dtype=np.int32)
    for root in range(n):
        if estimates[root] > cap:
            continue
        members[0] = root
        stamp[root] = root
        count, head, links = 1, 0, 0
        while head < count <= cap:
            v = members[head]
            head += 1
            links += back_offsets[v + 1] - back_offsets[v]
            for link in range(back_offsets[v], back_offsets[v + 1]):
                u = back_indices[link]
                if stamp[u] != root:
                    stamp[u] = root
                    members[count] = u
                    count += 1
                    if count > cap:
                        break
        if count <= cap:
            out[0, root] = count
            out[1, root] = links
    return out
