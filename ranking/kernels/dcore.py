"""D-core decomposition of digraphs for every in-degree bound k and out-degree bound l."""
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917 - compiled loops are written out and take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.csr import transpose
from ranking.kernels.jit import Int32s, Int64s, kernel

__all__ = ["core_sizes", "skylines"]

_REBUILD = 6


@kernel
def skylines(
    offsets: Int64s, indices: Int32s, back_offsets: Int64s, back_indices: Int32s
) -> tuple[Int64s, Int32s, Int32s, np.int64]:
    """The maximal (k, l) of every vertex: CSR offsets, k ascending, l descending; and how often a link was read.

    For each k the (k, 0)-core is peeled by out-degree, which gives every vertex its largest l. Two things keep that
    from costing all links for every k. The (k, 0)-cores are nested, so the graph is rebuilt as it shrinks. And a
    vertex's l never grows with k: after a rebuild vertices are numbered by their l, largest first, and rows are sorted,
    so that at level l the rest of a row is known to be gone from the first neighbour on whose l was smaller.
    """
    total = len(offsets) - 1
    names = np.arange(total).astype(np.int32)
    degree_in = np.diff(back_offsets).astype(np.int32)
    degree_out = np.diff(offsets).astype(np.int32)
    alive = np.arange(total).astype(np.int32)
    last = np.full(total, -1, dtype=np.int32)
    bound = np.full(total, 2147483647, dtype=np.int32)
    depth = np.empty(total, dtype=np.int32)
    found = np.empty((max(total, 16), 3), dtype=np.int32)
    count = 0
    touched = np.int64(0)
    k = 0
    while len(alive) > 0:
        before = alive
        alive = _shrink(offsets, indices, back_offsets, back_indices, degree_in, degree_out, before, k)
        links = np.int64(0)
        for v in alive:
            links += degree_out[v]
        depth[before] = -1
        touched += _peel(offsets, indices, back_offsets, back_indices, degree_in, degree_out, alive, k, bound, depth)
        for v in before:
            if last[v] > depth[v]:
                if count == len(found):
                    longer = np.empty((2 * count, 3), dtype=np.int32)
                    longer[:count] = found
                    found = longer
                found[count, 0] = names[v]
                found[count, 1] = np.int32(k - 1)
                found[count, 2] = last[v]
                count += 1
            last[v] = depth[v]
        if k % _REBUILD == 0 or links < 0.7 * len(indices):
            order = alive[np.argsort(-depth[alive], kind="mergesort")]
            offsets, indices = _renumbered(back_offsets, back_indices, degree_out, order, len(names))
            back_offsets, back_indices = transpose(offsets, indices, len(order))
            names, last, bound = names[order], last[order], depth[order]
            degree_in, degree_out = degree_in[order], degree_out[order]
            depth = np.empty(len(order), dtype=np.int32)
            alive = np.arange(len(order)).astype(np.int32)
            touched += 2 * links
        k += 1
    starts, out_k, out_l = _by_vertex(found[:count], total)
    return starts, out_k, out_l, touched


@kernel
def _by_vertex(found: Int32s, total: int) -> tuple[Int64s, Int32s, Int32s]:
    """Corners grouped by vertex, in the order they were found."""
    starts = np.zeros(total + 2, dtype=np.int64)
    for i in range(len(found)):
        starts[found[i, 0] + 2] += 1
    for vertex in range(total):
        starts[vertex + 2] += starts[vertex + 1]
    out_k = np.empty(len(found), dtype=np.int32)
    out_l = np.empty(len(found), dtype=np.int32)
    for i in range(len(found)):
        at = starts[found[i, 0] + 1]
        starts[found[i, 0] + 1] += 1
        out_k[at] = found[i, 1]
        out_l[at] = found[i, 2]
    return starts[: total + 1], out_k, out_l


