"""Where generations live: indices of a cluster, a list of them, and aliases that name the one being served."""

from __future__ import annotations

import contextlib
import hashlib
import json
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import msgspec
import numpy.typing as npt
from elasticsearch import Elasticsearch

from records.errors import GenerationError
from search.cache import Cache
from search.elasticsearch.arrays import CachedArrays, remove_stale
from search.elasticsearch.bulk import BulkSender
from search.elasticsearch.connection import Connection, Layout
from search.elasticsearch.indices import IndexMaker
from search.elasticsearch.lock import BuildLock
from search.elasticsearch.opened import OpenGeneration
from search.elasticsearch.reader import ElasticsearchEngine
from search.elasticsearch.refused import Refused
from search.elasticsearch.registry import GenerationRecord, Registry, State
from search.elasticsearch.schema import ARRAYS, AUTHORS, LOOKUP, PAPERS, SCHEMA_VERSION
from search.elasticsearch.writer import ElasticsearchWriter
from search.engine import GenerationInfo

__all__ = ["ElasticsearchStore"]

_MADE_AT_ONCE = (PAPERS, AUTHORS, LOOKUP)
_READABLE: tuple[State, ...] = ("complete", "dropped")
_REMEMBERED = 16  # generations whose arrays are found without asking


class ElasticsearchStore:
    """Implements :class:`search.engine.EngineStore` on a cluster.

    ``folder`` on this machine keeps copies of arrays, and documents that the server refused.
    """

    def __init__(self, connection: Connection, layout: Layout, folder: Path) -> None:
        self.client: Elasticsearch = connection.client()
        self._timeout = connection.timeout
        self._layout = layout
        self._folder = folder
        self._copies = folder / "arrays" / layout.prefix
        self._registry = Registry(self.client, layout.prefix)
        self._opened: Cache[GenerationRecord] = Cache(_REMEMBERED, lambda _: 1)
        self._indices = IndexMaker(self.client, layout)

    def writer(
        self, *, model: str = "", dimension: int = 0, source_digest: str = "", metrics: Sequence[str] = ()
    ) -> ElasticsearchWriter:
        """Open a new generation, or go on with one that was suspended or cut off. One writer at a time.

        :raises GenerationError: when another live build holds the lock.
        :raises EngineUnavailableError: when the cluster cannot be reached.
        """
        self._registry.prepare()
        lock = BuildLock(self._registry, self._layout.lease)
        with contextlib.ExitStack() as undo:
            undo.callback(lock.release)
            self._indices.install_templates()
            self._sweep()
            wanted = GenerationInfo(
                id="",
                created="",
                papers=0,
                authors=0,
                dimension=dimension,
                model=model,
                metrics=tuple(dict.fromkeys(metrics)),
                source_digest=source_digest,
                schema_version=SCHEMA_VERSION,
            )
            record, resumed = self._begin(wanted)
            writer = self._writer(record, lock, resumed)
            undo.pop_all()
        return writer

    def check_writable(self) -> None:
        """Make sure that a writer could be opened now.

        :raises GenerationError: when another live build holds the lock.
        :raises EngineUnavailableError: when the cluster cannot be reached, or does not let us write.
        """
        self._registry.prepare()
        BuildLock(self._registry, self._layout.lease).release()

    def _writer(self, record: GenerationRecord, lock: BuildLock, resumed: int) -> ElasticsearchWriter:
        layout = self._layout
        refused = Refused(self._folder / f"refused-{record.info.id}.jsonl")
        sender = BulkSender(
            self.client, refused, max_bytes=layout.bulk_bytes, in_flight=layout.in_flight, patience=layout.patience
        )
        return ElasticsearchWriter(
            self.client,
            record,
            indices=self._indices,
            sender=sender,
            refused=refused,
            lock=lock,
            publish=self._publish,
            discard=self._discard,
            patience=layout.patience,
            resumed=resumed,
        )

    def _begin(self, wanted: GenerationInfo) -> tuple[GenerationRecord, int]:
        """The generation to write, its indices made, and how many papers were already sent."""
        key = self._resumption_key(wanted) if wanted.source_digest else ""
        kept: GenerationRecord | None = None
        for record in self._registry.all("building"):
            if kept is None and key and record.loaded_from == key:
                kept = record
            else:
                self._discard(record)
        resumed = 0
        if kept is None:
            now = datetime.now(UTC)
            info = msgspec.structs.replace(wanted, id=self._new_id(now), created=now.isoformat(timespec="seconds"))
            kept = GenerationRecord(info, "building", {}, loaded_from=key)
        for room in _MADE_AT_ONCE:
            kept.indices.setdefault(room, self._indices.name(room, kept.info.id))
        self._registry.put(kept)  # before its indices, so that no index is without a record
        self._indices.make_all(kept, _MADE_AT_ONCE)
        if kept.loaded_from:
            self._indices.refresh(kept)
            resumed = self._indices.count(kept, PAPERS)
        return kept, resumed

    def _resumption_key(self, info: GenerationInfo) -> str:
        layout = self._layout
        parts = [SCHEMA_VERSION, info.source_digest, info.model, info.dimension, list(info.metrics)]
        made_of = json.dumps([*parts, layout.shards, layout.vector_index])
        return hashlib.blake2b(made_of.encode(), digest_size=16).hexdigest()

    def _new_id(self, now: datetime) -> str:
        """Ids sort by age, also when the clock was set back. They are parts of index names: no capitals."""
        made = f"{now:%Y%m%dt%H%M%S%f}"
        states: tuple[State, ...] = ("building", "complete", "dropped")
        known = [record.info.id for state in states for record in self._registry.all(state)]
        newest = max(known, default="")
        if made > newest:
            return made
        return f"{newest[:15]}{int(newest[15:]) + 1:06d}" if newest[15:].isdigit() else f"{newest}0"

    def _publish(self, record: GenerationRecord) -> None:
        self._registry.put(record)
        self._indices.point_to(record)

    def _discard(self, record: GenerationRecord) -> None:
        self._indices.delete(record)
        self._registry.forget(record.info.id)

    def current(self) -> str | None:
        """The id of the current generation, None when nothing was built yet. Cheap: every node knows it.

        :raises EngineUnavailableError: when the cluster cannot be reached.
        """
        return self._indices.current()

    def reader(self) -> ElasticsearchEngine:
        """A reader of the current generation.

        :raises GenerationError: when nothing was built yet, or parts of it are missing.
        """
        return ElasticsearchEngine(self)

    def open(self, generation_id: str | None = None) -> OpenGeneration:
        """A generation to read from, by default the current one.

        :raises GenerationError: when it does not exist, or parts of it are missing.
        """
        record = self._complete(generation_id or self._must_have_current())
        self._check_indices(record)
        self._opened.put(record.info.id, record)
        return OpenGeneration(self.client, record.info, record.indices, self._timeout)

    def _must_have_current(self) -> str:
        current = self.current()
        if current is None:
            raise GenerationError(
                f"there is no index with the prefix {self._layout.prefix!r} yet; build one (scholarcore build)"
            )
        return current

    def _complete(self, generation_id: str) -> GenerationRecord:
        record = self._registry.get(generation_id)
        if record is None or record.state != "complete":
            kept = ", ".join(info.id for info in self.generations()) or "none"
            raise GenerationError(f"there is no generation {generation_id!r}; there is: {kept}")
        return record

    def _check_indices(self, record: GenerationRecord) -> None:
        missing = sorted(set(record.indices.values()) - self._indices.existing())
        if missing:
            raise GenerationError(
                f"generation {record.info.id} lacks its index {missing[0]}; build again (scholarcore build), or switch "
                "to another generation"
            )

    def arrays(self, generation_id: str, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays of a generation by name, fetched when one is first asked for.

        A reader gets those of its generation also when that was dropped meanwhile, for as long as its indices exist.

        :raises GenerationError: when the generation does not exist.
        """
        record = self._opened.get(generation_id, lambda: self._known(generation_id))
        entries = record.arrays.get(group)
        if not entries:
            return {}
        folder = self._copies / generation_id
        if not folder.is_dir():  # a new generation: time to clear away what older ones left
            self._remove_stale()
        return CachedArrays(self.client, record.indices[ARRAYS], group, entries, folder / group)

    def _known(self, generation_id: str) -> GenerationRecord:
        record = self._registry.get(generation_id)
        if record is None:
            raise GenerationError(f"generation {generation_id!r} was dropped; refresh, or open another reader")
        return record

    def _remove_stale(self) -> None:
        kept = [record.info.id for state in _READABLE for record in self._registry.all(state)]
        remove_stale(self._copies, set(kept))

    def exists(self, generation_id: str) -> bool:
        """Whether a generation of this id is kept."""
        record = self._registry.get(generation_id)
        return record is not None and record.state == "complete"

    def generations(self) -> list[GenerationInfo]:
        """Complete generations, newest first."""
        return [record.info for record in self._whole()]

    def _whole(self) -> list[GenerationRecord]:
        """Complete generations of which no index is missing, newest first."""
        existing = self._indices.existing()
        return [one for one in self._registry.all("complete") if existing.issuperset(one.indices.values())]

    def switch(self, generation_id: str) -> None:
        """Make a complete generation current, atomically (roll forward or back).

        :raises GenerationError: when there is none of this id, or parts of it are missing.
        """
        record = self._complete(generation_id)
        self._check_indices(record)
        self._indices.point_to(record)

    def verify(self, generation_id: str | None = None) -> GenerationInfo:
        """Count a generation's documents (default: the current one's) and compare all its arrays with their checksums.

        :raises GenerationError: naming what is missing or differs.
        """
        record = self._complete(generation_id or self._must_have_current())
        self._check_indices(record)
        if self._indices.health(record) == "red":
            raise GenerationError(f"shards of generation {record.info.id} have no live copy; see to the cluster")
        for room, promised in ((PAPERS, record.info.papers), (AUTHORS, record.info.authors)):
            found = self._indices.count(record, room)
            if found != promised:
                raise GenerationError(f"{record.indices[room]} holds {found} documents instead of {promised}")
        for group, entries in record.arrays.items():
            CachedArrays(self.client, record.indices[ARRAYS], group, entries, self._copies).verify()
        return record.info

    def prune(self, keep: int = 2) -> list[str]:
        """Drop all but the newest ``keep`` complete generations (never the current one); the ids dropped.

        They are off the list at once. Their indices are deleted by the next prune or build after the grace period, so
        that readers which have yet to move can still answer. A generation that lacks an index is none that is kept.
        """
        if keep < 1:
            raise GenerationError(f"at least one generation is kept, not {keep}")
        kept = {self.current(), *(record.info.id for record in self._whole()[:keep])}
        dropped = []
        for record in self._registry.all("complete"):
            if record.info.id not in kept:
                self._registry.drop(record)
                dropped.append(record.info.id)
        self._sweep()
        return dropped

    def _sweep(self) -> None:
        """Delete the indices of generations that were dropped long enough ago."""
        due = datetime.now(UTC) - timedelta(seconds=self._layout.drop_grace)
        current = self.current()
        for record in self._registry.all("dropped"):
            if record.info.id != current and datetime.fromisoformat(record.dropped) <= due:
                self._discard(record)
        self._remove_stale()

    def close(self) -> None:
        """Close connections."""
        self.client.close()
