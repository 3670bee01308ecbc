"""Where generations live on disk, and how one becomes current.

::

    <path>/CURRENT                    the id of the generation being served
    <path>/writer.lock                held by the process that builds; names it
    <path>/generations/<id>/          a complete generation (see :mod:`search.embedded.manifest`)
    <path>/generations/.building-<id> one being written; whoever builds next clears what a crash left
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import socket
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import IO

import msgspec

from records.errors import GenerationError
from search.embedded import manifest as manifests
from search.embedded.generation import Generation
from search.embedded.reader import EmbeddedEngine
from search.embedded.writer import EmbeddedWriter
from search.engine import GenerationInfo

__all__ = ["EmbeddedStore"]

_HEAP = 500_000_000


class EmbeddedStore:
    """Implements :class:`search.engine.EngineStore` in a folder of its own, made on the first build.

    ``heap`` is the memory in bytes that text indexing may take before it writes a segment out (at least 15 million);
    ``flush_every`` writes a segment after so many papers whatever the heap.
    """

    def __init__(self, path: Path, *, heap: int = _HEAP, flush_every: int | None = None) -> None:
        self._path = path
        self._folder = path / "generations"
        self._current = path / "CURRENT"
        self._heap = heap
        self._flush_every = flush_every

    def writer(
        self, *, model: str = "", dimension: int = 0, source_digest: str = "", metrics: Sequence[str] = ()
    ) -> EmbeddedWriter:
        """Open a new generation. One writer at a time.

        :raises GenerationError: when another live writer holds the store, or the folder is something else's.
        """
        lock = self._held()
        now = datetime.now(UTC)
        info = GenerationInfo(
            id=self._new_id(now),
            created=now.isoformat(timespec="seconds"),
            papers=0,
            authors=0,
            dimension=dimension,
            model=model,
            metrics=tuple(dict.fromkeys(metrics)),
            source_digest=source_digest,
            schema_version=manifests.SCHEMA_VERSION,
        )
        building = self._folder / f".building-{info.id}"
        with contextlib.ExitStack() as undo:
            undo.callback(_release, lock, building)
            for leftover in self._folder.glob(".*-*"):
                _remove(leftover)
            building.mkdir()
            writer = EmbeddedWriter(
                building,
                info,
                heap=self._heap,
                flush_every=self._flush_every,
                publish=self._publish,
                release=partial(_release, lock),
            )
            undo.pop_all()
        return writer

    def check_writable(self) -> None:
        """Make sure that a writer could be opened now.

        :raises GenerationError: when another live writer holds the store, or the folder is something else's.
        """
        self._held().close()

    def _held(self) -> IO[str]:
        """The lock of a folder that is ours, made if need be."""
        self._check_folder()
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._lock()

    def _check_folder(self) -> None:
        if self._path.exists() and not self._folder.is_dir():
            strangers = sorted(entry.name for entry in self._path.iterdir()) if self._path.is_dir() else ["a file"]
            if strangers and strangers != ["writer.lock"]:
                raise GenerationError(
                    f"{self._path} is not an index folder (it holds {', '.join(strangers[:3])}); choose an empty folder"
                )

    def _lock(self) -> IO[str]:
        lock = (self._path / "writer.lock").open("a+", encoding="utf-8")
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            lock.seek(0)
            holder = lock.read().strip() or "another process"
            lock.close()
            raise GenerationError(f"{holder} is building in {self._path}; wait for it to end, or end it") from error
        lock.truncate(0)
        lock.write(f"process {os.getpid()} on {socket.gethostname()}, since {datetime.now(UTC):%Y-%m-%d %H:%M:%S} UTC,")
        lock.flush()
        return lock

    def _new_id(self, now: datetime) -> str:
        """Ids sort by age, also when the clock was set back."""
        made = f"{now:%Y%m%dT%H%M%S.%f}"
        newest = max((entry.name for entry in self._folder.iterdir() if not entry.name.startswith(".")), default="")
        return made if made > newest else f"{newest}+"

    def _publish(self, building: Path, info: GenerationInfo) -> GenerationInfo:
        manifest = manifests.describe(building, info)
        (building / manifests.MANIFEST).write_bytes(msgspec.json.format(msgspec.json.encode(manifest)))
        manifests.sync(building)
        Generation(building)  # opens everything and compares counts: what cannot be opened never becomes current
        building.rename(self._folder / info.id)
        manifests.sync_folder(self._folder)
        self._point_to(info.id)
        return info

    def _point_to(self, generation_id: str) -> None:
        pointer = self._current.with_name(".CURRENT-new")
        with pointer.open("w", encoding="ascii") as file:
            file.write(generation_id + "\n")
            file.flush()
            os.fsync(file.fileno())
        pointer.replace(self._current)
        manifests.sync_folder(self._path)

    def current(self) -> str | None:
        """The id of the current generation, None when no pointer says which one is. Cheap.

        :raises GenerationError: when the pointer cannot be read.
        """
        try:
            return self._current.read_text(encoding="ascii").strip()
        except FileNotFoundError:
            return None
        except (UnicodeDecodeError, OSError) as error:
            raise GenerationError(f"{self._current} cannot be read ({error}); switch to a generation anew") from error

    def _must_have_current(self) -> str:
        current = self.current()
        if current is not None:
            return current
        complete = self.generations()
        if complete:
            raise GenerationError(f"{self._current} is missing; switch to a generation, such as {complete[0].id}")
        raise GenerationError(f"there is no index in {self._path} yet; build one (scholarcore build)")

    def reader(self) -> EmbeddedEngine:
        """A reader of the current generation.

        :raises GenerationError: when nothing was built yet, or the generation is corrupt.
        """
        return EmbeddedEngine(self)

    def open(self, generation_id: str | None = None) -> Generation:
        """Open a generation, by default the current one.

        :raises GenerationError: when it does not exist or is corrupt.
        """
        return Generation(self._existing(generation_id or self._must_have_current()))

    def exists(self, generation_id: str) -> bool:
        """Whether a generation of this id is kept."""
        return generation_id in self._complete()

    def generations(self) -> list[GenerationInfo]:
        """Complete generations, newest first."""
        complete = self._complete()
        return [complete[name] for name in sorted(complete, reverse=True)]

    def _complete(self) -> dict[str, GenerationInfo]:
        found = {}
        for folder in self._folder.iterdir() if self._folder.is_dir() else ():
            if folder.name.startswith(".") or not folder.is_dir():
                continue
            with contextlib.suppress(GenerationError):  # damaged or not ours: not a complete generation
                manifest = manifests.read(folder)
                manifests.check_files(folder, manifest)
                found[folder.name] = manifest.info
        return found

    def switch(self, generation_id: str) -> None:
        """Make a complete generation current, atomically (roll forward or back).

        :raises GenerationError: when there is none of this id, or it is damaged.
        """
        folder = self._existing(generation_id)
        manifests.check_files(folder, manifests.read(folder))
        self._point_to(generation_id)

    def verify(self, generation_id: str | None = None) -> GenerationInfo:
        """Compare every file of a generation (default: the current one) with its checksum; reads all of it.

        :raises GenerationError: naming the first file that is missing, cut, changed or does not belong.
        """
        folder = self._existing(generation_id or self._must_have_current())
        manifest = manifests.read(folder)
        manifests.verify(folder, manifest)
        return manifest.info

    def _existing(self, generation_id: str) -> Path:
        folder = self._folder / generation_id
        if generation_id.startswith(".") or Path(generation_id).name != generation_id or not folder.is_dir():
            kept = ", ".join(info.id for info in self.generations()) or "none"
            raise GenerationError(f"there is no generation {generation_id!r} in {self._path}; there is: {kept}")
        return folder

    def prune(self, keep: int = 2) -> list[str]:
        """Drop all but the newest ``keep`` complete generations (never the current one); the ids dropped.

        Readers that have a dropped generation open go on with it until they refresh.
        """
        if keep < 1:
            raise GenerationError(f"at least one generation is kept, not {keep}")
        current = self.current()
        dropped = []
        for info in self.generations()[keep:]:
            if info.id != current:
                # Renamed first, so that a crash never leaves half a generation under its name.
                grave = self._folder / f".pruned-{info.id}"
                (self._folder / info.id).rename(grave)
                _remove(grave)
                dropped.append(info.id)
        return dropped


def _release(lock: IO[str], building: Path) -> None:
    try:
        _remove(building)
    finally:
        lock.truncate(0)
        lock.close()


def _remove(folder: Path) -> None:
    def tolerate(
        _function: Callable[..., object], _path: str, failure: tuple[type[BaseException], BaseException, object]
    ) -> None:
        if not isinstance(failure[1], FileNotFoundError):  # another process clears the same leftovers
            raise failure[1]

    if folder.exists():
        shutil.rmtree(folder, onerror=tolerate)
