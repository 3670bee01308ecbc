"""How well a person fits a text: three parts, each a cosine, weighed so that each tells people apart equally.

- ``closest``: the text's vector and that of the person's nearest paper (one paper on the very subject is what counts).
- ``vectors``: the mean over the person's papers (work in the area, not one accident).
- ``words``: the mean of TF-IDF cosines over terms and pairs of neighbouring terms (names of methods and data sets that
  vectors blur).

A part weighs the inverse of its standard deviation over people and papers that are none of theirs, measured on the
profiles themselves, so nothing is tuned to a collection. The scale is such that a person's own papers have affinity 1
to that person on average. Nearest and mean vector in equal parts is what OpenReview's expertise models have; TF-IDF
over profiles what the Toronto Paper Matching System has (Charlin, Zemel 2013).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from records.errors import AssignmentError
from search.affinity.profiles import Profiles
from search.engine import Vectors
from search.text import analyze

__all__ = ["PARTS", "Affinity", "Evidence", "Explanation"]

Table = npt.NDArray[np.float32]
PARTS = ("closest", "vectors", "words")
_CHUNK = 256
_SAMPLE = 256


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper of a person with its cosines to the text, and the ``share`` it has in the affinity (sum over all: 1)."""

    paper: str
    title: str
    year: int
    vectors: float | None
    words: float
    share: float


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why an affinity is what it is: its parts before weighing, their weights, and the papers that made it."""

    affinity: float
    parts: dict[str, float]
    weights: dict[str, float]
    papers: tuple[Evidence, ...]


class Affinity:
    """Scores texts against profiles. Thread-safe once made.

    ``like``: one made for the same papers; its words are taken over instead of being counted again.

    :raises AssignmentError: when no reviewer has a paper.
    """

    def __init__(self, profiles: Profiles, like: Affinity | None = None) -> None:
        if not len(profiles.links):
            raise AssignmentError("no reviewer has a paper to compare with")
        self.profiles = profiles
        self._words: Any
        self._matrix: Any
        if like is not None and like.profiles.texts is profiles.texts:
            self._words, self._matrix = like._words, like._matrix
        else:
            self._words = TfidfVectorizer(analyzer=_terms, sublinear_tf=True, dtype=np.float32)
            self._matrix = _fitted(self._words, profiles.texts)
        self._owner = np.repeat(np.arange(len(profiles.reviewers)), profiles.sizes)
        self._some = np.flatnonzero(profiles.sizes)
        total = np.bincount(self._owner, weights=profiles.weights, minlength=len(profiles.reviewers))
        share = profiles.weights / np.where(total > 0, total, 1)[self._owner]
        self._share = share
        shape = (len(profiles.reviewers), len(profiles.paper_ids))
        self._mean: Any = sparse.csr_array((share, (self._owner, profiles.links)), shape=shape).astype(np.float32)
        self._mean_words: Any = (self._mean @ self._matrix).T.tocsc()
        self._mean_vectors = None if profiles.vectors is None else self._mean @ profiles.vectors
        # The nearest paper counts in full only when it is as heavy as the heaviest of the profile.
        heaviest = np.zeros(len(profiles.reviewers))
        np.maximum.at(heaviest, self._owner, profiles.weights)
        self._height = (profiles.weights / np.where(heaviest > 0, heaviest, 1)[self._owner]).astype(np.float32)
        self.weights = self._weigh()

    def table(self, texts: Sequence[str], vectors: Vectors | None = None) -> Table:
        """Affinities, float32, shape (len(texts), reviewers). ``vectors``: of the texts, by what embedded the profiles.

        People without papers get 0.

        :raises AssignmentError: when the profiles have vectors and the texts have none, or the other way round.
        """
        made = np.zeros((len(texts), len(self.profiles.reviewers)), dtype=np.float32)
        for begin, parts in self._parts(texts, vectors):
            for name, part in parts.items():
                made[begin : begin + len(part)] += self.weights[name] * part
        return made

    def parts(self, texts: Sequence[str], vectors: Vectors | None = None) -> dict[str, Table]:
        """The parts before weighing, by name, each of the shape of :meth:`table`."""
        chunks = list(self._parts(texts, vectors))
        return {name: np.concatenate([parts[name] for _, parts in chunks]) for name in chunks[0][1]} if chunks else {}

    def explain(self, text: str, reviewer: int, vector: Vectors | None = None, limit: int = 5) -> Explanation:
        """Why the reviewer at position ``reviewer`` has this affinity: at most ``limit`` papers, by share."""
        profiles = self.profiles
        if (vector is None) != (profiles.vectors is None):
            raise AssignmentError("texts and profiles must both have vectors, or neither")
        terms = self._rows([text])
        parts = {"words": float((terms @ self._mean_words[:, [reviewer]]).sum())}
        rows = slice(int(profiles.offsets[reviewer]), int(profiles.offsets[reviewer + 1]))
        links, share = profiles.links[rows], self._share[rows]
        words = (self._matrix[links] @ terms.T).toarray().reshape(-1)
        amount = self.weights["words"] * words * share
        cosines = None
        if self._mean_vectors is not None:
            parts = {"closest": 0.0, "vectors": float(self._mean_vectors[reviewer] @ vector), **parts}
        if profiles.vectors is not None and vector is not None and len(links):
            cosines = profiles.vectors[links] @ vector
            parts["closest"] = float((cosines * self._height[rows]).max())
            amount = amount + self.weights["vectors"] * np.maximum(cosines, 0) * share
            amount[int(np.argmax(cosines * self._height[rows]))] += self.weights["closest"] * max(parts["closest"], 0)
        total = float(amount.sum()) or 1.0
        best = np.argsort(-amount, kind="stable")[:limit]
        papers = tuple(
            Evidence(
                profiles.paper_ids[links[row]],
                profiles.titles[links[row]],
                int(profiles.years[links[row]]),
                None if cosines is None else float(cosines[row]),
                float(words[row]),
                float(amount[row]) / total,
            )
            for row in best.tolist()
        )
        affinity = sum(self.weights[name] * value for name, value in parts.items())
        return Explanation(affinity, parts, dict(self.weights), papers)

    def _parts(self, texts: Sequence[str], vectors: Vectors | None) -> Iterator[tuple[int, dict[str, Table]]]:
        if texts and (vectors is None) != (self.profiles.vectors is None):
            raise AssignmentError("texts and profiles must both have vectors, or neither")
        for begin in range(0, len(texts), _CHUNK):
            terms = self._rows(texts[begin : begin + _CHUNK])
            yield begin, self._chunk(terms, None if vectors is None else vectors[begin : begin + _CHUNK])

    def _chunk(self, terms: Any, vectors: Vectors | None) -> dict[str, Table]:
        parts: dict[str, Table] = {}
        profiles = self.profiles
        if vectors is not None and profiles.vectors is not None and self._mean_vectors is not None:
            links = (vectors @ profiles.vectors.T)[:, profiles.links] * self._height
            closest = np.zeros((len(vectors), len(profiles.reviewers)), dtype=np.float32)
            closest[:, self._some] = np.maximum.reduceat(links, profiles.offsets[:-1][self._some], axis=1)
            parts["closest"] = closest
            parts["vectors"] = vectors @ self._mean_vectors.T
        parts["words"] = (terms @ self._mean_words).toarray().astype(np.float32)
        return parts

    def _rows(self, texts: Sequence[str]) -> Any:
        """TF-IDF of texts. Terms that no profile has lengthen a text too: it is about something else in part."""
        rows = self._words.transform(texts)
        known, rarest = self._words.vocabulary_, np.log(1 + len(self.profiles.texts)) + 1
        idf = self._words.idf_
        factors = []
        for text in texts:
            inside = outside = 0.0
            for term, count in Counter(_terms(text)).items():
                place = known.get(term)
                weight = (1 + np.log(count)) * (rarest if place is None else idf[place])
                inside, outside = (inside, outside + weight**2) if place is None else (inside + weight**2, outside)
            factors.append(np.sqrt(inside / (inside + outside)) if inside else 1.0)
        return sparse.diags_array(np.array(factors, dtype=np.float32)).tocsr() @ rows

    def _weigh(self) -> dict[str, float]:
        """Inverse standard deviations of the parts, over papers of the profiles and people who did not write them."""
        profiles = self.profiles
        linked = np.unique(profiles.links)
        rows = linked[np.unique(np.linspace(0, len(linked) - 1, _SAMPLE).astype(np.int64))]
        vectors = None if profiles.vectors is None else profiles.vectors[rows]
        parts = self._chunk(self._matrix[rows], vectors)
        others = self._mean[:, rows].toarray().T == 0
        others[:, profiles.sizes == 0] = False
        spread = {name: float(part[others].std()) if others.any() else 1.0 for name, part in parts.items()}
        inverse = {name: 1 / value if value > 1e-9 else 0.0 for name, value in spread.items()}
        own = self._mean[:, rows].toarray().T > 0
        level = sum(float(parts[name][own].mean()) * value for name, value in inverse.items()) if own.any() else 0.0
        if level <= 0:
            return dict.fromkeys(inverse, 1 / len(inverse))
        return {name: value / level for name, value in inverse.items()}


def _terms(text: str) -> list[str]:
    """Terms and pairs of neighbours."""
    terms = [token.term for token in analyze(text)]
    return terms + [f"{one} {other}" for one, other in pairwise(terms)]


def _fitted(words: Any, texts: Sequence[str]) -> Any:
    try:
        return words.fit_transform(texts)
    except ValueError as error:  # no text has a term
        raise AssignmentError("no paper of any reviewer has a word in it") from error
