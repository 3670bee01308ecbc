"""Stores on the test server, each with a prefix of its own; their indices are deleted when the test process ends."""

from __future__ import annotations

import atexit
import contextlib
import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Any

from elasticsearch import Elasticsearch, NotFoundError

from search.elasticsearch import Connection, ElasticsearchStore, Layout
from tests.elasticsearch_server.shared import SharedServer, use_server

__all__ = ["layout_for", "make_store", "remove_all", "server"]


@lru_cache(maxsize=1)
def server() -> SharedServer:
    """The server of this test process."""
    found = use_server()
    atexit.register(_leave, found)
    return found


def _leave(found: SharedServer) -> None:
    with Elasticsearch(found.url, request_timeout=120) as client:
        remove_all(client, found.prefix)
    found.close()


def remove_all(client: Elasticsearch, prefix: str) -> None:
    """Delete every index and template whose name begins with ``prefix``."""
    names = sorted(client.indices.get(index=f"{prefix}*", expand_wildcards="all").body)
    for start in range(0, len(names), 50):
        client.indices.delete(index=names[start : start + 50])
    with contextlib.suppress(NotFoundError):
        client.indices.delete_index_template(name=f"{prefix}*")


def layout_for(path: Path, **changed: Any) -> Layout:
    """A layout whose prefix belongs to ``path``: the same each time, and to no other test."""
    digest = hashlib.blake2b(str(path).encode(), digest_size=5).hexdigest()
    return Layout(**{"prefix": f"{server().prefix}-{digest}", "replicas": 0, **changed})


def make_store(path: Path, **changed: Any) -> ElasticsearchStore:
    """A store for ``path``: two with the same path share generations. ``changed``: fields of the layout."""
    return ElasticsearchStore(Connection((server().url,)), layout_for(path, **changed), path)
