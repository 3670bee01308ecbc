"""Compiled loops of the assignment: prices of an optimal flow."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.kernels.jit import kernel

__all__ = ["potentials"]

Int32s = npt.NDArray[np.int32]
Int64s = npt.NDArray[np.int64]


@kernel
def potentials(  # noqa: PLR0917 - arcs as arrays
    nodes: int, tail: Int32s, head: Int32s, free: Int64s, flow: Int64s, cost: Int64s
) -> Int64s:
    """Node prices of a flow of least cost, by Bellman-Ford over the arcs that are not full and the used ones reversed.

    ``free`` is what an arc could still take. For every arc that could take more: price[head] <= price[tail] + cost.
    """
    price = np.zeros(nodes, dtype=np.int64)
    for _ in range(nodes + 1):
        changed = False
        for arc in range(len(tail)):
            if free[arc] > 0 and price[tail[arc]] + cost[arc] < price[head[arc]]:
                price[head[arc]] = price[tail[arc]] + cost[arc]
                changed = True
            if flow[arc] > 0 and price[head[arc]] - cost[arc] < price[tail[arc]]:
                price[tail[arc]] = price[head[arc]] - cost[arc]
                changed = True
        if not changed:
            break
    return price
