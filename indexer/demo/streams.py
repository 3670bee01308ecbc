"""Random numbers that are the same on every platform and under every numpy.

Only the raw output of PCG64 is used, which numpy promises to keep; its distributions may change between versions, so
everything else is derived here from uniform doubles and integers.
"""

from __future__ import annotations

from typing import TypeAlias
from zlib import crc32

import numpy as np
import numpy.typing as npt

__all__ = ["Floats", "Ints", "Stream", "cumulative", "distinct"]

Floats: TypeAlias = npt.NDArray[np.float64]
Ints: TypeAlias = npt.NDArray[np.int64]


def cumulative(weights: npt.ArrayLike) -> Ints:
    """Running sums of non-negative weights as integers (scaled by 2^20), so that choices do not hang on rounding."""
    return np.cumsum(np.rint(np.asarray(weights, dtype=np.float64) * (1 << 20)).astype(np.int64))


def distinct(values: Ints) -> Ints:
    """The different values, ascending. Sorting beats the hash table of ``numpy.unique`` many times at this size."""
    ordered = np.sort(values)
    return ordered[np.concatenate(([True], ordered[1:] != ordered[:-1]))] if len(ordered) else ordered


class Stream:
    """One independent stream of random numbers, named by ``key`` under ``seed``."""

    def __init__(self, seed: int, *key: str | int) -> None:
        words = [crc32(k.encode()) if isinstance(k, str) else k for k in key]
        # A seed sequence is padded with zeros, so its length must be part of it.
        entropy = [len(words), seed & 0xFFFFFFFF, seed >> 32, *words]
        self._bits = np.random.PCG64(np.random.SeedSequence(entropy))

    def words(self, n: int) -> npt.NDArray[np.uint64]:
        """``n`` uniform 64-bit words."""
        return np.asarray(self._bits.random_raw(n), dtype=np.uint64)

    def uniform(self, n: int) -> Floats:
        """``n`` uniform doubles in [0, 1)."""
        return (self.words(n) >> np.uint64(11)).astype(np.float64) * 2.0**-53

    def below(self, bound: int | npt.NDArray[np.integer], n: int) -> Ints:
        """``n`` integers in [0, bound); a bound of 0 gives 0. ``bound`` is a number or an array of shape (n,)."""
        return np.asarray(np.floor(self.uniform(n) * bound), dtype=np.int64)

    def choose(self, sums: Ints, n: int) -> Ints:
        """``n`` positions drawn in proportion to the weights whose :func:`cumulative` sums are given."""
        return np.searchsorted(sums, self.below(int(sums[-1]), n), side="right")

    def chance(self, share: float | Floats, n: int) -> npt.NDArray[np.bool_]:
        """``n`` coins that show true with probability ``share``."""
        return self.uniform(n) < share
