"""Degeneracy: k-cores of undirected graphs, and connected components."""

from __future__ import annotations

from ranking import kernels
from ranking.corpus import Adjacency, Indices
from records.errors import GraphError

__all__ = ["connected_components", "core_numbers", "undirected"]


def undirected(links: Adjacency) -> Adjacency:
    """The undirected simple graph under a digraph: each link both ways, once, without self-loops.

    :raises GraphError: when the digraph has not as many rows as columns.
    """
    if links.rows != links.columns:
        raise GraphError(f"a digraph needs as many rows as columns, not {links.rows} and {links.columns}")
    return Adjacency(*kernels.csr.symmetrise(links.offsets, links.indices), links.columns)


def core_numbers(graph: Adjacency) -> Indices:
    """Core number of every vertex of an undirected simple graph (each link stored both ways), shape (vertices,).

    The largest k such that the vertex lies in a subgraph whose vertices all have k neighbours in it (Seidman 1983);
    computed by peeling (Batagelj & Zaversnik 2003).
    """
    return kernels.cores.core_numbers(graph.offsets, graph.indices)


def connected_components(links: Adjacency, back: Adjacency | None = None) -> Indices:
    """Weakly connected component of every vertex, named by its smallest vertex, shape (vertices,)."""
    back = links.transposed() if back is None else back
    return kernels.cores.components(links.offsets, links.indices, back.offsets, back.indices)
