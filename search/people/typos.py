"""Words of a vocabulary that a word may be a misspelling of."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Indices
from search.people.strings import StringList

__all__ = ["Misspellings", "allowed_typos"]

_LONGEST = 24
"""Longer words are not looked at: no name has one."""

_SHORT, _LONG = 4, 8


def allowed_typos(word: str) -> int:
    """Typing errors that are forgiven: 1 from four letters on, 2 from eight."""
    return 0 if len(word) < _SHORT else 1 if len(word) < _LONG else 2


class Misspellings:
    """The vocabulary as code points, made once; safe to share between threads."""

    def __init__(self, vocabulary: StringList) -> None:
        words = list(vocabulary)
        lengths = np.fromiter((len(word) for word in words), dtype=np.int64, count=len(words))
        self._words = np.flatnonzero((lengths <= _LONGEST) & (lengths >= _SHORT - 1)).astype(np.int32)
        self._lengths = lengths[self._words]
        text = "".join(words[i].ljust(_LONGEST, "\0") for i in self._words.tolist())
        points = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        self._points = points.reshape(len(self._words), _LONGEST)
        bits = np.where(self._points > 0, np.uint32(1) << (self._points & np.uint32(31)), np.uint32(0))
        self._letters = np.bitwise_or.reduce(bits, axis=1)

    def of(self, word: str) -> tuple[Indices, npt.NDArray[np.int64]]:
        """Positions in the vocabulary, ascending, and typing errors of each: 1 or 2 as :func:`allowed_typos` says.

        An error is a letter too many, missing, or another one, or two neighbours swapped (optimal string alignment
        distance; Boytsov, Indexing methods for approximate dictionary searching, 2011, section 2.1).
        """
        most = allowed_typos(word)
        if most == 0 or len(word) > _LONGEST + most:
            return np.empty(0, np.int32), np.empty(0, np.int64)
        typed = np.frombuffer(word.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        letters = np.bitwise_or.reduce(np.uint32(1) << (typed & np.uint32(31)))
        # One error changes at most two letters of the set, so most words are out before they are compared.
        near = np.abs(self._lengths - len(word)) <= most
        near &= np.bitwise_count(self._letters ^ letters) <= 2 * most
        chosen = np.flatnonzero(near)
        errors = _distances(typed, self._points[chosen], self._lengths[chosen])
        kept = (errors > 0) & (errors <= most)
        return self._words[chosen[kept]], errors[kept]


def _distances(
    word: npt.NDArray[np.uint32], others: npt.NDArray[np.uint32], lengths: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:
    """Optimal string alignment distances of ``word``, shape (m,), from padded ``others``, shape (n, width)."""
    count, width = others.shape
    before: npt.NDArray[np.int64] | None = None
    row = np.tile(np.arange(width + 1), (count, 1))
    for i, letter in enumerate(word):
        fresh = np.empty_like(row)
        fresh[:, 0] = i + 1
        differs = others != letter
        for j in range(width):
            best = np.minimum(row[:, j] + differs[:, j], np.minimum(row[:, j + 1], fresh[:, j]) + 1)
            if before is not None and j:
                swapped = (others[:, j - 1] == letter) & (others[:, j] == word[i - 1])
                best = np.where(swapped, np.minimum(best, before[:, j - 1] + 1), best)
            fresh[:, j + 1] = best
        before, row = row, fresh
    return row[np.arange(count), lengths]
