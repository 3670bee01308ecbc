"""Tables of byte strings in two files (offsets and content), read through a memory map."""

from __future__ import annotations

import mmap
import zlib
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import overload

import numpy as np

__all__ = ["StringMap", "Table", "TableWriter"]

_HEADER = 4  # bytes of the length of the compression dictionary
_DICTIONARY = 8_000  # a larger one packs 5% better and takes twice the time for each row
_RAW_DEFLATE = -15


class TableWriter:
    """Writes ``<path>.rows`` and ``<path>.offsets``, row by row.

    With ``compress`` rows are deflated one by one, so that each is read alone, with a dictionary made of the first of
    them, so that what all rows share (keys, phrases) costs nothing again.
    """

    def __init__(self, path: Path, *, compress: bool = False) -> None:
        self._rows = path.with_name(path.name + ".rows").open("xb")
        self._offsets = path.with_name(path.name + ".offsets").open("xb")
        self._compress = compress
        self._dictionary: bytes | None = None
        self._waiting: list[bytes] = []
        self._waiting_bytes = 0
        self._end = 0
        self.count = 0

    def append(self, row: bytes) -> None:
        """Add one row."""
        self.count += 1
        if self._dictionary is not None or not self._compress:
            self._write(row)
            return
        self._waiting.append(row)
        self._waiting_bytes += len(row)
        if self._waiting_bytes >= 16 * _DICTIONARY:
            self._start()

    def _start(self) -> None:
        """Choose the dictionary, write it first, and then what waited for it."""
        step = max(1, self._waiting_bytes // _DICTIONARY)
        self._dictionary = b"".join(self._waiting[::step])[-_DICTIONARY:]
        self._rows.write(len(self._dictionary).to_bytes(_HEADER, "little") + self._dictionary)
        self._end = _HEADER + len(self._dictionary)
        waiting, self._waiting = self._waiting, []
        for row in waiting:
            self._write(row)

    def _write(self, row: bytes) -> None:
        if self._dictionary is not None:
            packer = zlib.compressobj(1, zlib.DEFLATED, _RAW_DEFLATE, 9, zlib.Z_DEFAULT_STRATEGY, self._dictionary)
            row = packer.compress(row) + packer.flush()
        self._offsets.write(self._end.to_bytes(8, "little"))
        self._rows.write(row)
        self._end += len(row)

    def finish(self) -> None:
        """Write what is left and close the files."""
        if self._compress and self._dictionary is None:
            self._start()
        self._offsets.write(self._end.to_bytes(8, "little"))
        self.close()

    def close(self) -> None:
        """Close the files, finished or not. Idempotent."""
        self._rows.close()
        self._offsets.close()


class Table(Sequence[bytes]):
    """Rows written by :class:`TableWriter`.

    :raises ValueError: when the files do not fit each other.
    """

    def __init__(self, path: Path, *, compressed: bool = False) -> None:
        offsets = path.with_name(path.name + ".offsets")
        # A plain view: an item of a memmap costs twenty times that of an array.
        self._offsets = np.asarray(np.memmap(offsets, dtype="<i8", mode="r"))
        rows = path.with_name(path.name + ".rows")
        size = rows.stat().st_size
        if int(self._offsets[-1]) != size:
            raise ValueError(f"{rows.name} is {size} bytes long but should be {int(self._offsets[-1])}")
        self._rows: mmap.mmap | bytes = b""
        if size:
            with rows.open("rb") as file:
                self._rows = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        self._dictionary: bytes | None = None
        if compressed:
            length = int.from_bytes(self._rows[:_HEADER], "little")
            self._dictionary = self._rows[_HEADER : _HEADER + length]

    def __len__(self) -> int:
        return len(self._offsets) - 1

    @overload
    def __getitem__(self, row: int) -> bytes: ...
    @overload
    def __getitem__(self, row: slice) -> list[bytes]: ...
    def __getitem__(self, row: int | slice) -> bytes | list[bytes]:
        if isinstance(row, slice):
            return [self[position] for position in range(*row.indices(len(self)))]
        if not 0 <= row < len(self):
            raise IndexError(row)
        content = self._rows[int(self._offsets[row]) : int(self._offsets[row + 1])]
        if self._dictionary is None:
            return content
        return zlib.decompressobj(_RAW_DEFLATE, self._dictionary).decompress(content)

    def find(self, value: bytes) -> int | None:
        """The row holding ``value``, when rows ascend and are not compressed; None when no row does."""
        # Written out, because lookups by the thousand spend their time in the steps of this loop.
        offsets, rows = self._offsets, self._rows
        low, high = 0, len(offsets) - 1
        while low < high:
            middle = (low + high) // 2
            if rows[int(offsets[middle]) : int(offsets[middle + 1])] < value:
                low = middle + 1
            else:
                high = middle
        return low if low < len(self) and self[low] == value else None


class StringMap:
    """A mapping of strings to strings on disk, looked up without loading it."""

    def __init__(self, path: Path) -> None:
        self._keys = Table(path.with_name(path.name + ".keys"))
        self._values = Table(path.with_name(path.name + ".values"))

    @staticmethod
    def write(path: Path, pairs: Iterable[tuple[str, str]]) -> int:
        """Write pairs (sorted here; of equal keys the last one stays). How many were written."""
        keys = TableWriter(path.with_name(path.name + ".keys"))
        values = TableWriter(path.with_name(path.name + ".values"))
        for key, value in sorted(dict(pairs).items()):
            keys.append(key.encode())
            values.append(value.encode())
        keys.finish()
        values.finish()
        return keys.count

    def __len__(self) -> int:
        return len(self._keys)

    def get(self, key: str) -> str | None:
        """The value of ``key``, or None."""
        row = self._keys.find(key.encode("utf-8", "surrogatepass"))
        return None if row is None else self._values[row].decode()
