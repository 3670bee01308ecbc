"""Which record ids a file has used, in little memory."""

from __future__ import annotations

from array import array

__all__ = ["SeenIds"]

_EMPTY = 0
_MAX_LOAD = 0.6


class SeenIds:
    """A set of 64-bit hashes of ids with open addressing: 8 bytes a slot, about 20 bytes an id.

    Two different ids share a hash with probability n²/2⁶⁵ in a file of n records: below one in a million for five
    million. The hash is Python's own of ``str``, keyed anew in every process.
    """

    def __init__(self) -> None:
        self._slots = array("Q", bytes(8 << 10))
        self._mask = len(self._slots) - 1
        self._used = 0

    def add(self, record_id: str) -> bool:
        """Note ``record_id``; False when it was there already."""
        if self._used > _MAX_LOAD * self._mask:
            self._grow()
        key = hash(record_id) & 0xFFFF_FFFF_FFFF_FFFF or 1  # 0 marks a free slot
        slots, mask = self._slots, self._mask
        at = key & mask
        while (found := slots[at]) != _EMPTY:
            if found == key:
                return False
            at = (at + 1) & mask
        slots[at] = key
        self._used += 1
        return True

    def __len__(self) -> int:
        return self._used

    def _grow(self) -> None:
        old = self._slots
        self._slots = slots = array("Q", bytes(len(old) * 16))
        self._mask = mask = len(slots) - 1
        for key in old:
            if key != _EMPTY:
                at = key & mask
                while slots[at] != _EMPTY:
                    at = (at + 1) & mask
                slots[at] = key
