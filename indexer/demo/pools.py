"""Drawing members of groups, evenly or by weight."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from indexer.demo.streams import Ints, Stream

__all__ = ["Groups", "WeightedGroups", "spread_evenly"]


class Groups:
    """Members by key in CSR form; each member of a group is as likely as the next."""

    def __init__(self, keys: npt.NDArray[np.integer], members: npt.NDArray[np.integer], size: int) -> None:
        self._members = members[np.argsort(keys, kind="stable")].astype(np.int64)
        self._offsets = np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=size))))

    def draw(self, stream: Stream, key: npt.NDArray[np.integer]) -> Ints:
        """A member of each given group, -1 where the group is empty."""
        low, high = self._offsets[key], self._offsets[key + 1]
        place = low + np.floor(stream.uniform(len(key)) * (high - low)).astype(np.int64)
        return _pick(self._members, place, high > low)


class WeightedGroups:
    """Members by key, drawn in proportion to integer weights of at least 1."""

    def __init__(
        self,
        keys: npt.NDArray[np.integer],
        members: npt.NDArray[np.integer],
        weights: npt.NDArray[np.integer],
        size: int,
    ) -> None:
        order = np.argsort(keys, kind="stable")
        self._members = members[order].astype(np.int64)
        self._sums = np.concatenate(([0], np.cumsum(weights[order].astype(np.int64))))
        self._edges = self._sums[np.concatenate(([0], np.cumsum(np.bincount(keys, minlength=size))))]

    def draw(self, stream: Stream, key: npt.NDArray[np.integer]) -> Ints:
        """A member of each given group, -1 where the group is empty."""
        low, high = self._edges[key], self._edges[key + 1]
        point = low + np.floor(stream.uniform(len(key)) * (high - low)).astype(np.int64)
        return _pick(self._members, np.searchsorted(self._sums, point, side="right") - 1, high > low)


def _pick(members: Ints, place: Ints, exists: npt.NDArray[np.bool_]) -> Ints:
    if not len(members):
        return np.full(len(place), -1, dtype=np.int64)
    return np.where(exists, members[np.minimum(place, len(members) - 1)], -1)


def spread_evenly(stream: Stream, sums: Ints, n: int) -> Ints:
    """``n`` positions in random order that represent the weights behind ``sums`` as evenly as ``n`` allows."""
    points = ((np.arange(n) + stream.uniform(n)) / max(n, 1) * sums[-1]).astype(np.int64)
    shuffled = np.argsort(stream.words(n), kind="stable")
    return np.asarray(np.searchsorted(sums, points, side="right")[shuffled], dtype=np.int64)
