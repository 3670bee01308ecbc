"""Lists of strings as two arrays, so that they can be memory-mapped and stored with a generation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["StringList"]

_CODEC = "surrogatepass"


@dataclass(frozen=True, slots=True)
class StringList(Sequence[str]):
    """Strings as UTF-8 in ``data`` (uint8), string ``i`` at ``offsets[i]:offsets[i + 1]`` (int64)."""

    data: npt.NDArray[np.uint8]
    offsets: npt.NDArray[np.int64]

    @classmethod
    def of(cls, strings: Iterable[str]) -> StringList:
        """The list of ``strings``."""
        encoded = [string.encode("utf-8", _CODEC) for string in strings]
        offsets = np.zeros(len(encoded) + 1, dtype=np.int64)
        np.cumsum([len(one) for one in encoded], out=offsets[1:])
        return cls(np.frombuffer(b"".join(encoded), dtype=np.uint8).copy(), offsets)

    def __len__(self) -> int:
        return len(self.offsets) - 1

    def _bytes(self, index: int) -> bytes:
        return self.data[self.offsets[index] : self.offsets[index + 1]].tobytes()

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return [self[position] for position in range(*index.indices(len(self)))]
        position = index + len(self) if index < 0 else index
        if not 0 <= position < len(self):
            raise IndexError(index)
        return self._bytes(position).decode("utf-8", _CODEC)

    def __iter__(self) -> Iterator[str]:
        data = self.data.tobytes()
        return (data[start:end].decode("utf-8", _CODEC) for start, end in pairwise(self.offsets.tolist()))

    def take(self, indices: Iterable[int] | npt.NDArray[np.integer]) -> list[str]:
        """The strings at ``indices``."""
        return [self._bytes(index).decode("utf-8", _CODEC) for index in map(int, indices)]

    def bisect(self, string: str) -> int:
        """How many strings of an ascending list come before ``string`` (ascending as bytes, so by code point)."""
        wanted = string.encode("utf-8", _CODEC)
        low, high = 0, len(self)
        while low < high:
            middle = (low + high) // 2
            if self._bytes(middle) < wanted:
                low = middle + 1
            else:
                high = middle
        return low

    def find(self, string: str) -> int | None:
        """Where ``string`` is in an ascending list, by bisection; None when it is not in it."""
        place = self.bisect(string)
        return place if place < len(self) and self[place] == string else None
