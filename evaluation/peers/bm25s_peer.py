"""bm25s as its documentation sets it up: Lucene's BM25, English stop words, the Snowball English stemmer.

Lu, BM25S: Orders of magnitude faster lexical search via eager sparse scoring, 2024.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from records.errors import EvaluationError
from records.paper import Paper

__all__ = ["Bm25sPeer"]


class Bm25sPeer:
    """An index over title and abstract, joined by a blank. ``papers``: in any order; equal scores rank by id."""

    def __init__(self, papers: Sequence[Paper]) -> None:
        import bm25s
        import Stemmer

        self._library = bm25s
        self._stemmer = Stemmer.Stemmer("english")
        self._ids = np.array(sorted(paper.id for paper in papers), dtype=object)
        texts = {paper.id: f"{paper.title} {paper.abstract}" for paper in papers}
        tokens = self._tokens([texts[identifier] for identifier in self._ids])
        if not any(tokens):
            raise EvaluationError("no paper has a word in its title or abstract: there is nothing to rank")
        self._model = bm25s.BM25()
        self._model.index(tokens, show_progress=False)

    @property
    def settings(self) -> dict[str, Any]:
        """What the figures of this row depend on."""
        return {
            "version": self._library.__version__,
            "method": self._model.method,
            "k1": self._model.k1,
            "b": self._model.b,
            "stopwords": "en",
            "stemmer": "PyStemmer english",
            "text": "title + abstract",
        }

    def scores(self, text: str) -> npt.NDArray[np.float32]:
        """The score of every paper in ascending order of id; 0 where no word of ``text`` occurs."""
        tokens = [token for token in self._tokens([text])[0] if token in self._model.vocab_dict]
        if not tokens:
            return np.zeros(len(self._ids), dtype=np.float32)
        return np.asarray(self._model.get_scores(tokens), dtype=np.float32)

    def rank(self, text: str, depth: int, among: Sequence[str] | None = None) -> list[str]:
        """Ids of the ``depth`` best papers that hold a word of ``text``; ``among`` keeps only these papers."""
        scores = self.scores(text)
        if among is not None:
            allowed = np.zeros(len(scores), dtype=bool)
            allowed[np.flatnonzero(np.isin(self._ids, np.array(list(among), dtype=object)))] = True
            scores = np.where(allowed, scores, 0)
        order = np.argsort(-scores, kind="stable")[:depth]
        return [str(self._ids[i]) for i in order if scores[i] > 0]

    def _tokens(self, texts: list[str]) -> list[list[str]]:
        tokens: list[list[str]] = self._library.tokenize(
            texts, stopwords="en", stemmer=self._stemmer, return_ids=False, show_progress=False, allow_empty=False
        )
        return [[token for token in row if token] for row in tokens]
