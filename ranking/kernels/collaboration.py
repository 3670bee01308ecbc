"""Collaboration indices of vertices from the skylines of their D-cores."""

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel

__all__ = ["indices"]


@kernel
def indices(offsets: Int64s, ks: Int32s, ls: Int32s, incoming: Floats, outgoing: Floats) -> Floats:
    """Balanced, optimal, inherent and average index, shape (4, vertices); see :mod:`ranking.dcores`."""
    n = len(offsets) - 1
    out = np.zeros((4, n))
    for v in range(n):
        total, cells, low = 0.0, 0, -1
        reach = 0.0
        for corner in range(offsets[v], offsets[v + 1]):
            k, top = ks[corner], ls[corner]
            out[0, v] = max(out[0, v], min(k, top))
            out[1, v] = max(out[1, v], (k + top) / 2.0)
            along = np.inf
            if incoming[v] > 0.0:
                along = k / incoming[v]
            if outgoing[v] > 0.0:
                along = min(along, top / outgoing[v])
            if along < np.inf:
                reach = max(reach, along)
            # Cells under this corner: the row at the top left of it, then the column down to the next corner.
            for column in range(low + 1, k):
                total += (column + top) / 2.0
                cells += 1
            bottom = ls[corner + 1] if corner + 1 < offsets[v + 1] else 0
            height = top - bottom + 1
            total += height * (k + (top + bottom) / 2.0) / 2.0
            cells += height
            low = k
        out[2, v] = reach * (incoming[v] + outgoing[v]) / 2.0
        out[3, v] = total / cells if cells > 0 else 0.0
    return out
