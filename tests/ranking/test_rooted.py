from __future__ import annotations

import networkx as nx
import numpy as np
import pytest

from ranking.corpus import NO_YEAR, Corpus
from ranking.rooted import rooted_graphs, rooted_reach
from records.errors import GraphError
from tests.ranking.corpora import citing, corpus_of, digraph, random_corpus


def _brute(corpus: Corpus, root: int, depth: int | None, within: int) -> tuple[int, int, int]:
    """Papers, citations (mutual ones once) and degeneracy of a rooted graph, by its definition."""
    graph = digraph(corpus.citations)
    years = corpus.years.astype(int).tolist()

    def counts(paper: int) -> bool:
        known = years[root] != NO_YEAR and years[paper] != NO_YEAR
        return paper == root or not within or (known and years[paper] <= years[root] + within)

    allowed = nx.DiGraph(graph.subgraph([v for v in graph if counts(v)]))
    distance = nx.single_source_shortest_path_length(allowed.reverse(), root, cutoff=depth)
    rooted = graph.subgraph(distance).to_undirected()
    degeneracy = max(nx.core_number(nx.Graph(rooted)).values())
    return len(rooted), rooted.number_of_edges(), degeneracy


@pytest.mark.parametrize("depth", [1, 2, 3])
@pytest.mark.parametrize("within", [0, 1])
def test_rooted_graphs_equal_the_definition(depth: int, within: int) -> None:
    for seed in range(80):
        corpus = random_corpus(seed, papers=1 + seed % 14, links=3.0, backward=(0, 0.1, 0.5)[seed % 3])
        found = rooted_graphs(corpus, depth=depth, within=within)
        expected = [_brute(corpus, v, depth, within) for v in range(corpus.papers)]
        assert list(zip(found.papers, found.citations, found.degeneracy, strict=True)) == expected
        assert found.density.tolist() == pytest.approx([2 * m / n for n, m, _ in expected])


def test_a_worked_example() -> None:
    # 1, 2 and 3 cite 0; 2 cites 1, 3 cites both; 4 cites 3 only.
    corpus = corpus_of(citing((1, 0), (2, 0), (3, 0), (2, 1), (3, 1), (3, 2), (4, 3), papers=5))
    near, far = rooted_graphs(corpus, depth=1), rooted_graphs(corpus, depth=2)
    assert (near.papers[0], near.citations[0], near.degeneracy[0], near.density[0]) == (4, 6, 3, 3.0)
    assert (far.papers[0], far.citations[0], far.degeneracy[0]) == (5, 7, 3)
    assert (near.papers[4], near.density[4], near.degeneracy[4]) == (1, 0.0, 0)


def test_sampled_citations_are_close_and_small_graphs_exact() -> None:
    corpus = random_corpus(11, papers=1000, links=20.0)
    exact = rooted_graphs(corpus, depth=2)
    sampled = rooted_graphs(corpus, depth=2, sample=1000, degeneracy=False)
    assert (sampled.papers == exact.papers).all()
    large = exact.citations > 2000
    assert large.sum() > 300
    error = sampled.citations[large] / exact.citations[large] - 1.0
    assert np.sqrt(np.mean(error**2)) < 0.08
    assert abs(error.mean()) < 0.01
    small = exact.papers <= 8
    assert (sampled.citations[small] == exact.citations[small]).all()


@pytest.mark.parametrize("backward", [0.0, 0.1])
def test_reach_is_exact_for_small_graphs(backward: float) -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=1 + seed % 20, backward=backward)
        found = rooted_reach(corpus)
        graph = digraph(corpus.citations)
        for root in range(corpus.papers):
            inside = nx.ancestors(graph, root) | {root}
            assert found.papers[root] == len(inside)
            assert found.citations[root] == graph.subgraph(inside).number_of_edges()


@pytest.mark.parametrize(("registers", "error"), [(64, 0.13), (256, 0.065), (1024, 0.0325)])
def test_sketched_reach_has_the_stated_error(registers: int, error: float) -> None:
    # Roots 0, 1, ... are cited by chains of disjoint papers of which every other one cites the root too.
    sizes = np.random.default_rng(1).integers(300, 1500, 150)
    pairs, first = [], len(sizes)
    for root, size in enumerate(sizes.tolist()):
        pairs += [(first, root)] + [(first + i, first + i - 1) for i in range(1, size)]
        pairs += [(first + i, root) for i in range(2, size, 2)]
        first += size
    corpus = corpus_of(citing(*pairs, papers=first))
    sketch, exact = rooted_reach(corpus, exact=0, registers=registers), rooted_reach(corpus, exact=2000)
    assert exact.papers[: len(sizes)].tolist() == (sizes + 1).tolist()
    for found, truth in ((sketch.papers, exact.papers), (sketch.citations, exact.citations)):
        relative = found[: len(sizes)] / truth[: len(sizes)] - 1.0
        assert np.sqrt(np.mean(relative**2)) < 1.2 * error
        assert abs(relative.mean()) < 3.0 * error / np.sqrt(len(sizes))
    assert np.isfinite(sketch.density).all()


def test_bad_parameters_are_refused() -> None:
    corpus = random_corpus(0)
    with pytest.raises(GraphError, match="depth"):
        rooted_graphs(corpus, depth=0)
    with pytest.raises(GraphError, match="exact only"):
        rooted_graphs(corpus, sample=5)
    with pytest.raises(GraphError, match="power of two"):
        rooted_reach(corpus, registers=100)
