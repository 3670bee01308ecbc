"""igraph and NetworKit on the citation graph: PageRank, core numbers, connected components."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.corpus import Adjacency

__all__ = ["PEERS", "warm_up"]

Result = npt.NDArray[np.float64]


def _igraph(links: Adjacency, directed: bool) -> Any:
    import igraph

    pairs = np.empty((len(links.indices), 2), dtype=np.int64)
    pairs[:, 0], pairs[:, 1] = links.row_of_links(), links.indices
    graph = igraph.Graph(n=links.rows, edges=pairs, directed=directed)
    return graph if directed else graph.simplify()


def _igraph_directed(links: Adjacency) -> Any:
    return _igraph(links, True)


def _igraph_undirected(links: Adjacency) -> Any:
    return _igraph(links, False)


def _networkit(links: Adjacency, directed: bool) -> Any:
    import networkit

    rows = links.row_of_links().astype(np.uint64)
    graph = networkit.GraphFromCoo((rows, links.indices.astype(np.uint64)), n=links.rows, directed=directed)
    if not directed:
        graph.removeMultiEdges()
    return graph


def _networkit_directed(links: Adjacency) -> Any:
    return _networkit(links, True)


def _networkit_undirected(links: Adjacency) -> Any:
    return _networkit(links, False)


def _igraph_pagerank(graph: Any) -> Result:
    return np.asarray(graph.pagerank(damping=0.85, implementation="prpack"))


def _networkit_pagerank(graph: Any) -> Result:
    import networkit

    # Its default leaves papers without references out; normalised, that is the same as jumping anywhere from them.
    ranking = networkit.centrality.PageRank(graph, damp=0.85, tol=1e-8)
    ranking.norm = networkit.centrality.Norm.L1_NORM
    scores = np.asarray(ranking.run().scores())
    result: Result = scores / scores.sum()
    return result


def _igraph_kcore(graph: Any) -> Result:
    return np.asarray(graph.coreness(), dtype=np.float64)


def _networkit_kcore(graph: Any) -> Result:
    import networkit

    return np.asarray(networkit.centrality.CoreDecomposition(graph).run().scores())


def _igraph_components(graph: Any) -> Result:
    sizes = graph.connected_components(mode="weak").sizes()
    return np.sort(np.asarray(sizes, dtype=np.float64))[::-1]


def _networkit_components(graph: Any) -> Result:
    import networkit

    sizes = networkit.components.ConnectedComponents(graph).run().getComponentSizes()
    return np.sort(np.asarray(list(sizes.values()), dtype=np.float64))[::-1]


PEERS: dict[tuple[str, str], tuple[Callable[[Adjacency], Any], Callable[[Any], Result]]] = {
    ("igraph", "pagerank"): (_igraph_directed, _igraph_pagerank),
    ("igraph", "kcore"): (_igraph_undirected, _igraph_kcore),
    ("igraph", "components"): (_igraph_directed, _igraph_components),
    ("networkit", "pagerank"): (_networkit_directed, _networkit_pagerank),
    ("networkit", "kcore"): (_networkit_undirected, _networkit_kcore),
    ("networkit", "components"): (_networkit_undirected, _networkit_components),
}
"""(peer, row) -> how to build its graph from the citations, and how to run it."""


def warm_up(peer: str) -> None:
    """Import the peer and run it once on a few papers."""
    links = Adjacency.from_pairs(np.array([1, 2, 2]), np.array([0, 0, 1]), (3, 3))
    for (name, _), (build, work) in PEERS.items():
        if name == peer:
            work(build(links))
