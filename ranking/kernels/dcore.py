"""D-core decomposition of digraphs for every in-degree bound k and out-degree bound l."""
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917 - compiled loops are written out and take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Int32s, Int64s, kernel

__all__ = ["core_sizes", "skylines"]


@kernel
def skylines(
    offsets: Int64s, indices: Int32s, back_offsets: Int64s, back_indices: Int32s
) -> tuple[Int64s, Int32s, Int32s, np.int64]:
    """The maximal (k, l) of every vertex: CSR offsets, k ascending, l descending; and the links touched.

    For each k the (k, 0)-core is peeled by out-degree, which gives every vertex its largest l. The (k, 0)-cores are
    nested, so the graph shrinks as k grows; it is rebuilt, compact, whenever a good part of it has gone.
    """
    total = len(offsets) - 1
    names = np.arange(total).astype(np.int32)
    degree_in = np.diff(back_offsets).astype(np.int32)
    degree_out = np.diff(offsets).astype(np.int32)
    alive = np.arange(total).astype(np.int32)
    last = np.full(total, -1, dtype=np.int32)
    depth = np.empty(total, dtype=np.int32)
    found_vertex = np.empty(max(total, 16), dtype=np.int32)
    found_k = np.empty(max(total, 16), dtype=np.int32)
    found_l = np.empty(max(total, 16), dtype=np.int32)
    found = 0
    touched = np.int64(0)
    k = 0
    while len(alive) > 0:
        before = alive
        alive = _shrink(offsets, indices, back_offsets, back_indices, degree_in, degree_out, before, k)
        links = np.int64(0)
        for v in alive:
            links += degree_out[v]
        touched += 2 * links
        depth[before] = -1
        _peel(offsets, indices, back_offsets, back_indices, degree_in, degree_out, alive, k, depth)
        for v in before:
            if last[v] > depth[v]:
                if found == len(found_vertex):
                    found_vertex = _grown(found_vertex)
                    found_k = _grown(found_k)
                    found_l = _grown(found_l)
                found_vertex[found] = names[v]
                found_k[found] = np.int32(k - 1)
                found_l[found] = last[v]
                found += 1
            last[v] = depth[v]
        if links < 0.7 * len(indices):
            names, last = names[alive], last[alive]
            old_in = degree_in
            offsets, indices = _induced(offsets, indices, degree_out, alive, len(old_in))
            back_offsets, back_indices = _induced(back_offsets, back_indices, degree_in, alive, len(old_in))
            degree_in, degree_out = degree_in[alive], degree_out[alive]
            depth = np.empty(len(alive), dtype=np.int32)
            alive = np.arange(len(alive)).astype(np.int32)
        k += 1
    starts = np.zeros(total + 2, dtype=np.int64)
    for i in range(found):
        starts[found_vertex[i] + 2] += 1
    for vertex in range(total):
        starts[vertex + 2] += starts[vertex + 1]
    out_k = np.empty(found, dtype=np.int32)
    out_l = np.empty(found, dtype=np.int32)
    for i in range(found):
        at = starts[found_vertex[i] + 1]
        starts[found_vertex[i] + 1] += 1
        out_k[at] = found_k[i]
        out_l[at] = found_l[i]
    return starts[: total + 1], out_k, out_l, touched


@kernel
def _grown(values: Int32s) -> Int32s:
    longer = np.empty(2 * len(values), dtype=np.int32)
    longer[: len(values)] = values
    return longer


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
    depth: Int32s,
) -> None:
    """Write to ``depth`` of each vertex in ``alive`` the largest l of a (k, l)-core that holds it."""
    inward, outward = degree_in.copy(), degree_out.copy()  # -1: on the queue or gone
    remaining = alive.copy()
    left = len(alive)
    queue = np.empty(len(alive), dtype=np.int32)
    level = 0
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
        head = 0
        while head < tail:
            v = queue[head]
            head += 1
            depth[v] = level
            for link in range(back_offsets[v], back_offsets[v + 1]):
                u = back_indices[link]
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
                if inward[w] >= k:
                    inward[w] -= 1
                    if inward[w] < k:
                        inward[w] = outward[w] = -1
                        queue[tail] = w
                        tail += 1
        level += 1


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
def _induced(offsets: Int64s, indices: Int32s, degrees: Int32s, alive: Int32s, size: int) -> tuple[Int64s, Int32s]:
    """The rows of the vertices in ``alive``, renumbered by their place there."""
    place = np.full(size, -1, dtype=np.int32)
    total = np.int64(0)
    for i in range(len(alive)):
        place[alive[i]] = i
        total += degrees[alive[i]]
    out_offsets = np.zeros(len(alive) + 1, dtype=np.int64)
    out_indices = np.empty(total, dtype=np.int32)
    kept = np.int64(0)
    for i in range(len(alive)):
        for link in range(offsets[alive[i]], offsets[alive[i] + 1]):
            w = place[indices[link]]
            if w >= 0:
                out_indices[kept] = w
                kept += 1
        out_offsets[i + 1] = kept
    return out_offsets, out_indices
