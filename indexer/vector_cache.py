"""Vectors kept by the content of their text, so that a rebuild embeds only what changed.

One folder an embedder, two files of fixed-size records, appended to and never changed: ``vectors.bin`` (float16) and
``keys.bin`` (hash of the text, checksum of the vector, checksum of the record). A batch is written to the first and
synced before its keys are written to the second, so a vector exists exactly when its key does; what a crash tore off is
cut when the cache is opened, and a vector that does not match its checksum counts as missing.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import re
import zlib
from collections.abc import Sequence
from io import BufferedRandom
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from records.errors import BuildError
from search.engine import Vectors

__all__ = ["FLUSH_EVERY", "VectorCache"]

FLUSH_EVERY = 256
"""Vectors that a crash may cost at most."""

_KEY = np.dtype([("high", "<u8"), ("low", "<u8"), ("vector", "<u4"), ("record", "<u4")])
_CHECKED_TAIL = 4096
_RECENT = 1 << 16


class VectorCache:
    """The vectors of one embedder. One process at a time; memory is about 30 bytes a vector.

    ``folder`` holds the caches of all embedders, ``embedder`` is :attr:`search.embedding.Embedder.name`.

    :raises BuildError: when another process has it open, or the files cannot be written.
    """

    def __init__(self, folder: Path, embedder: str, dimension: int) -> None:
        digest = hashlib.blake2b(embedder.encode(), digest_size=4).hexdigest()
        slug = re.sub(r"[^A-Za-z0-9.@-]+", "-", embedder)[:60]
        self.folder = folder / f"{slug}-{dimension}-{digest}"
        self._dimension = dimension
        self._width = 2 * dimension
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            self._vectors = _open(self.folder / "vectors.bin")
            self._keys = _open(self.folder / "keys.bin")
        except OSError as error:
            raise BuildError(f"the vector cache {self.folder} cannot be opened: {error}") from error
        try:
            fcntl.flock(self._keys, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            self.close()
            raise BuildError(
                f"the vector cache {self.folder} is in use by another build; wait until it ends"
            ) from error
        self._pending: dict[bytes, npt.NDArray[np.float16]] = {}
        self._checksums: npt.NDArray[np.uint32]
        self._load()

    def __enter__(self) -> VectorCache:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not isinstance(error, BuildError):  # which may say that the cache cannot be written
            self.flush()
        self.close()

    def __len__(self) -> int:
        return self._rows + len(self._pending)

    def get(self, texts: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Unit vectors of texts, float32, shape (len(texts), dimension), and a mask of those that are kept."""
        self.flush()
        vectors = np.zeros((len(texts), self._dimension), dtype=np.float32)
        mask = np.zeros(len(texts), dtype=np.bool_)
        rows = self._find([_key(text) for text in texts])
        wanted = np.flatnonzero(rows >= 0)
        wanted = wanted[np.argsort(rows[wanted], kind="stable")]  # in the order of the file
        for position in wanted.tolist():
            row = int(rows[position])
            raw = os.pread(self._vectors.fileno(), self._width, row * self._width)
            if len(raw) == self._width and zlib.crc32(raw) == self._checksums[row]:
                vectors[position] = np.frombuffer(raw, dtype="<f2")
                mask[position] = True
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.divide(vectors, lengths, out=vectors, where=lengths > 0), mask

    def put(self, texts: Sequence[str], vectors: Vectors) -> None:
        """Keep vectors, shape (len(texts), dimension); on disk when enough came together, or at :meth:`flush`."""
        if vectors.shape != (len(texts), self._dimension):
            raise BuildError(f"vectors of shape {vectors.shape} do not fit {len(texts)} texts of {self._dimension}")
        for text, vector in zip(texts, vectors.astype("<f2"), strict=True):
            self._pending[_key(text)] = vector
        if len(self._pending) >= FLUSH_EVERY:
            self.flush()

    def flush(self) -> None:
        """Write what is pending and wait until it is on disk."""
        if not self._pending:
            return
        raw = [vector.tobytes() for vector in self._pending.values()]
        keys = np.zeros(len(raw), dtype=_KEY)
        halves = np.frombuffer(b"".join(self._pending), dtype="<u8").reshape(-1, 2)
        keys["high"], keys["low"] = halves[:, 0], halves[:, 1]
        keys["vector"] = [zlib.crc32(vector) for vector in raw]
        keys["record"] = _record_checksums(keys)
        try:
            _append(self._vectors, self._rows * self._width, b"".join(raw))
            _append(self._keys, self._rows * _KEY.itemsize, keys.tobytes())
        except OSError as error:
            raise BuildError(f"the vector cache {self.folder} cannot be written: {error}") from error
        for offset, key in enumerate(self._pending):
            self._recent[key] = self._rows + offset
        self._checksums = np.concatenate([self._checksums, keys["vector"]])
        self._rows += len(raw)
        self._pending = {}
        if len(self._recent) > _RECENT:
            self._load()

    def close(self) -> None:
        """Let the files go without writing what is pending. Idempotent."""
        self._vectors.close()
        self._keys.close()

    def _load(self) -> None:
        """Read the keys and cut what is torn off or damaged at the end."""
        self._keys.seek(0)
        data = self._keys.read()
        rows = min(len(data) // _KEY.itemsize, self._vectors.seek(0, os.SEEK_END) // self._width)
        keys = np.frombuffer(data, dtype=_KEY, count=rows)
        tail = max(0, rows - _CHECKED_TAIL)
        bad = np.flatnonzero(_record_checksums(keys[tail:]) != keys["record"][tail:])
        self._rows = tail + int(bad[0]) if len(bad) else rows
        self._keys.truncate(self._rows * _KEY.itemsize)
        self._vectors.truncate(self._rows * self._width)
        keys = keys[: self._rows]
        self._order = np.argsort(keys["high"], kind="stable")
        self._high = keys["high"][self._order]
        self._low = keys["low"][self._order]
        self._checksums = keys["vector"].copy()
        self._recent: dict[bytes, int] = {}

    def _find(self, keys: list[bytes]) -> npt.NDArray[np.int64]:
        """The row of each key, -1 where there is none."""
        halves = np.frombuffer(b"".join(keys), dtype="<u8").reshape(-1, 2)
        rows = np.full(len(keys), -1, dtype=np.int64)
        if len(self._high):
            # The last of equal halves: a text that was embedded again after its vector was damaged.
            place = np.searchsorted(self._high, halves[:, 0], side="right") - 1
            there = (place >= 0) & (self._high[place] == halves[:, 0]) & (self._low[place] == halves[:, 1])
            rows[there] = self._order[place[there]]
        for position, key in enumerate(keys):
            rows[position] = self._recent.get(key, rows[position])
        return rows


def _open(path: Path) -> BufferedRandom:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    return os.fdopen(descriptor, "r+b")


def _append(file: BufferedRandom, offset: int, data: bytes) -> None:
    file.seek(offset)
    file.write(data)
    file.flush()
    os.fsync(file.fileno())


def _key(text: str) -> bytes:
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=16).digest()


def _record_checksums(keys: npt.NDArray[np.void]) -> npt.NDArray[np.uint32]:
    raw = keys.tobytes()
    size, checked = _KEY.itemsize, _KEY.itemsize - 4
    return np.array([zlib.crc32(raw[start : start + checked]) for start in range(0, len(raw), size)], dtype=np.uint32)
