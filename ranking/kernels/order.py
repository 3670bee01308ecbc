"""The order in which flow runs through a nearly acyclic digraph."""
# ruff: noqa: C901, PLR0912, PLR0915, PLR0917 - compiled loops are written out and take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Int32s, Int64s, kernel, prefetch

__all__ = ["topological_order"]


@kernel
def topological_order(
    offsets: Int64s, indices: Int32s, back_offsets: Int64s, back_indices: Int32s
) -> tuple[Int32s, Int64s]:
    """Vertices so that every link goes forward or stays in a strongly connected component, and those components.

    Sources are peeled from the front and sinks from the back (Kahn 1962), which leaves only components and what lies
    between them; there Tarjan's algorithm (1972) orders the rest. Returns the order, shape (vertices,), and the ranges
    of it that are components of two vertices or more, shape (components, 2). Inside a component vertices stand in
    reverse postorder, which leaves few links pointing back.
    """
    n = len(offsets) - 1
    order = np.empty(n, dtype=np.int32)
    left = np.empty(n, dtype=np.int32)  # links not yet accounted for; -1: placed
    placed = _peel_sources(offsets, indices, back_offsets, order, left)
    if placed == n:
        return order, np.empty((0, 2), dtype=np.int64)
    end = _peel_sinks(offsets, back_offsets, back_indices, order, left)
    if placed == end:
        return order, np.empty((0, 2), dtype=np.int64)
    return order, _order_core(offsets, indices, order, left, placed, end)


@kernel
def _peel_sources(offsets: Int64s, indices: Int32s, back_offsets: Int64s, order: Int32s, left: Int32s) -> int:
    tail = 0
    for v in range(len(left)):
        left[v] = back_offsets[v + 1] - back_offsets[v]
        if left[v] == 0:
            left[v] = -1
            order[tail] = v
            tail += 1
    head = 0
    while head < tail:
        if head + 16 < tail:
            prefetch(offsets, order[head + 16])
            prefetch(indices, offsets[order[head + 8]])
        v = order[head]
        head += 1
        for position in range(offsets[v], offsets[v + 1]):
            w = indices[position]
            left[w] -= 1
            if left[w] == 0:
                left[w] = -1
                order[tail] = w
                tail += 1
    return tail


@kernel
def _peel_sinks(offsets: Int64s, back_offsets: Int64s, back_indices: Int32s, order: Int32s, left: Int32s) -> int:
    # What a vertex left over points to is left over too, so its full out-degree counts.
    n = len(left)
    head = n
    for v in range(n):
        if left[v] >= 0:
            left[v] = offsets[v + 1] - offsets[v]
            if left[v] == 0:
                left[v] = -1
                head -= 1
                order[head] = v
    tail = n
    while tail > head:
        tail -= 1
        v = order[tail]
        for position in range(back_offsets[v], back_offsets[v + 1]):
            u = back_indices[position]
            if left[u] > 0:
                left[u] -= 1
                if left[u] == 0:
                    left[u] = -1
                    head -= 1
                    order[head] = u
    return head


@kernel
def _order_core(offsets: Int64s, indices: Int32s, order: Int32s, left: Int32s, begin: int, end: int) -> Int64s:
    """Fill ``order[begin:end]`` with the vertices still unplaced, by component; returns ranges of the large ones."""
    count = end - begin
    vertices = np.empty(count, dtype=np.int32)
    local = left  # reused: position among the unplaced, or -1
    found = 0
    for v in range(len(left)):
        if left[v] >= 0:
            vertices[found] = v
            local[v] = found
            found += 1
    component, postorder, components = _tarjan(offsets, indices, vertices, local)
    sizes = np.zeros(components + 1, dtype=np.int64)
    for c in component:
        sizes[c + 1] += 1
    # Tarjan numbers components sinks first; flow wants sources first.
    starts = np.empty(components, dtype=np.int64)
    at = begin
    large = 0
    for c in range(components - 1, -1, -1):
        starts[c] = at
        at += sizes[c + 1]
        if sizes[c + 1] > 1:
            large += 1
    blocks = np.empty((large, 2), dtype=np.int64)
    large = 0
    for c in range(components - 1, -1, -1):
        if sizes[c + 1] > 1:
            blocks[large, 0] = starts[c]
            blocks[large, 1] = starts[c] + sizes[c + 1]
            large += 1
    for i in range(count - 1, -1, -1):
        v = postorder[i]
        order[starts[component[v]]] = vertices[v]
        starts[component[v]] += 1
    return blocks


@kernel
def _tarjan(offsets: Int64s, indices: Int32s, vertices: Int32s, local: Int32s) -> tuple[Int32s, Int32s, int]:
    count = len(vertices)
    component = np.full(count, -1, dtype=np.int32)
    low = np.full(count, -1, dtype=np.int32)
    cursor = np.empty(count, dtype=np.int64)
    path = np.empty(count, dtype=np.int32)
    index = np.full(count, -1, dtype=np.int32)
    stack = np.empty(count, dtype=np.int32)
    postorder = np.empty(count, dtype=np.int32)
    visited, finished, on_stack, components = 0, 0, 0, 0
    for root in range(count):
        if index[root] >= 0:
            continue
        depth = 1
        path[0] = root
        while depth > 0:
            v = path[depth - 1]
            if index[v] < 0:
                index[v] = low[v] = visited
                visited += 1
                cursor[v] = offsets[vertices[v]]
                stack[on_stack] = v
                on_stack += 1
            descended = False
            while cursor[v] < offsets[vertices[v] + 1]:
                w = local[indices[cursor[v]]]
                cursor[v] += 1
                if w < 0:
                    continue
                if index[w] < 0:
                    path[depth] = w
                    depth += 1
                    descended = True
                    break
                if component[w] < 0:
                    low[v] = min(low[v], index[w])
            if descended:
                continue
            depth -= 1
            postorder[finished] = v
            finished += 1
            if depth > 0:
                parent = path[depth - 1]
                low[parent] = min(low[parent], low[v])
            if low[v] == index[v]:
                while True:
                    on_stack -= 1
                    w = stack[on_stack]
                    component[w] = components
                    if w == v:
                        break
                components += 1
    return component, postorder, components
