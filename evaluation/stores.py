"""Stores that benches build in and read from, named by what fits in JSON: processes of their own open them anew.

Credentials of a cluster are never part of it: each process reads them from the settings.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Literal, TypeAlias

import msgspec
from elasticsearch import AuthorizationException, Elasticsearch, NotFoundError

from records.errors import EvaluationError
from search.elasticsearch import ElasticsearchStore, open_store
from search.elasticsearch.opening import connection_to
from search.embedded.store import EmbeddedStore
from search.engine import EngineStore
from settings import load

__all__ = [
    "ENGINES",
    "Kind",
    "StoreName",
    "bare_client",
    "cluster_told",
    "disk_mib",
    "engines_asked",
    "open_named",
    "remove",
    "segments",
]

Kind: TypeAlias = Literal["embedded", "elasticsearch"]

ENGINES: tuple[Kind, ...] = ("embedded", "elasticsearch")
"""Engines that can be measured."""


class StoreName(msgspec.Struct, frozen=True):
    """Where a store is: a folder, and for a cluster the prefix of its indices ("" is that of the settings)."""

    kind: Kind
    folder: str
    prefix: str = ""


def engines_asked(engine: str) -> tuple[Kind, ...]:
    """The engines that an option names; "both" are all.

    :raises EvaluationError: when there is none of this name.
    """
    chosen = tuple(kind for kind in ENGINES if engine in (kind, "both"))
    if not chosen:
        raise EvaluationError(
            f"engine {engine!r} is not available in this version; available: {', '.join(ENGINES)}, both"
        )
    return chosen


@contextmanager
def open_named(name: StoreName) -> Iterator[EngineStore]:
    """A store, closed at the end.

    :raises SettingsError: when the settings do not say how to reach the cluster.
    """
    if name.kind == "embedded":
        yield EmbeddedStore(Path(name.folder))
        return
    store = _cluster(name)
    try:
        yield store
    finally:
        store.close()


def _cluster(name: StoreName) -> ElasticsearchStore:
    return open_store(load().elasticsearch, Path(name.folder), below=name.prefix)


def disk_mib(name: StoreName) -> float:
    """What a store takes on disk, copies left out."""
    if name.kind == "embedded":
        return sum(file.stat().st_size for file in Path(name.folder).rglob("*") if file.is_file()) / 2**20
    return sum(_segments(name, "")) / 2**20


def segments(name: StoreName) -> int:
    """Into how many parts a cluster divides the shards of a store's papers, copies left out."""
    return len(_segments(name, "papers-"))


def _segments(name: StoreName, room: str) -> list[int]:
    """Sizes of the segments that a cluster searches, copies left out.

    Its statistics of disk use are up to ten seconds old, and know of files that are about to go.
    """
    store = _cluster(name)
    told: Mapping[str, Any] = store.client.indices.segments(index=f"{_pattern(name)[:-1]}{room}*").body["indices"]
    store.close()
    copies = [copy for index in told.values() for shard in index["shards"].values() for copy in shard]
    primaries = [copy["segments"].values() for copy in copies if copy["routing"]["primary"]]
    return [int(segment["size_in_bytes"]) for part in primaries for segment in part]


def bare_client() -> Elasticsearch:
    """A client of the cluster in the settings as the library makes it, with its own JSON and nothing of ours."""
    return connection_to(load().elasticsearch).bare_client()


def cluster_told() -> dict[str, Any]:
    """What the cluster in the settings says of its nodes; nothing where it does not tell us."""
    with bare_client() as client:
        try:
            nodes = client.nodes.info(metric="jvm,os").body["nodes"].values()
        except AuthorizationException:
            return {}
    return {
        "version": sorted({node["version"] for node in nodes}),
        "nodes": len(nodes),
        "java": sorted({node["jvm"]["version"] for node in nodes}),
        "heap_mib": [node["jvm"]["mem"]["heap_max_in_bytes"] // 2**20 for node in nodes],
        "processors": [node["os"]["allocated_processors"] for node in nodes],
    }


def remove(name: StoreName) -> None:
    """Delete what a bench wrote to a cluster; folders go with whoever made them."""
    if name.kind == "embedded" or not name.prefix:
        return
    client = _cluster(name).client
    with client:
        for index in client.indices.get(index=_pattern(name), expand_wildcards="all").body:
            client.indices.delete(index=index)
        with suppress(NotFoundError):  # nothing was built, so there is no template
            client.indices.delete_index_template(name=_pattern(name))


def _pattern(name: StoreName) -> str:
    told = load().elasticsearch.prefix
    return f"{told}-{name.prefix}-*" if name.prefix else f"{told}-*"
