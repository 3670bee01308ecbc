"""What people write about, in the words of their papers: sparse TF-IDF profiles."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import CountVectorizer

from ranking.corpus import NO_YEAR
from records.paper import Paper
from records.text import fold_tokens
from search.collaborators.ties import Matrix, as_matrix
from search.function_words import FUNCTION_WORDS
from search.people import PeopleArrays, StringList
from search.text import STOPWORDS

__all__ = ["FADE", "TERMS_A_PAPER", "Texts", "profiles_of", "texts_of", "words_of"]

FADE = 8.0
"""Years in which what somebody wrote fades to 1/e."""

TERMS_A_PAPER = 30
"""Only so many terms of a paper are kept, the weightiest: an abstract has hundreds that say little."""

_MOST_TERMS = 200_000
_PASSED_OVER = frozenset(STOPWORDS) | frozenset(FUNCTION_WORDS)


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


def texts_of(texts: Iterable[str]) -> Texts:
    """The terms of ``texts``, one a paper: words and pairs of neighbouring words that at least two papers have."""
    everything = list(texts)
    vectorizer = CountVectorizer(analyzer=_terms, min_df=min(2, max(len(everything), 1)), max_features=_MOST_TERMS)
    try:
        counts = sparse.csr_array(vectorizer.fit_transform(everything), dtype=np.float32)
        terms = vectorizer.get_feature_names_out().tolist()
    except ValueError:  # scikit-learn's word for: no terms at all
        counts, terms = sparse.csr_array((len(everything), 0), dtype=np.float32), []
    document_frequency = np.bincount(counts.indices, minlength=len(terms))
    rarity = (np.log((1 + len(everything)) / (1 + document_frequency)) + 1).astype(np.float32)
    counts.data = (1 + np.log(counts.data)) * rarity[counts.indices]
    return Texts(_unit(_weightiest(counts, TERMS_A_PAPER)), StringList.of(terms), rarity)


def _weightiest(matrix: Matrix, most: int) -> Matrix:
    """The ``most`` largest values of each row, of equal ones the first columns."""
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    order = np.lexsort((matrix.indices, -matrix.data, rows))
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order)) - matrix.indptr[rows]
    kept = sparse.csr_array((matrix.data * (place < most), matrix.indices, matrix.indptr), shape=matrix.shape)
    kept.eliminate_zeros()
    kept.sort_indices()
    return kept


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
    words = [word for word in fold_tokens(text) if len(word) > 1 and word not in _PASSED_OVER]
    return [*words, *(f"{one} {two}" for one, two in itertools.pairwise(words))]


def _unit(matrix: Any) -> Matrix:
    matrix = sparse.csr_array(matrix, dtype=np.float32)
    rows = np.repeat(np.arange(matrix.shape[0]), np.diff(matrix.indptr))
    length = np.sqrt(np.bincount(rows, weights=matrix.data**2, minlength=matrix.shape[0]))
    matrix.data /= np.where(length > 0, length, 1.0)[rows].astype(np.float32)
    return matrix
