from __future__ import annotations

import numpy as np
import pytest

from ranking import author_flow
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.counts import citations_by_year, self_citations
from ranking.derive import author_citations, author_digraph, institution_citations, owner_citations, venue_citations
from ranking.flow import pagerank
from ranking.indices import author_indices, author_indices_independent, citation_indices
from ranking.shared import authored, simple_citations
from records.errors import GraphError
from tests.ranking.corpora import citing, corpus_of, digraph, members, neighbours, random_corpus


def _links(links: Adjacency) -> list[tuple[int, int]]:
    return list(zip(links.row_of_links().tolist(), links.indices.tolist(), strict=True))


def test_self_citations_share_an_author() -> None:
    for seed in range(100):
        corpus = random_corpus(seed)
        teams = members(corpus.authors)
        expected = [bool(teams[a] & teams[b]) for a, b in _links(corpus.citations)]
        assert self_citations(corpus).tolist() == expected


@pytest.mark.parametrize("independent", [False, True])
def test_author_indices_equal_their_definitions(independent: bool) -> None:
    for seed in range(150):
        corpus = random_corpus(seed, papers=30, links=4.0)
        teams = members(corpus.authors)
        counts = [0] * corpus.papers
        for a, b in _links(corpus.citations):
            counts[b] += not (independent and teams[a] & teams[b])
        found = (author_indices_independent if independent else author_indices)(corpus)
        for author, papers in enumerate(neighbours(authored(corpus))):
            ranked = sorted((counts[p] for p in papers), reverse=True)
            sizes = range(len(ranked) + 1)
            assert found.h[author] == max(h for h in sizes if sum(c >= h for c in ranked) >= h)
            assert found.g[author] == max(g for g in sizes if sum(ranked[:g]) >= g * g)
            assert found.i10[author] == sum(c >= 10 for c in ranked)


def test_indices_of_a_known_record() -> None:
    owned = Adjacency.from_pairs(np.zeros(5, dtype=np.int64), np.arange(5), (2, 5))
    found = citation_indices(owned, np.array([10.0, 8.0, 5.0, 4.0, 3.0]))
    assert (found.h[0], found.g[0], found.i10[0]) == (4, 5, 1)
    assert (found.h[1], found.g[1], found.i10[1]) == (0, 0, 0)


def test_citations_by_year_of_papers_and_owners() -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=20, links=4.0)
        owned = authored(corpus)
        owners = members(corpus.authors)
        papers: dict[tuple[int, int], int] = {}
        people: dict[tuple[int, int], int] = {}
        for a, b in _links(corpus.citations):
            year = int(corpus.years[a])
            if year == NO_YEAR:
                continue
            papers[b, year] = papers.get((b, year), 0) + 1
            for author in owners[b]:
                people[author, year] = people.get((author, year), 0) + 1
        for rows, expected in ((citations_by_year(corpus), papers), (citations_by_year(corpus, owned), people)):
            assert dict(zip(_links(rows[0]), rows[1].tolist(), strict=True)) == expected


def _brute_owner_citations(corpus: Corpus, owners: Adjacency, fractional: bool) -> dict[tuple[int, int], float]:
    teams = neighbours(owners)
    found: dict[tuple[int, int], float] = {}
    for p, q in _links(corpus.citations):
        for a in teams[p]:
            for b in teams[q]:
                if a != b:
                    weight = 1 / (len(teams[p]) * len(teams[q])) if fractional else 1.0
                    found[a, b] = found.get((a, b), 0.0) + weight
    return found


@pytest.mark.parametrize("fractional", [False, True])
def test_owner_citations_equal_the_definition(fractional: bool) -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=20, links=3.0)
        graph = owner_citations(corpus.citations, corpus.authors, authored(corpus), fractional=fractional)
        expected = _brute_owner_citations(corpus, corpus.authors, fractional)
        assert dict(zip(_links(graph.links), graph.weights.tolist(), strict=True)) == pytest.approx(expected)


def test_the_author_digraph_is_that_of_weighted_citations_and_comes_with_its_transpose() -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=1 + seed % 30, links=3.0)
        links, back = author_digraph(corpus)
        assert _links(links) == _links(author_citations(corpus).links)
        assert _links(back) == sorted((b, a) for a, b in _links(links))


def test_products_cut_into_bands_are_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    corpora = [random_corpus(seed, papers=40, links=4.0) for seed in range(3)]
    whole = [author_citations(corpus) for corpus in corpora]
    monkeypatch.setattr("ranking.derive._CHUNK", 50)
    for corpus, graph in zip(corpora, whole, strict=True):
        corpus.forget()
        again = author_citations(corpus)
        assert _links(again.links) == _links(graph.links)
        assert again.weights == pytest.approx(graph.weights)


def test_venues_and_institutions_cite_each_other() -> None:
    corpus = random_corpus(2, papers=40, links=4.0)
    venues = Adjacency.from_pairs(
        np.flatnonzero(corpus.venues >= 0), corpus.venues[corpus.venues >= 0], (corpus.papers, corpus.n_venues)
    )
    assert corpus.institutions is not None
    for graph, owners in ((venue_citations(corpus), venues), (institution_citations(corpus), corpus.institutions)):
        expected = _brute_owner_citations(corpus, owners, True)
        assert dict(zip(_links(graph.links), graph.weights.tolist(), strict=True)) == pytest.approx(expected)


def test_author_pagerank_equals_pagerank_of_the_explicit_graph() -> None:
    for seed in range(60):
        corpus = random_corpus(seed, papers=1 + seed % 30, links=3.0)
        graph = author_citations(corpus)
        expected = pagerank(graph.links, weights=graph.weights)
        assert np.abs(author_flow.author_pagerank(corpus) - expected).sum() < 2e-8
    with pytest.raises(GraphError, match="damping"):
        author_flow.author_pagerank(corpus, damping=1.0)


def test_mutual_citations_are_linked_once() -> None:
    for seed in range(100):
        corpus = random_corpus(seed, backward=0.5, links=4.0)
        simple = simple_citations(corpus)
        assert {frozenset(pair) for pair in _links(simple)} == {
            frozenset(pair) for pair in digraph(corpus.citations).to_undirected().edges
        }
        assert len(simple.indices) == len({frozenset(pair) for pair in _links(simple)})
    both = simple_citations(corpus_of(citing((0, 1), (1, 0), papers=2)))
    assert _links(both) == [(1, 0)]
