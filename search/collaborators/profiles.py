"""What people write about, in the words of their papers: sparse TF-IDF profiles."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ranking.corpus import NO_YEAR
from records.paper import Paper
from search.collaborators.reading import Limits, TextReader, words_in
from search.collaborators.ties import Matrix, as_matrix
from search.people import PeopleArrays, StringList

__all__ = ["FADE", "TERMS_A_PAPER", "Texts", "TextsMaker", "profiles_of", "texts_of", "words_of"]

FADE = 8.0
"""Years in which what somebody wrote fades to 1/e."""

TERMS_A_PAPER = 30
"""Only so many terms of a paper are kept, the weightiest: an abstract has hundreds that say little."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Words and pairs of words of papers: ``matrix`` is paper -> term (CSR, TF-IDF, rows of unit length), ``terms``
    the terms in ascending order, ``rarity`` their inverse document frequencies (float32).
    """

    matrix: Matrix
    terms: StringList
    rarity: npt.NDArray[np.float32]

    def of(self, text: str) -> Matrix:
        """The profile of a text, shape (1, terms), unit length; empty when it has no term of the collection."""
        counts: dict[int, float] = {}
        for term in _terms(text):
            place = self.terms.find(term)
            if place is not None:
                counts[place] = counts.get(place, 0.0) + 1.0
        columns = np.array(sorted(counts), dtype=np.int32)
        values = np.array([1.0 + np.log(counts[int(column)]) for column in columns], dtype=np.float32)
        values *= self.rarity[columns]
        length = float(np.sqrt((values * values).sum())) or 1.0
        ends = np.array([0, len(columns)], dtype=np.int32)
        return sparse.csr_array((values / np.float32(length), columns, ends), shape=(1, len(self.terms)))


def words_of(paper: Paper) -> str:
    """The text of a paper for :func:`texts_of`: title, keywords, abstract."""
    return " . ".join((paper.title, *paper.keywords, paper.abstract))


class TextsMaker:
    """Makes :class:`Texts` of the texts it is given, in bounded memory but for what it makes.

    Use as a context manager.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._reader = TextReader(limits)

    def __enter__(self) -> TextsMaker:
        return self

    def __exit__(self, *_: object) -> None:
        self._reader.close()

    def add(self, texts: Iterable[str]) -> None:
        """Take the texts of the next papers."""
        for text in texts:
            self._reader.add(text)

    def make(self) -> Texts:
        """The terms: words and pairs of neighbouring words that at least two papers have. Nothing is added after it."""
        matrix, terms, rarity = self._reader.finish(TERMS_A_PAPER)
        return Texts(_unit(matrix), StringList.of(terms), rarity)


def texts_of(texts: Iterable[str]) -> Texts:
    """The terms of ``texts``, one a paper."""
    with TextsMaker() as maker:
        maker.add(texts)
        return maker.make()


def profiles_of(people: PeopleArrays, texts: Texts, now: int, *, fade: float = FADE) -> Matrix:
    """Person -> term from papers up to year ``now``, each weighing exp(-age / fade) / sqrt(authors), unit length."""
    corpus = people.corpus
    years = corpus.years.astype(np.int32)
    seen = (years != NO_YEAR) & (years <= now)
    weights = np.where(seen, np.exp(-np.where(seen, now - years, 0) / fade), 0.0)
    weights /= np.sqrt(np.maximum(corpus.authors.degrees(), 1))
    wrote = as_matrix(people.written)
    wrote.data *= weights[wrote.indices].astype(np.float32)
    wrote.eliminate_zeros()
    return _unit(wrote @ texts.matrix)


def _terms(text: str) -> list[str]:
    words = words_in(text)
    return [*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))]


def _unit(matrix: Any) -> Matrix:
    matrix = sparse.csr_array(matrix, dtype=np.float32)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0]))
    matrix.data /= np.where(length > 0, length, 1.0)[rows].astype(np.float32)
    return matrix
