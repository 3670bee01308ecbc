"""What is kept of papers' texts while topics are made, and vectors of them for builds that have none."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import numpy as np
import numpy.typing as npt

from records.paper import Paper
from search.engine import Vectors
from search.function_words import FUNCTION_WORDS
from search.text import STOPWORDS, prepare

__all__ = ["PaperTexts", "TextVectors", "opening"]

_OPENING = 400
"""Characters of an abstract that are looked at; the first sentences say what it is about."""

_SAMPLE = 30_000
_MANY = 5_000  # texts among which a word of every third tells little
_WHOLE = 1 << 17

_PROSE = 5_000
"""Abstracts that show how words are written."""


def opening(paper: Paper) -> str:
    """Title, twice for its weight, and the first sentences of the abstract."""
    return f"{paper.title} {paper.title} {paper.abstract[:_OPENING]}"


class PaperTexts:
    """Titles of every so many papers, evenly spread: 30,000 at most, by which topics are found and labelled.

    With ``openings`` also the openings of the same papers, or of all in a collection of moderate size (about 60 MB).
    """

    def __init__(self, papers: int, *, openings: bool) -> None:
        self._step = max(1, -(-papers // _SAMPLE))
        self._opened = 0 if not openings else 1 if papers <= _WHOLE else self._step
        self.complete = self._opened == 1
        self.titles: list[str] = []
        self.openings: list[str] = []
        self.prose: list[str] = []
        self._seen = 0

    def add(self, papers: Iterable[Paper]) -> None:
        """Take the next papers."""
        for paper in papers:
            if self._seen % self._step == 0:
                self.titles.append(paper.title)
                if paper.abstract and len(self.prose) < _PROSE:
                    self.prose.append(paper.abstract[:_OPENING])
            if self._opened and self._seen % self._opened == 0:
                self.openings.append(opening(paper))
            self._seen += 1

    @property
    def rows(self) -> npt.NDArray[np.int64]:
        """Whose titles these are, as positions."""
        return np.arange(0, self._seen, self._step)

    @property
    def sample(self) -> list[str]:
        """The openings of the papers whose titles these are."""
        return self.openings[:: self._step] if self.complete else self.openings


class TextVectors:
    """Latent semantic analysis: TF-IDF, reduced by a truncated singular value decomposition; deterministic.

    ``dimension`` is 0 when the texts have no words to tell them apart.
    """

    _DIMENSION = 100
    _TERMS = 20_000
    _SEED = 0

    def __init__(self, texts: Sequence[str]) -> None:
        from sklearn.decomposition import TruncatedSVD  # noqa: PLC0415 - only who makes clusters pays for loading it
        from sklearn.feature_extraction.text import TfidfVectorizer  # noqa: PLC0415

        common = frozenset(word for one in (*STOPWORDS, *FUNCTION_WORDS) for word in prepare(one).split())
        self._words = TfidfVectorizer(
            analyzer=_Words(common),
            max_features=self._TERMS,
            min_df=min(3, max(1, len(texts) // 20)),
            max_df=0.3 if len(texts) > _MANY else 1.0,
            sublinear_tf=True,
            dtype=np.float32,
        )
        self.dimension = 0
        try:
            table = self._words.fit_transform(texts)
        except ValueError:  # the library has no other word for an empty vocabulary
            return
        self.dimension = max(1, min(self._DIMENSION, *(size - 1 for size in table.shape)))
        self._reduced = TruncatedSVD(self.dimension, n_iter=4, random_state=self._SEED).fit(table)

    def of(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors, float32, shape (len(texts), dimension); zero for a text without known words."""
        made = np.asarray(self._reduced.transform(self._words.transform(texts)), dtype=np.float32)
        lengths = np.linalg.norm(made, axis=1, keepdims=True)
        return np.asarray(made / np.where(lengths > 0, lengths, 1.0), dtype=np.float32)


class _Words:
    """The folded words of a text, without common ones."""

    def __init__(self, common: frozenset[str]) -> None:
        self._common = common

    def __call__(self, text: str) -> Iterator[str]:
        return (word for word in prepare(text).split(" ") if len(word) > 1 and word not in self._common)