@kernel
def _shrink(
    offsets: Int64s,
    indices: Int32s,
    back_offsets: Int64s,
    back_indices: Int32s,
    degree_in: Int32s,
    degree_out: Int32s,
    alive: Int32s,
    k: int,
) -> Int32s:
    """Delete vertices with fewer than ``k`` links coming in; degrees become -1 there and are kept up elsewhere."""
    stack = np.empty(len(alive), dtype=np.int32)
    top = 0
    for v in alive:
        if degree_in[v] < k:
            stack[top] = v
            top += 1
    head = 0
    while head < top:
        v = stack[head]
        head += 1
        degree_in[v] = -1
        degree_out[v] = -1
        for link in range(offsets[v], offsets[v + 1]):
            w = indices[link]
            if degree_in[w] >= k:
                degree_in[w] -= 1
                if degree_in[w] == k - 1:
                    stack[top] = w
                    top += 1
        for link in range(back_offsets[v], back_offsets[v + 1]):
            u = back_indices[link]
            if degree_out[u] > 0:
                degree_out[u] -= 1
    left = np.empty(len(alive) - top, dtype=np.int32)
    kept = 0
    for v in alive:
        if degree_in[v] >= k:
            left[kept] = v
            kept += 1
    return left


@kernel
def _peel(
    offsets: Int64s,
    indices: Int32s,
    back_offsets: Int64s,
    back_indices: Int32s,
    degree_in: Int32s,
    degree_out: Int32s,
    alive: Int32s,
    k: int,
    bound: Int32s,
    depth: Int32s,
) -> int:
    """Write to ``depth`` of each vertex in ``alive`` the largest l of a (k, l)-core that holds it.

    ``bound`` is no smaller than that and falls with the number of the vertex. Returns how many links were read.
    """
    inward, outward = degree_in.copy(), degree_out.copy()  # -1: on the queue or gone
    remaining = alive.copy()
    left = len(alive)
    queue = np.empty(len(alive), dtype=np.int32)
    level, cut, touched = 0, len(bound), 0
    while left > 0:
        kept, tail = 0, 0
        least = 2147483647
        for i in range(left):
            v = remaining[i]
            if outward[v] > level:
                remaining[kept] = v
                kept += 1
                least = min(least, int(outward[v]))
            elif outward[v] >= 0:
                inward[v] = outward[v] = -1
                queue[tail] = v
                tail += 1
        left = kept
        if tail == 0:
            level = least
            continue
        while cut > 0 and bound[cut - 1] < level:
            cut -= 1
        head = 0
        while head < tail:
            v = queue[head]
            head += 1
            depth[v] = level
            for link in range(back_offsets[v], back_offsets[v + 1]):
                u = back_indices[link]
                touched += 1
                if u >= cut:
                    break
                if outward[u] > level:
                    outward[u] -= 1
                    if outward[u] == level:
                        inward[u] = outward[u] = -1
                        queue[tail] = u
                        tail += 1
            if k == 0:
                continue
            for link in range(offsets[v], offsets[v + 1]):
                w = indices[link]
                touched += 1
                if w >= cut:
                    break
                if inward[w] >= k:
                    inward[w] -= 1
                    if inward[w] < k:
                        inward[w] = outward[w] = -1
                        queue[tail] = w
                        tail += 1
        level += 1
    return touched


@kernel
def core_sizes(offsets: Int64s, ks: Int32s, ls: Int32s) -> Int64s:
    """Vertices in the (k, l)-core for every k and l, from their skylines; shape (kmax + 1, lmax + 1)."""
    sizes = np.zeros((ks.max() + 1 if len(ks) else 1, ls.max() + 1 if len(ls) else 1), dtype=np.int64)
    for v in range(len(offsets) - 1):
        k = 0
        for corner in range(offsets[v], offsets[v + 1]):
            while k <= ks[corner]:
                sizes[k, ls[corner]] += 1
                k += 1
    for l in range(sizes.shape[1] - 2, -1, -1):  # noqa: E741 - the paper's letter
        sizes[:, l] += sizes[:, l + 1]
    return sizes


@kernel
def _renumbered(
    back_offsets: Int64s, back_indices: Int32s, degree_out: Int32s, order: Int32s, size: int
) -> tuple[Int64s, Int32s]:
    """The links among the vertices in ``order``, numbered by their place there, rows ascending; from their transpose.

    ``degree_out`` counts links to these vertices only.
    """
    place = np.full(size, -1, dtype=np.int32)
    offsets = np.zeros(len(order) + 1, dtype=np.int64)
    for i in range(len(order)):
        place[order[i]] = i
        offsets[i + 1] = offsets[i] + degree_out[order[i]]
    cursor = offsets[:-1].copy()
    indices = np.empty(offsets[-1], dtype=np.int32)
    for i in range(len(order)):
        for link in range(back_offsets[order[i]], back_offsets[order[i] + 1]):
            u = place[back_indices[link]]
            if u >= 0:
                indices[cursor[u]] = i
                cursor[u] += 1
    return offsets, indices
