from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from ranking.corpus import Adjacency
from ranking.flow import flow_order, pagerank, spread
from records.errors import GraphError
from tests.ranking.corpora import citing, digraph, neighbours, random_corpus


def _matrix(links: Adjacency, weights: np.ndarray | None = None) -> np.ndarray:
    """Row-stochastic walk, zero rows where there are no links (or none with weight)."""
    dense = np.zeros((links.rows, links.columns))
    dense[links.row_of_links(), links.indices] = 1.0 if weights is None else weights
    sums = dense.sum(axis=1, keepdims=True)
    walk: np.ndarray = np.divide(dense, sums, out=np.zeros_like(dense), where=sums > 0)
    return walk


def test_order_runs_forward_and_blocks_are_the_cyclic_components() -> None:
    for seed in range(600):
        links = random_corpus(seed, papers=1 + seed % 15, backward=(0, 0.1, 0.5)[seed % 3]).citations
        order = flow_order(links)
        assert sorted(order.order.tolist()) == list(range(links.rows))
        component = {v: {v} for v in range(links.rows)}
        blocks = [set(order.order[a:b].tolist()) for a, b in order.blocks]
        for block in blocks:
            component.update(dict.fromkeys(block, block))
        expected = [c for c in nx.strongly_connected_components(digraph(links)) if len(c) > 1]
        assert sorted(map(sorted, blocks)) == sorted(map(sorted, expected))
        assert order.largest_block == max(map(len, expected), default=0)
        place = np.argsort(order.order)
        for v, row in enumerate(neighbours(links)):
            assert all(place[v] < place[w] or w in component[v] for w in row)


@pytest.mark.parametrize("backward", [0.0, 0.1, 0.5])
def test_spread_solves_the_linear_system(backward: float) -> None:
    rng = np.random.default_rng(1)
    for seed in range(200):
        links = random_corpus(seed, papers=1 + seed % 30, backward=backward).citations
        weights = rng.random(len(links.indices)) if seed % 2 else None
        source, damping = rng.random(links.rows), rng.random() * 0.95
        solved = spread(links, flow_order(links), source, damping=damping, weights=weights)
        exact = np.linalg.solve(np.eye(links.rows) - damping * _matrix(links, weights).T, source)
        assert np.abs(solved - exact).sum() <= 1e-8 * exact.sum()


def test_pagerank_equals_networkx_with_dangling_vertices() -> None:
    for seed in range(30):
        links = random_corpus(seed, papers=40, backward=0.2).citations
        expected = nx.pagerank(digraph(links), tol=1e-13, max_iter=10_000)
        assert np.abs(pagerank(links) - [expected[v] for v in range(links.rows)]).sum() < 1e-8


def test_pagerank_closed_forms() -> None:
    cycle = citing(*((i, (i + 1) % 7) for i in range(7)), papers=7)
    assert pagerank(cycle) == pytest.approx(np.full(7, 1 / 7), abs=1e-9)
    star = pagerank(citing(*((i, 0) for i in range(1, 6)), papers=6))
    assert star[0] / star[1] == pytest.approx(1 + 5 * 0.85)
    chain = pagerank(citing((3, 2), (2, 1), (1, 0), papers=4))
    assert chain / chain[3] == pytest.approx([1 + 0.85 + 0.85**2 + 0.85**3, 1 + 0.85 + 0.85**2, 1.85, 1])
    assert pagerank(Adjacency.empty(0, 0)).shape == (0,)
    assert pagerank(Adjacency.empty(3, 3)) == pytest.approx(np.full(3, 1 / 3))


def test_links_of_weight_zero_carry_nothing() -> None:
    links = citing((0, 1), (0, 2), papers=3)
    flow = spread(links, flow_order(links), np.array([1.0, 0.0, 0.0]), damping=0.5, weights=np.array([0.0, 2.0]))
    assert flow.tolist() == [1.0, 0.0, 0.5]


def test_bad_input_is_refused() -> None:
    links = citing((0, 1), papers=2)
    order = flow_order(links)
    with pytest.raises(GraphError, match="damping"):
        spread(links, order, np.ones(2), damping=1.0)
    with pytest.raises(GraphError, match="sources"):
        spread(links, order, np.array([1.0, np.nan]), damping=0.5)
    with pytest.raises(GraphError, match="weights"):
        spread(links, order, np.ones(2), damping=0.5, weights=np.array([-1.0]))
    with pytest.raises(GraphError, match="as many rows"):
        flow_order(Adjacency.empty(2, 3))
