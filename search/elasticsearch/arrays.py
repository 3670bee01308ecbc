"""Arrays kept with a generation: NumPy files cut into chunks in an index, and copies of them on the readers' disks."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import io
import os
import shutil
import tempfile
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt
from elasticsearch import Elasticsearch

from records.errors import EngineUnavailableError, GenerationError
from search.elasticsearch.bulk import Item
from search.elasticsearch.errors import reason_of, typed_errors
from search.elasticsearch.registry import ArrayEntry
from search.embedded.arrays import map_array

__all__ = ["CachedArrays", "array_items", "remove_stale"]

_CHUNK = 3 << 20  # bytes; four thirds of it in base64
_ANSWER = 2 * _CHUNK  # bytes of arrays in one answer
_IN_FLIGHT = 2  # answers waited for or held at a time: the next one comes while one is written; more gain nothing
_ABANDONED = 86_400.0  # seconds after which a half-written file is nobody's any more

_Chunk: TypeAlias = tuple[str, int]
"""The name of an array, and which of its chunks."""


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
    """The arrays of a group by name, mapped from ``folder``; what is not there yet is fetched with the first of them.

    A file in ``folder`` is complete: it gets its name when its checksum was right. Any number of threads and processes
    may share it.
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
        """An array.

        :raises GenerationError: when it is missing or damaged on the server, or cannot be kept here.
        :raises EngineUnavailableError: when the cluster cannot answer.
        """
        if name not in self._open:
            entry = self._entries[name]
            if not self._is_kept(name, entry):
                self._download([one for one, told in self._entries.items() if not self._is_kept(one, told)])
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
        self._fetch(list(self._entries), lambda _name, _part: None, lambda _name: None)

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}.npy"

    def _is_kept(self, name: str, entry: ArrayEntry) -> bool:
        try:
            return self._path(name).stat().st_size == entry.size
        except OSError:
            return False

    def _mapped(self, name: str) -> npt.NDArray[Any]:
        try:
            return map_array(self._path(name))
        except (OSError, ValueError):  # cleared away just now, or damaged on this disk
            self._download([name])
        try:
            return map_array(self._path(name))
        except (OSError, ValueError) as error:
            raise GenerationError(f"the array {name!r} cannot be read from {self._folder}: {error}") from error

    def _download(self, names: Sequence[str]) -> None:
        """Fetch arrays into the folder. Each gets its name when it is whole, so that a failure loses only what follows.

        :raises GenerationError: when there is no room for them, or no right to write.
        """
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            _remove_abandoned(self._folder)
            with tempfile.TemporaryDirectory(dir=self._folder, prefix=".") as temporary, ExitStack() as stack:
                files: dict[str, Any] = {}

                def keep(name: str, part: bytes) -> None:
                    if name not in files:
                        files[name] = stack.enter_context(Path(temporary, name).open("xb"))
                    files[name].write(part)

                def finish(name: str) -> None:
                    with files[name] as file:
                        file.flush()
                        os.fsync(file.fileno())
                    Path(temporary, name).replace(self._path(name))

                self._fetch(names, keep, finish)
        except OSError as error:
            raise GenerationError(
                f"the arrays of {self._group} cannot be kept in {self._folder} ({error.strerror or error}): make room "
                "there, or let the setting `data` name a folder that can be written to"
            ) from error

    def _fetch(self, names: Sequence[str], keep: Callable[[str, bytes], None], finish: Callable[[str], None]) -> None:
        """Hand the parts of arrays to ``keep``, in order, and each name to ``finish`` when its checksum was right."""
        digest, size = hashlib.sha256(), 0
        for (name, number), part in self._parts(_batches(names, self._entries)):
            entry = self._entries[name]
            digest.update(part)
            size += len(part)
            keep(name, part)
            if number + 1 == entry.chunks:
                if (size, digest.hexdigest()) != (entry.size, entry.sha256):
                    raise GenerationError(f"the array {name!r} in {self._index} differs from its checksum; build again")
                finish(name)
                digest, size = hashlib.sha256(), 0

    def _parts(self, batches: Iterable[Sequence[_Chunk]]) -> Iterator[tuple[_Chunk, bytes]]:
        """The content of chunks in order; a few answers are on their way while one is read."""
        waiting: deque[Future[list[tuple[_Chunk, bytes]]]] = deque()
        with ThreadPoolExecutor(_IN_FLIGHT) as pool:
            for batch in batches:
                waiting.append(pool.submit(self._ask, batch))
                if len(waiting) >= _IN_FLIGHT:
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()

    def _ask(self, batch: Sequence[_Chunk]) -> list[tuple[_Chunk, bytes]]:
        ids = [_chunk_id(self._group, name, number) for name, number in batch]
        with typed_errors():
            found = self._client.mget(index=self._index, ids=ids)["docs"]
        return [(chunk, self._content(chunk[0], told)) for chunk, told in zip(batch, found, strict=True)]

    def _content(self, name: str, told: Mapping[str, Any]) -> bytes:
        if "error" in told:
            if told["error"].get("type") == "index_not_found_exception":
                raise GenerationError("an index of this generation is gone: it was dropped; refresh, or build again")
            raise EngineUnavailableError(f"the search server cannot give the arrays: {reason_of(told)}; try again")
        if not told.get("found"):
            raise GenerationError(f"a part of the array {name!r} is missing from {self._index}; build again")
        try:
            return base64.b64decode(told["_source"]["data"], validate=True)
        except ValueError as error:
            raise GenerationError(f"a part of the array {name!r} in {self._index} is damaged; build again") from error


def _batches(names: Iterable[str], entries: Mapping[str, ArrayEntry]) -> Iterator[list[_Chunk]]:
    """The chunks of arrays in order, as many together as one answer should hold."""
    batch: list[_Chunk] = []
    room = _ANSWER
    for name in names:
        entry = entries[name]
        for number in range(entry.chunks):
            size = min(_CHUNK, entry.size - number * _CHUNK)
            if batch and size > room:
                yield batch
                batch, room = [], _ANSWER
            batch.append((name, number))
            room -= size
    if batch:
        yield batch


def _remove_abandoned(folder: Path) -> None:
    """Delete what a process left that was killed while it fetched."""
    old = time.time() - _ABANDONED
    for place in folder.glob(".*"):
        with contextlib.suppress(FileNotFoundError):
            if place.stat().st_mtime < old:
                shutil.rmtree(place, ignore_errors=True)


def remove_stale(folder: Path, kept: set[str]) -> None:
    """Delete the copies of generations that are no more. What another process is reading stays readable to it."""
    for place in folder.iterdir() if folder.is_dir() else ():
        if place.is_dir() and place.name not in kept:
            shutil.rmtree(place, ignore_errors=True)
