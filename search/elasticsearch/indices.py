"""Indices of generations: made from templates, settled after a load, deleted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from elasticsearch import ApiError, Elasticsearch, NotFoundError

from records.errors import GenerationError
from search.elasticsearch.connection import Layout
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.registry import GenerationRecord
from search.elasticsearch.schema import ARRAYS, PAPERS, ROOMS, SCHEMA_VERSION, VECTOR, paper_properties, template

__all__ = ["IndexMaker"]

_SLOW = 120.0  # seconds for a request that changes the cluster
_POLL = 0.5
_FIRST_POLL = 0.02
_SETTLED_WITHIN = 3_600.0
_A_PAPER_WITHIN = 0.02  # seconds of merging, beyond the hour
_COPIED_WITHIN = 600.0
_LET_GO_WITHIN = 60.0
_SMALL = 128 << 20  # bytes
_SWITCHES = 5
_JSON = {"accept": "application/json"}


class IndexMaker:
    """Makes and changes indices as ``layout`` says."""

    def __init__(self, client: Elasticsearch, layout: Layout, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._client = client.options(request_timeout=_SLOW)
        self._quick = client  # for what requests of readers wait for
        self._layout = layout
        self._sleep = sleep

    def name(self, room: str, generation_id: str) -> str:
        """The index of a room of a generation."""
        return f"{self._layout.prefix}-{room}-{generation_id}"

    def install_templates(self) -> None:
        """Put the templates that are missing or of an older version.

        :raises GenerationError: when they are of a newer version, which another installation needs.
        """
        with ThreadPoolExecutor(len(ROOMS)) as pool:
            list(pool.map(self._install, ROOMS))

    def _install(self, room: str) -> None:
        name = f"{self._layout.prefix}-{room}"
        with typed_errors():
            installed = self._version(name)
            if installed > SCHEMA_VERSION:
                raise GenerationError(
                    f"the index template {name} is of version {installed}, but {SCHEMA_VERSION} is written here; use "
                    "the newer ScholarCore, or another elasticsearch.prefix"
                )
            if installed < SCHEMA_VERSION:
                self._client.indices.put_index_template(name=name, body=template(room, self._layout.prefix))

    def _version(self, name: str) -> int:
        try:
            found = self._client.indices.get_index_template(name=name)["index_templates"]
        except NotFoundError:
            return 0
        return max((int(entry["index_template"].get("version", 0)) for entry in found), default=0)

    def make_all(self, record: GenerationRecord, rooms: Sequence[str]) -> None:
        """Make the indices of ``rooms`` if they are not there yet."""
        with ThreadPoolExecutor(len(rooms)) as pool:
            list(pool.map(lambda room: self.make(record, room), rooms))

    def make(self, record: GenerationRecord, room: str) -> str:
        """Make the index of a room if it is not there yet; its name."""
        name = record.indices.setdefault(room, self.name(room, record.info.id))
        info = record.info
        settings = self._layout.while_loading()
        fixed = {"number_of_shards": 1 if room == ARRAYS else self._layout.shards}
        mappings: dict[str, Any] = {}
        if room == PAPERS:
            mappings["properties"] = paper_properties(info.metrics, info.dimension, self._layout.vectors_loaded_as)
        with typed_errors():
            if self._client.indices.exists(index=name):  # of an interrupted load, which may have been at its end
                self._client.indices.put_settings(index=name, settings={**settings, "blocks.write": None})
            else:
                self._client.indices.create(index=name, settings={**settings, **fixed}, mappings=mappings)
        return name

    def existing(self) -> set[str]:
        """Names of all indices of generations."""
        patterns = ",".join(f"{self._layout.prefix}-{room}-*" for room in ROOMS)
        with typed_errors():
            return set(self._quick.indices.get_alias(index=patterns, allow_no_indices=True).body)

    def refresh(self, record: GenerationRecord) -> None:
        """Let counts see everything that was sent."""
        with typed_errors():
            self._client.indices.refresh(index=_all(record))

    def count(self, record: GenerationRecord, room: str, query: Mapping[str, Any] | None = None) -> int:
        """How many documents of a room match.

        :raises GenerationError: when not every shard answers.
        """
        with typed_errors():
            answer = self._client.count(index=record.indices[room], query=query)
        if answer["_shards"]["failed"]:
            raise GenerationError(f"{answer['_shards']['failed']} shards of {record.indices[room]} do not answer")
        return int(answer["count"])

    def settle(self, record: GenerationRecord) -> None:
        """Make a loaded generation ready to serve: no deleted documents, no more writes, all its copies.

        Copies are waited for as far as there are nodes for them, and not longer than ten minutes: they are made in any
        case.
        """
        self._merge(record)
        with typed_errors():
            self._client.indices.put_settings(index=_all(record), settings=self._layout.while_serving())
        if self._health(record, wait_for_status="yellow", timeout="60s")["status"] == "red":
            raise GenerationError("not every shard of the new generation has a live copy; see to the cluster")
        deadline = time.monotonic() + _COPIED_WITHIN
        while time.monotonic() < deadline:
            health = self._health(record)
            enough = int(health["number_of_data_nodes"]) > self._layout.replicas
            if not (health["initializing_shards"] or (enough and health["unassigned_shards"])):
                return
            self._sleep(_POLL)

    def _health(self, record: GenerationRecord, **waiting: Any) -> Mapping[str, Any]:
        with typed_errors():
            try:
                answer: Mapping[str, Any] = self._client.cluster.health(index=_all(record), **waiting).body
            except ApiError as error:
                if error.meta.status != 408 or not isinstance(error.body, Mapping):
                    raise
                answer = error.body  # it did not come to what was waited for
        return answer

    def _merge(self, record: GenerationRecord) -> None:
        """Bring papers into as few segments as wanted, and without deleted documents.

        A document that was sent twice leaves a deleted one, which would count in how common words are.
        """
        papers = record.indices[PAPERS]
        with typed_errors():
            wanted = 1 if self._graph_is_due(record) else self._layout.merge_segments
            told = self._client.indices.stats(index=papers, metric="docs,segments")["_all"]["primaries"]
            if wanted and told["segments"]["count"] > 1:
                self._let_go(papers)
                options: dict[str, Any] = {"max_num_segments": wanted}
            elif told["docs"]["deleted"]:
                options = {"only_expunge_deletes": True}
            else:
                return
            task = self._client.indices.forcemerge(index=papers, wait_for_completion=False, **options)["task"]
            self._await(task, papers, _SETTLED_WITHIN + _A_PAPER_WITHIN * record.info.papers)
            self._client.indices.refresh(index=papers)

    def _graph_is_due(self, record: GenerationRecord) -> bool:
        """Whether papers were loaded without the graph that they are to have. From now on segments are made with it.

        Where a shard is a single segment by now, it has few papers, which are scanned instead.
        """
        papers = record.indices[PAPERS]
        if not record.info.dimension:
            return False
        properties = self._client.indices.get_mapping(index=papers)[papers]["mappings"]["properties"]
        wanted = self._layout.vector_index
        if properties[VECTOR]["index_options"]["type"] == wanted:
            return False
        graph = paper_properties((), record.info.dimension, wanted)[VECTOR]
        self._client.indices.put_mapping(index=papers, properties={VECTOR: graph})
        return True

    def _await(self, task: str, papers: str, seconds: float) -> None:
        deadline, pause = time.monotonic() + seconds, _FIRST_POLL
        # By its address: the client's method for it warns that the API is a preview, which it has been since 2016.
        while not self._client.perform_request("GET", f"/_tasks/{task}", headers=_JSON).body["completed"]:
            if time.monotonic() > deadline:
                raise GenerationError(f"merging {papers} takes too long ({seconds:.0f} s); look at the cluster's disks")
            self._sleep(pause)
            pause = min(_POLL, 2 * pause)

    def _let_go(self, index: str) -> None:
        """Wait until copies no longer hold on to what was sent, in full, for their recovery: merging drops it then.

        That is a third of an index, and takes half a minute: small ones are not worth it.
        """
        self._client.indices.flush(index=index, wait_if_ongoing=True)
        deadline = time.monotonic() + _LET_GO_WITHIN
        while time.monotonic() < deadline:
            told = self._client.indices.stats(index=index, level="shards", metric="store").body["indices"][index]
            copies = [copy for shard in told["shards"].values() for copy in shard]
            if sum(copy["store"]["size_in_bytes"] for copy in copies) < _SMALL or all(map(_caught_up, copies)):
                return
            self._sleep(_POLL)

    def delete(self, record: GenerationRecord) -> None:
        """Delete the indices of a generation, as far as they are there."""
        names = {*record.indices.values(), *(self.name(room, record.info.id) for room in ROOMS)}
        with typed_errors():
            self._client.indices.delete(index=sorted(names), ignore_unavailable=True)

    def point_to(self, record: GenerationRecord) -> None:
        """Let every alias name the indices of ``record``, all in one step.

        The step is refused when the aliases changed since they were looked at; then they are looked at again.
        """
        prefix = self._layout.prefix
        wanted = {(name, f"{prefix}-{room}") for room, name in record.indices.items()}
        for attempt in range(_SWITCHES):
            present = self._aliased()
            actions: list[dict[str, Any]] = [
                {"remove": {"index": name, "alias": alias, "must_exist": True}}
                for name, alias in sorted(present - wanted)
            ]
            actions += [{"add": {"index": name, "alias": alias}} for name, alias in sorted(wanted)]
            try:
                with typed_errors():
                    self._client.indices.update_aliases(actions=actions)
            except GenerationError as error:
                if attempt == _SWITCHES - 1:
                    message = f"generation {record.info.id} cannot be switched to: an index of it is gone; build again"
                    raise GenerationError(message) from error
            else:
                return

    def _aliased(self) -> set[tuple[str, str]]:
        """(index, alias) of all aliases of ours."""
        aliases = [f"{self._layout.prefix}-{room}" for room in ROOMS]
        with typed_errors():
            try:
                found = self._client.indices.get_alias(name=aliases).body
            except ApiError as error:
                # Where some of the names are missing the answer is 404, with those that are there.
                if error.meta.status != 404 or not isinstance(error.body, Mapping):
                    raise
                found = {name: told for name, told in error.body.items() if isinstance(told, Mapping)}
        return {(name, alias) for name, told in found.items() for alias in told["aliases"]}

    def current(self) -> str | None:
        """The id of the generation that the aliases name; None when there are none."""
        alias = f"{self._layout.prefix}-{PAPERS}"
        with typed_errors():
            try:
                named = self._quick.indices.get_alias(name=alias).body
            except NotFoundError:
                return None
        return max((name.removeprefix(f"{alias}-") for name in named), default=None)

    def health(self, record: GenerationRecord) -> str:
        """ "green", "yellow" (copies are missing) or "red" (data is missing)."""
        return str(self._health(record)["status"])


def _caught_up(copy: Mapping[str, Any]) -> bool:
    leases = copy["retention_leases"]["leases"]
    return all(int(lease["retaining_seq_no"]) > int(copy["seq_no"]["max_seq_no"]) for lease in leases)


def _all(record: GenerationRecord) -> list[str]:
    return sorted(record.indices.values())
