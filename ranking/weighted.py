"""Weighted graphs in CSR form, and their cores."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Adjacency
from records.errors import GraphError

__all__ = ["WeightedAdjacency", "core_neighbours", "weighted_core_numbers"]

Floats = npt.NDArray[np.float64]

_UNIT = 720_720 * 2**20
"""Steps a unit of weight is counted in: a multiple of 1..16, so that thirds and sevenths add up exactly."""


@dataclass(frozen=True, slots=True)
class WeightedAdjacency:
    """``links`` with one weight each: float64, shape (links,), finite and not negative."""

    links: Adjacency
    weights: Floats

    def __post_init__(self) -> None:
        if len(self.weights) != len(self.links.indices):
            raise GraphError(f"{len(self.weights)} weights for {len(self.links.indices)} links")
        if len(self.weights) and not (self.weights.min() >= 0.0 and np.isfinite(self.weights.max())):
            raise GraphError("weights must be finite and not negative")

    def strengths(self) -> Floats:
        """Sum of the weights of every row, shape (rows,)."""
        sums = np.bincount(self.links.row_of_links(), weights=self.weights, minlength=self.links.rows)
        return sums.astype(np.float64)


def weighted_core_numbers(graph: WeightedAdjacency) -> Floats:
    """Weighted core number of every vertex of an undirected graph (each link stored both ways), shape (vertices,).

    The largest t such that the vertex lies in a subgraph where the links of every vertex weigh t together (Giatsidis,
    Thilikos & Vazirgiannis, ASONAM 2011, for weights 1/authors; Batagelj & Zaversnik 2002 in general). Weights are
    counted in whole steps of about 1.3e-12, so the result does not depend on the order of the vertices, and weights
    1/n up to n = 16 add up without error.
    """
    heaviest = float(graph.strengths().max(initial=0.0))
    unit = float(_UNIT)
    while heaviest * unit >= 2.0**62:
        unit /= 2.0
    steps = np.rint(graph.weights * unit).astype(np.int64)
    cores: Floats = kernels.weighted_core.weighted_core_numbers(graph.links.offsets, graph.links.indices, steps) / unit
    return cores


def core_neighbours(graph: Adjacency, cores: Floats) -> Floats:
    """Neighbours of every vertex that lie in the innermost core the vertex lies in, shape (vertices,)."""
    rows = graph.row_of_links()
    inside = cores[graph.indices] >= cores[rows]
    return np.bincount(rows[inside], minlength=graph.rows).astype(np.float64)
