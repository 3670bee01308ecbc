"""HyperLogLog counts of everything that reaches a vertex, in slices of registers so that memory stays small."""
# ruff: noqa: C901, PLR0917 - compiled functions take positional arrays

from __future__ import annotations

from typing import Any

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel

__all__ = ["reach_counts"]

_SLICE = 64  # registers a vertex holds at a time: one cache line


@kernel
def _mix(value: int, seed: int) -> Any:
    """A hash of ``value``: the finaliser of splitmix64 (Steele, Lea & Flood 2014)."""
    x = np.uint64(value) + np.uint64(seed) * np.uint64(0x9E3779B97F4A7C15)
    x = (x ^ (x >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    x = (x ^ (x >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return x ^ (x >> np.uint64(31))


@kernel
def _insert(registers: Any, row: int, value: int, seed: int, count: int, part: int) -> None:
    x = _mix(value, seed)
    register = np.int64(x & np.uint64(count - 1))
    if register // _SLICE != part:
        return
    rest = x >> np.uint64(16)
    rank = 1
    while rank < 48 and rest & np.uint64(1) == 0:
        rest >>= np.uint64(1)
        rank += 1
    at = register % _SLICE
    registers[row, at] = max(registers[row, at], rank)


@kernel
def reach_counts(
    back_offsets: Int64s, back_indices: Int32s, order: Int32s, blocks: Int64s, count: int, links: bool
) -> Floats:
    """Estimated number of vertices that reach each vertex (itself included), or of the links among them.

    ``count`` registers (a power of two from 64 to 65536); standard error 1.04 / sqrt(count). Links among the vertices
    that reach a vertex are all links into one of them, so each vertex contributes its incoming links. Vertices are
    visited in ``order``, sources first; a strongly connected component shares one sketch.
    """
    n = len(order)
    inverse_sum = np.zeros(n)
    zeros = np.zeros(n, dtype=np.int32)
    registers = np.zeros((n, _SLICE), dtype=np.uint8)
    for part in range(count // _SLICE):
        registers[:] = 0
        at = 0
        for block in range(len(blocks) + 1):
            begin = blocks[block, 0] if block < len(blocks) else n
            for position in range(at, begin):
                _gather(back_offsets, back_indices, registers, order[position], order[position], count, part, links)
            if block < len(blocks):
                at = blocks[block, 1]
                first = order[begin]
                for position in range(begin, at):
                    _gather(back_offsets, back_indices, registers, order[position], first, count, part, links)
                for position in range(begin + 1, at):
                    registers[order[position]] = registers[first]
        for v in range(n):
            for register in range(_SLICE):
                rank = registers[v, register]
                inverse_sum[v] += 2.0 ** -float(rank)
                zeros[v] += rank == 0
    estimates = np.empty(n)
    alpha = 0.7213 / (1.0 + 1.079 / count) if count > 64 else 0.709
    for v in range(n):
        estimates[v] = alpha * count * count / inverse_sum[v]
        if estimates[v] <= 2.5 * count and zeros[v] > 0:
            estimates[v] = count * np.log(count / zeros[v])  # linear counting (Flajolet et al. 2007)
    return estimates


@kernel
def _gather(
    back_offsets: Int64s, back_indices: Int32s, registers: Any, v: int, into: int, count: int, part: int, links: bool
) -> None:
    """Unite the sketches of what cites ``v`` with its own contribution, in row ``into``."""
    if not links:
        _insert(registers, into, v, 1, count, part)
    for link in range(back_offsets[v], back_offsets[v + 1]):
        if links:
            _insert(registers, into, link, 2, count, part)
        u = back_indices[link]
        if u != into:
            for register in range(_SLICE):
                registers[into, register] = max(
                    registers[into, register],
                    registers[u, register],
                )
