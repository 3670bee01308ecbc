"""Reading the texts of a collection once, in any amount: the terms that many papers use, and which paper has which.

The words of papers go to a temporary file as numbers, so that memory holds no text. Words and pairs are counted as they
come; when there are more than can be held, the rarest so far are let go (as lossy counting does: Manku and Motwani,
Approximate frequency counts over data streams, VLDB 2002).
"""

from __future__ import annotations

import heapq
import re
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from records.text import fold
from search.collaborators.ties import Matrix
from search.function_words import FUNCTION_WORDS
from search.text import STOPWORDS

__all__ = ["Limits", "TextReader", "words_in"]

_WORD = re.compile("[a-z0-9]+")
_PASSED_OVER = frozenset(STOPWORDS) | frozenset(FUNCTION_WORDS)
_BATCH = 4096
_NONE = -1

Ints = npt.NDArray[Any]


@dataclass(frozen=True, slots=True)
class Limits:
    """``terms``: most that are kept. ``words`` and ``pairs``: most that are counted at a time."""

    terms: int = 200_000
    words: int = 2_000_000
    pairs: int = 4_000_000


class _Words(dict[str, int]):
    """Word -> its number, given at its first use."""

    def __init__(self) -> None:
        super().__init__()
        self.next = 0

    def __missing__(self, word: str) -> int:
        if len(word) < 2 or word in _PASSED_OVER:  # a letter says nothing
            number = _NONE
        else:
            number, self.next = self.next, self.next + 1
        self[word] = number
        return number


