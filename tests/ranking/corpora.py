"""Small random corpora and dense views of them, for checking compiled loops against definitions."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus

__all__ = ["citing", "corpus_of", "digraph", "members", "neighbours", "random_corpus", "random_links", "relabelled"]


def neighbours(links: Adjacency) -> list[list[int]]:
    return [links.indices[a:b].tolist() for a, b in pairwise(links.offsets)]


def members(links: Adjacency) -> list[set[int]]:
    return [set(row) for row in neighbours(links)]


def digraph(links: Adjacency) -> nx.DiGraph[int]:
    graph: nx.DiGraph[int] = nx.DiGraph()
    graph.add_nodes_from(range(links.rows))
    graph.add_edges_from((v, w) for v, row in enumerate(neighbours(links)) for w in row)
    return graph


def citing(*pairs: tuple[int, int], papers: int) -> Adjacency:
    rows = np.array([a for a, _ in pairs], dtype=np.int64)
    columns = np.array([b for _, b in pairs], dtype=np.int64)
    return Adjacency.from_pairs(rows, columns, (papers, papers))


def random_links(rng: np.random.Generator, rows: int, columns: int, count: int) -> Adjacency:
    count = count if rows and columns else 0
    return Adjacency.from_pairs(
        rng.integers(0, max(rows, 1), count), rng.integers(0, max(columns, 1), count), (rows, columns)
    )


def corpus_of(
    citations: Adjacency,
    *,
    authors: Adjacency | None = None,
    years: npt.NDArray[np.integer] | None = None,
) -> Corpus:
    papers = citations.rows
    return Corpus(
        citations,
        Adjacency.empty(papers, 0) if authors is None else authors,
        (np.full(papers, 2000) if years is None else years).astype(np.int16),
        np.full(papers, -1, dtype=np.int32),
        0,
    )


def random_corpus(seed: int, papers: int = 12, *, backward: float = 0.1, links: float = 2.0) -> Corpus:
    """Papers in random order of year, most citations pointing back in time, a few cycles, some data missing."""
    rng = np.random.default_rng(seed)
    age = rng.permutation(papers)  # position of each paper in time
    count = int(links * papers) if papers > 1 else 0
    newer, older = rng.integers(0, max(papers, 1), (2, count))
    newer, older = np.maximum(newer, older), np.minimum(newer, older)
    flip = rng.random(count) < backward
    source, target = np.where(flip, older, newer), np.where(flip, newer, older)
    at = np.argsort(age)
    keep = source != target
    citations = Adjacency.from_pairs(at[source[keep]], at[target[keep]], (papers, papers))
    years = (2000 + age // 3).astype(np.int16)
    years[rng.random(papers) < 0.1] = NO_YEAR
    n_authors, n_venues, n_fields = max(papers // 2, 1), 3, 2
    return Corpus(
        citations,
        random_links(rng, papers, n_authors, 2 * papers),
        years,
        rng.integers(-1, n_venues, papers).astype(np.int32),
        n_venues,
        random_links(rng, papers, 4, papers),
        rng.integers(-1, n_fields, papers).astype(np.int32),
        n_fields,
    )


def relabelled(corpus: Corpus, order: npt.NDArray[np.int64]) -> Corpus:
    """The same corpus with paper ``i`` at position ``order[i]``."""
    inverse = np.argsort(order)

    def moved(links: Adjacency, columns: npt.NDArray[np.int64] | None = None) -> Adjacency:
        targets = links.indices if columns is None else columns[links.indices]
        return Adjacency.from_pairs(order[links.row_of_links()], targets, (links.rows, links.columns))

    return Corpus(
        moved(corpus.citations, order),
        moved(corpus.authors),
        corpus.years[inverse],
        corpus.venues[inverse],
        corpus.n_venues,
        None if corpus.institutions is None else moved(corpus.institutions),
        None if corpus.fields is None else corpus.fields[inverse],
        corpus.n_fields,
    )
