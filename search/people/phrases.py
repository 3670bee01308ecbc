"""An index of short texts (names, affiliations) by their words, as arrays: found by whole words, beginnings, typos."""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.corpus import Adjacency, Indices
from search.people.links import rows_of
from search.people.strings import StringList

__all__ = ["Found", "PhraseIndex", "PhraseMaker", "Readings"]

Floats = npt.NDArray[np.float64]
_LAST = "\U0010ffff"
_LONGEST = np.iinfo(np.int16).max
_MANY = 32


@dataclass(frozen=True, slots=True)
class Readings:
    """What a typed word may stand for: positions in the vocabulary and how well each fits, in (0, 1], shape (n,)."""

    words: Indices
    fits: Floats


@dataclass(frozen=True, slots=True)
class Found:
    """Owners (int64, ascending, each once) and how well the best of their texts fits, in (0, 1]."""

    owners: npt.NDArray[np.int64]
    fits: Floats


@dataclass(frozen=True, slots=True)
class PhraseIndex:
    """Texts by word.

    ``vocabulary``: the words, ascending. ``texts``: word -> texts that hold it. ``sizes``: int16, words of each text.
    ``owners``: int32, ascending, whose each text is.
    """

    vocabulary: StringList
    texts: Adjacency
    sizes: npt.NDArray[np.int16]
    owners: Indices

    def beginning(self, prefix: str) -> Readings:
        """Words that begin with ``prefix``; the more of a word was typed, the better it fits (all of it: 1)."""
        low, high = self.vocabulary.bisect(prefix), self.vocabulary.bisect(prefix + _LAST)
        lengths = np.diff(self.vocabulary.offsets[low : high + 1])
        typed = len(prefix.encode("utf-8", "surrogatepass"))
        return Readings(np.arange(low, high, dtype=np.int32), 0.5 + 0.5 * typed / np.maximum(lengths, 1))

    def exactly(self, word: str) -> Readings:
        """The word itself, if it is known."""
        position = self.vocabulary.find(word)
        known = [] if position is None else [position]
        return Readings(np.array(known, dtype=np.int32), np.ones(len(known)))

    def every(self, typed: Sequence[Readings]) -> Found:
        """Whose texts hold a reading of every typed word; words of two texts never mix.

        A text fits as well as its words do on average, times 3/4 plus 1/4 of the share of its words that were typed.
        """
        texts, fits = self._holding(typed[0]) if typed else (np.empty(0, np.int64), np.empty(0))
        for readings in typed[1:]:
            others, more = self._holding(readings)
            texts, here, there = np.intersect1d(texts, others, assume_unique=True, return_indices=True)
            fits = fits[here] + more[there]
        if not len(texts):
            return Found(np.empty(0, np.int64), np.empty(0))
        share = np.minimum(1.0, len(typed) / np.maximum(self.sizes[texts], 1))
        fits = fits / len(typed) * (0.75 + 0.25 * share)
        owners = self.owners[texts]
        starts = np.flatnonzero(np.append(True, owners[1:] != owners[:-1]))
        return Found(owners[starts].astype(np.int64), np.maximum.reduceat(fits, starts))

    def _holding(self, readings: Readings) -> tuple[npt.NDArray[np.int64], Floats]:
        """Texts with one of the readings, ascending, each once, with its best fit."""
        texts, which = rows_of(self.texts, readings.words)
        fits = readings.fits[which]
        if len(texts) * _MANY > len(self.sizes):  # a letter or two: sorting them would take longer
            best = np.zeros(len(self.sizes))
            np.maximum.at(best, texts, fits)
            held = np.flatnonzero(best)
            return held, best[held]
        order = np.lexsort((-fits, texts))
        texts, fits = texts[order], fits[order]
        fresh = np.append(True, texts[1:] != texts[:-1])[: len(texts)]
        return texts[fresh].astype(np.int64), fits[fresh]

    def pack(self, name: str) -> dict[str, npt.NDArray[Any]]:
        """All of it as arrays by name, under ``name``."""
        return {
            f"{name}.vocabulary.data": self.vocabulary.data,
            f"{name}.vocabulary.offsets": self.vocabulary.offsets,
            f"{name}.texts.offsets": self.texts.offsets,
            f"{name}.texts.indices": self.texts.indices,
            f"{name}.sizes": self.sizes,
            f"{name}.owners": self.owners,
        }

    @classmethod
    def unpack(cls, name: str, arrays: Mapping[str, npt.NDArray[Any]]) -> PhraseIndex:
        """What :meth:`pack` packed.

        :raises KeyError: when an array is missing.
        """
        sizes = arrays[f"{name}.sizes"]
        return cls(
            StringList(arrays[f"{name}.vocabulary.data"], arrays[f"{name}.vocabulary.offsets"]),
            Adjacency(arrays[f"{name}.texts.offsets"], arrays[f"{name}.texts.indices"], len(sizes)),
            sizes,
            arrays[f"{name}.owners"],
        )


class PhraseMaker:
    """Makes the index, text by text."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._words = array("i")
        self._texts = array("i")
        self._sizes = array("h")
        self._owners = array("i")

    def add(self, owner: int, words: Sequence[str], besides: Iterable[str] = ()) -> None:
        """A text of ``owner`` (not below the one before). It is found by ``besides``, too, which is not its length."""
        text = len(self._sizes)
        self._owners.append(owner)
        self._sizes.append(min(len(words), _LONGEST))
        for word in {*words, *besides}:
            self._words.append(self._numbers.setdefault(word, len(self._numbers)))
            self._texts.append(text)

    def make(self) -> PhraseIndex:
        """The index of what was added."""
        ordered = sorted(self._numbers, key=lambda word: word.encode("utf-8", "surrogatepass"))
        place = np.empty(len(ordered), dtype=np.int32)
        for position, word in enumerate(ordered):
            place[self._numbers[word]] = position
        words = place[np.array(self._words, dtype=np.int32)]
        texts = np.array(self._texts, dtype=np.int32)
        sizes, owners = np.array(self._sizes, dtype=np.int16), np.array(self._owners, dtype=np.int32)
        return PhraseIndex(
            StringList.of(ordered), Adjacency.from_pairs(words, texts, (len(ordered), len(sizes))), sizes, owners
        )