class TextReader:
    """Takes texts in order, each with :meth:`add`; :meth:`finish` gives the terms and counts.

    What was read lies in a file that :meth:`finish` or :meth:`close` does away with.
    """

    def __init__(self, limits: Limits | None = None) -> None:
        self._limits = limits or Limits()
        self._words = _Words()
        self._counts = np.zeros(0, dtype=np.int64)
        self._pairs, self._pair_counts = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
        self._waiting: list[list[int]] = []
        self._sizes: list[Ints] = []
        self._file = tempfile.TemporaryFile(prefix="scholarcore-words-")  # noqa: SIM115 - see close

    @property
    def read(self) -> int:
        """Texts taken."""
        return sum(map(len, self._sizes)) + len(self._waiting)

    def add(self, text: str) -> None:
        """Take the next text."""
        self._waiting.append(list(map(self._words.__getitem__, _tokens(text))))
        if len(self._waiting) == _BATCH:
            self._count()

    def finish(self, weightiest: int) -> tuple[Matrix, list[str], npt.NDArray[np.float32]]:
        """Paper -> term (CSR float32: TF-IDF, the ``weightiest`` terms of each, not yet of unit length), the terms in
        ascending order and their inverse document frequencies. Every term is in two papers, or there is one only.
        """
        self._count()
        with self._file, tempfile.TemporaryFile(prefix="scholarcore-terms-") as counted:
            names, of_words, pairs, of_pairs = self._vocabulary()
            frequency = np.zeros(len(names), dtype=np.int64)
            sizes = []
            for size, numbers in self._batches():
                rows, columns, counts = _postings(size, numbers, of_words, pairs, of_pairs)
                frequency += np.bincount(columns, minlength=len(names))
                sizes.append(np.bincount(rows, minlength=len(size)))
                counted.write(np.stack((columns, counts)).astype(np.int32).tobytes())
            kept = frequency >= min(2, max(self.read, 1))
            rarity = (np.log((1 + self.read) / (1 + frequency)) + 1).astype(np.float32)
            counted.seek(0)
            matrix = _matrix(((size, _take(counted, int(size.sum()))) for size in sizes), kept, rarity, weightiest)
        return matrix, [name for name, keep in zip(names, kept.tolist(), strict=True) if keep], rarity[kept]

    def close(self) -> None:
        """Give up what was read. Idempotent."""
        self._file.close()

    def _count(self) -> None:
        """Count what waits and put it away."""
        sizes = np.array(list(map(len, self._waiting)), dtype=np.int64)
        numbers = np.fromiter(chain.from_iterable(self._waiting), dtype=np.int32, count=int(sizes.sum()))
        self._waiting.clear()
        owners = np.repeat(np.arange(len(sizes)), sizes)[numbers >= 0]
        numbers = numbers[numbers >= 0]
        self._sizes.append(np.bincount(owners, minlength=len(sizes)).astype(np.int32))
        self._file.write(numbers.tobytes())
        counts = np.bincount(numbers, minlength=self._words.next)
        counts[: len(self._counts)] += self._counts
        self._counts = counts
        pairs, found = np.unique(_pairs(owners, numbers)[1], return_counts=True)
        self._pairs, self._pair_counts = _merged((self._pairs, self._pair_counts), (pairs, found), self._limits.pairs)
        if len(self._words) > self._limits.words:
            often = heapq.nlargest(self._limits.words // 2, self._words.items(), key=lambda one: self._weight(one[1]))
            self._words.clear()
            self._words.update(often)

    def _weight(self, number: int) -> float:
        return float("inf") if number < 0 else float(self._counts[number])

    def _vocabulary(self) -> tuple[list[str], Ints, Ints, Ints]:
        """Names of the terms used most, in order; the column of each word by number, -1: none; pairs and columns."""
        names = dict[int, str]((number, word) for word, number in self._words.items() if number >= 0)
        alive = np.zeros(max(self._words.next, 1), dtype=np.bool_)
        alive[list(names)] = True
        least = min(2, max(self.read, 1))
        words = np.flatnonzero(alive[: len(self._counts)] & (self._counts >= least))
        one, other = self._pairs >> 32, self._pairs & 0xFFFFFFFF
        known = (self._pair_counts >= least) & alive[one] & alive[other]
        pairs = self._pairs[known]
        counts = np.concatenate((self._counts[words], self._pair_counts[known]))
        most = np.sort(np.argsort(-counts, kind="stable")[: self._limits.terms])
        words, pairs = words[most[most < len(words)]], pairs[most[most >= len(words)] - len(words)]
        terms = [names[number] for number in words.tolist()]
        terms += [f"{names[pair >> 32]} {names[pair & 0xFFFFFFFF]}" for pair in pairs.tolist()]
        order = sorted(range(len(terms)), key=terms.__getitem__)
        columns = np.empty(len(terms), dtype=np.int64)
        columns[order] = np.arange(len(terms))
        of_words = np.full(len(alive), _NONE, dtype=np.int64)
        of_words[words] = columns[: len(words)]
        return [terms[place] for place in order], of_words, pairs, columns[len(words) :]

    def _batches(self) -> Iterator[tuple[Ints, Ints]]:
        """Sizes of texts, and their words by number, of one batch after the other."""
        self._file.seek(0)
        for sizes in self._sizes:
            count = int(sizes.sum())
            yield sizes, np.frombuffer(self._file.read(4 * count), dtype=np.int32)


def words_in(text: str) -> list[str]:
    """The folded words of a text that say something, in order."""
    return [word for word in _tokens(text) if len(word) > 1 and word not in _PASSED_OVER]


def _tokens(text: str) -> list[str]:
    if not text.isascii():
        text = " ".join(word if word.isascii() else _folded(word) for word in text.split())
    return _WORD.findall(text.lower().replace("'", "").replace("`", ""))


@lru_cache(maxsize=1 << 15)
def _folded(word: str) -> str:
    """One word at a time, for the folding is slow and words come again."""
    return fold(word)


def _pairs(owners: Ints, numbers: Ints) -> tuple[Ints, Ints]:
    """Neighbouring words within a text: whose, and both numbers in one."""
    within = owners[1:] == owners[:-1]
    one, other = numbers[:-1][within].astype(np.int64), numbers[1:][within].astype(np.int64)
    return owners[1:][within], (one << 32) | other


def _merged(table: tuple[Ints, Ints], new: tuple[Ints, Ints], most: int) -> tuple[Ints, Ints]:
    """Counts by key together, keys ascending; of more than ``most`` the half counted most often stays."""
    place = np.searchsorted(table[0], new[0])
    there = np.zeros(len(new[0]), dtype=np.bool_)
    inside = place < len(table[0])
    there[inside] = table[0][place[inside]] == new[0][inside]
    table[1][place[there]] += new[1][there]
    fresh = ~there
    keys, counts = (np.insert(old, place[fresh], added[fresh]) for old, added in zip(table, new, strict=True))
    if len(keys) > most:
        kept = np.sort(np.argsort(-counts, kind="stable")[: most // 2])
        keys, counts = keys[kept], counts[kept]
    return keys, counts


def _postings(sizes: Ints, numbers: Ints, of_words: Ints, pairs: Ints, of_pairs: Ints) -> tuple[Ints, Ints, Ints]:
    """Rows, columns and counts of the terms of texts, in order of both."""
    owners = np.repeat(np.arange(len(sizes), dtype=np.int64), sizes)
    columns = of_words[numbers]
    pair_owners, keys = _pairs(owners, numbers)
    place = np.searchsorted(pairs, keys)
    place[place == len(pairs)] = 0
    found = pairs[place] == keys if len(pairs) else np.zeros(len(keys), dtype=np.bool_)
    known = columns >= 0
    rows = np.concatenate((owners[known], pair_owners[found]))
    columns = np.concatenate((columns[known], of_pairs[place[found]]))
    codes, counts = np.unique((rows << 32) | columns, return_counts=True)
    return codes >> 32, codes & 0xFFFFFFFF, counts


def _take(file: Any, count: int) -> Ints:
    return np.frombuffer(file.read(8 * count), dtype=np.int32).reshape(2, count)


def _matrix(
    batches: Iterable[tuple[Ints, Ints]], kept: npt.NDArray[np.bool_], rarity: npt.NDArray[np.float32], most: int
) -> Matrix:
    columns_of = np.cumsum(kept, dtype=np.int64) - 1
    sizes, indices, values = [np.zeros(1, dtype=np.int64)], [], []
    for size, (columns, counts) in batches:
        rows = np.repeat(np.arange(len(size)), size)
        weights = ((1 + np.log(counts)) * rarity[columns]).astype(np.float32) * kept[columns]
        order = np.lexsort((columns, -weights, rows))
        place = np.empty(len(order), dtype=np.int64)
        place[order] = np.arange(len(order)) - (np.cumsum(size) - size)[rows]
        chosen = (place < most) & (weights > 0)
        sizes.append(np.bincount(rows[chosen], minlength=len(size)))
        indices.append(columns_of[columns[chosen]].astype(np.int32))
        values.append(weights[chosen])
    offsets = np.cumsum(np.concatenate(sizes))
    shape = (len(offsets) - 1, int(kept.sum()))
    return sparse.csr_array((np.concatenate(values), np.concatenate(indices), offsets), shape=shape)
