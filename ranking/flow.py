"""Random walks along citations: the linear systems behind PageRank, CiteRank and AttRank, solved to a tolerance."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Adjacency, Corpus, Indices
from ranking.shared import cited_by, kept
from records.errors import GraphError

__all__ = ["TOLERANCE", "FlowOrder", "citation_order", "flow_order", "pagerank", "spread"]

Floats = npt.NDArray[np.float64]

TOLERANCE = 1e-8
"""Bound on the 1-norm of the error, relative to the 1-norm of the solution."""


@dataclass(frozen=True, slots=True)
class FlowOrder:
    """An order of a digraph's vertices in which links go forward or stay within a block.

    ``order``: int32, shape (vertices,). ``blocks``: int64, shape (blocks, 2), the ranges of ``order`` that are strongly
    connected components of two vertices or more.
    """

    order: Indices
    blocks: npt.NDArray[np.int64]

    @property
    def largest_block(self) -> int:
        """Vertices of the largest cyclic component; 0 when there is none."""
        return int(np.diff(self.blocks, axis=1).max()) if len(self.blocks) else 0


def flow_order(links: Adjacency, back: Adjacency | None = None) -> FlowOrder:
    """Order the vertices of a digraph for :func:`spread`; ``back`` is its transpose, if it is at hand. O(n + m)."""
    if links.rows != links.columns:
        raise GraphError(f"a digraph needs as many rows as columns, not {links.rows} and {links.columns}")
    back = links.transposed() if back is None else back
    return FlowOrder(*kernels.order.topological_order(links.offsets, links.indices, back.offsets, back.indices))


@kept
def citation_order(corpus: Corpus) -> FlowOrder:
    """The papers, citing before cited."""
    return flow_order(corpus.citations, cited_by(corpus))


def spread(
    links: Adjacency,
    order: FlowOrder,
    source: Floats,
    *,
    damping: float,
    weights: Floats | None = None,
    tolerance: float = TOLERANCE,
) -> Floats:
    """Solve ``y = source + damping * P.T @ y`` for non-negative ``source``, shape (vertices,).

    ``P`` moves from a vertex along one of its links, uniformly or in proportion to ``weights``, shape (links,); it has
    zero rows where a vertex has no links. One sweep over the links where the digraph is acyclic, a few more inside its
    strongly connected components. The error's 1-norm is at most ``tolerance * sum(y)``.

    :raises GraphError: when ``damping`` is not in [0, 1), or a negative source or weight is given.
    """
    if not 0.0 <= damping < 1.0:
        raise GraphError(f"damping must lie in [0, 1), not {damping}")
    if len(source) != links.rows or (len(source) and not source.min() >= 0.0):
        raise GraphError("sources must be non-negative numbers, one a vertex")
    steps = np.empty(0) if weights is None else np.ascontiguousarray(weights, dtype=np.float64)
    if weights is not None and (len(steps) != len(links.indices) or (len(steps) and not steps.min() >= 0.0)):
        raise GraphError("weights must be non-negative numbers, one a link")
    source = np.ascontiguousarray(source, dtype=np.float64)
    return kernels.flow.spread(
        links.offsets, links.indices, steps, order.order, order.blocks, source, damping, tolerance
    )[0]


def pagerank(
    links: Adjacency,
    order: FlowOrder | None = None,
    *,
    damping: float = 0.85,
    weights: Floats | None = None,
    tolerance: float = TOLERANCE,
) -> Floats:
    """PageRank of every vertex, shape (vertices,), summing to 1.

    A walker at a vertex without links jumps anywhere; with uniform jumps that is the same as ignoring such vertices
    and normalising (Del Corso, Gulli & Romani 2005), so one linear system is all there is to solve.
    """
    order = flow_order(links) if order is None else order
    flow = spread(links, order, np.ones(links.rows), damping=damping, weights=weights, tolerance=tolerance)
    return flow / flow.sum() if len(flow) else flow
