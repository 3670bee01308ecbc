from __future__ import annotations

import igraph
import networkx as nx
import numpy as np
import pytest

from ranking.cores import connected_components, core_numbers, undirected
from ranking.corpus import Adjacency
from tests.ranking.corpora import citing, digraph, members, random_corpus


def _brute_core_numbers(neighbours: list[set[int]]) -> list[int]:
    """The definition: delete vertices with fewer than k neighbours left until none is, for every k."""
    cores = [0] * len(neighbours)
    for k in range(1, len(neighbours)):
        alive = set(range(len(neighbours)))
        while weak := {v for v in alive if len(neighbours[v] & alive) < k}:
            alive -= weak
        for v in alive:
            cores[v] = k
    return cores


def test_core_numbers_equal_the_definition() -> None:
    for seed in range(600):
        backward = (0.1, 0.5)[seed % 2]
        links = random_corpus(seed, papers=1 + seed % 12, links=1 + seed % 5, backward=backward).citations
        graph = undirected(links)
        expected = _brute_core_numbers(members(graph))
        assert core_numbers(graph).tolist() == expected


def test_core_numbers_equal_networkx_and_igraph() -> None:
    links = random_corpus(5, papers=3000, links=12.0).citations
    cores = core_numbers(undirected(links)).tolist()
    graph = digraph(links).to_undirected()
    expected = nx.core_number(graph)
    assert cores == [expected[v] for v in range(3000)]
    assert cores == igraph.Graph(n=3000, edges=list(graph.edges)).coreness()


def test_core_numbers_closed_forms() -> None:
    clique = citing(*((i, j) for i in range(6) for j in range(i)), papers=6)
    assert core_numbers(undirected(clique)).tolist() == [5] * 6
    cycle = citing(*((i, (i + 1) % 5) for i in range(5)), papers=5)
    assert core_numbers(undirected(cycle)).tolist() == [2] * 5
    star = citing(*((i, 0) for i in range(1, 5)), papers=6)
    assert core_numbers(undirected(star)).tolist() == [1, 1, 1, 1, 1, 0]
    assert core_numbers(Adjacency.empty(0, 0)).tolist() == []


def test_core_numbers_never_fall_when_a_link_is_added() -> None:
    rng = np.random.default_rng(2)
    for seed in range(100):
        links = random_corpus(seed, papers=15, links=3.0).citations
        rows, columns = links.row_of_links(), links.indices
        a, b = rng.choice(15, 2, replace=False)
        more = Adjacency.from_pairs(np.append(rows, a), np.append(columns, b), (15, 15))
        before, after = core_numbers(undirected(links)), core_numbers(undirected(more))
        assert ((after - before >= 0) & (after - before <= 1)).all()


@pytest.mark.parametrize("links", [0.3, 0.7, 3.0])
def test_components_are_named_by_their_smallest_vertex(links: float) -> None:
    for seed in range(200):
        graph = random_corpus(seed, papers=20, links=links).citations
        expected = list(range(20))
        for component in nx.weakly_connected_components(digraph(graph)):
            for v in component:
                expected[v] = min(component)
        assert connected_components(graph).tolist() == expected


def test_self_loops_and_mutual_links_count_once_at_most() -> None:
    links = Adjacency.from_pairs(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), (3, 3))
    assert core_numbers(undirected(links)).tolist() == [1, 1, 0]
