from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pytest

from ranking.corpus import Adjacency
from ranking.derive import coauthorship
from ranking.metrics.fractional_core import fractional_core, fractional_core_neighbours
from ranking.weighted import WeightedAdjacency, weighted_core_numbers
from records.errors import GraphError
from tests.ranking.corpora import corpus_of, members, neighbours, random_corpus


def _exact_links(authors: list[list[int]]) -> dict[tuple[int, int], Fraction]:
    links: dict[tuple[int, int], Fraction] = {}
    for team in authors:
        for a, b in combinations(team, 2):
            for pair in ((a, b), (b, a)):
                links[pair] = links.get(pair, Fraction(0)) + Fraction(1, len(team))
    return links


def _exact_cores(links: dict[tuple[int, int], Fraction], count: int) -> list[Fraction]:
    """Peel the vertex of least weight again and again; the largest weight met so far is its core number."""
    alive, cores, level = set(range(count)), [Fraction(0)] * count, Fraction(0)
    while alive:
        weight = {v: sum((links.get((v, w), Fraction(0)) for w in alive), Fraction(0)) for v in alive}
        least = min(sorted(alive), key=lambda v: weight[v])
        level = max(level, weight[least])
        cores[least] = level
        alive.remove(least)
    return cores


def _teams(*teams: tuple[int, ...], authors: int) -> Adjacency:
    rows = np.array([paper for paper, team in enumerate(teams) for _ in team], dtype=np.int64)
    return Adjacency.from_pairs(rows, np.array([a for team in teams for a in team]), (len(teams), authors))


def test_coauthorship_and_its_cores_equal_exact_fractions() -> None:
    for seed in range(300):
        corpus = random_corpus(seed, papers=1 + seed % 16)
        links = _exact_links(neighbours(corpus.authors))
        graph = coauthorship(corpus)
        pairs = zip(graph.links.row_of_links().tolist(), graph.links.indices.tolist(), strict=True)
        assert dict(zip(pairs, graph.weights.tolist(), strict=True)) == pytest.approx(
            {pair: float(weight) for pair, weight in links.items()}
        )
        cores = fractional_core(corpus)
        exact = _exact_cores(links, corpus.n_authors)
        assert cores == pytest.approx([float(core) for core in exact], rel=1e-9)
        around = members(graph.links)
        inside = [sum(exact[b] >= exact[a] for b in around[a]) for a in range(corpus.n_authors)]
        assert fractional_core_neighbours(corpus).tolist() == [n if exact[a] else 0 for a, n in enumerate(inside)]


def test_a_team_that_always_writes_together() -> None:
    # Four people, five papers: every pair weighs 5/4, everyone 3 * 5/4; a single joint paper with a fifth adds 1/2.
    corpus = corpus_of(Adjacency.empty(6, 6), authors=_teams(*[(0, 1, 2, 3)] * 5, (3, 4), authors=6))
    assert fractional_core(corpus).tolist() == [3.75, 3.75, 3.75, 3.75, 0.5, 0.0]
    assert fractional_core_neighbours(corpus).tolist() == [3, 3, 3, 3, 1, 0]


def test_thirds_and_sevenths_tie_exactly() -> None:
    # A triangle of three joint papers by three (weight 1 each pair) equals one of seven by seven for its members.
    corpus = corpus_of(
        Adjacency.empty(10, 10), authors=_teams(*[(0, 1, 2)] * 3, *[(3, 4, 5, 6, 7, 8, 9)] * 7, authors=10)
    )
    assert fractional_core(corpus).tolist() == [2.0] * 3 + [6.0] * 7


def test_papers_of_very_many_authors_link_nobody() -> None:
    corpus = corpus_of(Adjacency.empty(2, 2), authors=_teams((0, 1, 2, 3), (0, 1), authors=4))
    assert neighbours(coauthorship(corpus, many=3).links) == [[1], [0], [], []]
    assert neighbours(coauthorship(corpus, many=4).links) == [[1, 2, 3], [0, 2, 3], [0, 1, 3], [0, 1, 2]]


def test_weighted_cores_equal_plain_cores_for_weight_one_and_scale_with_weights() -> None:
    for seed in range(50):
        graph = coauthorship(random_corpus(seed, papers=30)).links
        ones = np.ones(len(graph.indices))
        plain = weighted_core_numbers(WeightedAdjacency(graph, ones))
        assert plain.tolist() == [float(core) for core in _exact_cores(_ones(graph), graph.rows)]
        assert weighted_core_numbers(WeightedAdjacency(graph, ones * 1e9)) == pytest.approx(plain * 1e9)


def _ones(graph: Adjacency) -> dict[tuple[int, int], Fraction]:
    rows = graph.row_of_links().tolist()
    return dict.fromkeys(zip(rows, graph.indices.tolist(), strict=True), Fraction(1))


@pytest.mark.parametrize("weights", [[-1.0], [np.nan], [np.inf], [1.0, 1.0]])
def test_weights_that_are_none_are_refused(weights: list[float]) -> None:
    links = Adjacency.from_pairs(np.array([0]), np.array([1]), (2, 2))
    with pytest.raises(GraphError, match="weights"):
        WeightedAdjacency(links, np.array(weights))
