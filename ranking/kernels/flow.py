"""Damped random-walk flow through a digraph, in one sweep where it is acyclic."""
# ruff: noqa: C901, PLR0917 - compiled functions take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel, prefetch

__all__ = ["spread"]

_MAX_SWEEPS = 10_000
_AHEAD = 16


@kernel
def spread(
    offsets: Int64s,
    indices: Int32s,
    weights: Floats,
    order: Int32s,
    blocks: Int64s,
    source: Floats,
    damping: float,
    tolerance: float,
) -> tuple[Floats, int]:
    """Solve ``y = source + damping * P.T @ y``, where ``P`` walks from a vertex to one of its links at random.

    Links are chosen in proportion to ``weights``, or uniformly when that is empty. ``order`` and ``blocks`` come from
    :func:`ranking.kernels.order.topological_order`. A vertex passes on what it holds when all before it have; inside a
    block the rest is passed round again until no more than ``tolerance * (1 - damping)`` of the block's flow is left,
    so ``y`` is within ``tolerance`` of the solution in the 1-norm, relative to ``sum(y)``. Returns ``y`` and the
    largest number of sweeps a block took.
    """
    strength = _strengths(offsets, weights)
    flow = source.copy()
    place = np.full(len(order) if len(blocks) > 0 else 0, -1, dtype=np.int32)
    most = 1
    at = 0
    for block in range(len(blocks) + 1):
        begin = blocks[block, 0] if block < len(blocks) else len(order)
        for position in range(at, begin):
            if position + _AHEAD < begin:
                later = order[position + _AHEAD // 2]
                prefetch(offsets, order[position + _AHEAD])
                prefetch(indices, offsets[later])
            v = order[position]
            _pass_on(offsets, indices, weights, strength, flow, v, damping * flow[v])
        if block < len(blocks):
            at = blocks[block, 1]
            vertices = order[begin:at]
            sweeps = _settle(offsets, indices, weights, strength, flow, vertices, place, damping, tolerance)
            most = max(most, sweeps)
    return flow, most


@kernel
def _settle(
    offsets: Int64s,
    indices: Int32s,
    weights: Floats,
    strength: Floats,
    flow: Floats,
    block: Int32s,
    place: Int32s,
    damping: float,
    tolerance: float,
) -> int:
    """Sweep over one strongly connected component until nearly nothing is left to pass on (Gauss-Seidel).

    The links inside are copied first, numbered by their place in the block: sweeps then read memory in order.
    """
    inner_offsets, inner, inner_weights = _inside(offsets, indices, weights, block, place)
    held, settled, factor = np.empty(len(block)), np.zeros(len(block)), np.zeros(len(block))
    for i in range(len(block)):
        v = block[i]
        held[i] = flow[v]
        total = float(offsets[v + 1] - offsets[v]) if len(weights) == 0 else strength[v]
        if total > 0.0:
            factor[i] = damping / total
    sweeps = 0
    while sweeps < _MAX_SWEEPS:
        sweeps += 1
        for i in range(len(block)):
            arrived = held[i]
            held[i] = 0.0
            settled[i] += arrived
            share = arrived * factor[i]
            for link in range(inner_offsets[i], inner_offsets[i + 1]):
                held[inner[link]] += share if len(weights) == 0 else share * inner_weights[link]
        if held.sum() <= tolerance * (1.0 - damping) * settled.sum():
            break
    for i in range(len(block)):
        v = block[i]
        flow[v] = settled[i] + held[i]
        share = settled[i] * factor[i]
        for link in range(offsets[v], offsets[v + 1]):
            if place[indices[link]] < 0:
                flow[indices[link]] += share if len(weights) == 0 else share * weights[link]
    for v in block:
        place[v] = -1
    return sweeps


@kernel
def _inside(
    offsets: Int64s, indices: Int32s, weights: Floats, block: Int32s, place: Int32s
) -> tuple[Int64s, Int32s, Floats]:
    """The links within ``block`` as rows of their own; ``place`` is left pointing from vertices into the block."""
    for i in range(len(block)):
        place[block[i]] = i
    inner_offsets = np.zeros(len(block) + 1, dtype=np.int64)
    for i in range(len(block)):
        inner_offsets[i + 1] = inner_offsets[i]
        for link in range(offsets[block[i]], offsets[block[i] + 1]):
            inner_offsets[i + 1] += place[indices[link]] >= 0
    inner = np.empty(inner_offsets[-1], dtype=np.int32)
    inner_weights = np.empty(inner_offsets[-1] if len(weights) > 0 else 0)
    at = 0
    for v in block:
        for link in range(offsets[v], offsets[v + 1]):
            if place[indices[link]] >= 0:
                inner[at] = place[indices[link]]
                if len(weights) > 0:
                    inner_weights[at] = weights[link]
                at += 1
    return inner_offsets, inner, inner_weights


@kernel
def _pass_on(
    offsets: Int64s, indices: Int32s, weights: Floats, strength: Floats, flow: Floats, v: int, amount: float
) -> None:
    begin, end = offsets[v], offsets[v + 1]
    if len(weights) == 0:
        share = amount / max(end - begin, 1)
        for link in range(begin, end):
            flow[indices[link]] += share
    elif strength[v] > 0.0:
        share = amount / strength[v]
        for link in range(begin, end):
            flow[indices[link]] += share * weights[link]


@kernel
def _strengths(offsets: Int64s, weights: Floats) -> Floats:
    if len(weights) == 0:
        return np.empty(0)
    strength = np.zeros(len(offsets) - 1)
    for v in range(len(strength)):
        for link in range(offsets[v], offsets[v + 1]):
            strength[v] += weights[link]
    return strength
