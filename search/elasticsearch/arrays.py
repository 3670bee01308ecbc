"""Arrays kept with a generation: NumPy files cut into chunks in an index, and copies of them on the readers' disks."""

from __future__ import annotations

import base64
import hashlib
import io
import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
from elasticsearch import Elasticsearch

from records.errors import GenerationError
from search.elasticsearch.bulk import Item
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.registry import ArrayEntry

__all__ = ["CachedArrays", "array_items", "remove_stale"]

_CHUNK = 3 << 20  # bytes; four thirds of it in base64
_AT_ONCE = 4  # chunks in one answer


def array_items(index: str, group: str, name: str, array: npt.NDArray[Any]) -> tuple[ArrayEntry, Iterator[Item]]:
    """What the registry says of an array, and its chunks as documents."""
    file = io.BytesIO()
    np.save(file, np.ascontiguousarray(array), allow_pickle=False)
    content = file.getbuffer()
    chunks = -(-len(content) // _CHUNK)
    entry = ArrayEntry(len(content), hashlib.sha256(content).hexdigest(), chunks)

    def items() -> Iterator[Item]:
        for number in range(chunks):
            part = base64.b64encode(content[number * _CHUNK : (number + 1) * _CHUNK]).decode("ascii")
            yield Item(index, _chunk_id(group, name, number), 1, msgspec.json.encode({"data": part}))

    return entry, items()


def _chunk_id(group: str, name: str, number: int) -> str:
    return f"{group}/{name}/{number}"


class CachedArrays(Mapping[str, npt.NDArray[Any]]):
    """The arrays of a group by name, each fetched when it is first asked for and mapped from ``folder``.

    A file in ``folder`` is complete: it gets its name when its checksum was right. Several processes may share it.
    """

    def __init__(
        self, client: Elasticsearch, index: str, group: str, entries: Mapping[str, ArrayEntry], folder: Path
    ) -> None:
        self._client = client
        self._index = index
        self._group = group
        self._entries = entries
        self._folder = folder
        self._open: dict[str, npt.NDArray[Any]] = {}

    def __getitem__(self, name: str) -> npt.NDArray[Any]:
        if name not in self._open:
            self._open[name] = self._mapped(name)
        return self._open[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._entries)

    def __len__(self) -> int:
        return len(self._entries)

    def verify(self) -> None:
        """Fetch every array anew and compare its checksum.

        :raises GenerationError: naming the first that differs.
        """
        for name, entry in self._entries.items():
            self._fetch(name, entry, lambda _: None)

    def _mapped(self, name: str) -> npt.NDArray[Any]:
        path = self._folder / f"{name}.npy"
        entry = self._entries[name]
        if not path.is_file() or path.stat().st_size != entry.size:
            self._download(name, entry, path)
        # An array without elements has nothing to map.
        mapped: npt.NDArray[Any] = np.load(path, mmap_mode="r", allow_pickle=False)
        return mapped

    def _download(self, name: str, entry: ArrayEntry, path: Path) -> None:
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            with tempfile.NamedTemporaryFile(dir=self._folder, prefix=".", delete=False) as file:
                try:
                    self._fetch(name, entry, file.write)
                    file.flush()
                    os.fsync(file.fileno())
                    Path(file.name).replace(path)
                except BaseException:
                    Path(file.name).unlink(missing_ok=True)
                    raise
        except OSError as error:
            raise GenerationError(f"the array {name!r} cannot be kept in {self._folder}: {error}") from error

    def _fetch(self, name: str, entry: ArrayEntry, keep: Callable[[bytes], object]) -> None:
        digest, size = hashlib.sha256(), 0
        for start in range(0, entry.chunks, _AT_ONCE):
            numbers = range(start, min(start + _AT_ONCE, entry.chunks))
            with typed_errors():
                ids = [_chunk_id(self._group, name, number) for number in numbers]
                found = self._client.mget(index=self._index, ids=ids)["docs"]
            for document in found:
                if not document.get("found"):
                    raise GenerationError(f"a part of the array {name!r} is missing from {self._index}; build again")
                part = base64.b64decode(document["_source"]["data"])
                digest.update(part)
                size += len(part)
                keep(part)
        if (size, digest.hexdigest()) != (entry.size, entry.sha256):
            raise GenerationError(f"the array {name!r} in {self._index} differs from its checksum; build again")


def remove_stale(folder: Path, kept: set[str]) -> None:
    """Delete the copies of generations that are no more. What another process is reading stays readable to it."""
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)
