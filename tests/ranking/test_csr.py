from __future__ import annotations

import numpy as np
import pytest

from ranking import corpus as corpus_module
from ranking.cores import undirected
from ranking.corpus import Adjacency, Corpus
from records.errors import GraphError
from tests.ranking.corpora import digraph, members, neighbours, random_corpus, random_links


@pytest.mark.parametrize("small", [0, 10**9])
def test_building_and_turning_equal_sets_of_pairs(small: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(corpus_module, "_SMALL", small)
    rng = np.random.default_rng(7)
    for _ in range(200):
        rows, columns = (int(x) for x in rng.integers(0, 8, 2))
        count = int(rng.integers(0, 20)) if rows and columns else 0
        a, b = rng.integers(0, max(rows, 1), count), rng.integers(0, max(columns, 1), count)
        links = Adjacency.from_pairs(a, b, (rows, columns))
        pairs = set(zip(a.tolist(), b.tolist(), strict=True))
        assert neighbours(links) == [sorted(y for x, y in pairs if x == row) for row in range(rows)]
        turned = links.transposed()
        assert neighbours(turned) == [sorted(x for x, y in pairs if y == column) for column in range(columns)]
        assert (turned.columns, links.row_of_links().tolist()) == (rows, [x for x, _ in sorted(pairs)])


def test_keep_drops_only_unmarked_links() -> None:
    links = random_links(np.random.default_rng(3), 20, 15, 80)
    marks = np.random.default_rng(4).random(len(links.indices)) < 0.5
    kept = {pair for pair, mark in zip(_pairs(links), marks, strict=True) if mark}
    assert set(_pairs(links.keep(marks))) == kept


def _pairs(links: Adjacency) -> list[tuple[int, int]]:
    return list(zip(links.row_of_links().tolist(), links.indices.tolist(), strict=True))


def test_undirected_is_the_simple_graph_underneath() -> None:
    for seed in range(200):
        links = random_corpus(seed, backward=0.4).citations
        graph = digraph(links).to_undirected()
        assert members(undirected(links)) == [set(graph[v]) for v in range(links.rows)]


def test_undirected_drops_loops_and_mutual_duplicates() -> None:
    links = Adjacency.from_pairs(np.array([0, 0, 1, 2]), np.array([0, 1, 0, 2]), (3, 3))
    assert neighbours(undirected(links)) == [[1], [0], []]


@pytest.mark.parametrize(
    ("rows", "columns", "message"),
    [([0, 1], [0], "differ in length"), ([2], [0], "row positions"), ([0], [-1], "column positions")],
)
def test_pairs_out_of_range_are_refused(rows: list[int], columns: list[int], message: str) -> None:
    with pytest.raises(GraphError, match=message):
        Adjacency.from_pairs(np.array(rows), np.array(columns), (2, 2))


def test_more_vertices_than_positions_can_tell_apart_are_refused() -> None:
    none = np.array([], dtype=np.int64)
    with pytest.raises(GraphError, match="vertices at most"):
        Adjacency.from_pairs(none, none, (2, 2**31))


def test_a_corpus_whose_arrays_disagree_is_refused() -> None:
    nothing = Adjacency.empty(2, 2)
    years, venues = np.zeros(2, dtype=np.int16), np.full(2, -1, dtype=np.int32)
    with pytest.raises(GraphError, match="authors have 3 rows"):
        Corpus(nothing, Adjacency.empty(3, 1), years, venues, 0)
    with pytest.raises(GraphError, match="venues must lie in"):
        Corpus(nothing, nothing, years, venues + 1, 0)
    with pytest.raises(GraphError, match="citations have 5 columns"):
        Corpus(Adjacency.empty(2, 5), nothing, years, venues, 0)
