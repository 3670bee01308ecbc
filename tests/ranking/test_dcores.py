# ruff: noqa: E741 - k and l are the papers' letters
from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from ranking.cores import core_numbers, undirected
from ranking.corpus import Adjacency
from ranking.dcores import Skylines, collaboration_indices, d_cores, frontier, graph_indices
from records.errors import GraphError
from tests.ranking.corpora import citing, members, random_corpus, random_links


def _digraph(seed: int) -> Adjacency:
    rng = np.random.default_rng(seed)
    n = 1 + seed % 9
    links = random_links(rng, n, n, int(rng.integers(0, 5 * n)))
    return links.keep(links.row_of_links() != links.indices)


def _brute(links: Adjacency, k: int, l: int) -> set[int]:
    out, back = members(links), members(links.transposed())
    alive = set(range(links.rows))
    while weak := {v for v in alive if len(back[v] & alive) < k or len(out[v] & alive) < l}:
        alive -= weak
    return alive


def test_every_core_equals_the_definition() -> None:
    for seed in range(500):
        links = _digraph(seed)
        skylines = d_cores(links)
        sizes = skylines.sizes()
        for k in range(links.rows + 1):
            for l in range(links.rows + 1):
                expected = _brute(links, k, l)
                assert set(np.flatnonzero(skylines.members(k, l)).tolist()) == expected
                inside = k < sizes.shape[0] and l < sizes.shape[1]
                assert (sizes[k, l] if inside else 0) == len(expected)


def test_corners_are_strictly_monotone_and_sizes_nest() -> None:
    links = random_corpus(3, papers=400, links=8.0, backward=0.4).citations
    skylines = d_cores(links)
    for v in range(links.rows):
        corners = skylines.corners(v)
        assert corners
        assert all(a[0] < b[0] and a[1] > b[1] for a, b in pairwise(corners))
    sizes = skylines.sizes()
    assert (np.diff(sizes, axis=0) <= 0).all()
    assert (np.diff(sizes, axis=1) <= 0).all()
    assert sizes[0, 0] == 400


def test_symmetric_digraphs_have_the_cores_of_their_graph() -> None:
    for seed in range(100):
        graph = undirected(_digraph(seed))
        cores = core_numbers(graph).tolist()
        assert [d_cores(graph).corners(v) for v in range(graph.rows)] == [[(c, c)] for c in cores]


def test_closed_forms() -> None:
    cycle = d_cores(citing(*((i, (i + 1) % 5) for i in range(5)), papers=5))
    assert [cycle.corners(v) for v in range(5)] == [[(1, 1)]] * 5
    star = d_cores(citing((1, 0), (2, 0), (3, 0), papers=5))
    assert [star.corners(v) for v in range(5)] == [[(0, 0)]] * 5
    clique = d_cores(citing(*((i, j) for i in range(4) for j in range(4) if i != j), papers=4))
    assert clique.corners(0) == [(3, 3)]
    acyclic = d_cores(random_corpus(1, papers=30, backward=0.0).citations)
    assert not acyclic.members(1, 1).any()


def _frontier(cells: set[tuple[int, int]]) -> list[tuple[int, int]]:
    return sorted(((k, l) for k, l in cells if (k + 1, l + 1) not in cells), key=lambda c: (c[0], -c[1]))


def test_frontiers_and_indices_equal_the_definition() -> None:
    for seed in range(200):
        links = _digraph(seed)
        skylines = d_cores(links)
        incoming = np.bincount(links.indices, minlength=links.rows).astype(np.float64)
        outgoing = links.degrees().astype(np.float64)
        found = collaboration_indices(skylines, incoming, outgoing)
        whole: set[tuple[int, int]] = set()
        for v in range(links.rows):
            corners = skylines.corners(v)
            cells = {(i, j) for k, l in corners for i in range(k + 1) for j in range(l + 1)}
            whole |= cells
            edge = _frontier(cells)
            assert frontier(corners) == edge
            assert found.balanced[v] == next(k for k, l in edge if k == l)
            assert found.optimal[v] == max((k + l) / 2 for k, l in edge)
            assert found.average[v] == pytest.approx(sum((k + l) / 2 for k, l in edge) / len(edge))
            assert found.balanced[v] <= found.optimal[v]
            assert found.inherent[v] <= found.optimal[v] + 1e-9
        edge = _frontier(whole)
        total = graph_indices(skylines)
        assert total["balanced"] == total["inherent"] == next(k for k, l in edge if k == l)
        assert total["optimal"] == max((k + l) / 2 for k, l in edge)
        assert total["average"] == pytest.approx(sum((k + l) / 2 for k, l in edge) / len(edge))


def test_inherent_index_follows_the_line_to_the_vertex_degrees() -> None:
    skylines = Skylines(np.array([0, 2, 4]), np.array([2, 4, 2, 4]), np.array([6, 1, 6, 1]), 0)
    found = collaboration_indices(skylines, np.array([2.0, 5.0]), np.array([4.0, 0.0]))
    # Slope 2 meets the corner (2, 6) at k = 2, l = 4; slope 0 runs to k = 4.
    assert found.inherent.tolist() == [3.0, 2.0]


def test_no_vertices() -> None:
    skylines = d_cores(Adjacency.empty(0, 0))
    assert (skylines.vertices, skylines.sizes().tolist()) == (0, [[0]])
    with pytest.raises(GraphError, match="as many rows"):
        d_cores(Adjacency.empty(1, 2))
