"""The list of generations: one small index that says which there are, and in what state."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Literal, TypeAlias

import msgspec
from elasticsearch import BadRequestError, ConflictError, Elasticsearch, NotFoundError

from records.errors import GenerationError
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.schema import SCHEMA_VERSION
from search.engine import GenerationInfo

__all__ = ["ArrayEntry", "GenerationRecord", "Registry", "State"]

State: TypeAlias = Literal["building", "complete", "dropped"]

_MOST = 1_000
_MAPPINGS = {
    "dynamic": "strict",
    "properties": {
        "kind": {"type": "keyword"},
        "state": {"type": "keyword"},
        "id": {"type": "keyword"},
        "record": {"type": "object", "enabled": False},
    },
}


class ArrayEntry(msgspec.Struct, frozen=True):
    """An array kept with a generation as a NumPy file: its size in bytes, SHA-256, and how many chunks it is cut in."""

    size: int
    sha256: str
    chunks: int


class GenerationRecord(msgspec.Struct, frozen=True, omit_defaults=True):
    """What the registry says of a generation.

    ``indices`` are by room. A load with the same ``loaded_from`` writes the same documents, so it can go on with it.
    """

    info: GenerationInfo
    state: State
    indices: dict[str, str]
    arrays: dict[str, dict[str, ArrayEntry]] = {}
    loaded_from: str = ""
    dropped: str = ""  # when, ISO 8601, UTC


class _Version(msgspec.Struct):
    schema_version: int = 1


class _VersionOnly(msgspec.Struct):
    info: _Version


class Registry:
    """Reads and writes records. The index is made with the first one."""

    def __init__(self, client: Elasticsearch, prefix: str) -> None:
        self._client = client
        self.index = f"{prefix}-generations"

    def prepare(self) -> None:
        """Make the index if it is missing. It keeps a copy as soon as there is a second node."""
        with typed_errors():
            if self._client.indices.exists(index=self.index):
                return
            try:
                self._client.indices.create(
                    index=self.index,
                    mappings=_MAPPINGS,
                    settings={"number_of_shards": 1, "auto_expand_replicas": "0-2"},
                )
            except BadRequestError as error:
                if error.error != "resource_already_exists_exception":
                    raise

    def all(self, state: State) -> list[GenerationRecord]:
        """Records in this state, newest first; those of another schema version are left out."""
        with typed_errors():
            try:
                answer = self._client.search(
                    index=self.index,
                    query={"bool": {"filter": [{"term": {"kind": "generation"}}, {"term": {"state": state}}]}},
                    sort=[{"id": "desc"}],
                    size=_MOST,
                )
            except NotFoundError:
                return []
        found = (_record(hit["_source"]["record"]) for hit in answer["hits"]["hits"])
        return [record for record in found if record is not None]

    def get(self, generation_id: str) -> GenerationRecord | None:
        """The record of a generation as last written.

        :raises GenerationError: when it is of another schema version.
        """
        if not generation_id or len(generation_id) > 100:
            return None
        with typed_errors():
            try:
                told = self._client.get(index=self.index, id=f"generation:{generation_id}").body["_source"]["record"]
            except NotFoundError:
                return None
        record = _record(told)
        if record is None:
            raise GenerationError(
                f"generation {generation_id} is of another schema version than {SCHEMA_VERSION}, which is read here; "
                "build again (scholarcore build), or switch to another generation"
            )
        return record

    def put(self, record: GenerationRecord) -> None:
        """Write a record, and let listings see it."""
        identity = record.info.id
        document = {"kind": "generation", "state": record.state, "id": identity, "record": msgspec.to_builtins(record)}
        with typed_errors():
            self._client.index(index=self.index, id=f"generation:{identity}", document=document, refresh=True)

    def drop(self, record: GenerationRecord) -> None:
        """Take a generation off the list; its indices go later."""
        now = datetime.now(UTC).isoformat(timespec="seconds")
        self.put(msgspec.structs.replace(record, state="dropped", dropped=now))

    def forget(self, generation_id: str) -> None:
        """Delete a record."""
        with typed_errors():
            try:
                self._client.delete(index=self.index, id=f"generation:{generation_id}", refresh=True)
            except NotFoundError:
                return

    # The lock of builds is kept here as well; what these three write and read is a document and its place in history.

    def create_lock(self, content: Mapping[str, Any]) -> tuple[int, int] | None:
        """Write the lock if there is none: (sequence number, primary term), None when there is one."""
        with typed_errors():
            try:
                made = self._client.create(index=self.index, id="lock", document=_lock(content))
            except ConflictError:
                return None
        return made["_seq_no"], made["_primary_term"]

    def read_lock(self) -> tuple[Mapping[str, Any], tuple[int, int]] | None:
        """What the lock says, and its place in history."""
        with typed_errors():
            try:
                found = self._client.get(index=self.index, id="lock")
            except NotFoundError:
                return None
        return found["_source"]["record"], (found["_seq_no"], found["_primary_term"])

    def replace_lock(self, content: Mapping[str, Any], at: tuple[int, int]) -> tuple[int, int] | None:
        """Write the lock if nobody wrote it since ``at``; None when somebody did."""
        with typed_errors():
            try:
                made = self._client.index(
                    index=self.index, id="lock", document=_lock(content), if_seq_no=at[0], if_primary_term=at[1]
                )
            except (ConflictError, NotFoundError):
                return None
        return made["_seq_no"], made["_primary_term"]

    def delete_lock(self, at: tuple[int, int]) -> None:
        """Delete the lock if nobody wrote it since ``at``."""
        with typed_errors():
            try:
                self._client.delete(index=self.index, id="lock", if_seq_no=at[0], if_primary_term=at[1])
            except (ConflictError, NotFoundError):
                return


def _lock(content: Mapping[str, Any]) -> dict[str, Any]:
    return {"kind": "lock", "record": dict(content)}


def _record(told: Any) -> GenerationRecord | None:
    """None when it is of another schema version."""
    try:
        if msgspec.convert(told, _VersionOnly).info.schema_version != SCHEMA_VERSION:
            return None
        return msgspec.convert(told, GenerationRecord)
    except msgspec.ValidationError as error:
        raise GenerationError(
            f"the list of generations is damaged ({error}); build again (scholarcore build)"
        ) from error
