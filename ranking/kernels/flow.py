"""Damped random-walk flow through a digraph, in one sweep where it is acyclic."""
# ruff: noqa: PLR0917 - compiled functions take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel

__all__ = ["spread"]

_MAX_SWEEPS = 10_000


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
    most = 1
    at = 0
    for block in range(len(blocks) + 1):
        begin = blocks[block, 0] if block < len(blocks) else len(order)
        for position in range(at, begin):
            v = order[position]
            _pass_on(offsets, indices, weights, strength, flow, v, damping * flow[v])
        if block < len(blocks):
            at = blocks[block, 1]
            sweeps = _settle(offsets, indices, weights, strength, flow, order[begin:at], damping, tolerance)
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
    damping: float,
    tolerance: float,
) -> int:
    """Sweep over one strongly connected component until nearly nothing is left to pass on (Gauss-Seidel)."""
    settled = np.zeros(len(block))
    sweeps = 0
    while sweeps < _MAX_SWEEPS:
        sweeps += 1
        for i in range(len(block)):
            v = block[i]
            arrived = flow[v]
            flow[v] = 0.0
            settled[i] += arrived
            _pass_on(offsets, indices, weights, strength, flow, v, damping * arrived)
        rest = 0.0
        for v in block:
            rest += flow[v]
        if rest <= tolerance * (1.0 - damping) * settled.sum():
            break
    for i in range(len(block)):
        flow[block[i]] += settled[i]
    return sweeps


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
