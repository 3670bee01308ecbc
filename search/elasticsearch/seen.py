"""Which ids were there before, in eight bytes an id."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

__all__ = ["Seen"]

_MOST_RUNS = 16


class Seen:
    """Remembers 64-bit digests, as sorted runs that are merged now and then."""

    def __init__(self) -> None:
        self._runs: list[npt.NDArray[np.uint64]] = []

    def add(self, ids: Sequence[str]) -> list[str]:
        """Remember ``ids``; those that may have been there before, or are in it twice.

        A digest may be that of another id, so a suspicion has to be confirmed; what is not told is new.
        """
        digests: npt.NDArray[np.uint64] = np.array([_digest(identifier) for identifier in ids], dtype=np.uint64)
        suspected = np.zeros(len(ids), dtype=bool)
        for run in self._runs:
            places = np.minimum(np.searchsorted(run, digests), len(run) - 1)
            suspected |= run[places] == digests
        unique, first = np.unique(digests, return_index=True)
        suspected[np.setdiff1d(np.arange(len(ids)), first)] = True
        if len(unique):
            self._runs.append(unique)
        if len(self._runs) > _MOST_RUNS:
            self._runs = [np.unique(np.concatenate(self._runs))]
        return [ids[row] for row in np.flatnonzero(suspected).tolist()]


def _digest(identifier: str) -> int:
    return int.from_bytes(hashlib.blake2b(identifier.encode("utf-8", "surrogatepass"), digest_size=8).digest())
