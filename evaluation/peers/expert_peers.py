"""Expert finding as the literature has it, over words alone: what the product's rows are compared with.

All take a text and give a score for every author, in ascending order of author id. BM25 is that of
:class:`evaluation.peers.bm25s_peer.Bm25sPeer`; document models use the same terms as the product's own index.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from evaluation.peers.bm25s_peer import Bm25sPeer
from ranking.corpus import Adjacency
from records.paper import Paper
from search.text import analyze

__all__ = ["Balog2Peer", "PropagationPeer", "VotingPeer"]

Floats = npt.NDArray[np.float64]

_RESTART, _ROUNDS = 0.5, 100


def _links(authors: Adjacency) -> sp.csr_array:
    """Papers x authors, 1 where a paper is an author's."""
    ones = np.ones(len(authors.indices))
    return sp.csr_array((ones, authors.indices, authors.offsets), shape=(authors.rows, authors.columns))


def _scores(peer: Bm25sPeer, text: str, without: int | None) -> Floats:
    scores = peer.scores(text).astype(np.float64)
    if without is not None:
        scores[without] = 0.0
    return scores


class VotingPeer:
    """Every paper that BM25 finds votes for its authors with 1 / its rank.

    Macdonald and Ounis, Voting for candidates: adapting data fusion techniques for an expert search task, CIKM 2006
    (reciprocal rank). ``authors``: paper -> authors, papers in ascending order of id.
    """

    def __init__(self, bm25: Bm25sPeer, authors: Adjacency) -> None:
        self._bm25 = bm25
        self._to_people = _links(authors).T.tocsr()

    def scores(self, text: str, without: int | None = None) -> Floats:
        """Scores of all authors; ``without``: the position of a paper that does not vote."""
        found = _scores(self._bm25, text, without)
        order = np.argsort(-found, kind="stable")
        votes = np.zeros(len(found))
        votes[order] = np.where(found[order] > 0, 1.0 / np.arange(1, len(found) + 1), 0.0)
        return np.asarray(self._to_people @ votes, dtype=np.float64)


class PropagationPeer:
    """A random walk over papers and authors that restarts at papers in proportion to their BM25.

    Serdyukov, Rode, Hiemstra, Modeling multi-step relevance propagation for expert finding, CIKM 2008; the chance to
    restart is one half.
    """

    def __init__(self, bm25: Bm25sPeer, authors: Adjacency) -> None:
        self._bm25 = bm25
        links = _links(authors)
        self._down = (sp.diags_array(_inverse(links.sum(axis=1))) @ links).T.tocsr()
        self._up = (sp.diags_array(_inverse(links.sum(axis=0))) @ links.T).T.tocsr()

    def scores(self, text: str, without: int | None = None) -> Floats:
        """Scores of all authors; ``without``: the position of a paper at which the walk does not restart."""
        found = _scores(self._bm25, text, without)
        start = found / found.sum() if found.sum() > 0 else found
        papers = start
        for _ in range(_ROUNDS):
            papers = _RESTART * start + (1 - _RESTART) * (self._up @ (self._down @ papers))
        return np.asarray(self._down @ papers, dtype=np.float64)


class Balog2Peer:
    """Balog's Model 2: a person is as likely as the papers are to generate the query, weighted by their part in them.

    p(q|person) = sum over papers of p(person|paper) * product over words of p(word|paper), Dirichlet smoothing with
    the mean length of a paper, p(person|paper) = 1 / authors. Balog, Azzopardi, de Rijke, Formal models for expert
    finding in enterprise corpora, SIGIR 2006 (equation 8), with the smoothing of their 2009 article.
    """

    def __init__(self, papers: Sequence[Paper], authors: Adjacency) -> None:
        terms = [Counter(t.term for t in analyze(f"{paper.title} \n {paper.abstract}")) for paper in papers]
        self._vocabulary = {term: column for column, term in enumerate(sorted(set().union(*terms)))}
        cells = [(row, self._vocabulary[t], n) for row, counted in enumerate(terms) for t, n in counted.items()]
        rows, columns, counts = np.array(cells, dtype=np.int64).reshape(-1, 3).T
        shape = len(papers), max(len(self._vocabulary), 1)
        self._counts = sp.csc_array((counts.astype(np.float64), (rows, columns)), shape=shape)
        self._lengths = np.asarray(self._counts.sum(axis=1), dtype=np.float64)
        self._background = np.asarray(self._counts.sum(axis=0), dtype=np.float64) / max(self._lengths.sum(), 1.0)
        self._smoothing = max(float(self._lengths.mean()), 1.0)
        links = _links(authors)
        self._to_people = (sp.diags_array(_inverse(links.sum(axis=1))) @ links).T.tocsr()

    def scores(self, text: str, without: int | None = None) -> Floats:
        """Scores of all authors, the likeliest paper's likelihood being 1; ``without``: a paper left out."""
        asked = Counter(token.term for token in analyze(text))
        known = {self._vocabulary[term]: n for term, n in asked.items() if term in self._vocabulary}
        if not known:
            return np.zeros(self._to_people.shape[0])
        columns = np.array(list(known))
        held = np.asarray(self._counts[:, columns].todense(), dtype=np.float64)
        smoothed = held + self._smoothing * self._background[columns]
        likelihood = np.log(smoothed / (self._lengths + self._smoothing)[:, None]) @ np.array(list(known.values()))
        if without is not None:
            likelihood[without] = -np.inf
        likely: Floats = np.exp(likelihood - likelihood.max())
        return np.asarray(self._to_people @ likely, dtype=np.float64)


def _inverse(sums: npt.NDArray[Any]) -> Floats:
    inverse: Floats = np.divide(1.0, sums, out=np.zeros(len(sums)), where=sums > 0)
    return inverse
