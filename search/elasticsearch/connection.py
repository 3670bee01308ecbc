"""How a cluster is reached, and how its indices are laid out: plain values that settings fill in."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from elasticsearch import Elasticsearch

from records.errors import SettingsError
from search.elasticsearch.schema import ROOMS
from search.elasticsearch.serialization import SERIALIZERS

__all__ = ["VECTOR_INDEXES", "Connection", "Layout", "check_prefix"]

VECTOR_INDEXES = ("int8_hnsw", "int4_hnsw", "bbq_hnsw", "hnsw", "int8_flat", "int4_flat", "bbq_flat", "flat")
"""Kinds of vector index: graphs over 8-bit, 4-bit, 1-bit or whole components, and scans of the same."""

_PREFIX = re.compile(r"[a-z0-9][a-z0-9_.-]{0,60}")
_SAFE_RETRIES = 2  # of what only reads; loading has a loop of its own
_RETRIED = (502, 503, 504)


@dataclass(frozen=True, slots=True)
class Connection:
    """Addresses of nodes, credentials (an API key, or a user and a password) and patience in seconds.

    ``ca_file`` holds the certificate authority that signed the nodes' certificates, when the system does not know it.
    Credentials are in no ``repr``.

    :raises SettingsError: when these do not fit together.
    """

    urls: tuple[str, ...] = ("http://127.0.0.1:9200",)
    api_key: str = field(default="", repr=False)
    username: str = ""
    password: str = field(default="", repr=False)
    ca_file: Path | None = None
    timeout: float = 30.0

    def __post_init__(self) -> None:
        if not self.urls:
            raise SettingsError("elasticsearch.urls names no server")
        for url in self.urls:
            _check_url(url)
        if self.api_key and (self.username or self.password):
            raise SettingsError("give elasticsearch.api_key, or username and password, not both")
        if bool(self.username) != bool(self.password):
            raise SettingsError("elasticsearch.username and elasticsearch.password belong together")
        if self.ca_file is not None and not self.ca_file.is_file():
            raise SettingsError(f"elasticsearch.ca_file: there is no file {self.ca_file}")
        if self.ca_file is not None and any(url.startswith("http:") for url in self.urls):
            raise SettingsError("elasticsearch.ca_file is for https, but a URL begins with http:")

    def client(self) -> Elasticsearch:
        """A client that reads patiently; thread-safe, and connected to nothing yet."""
        return self.bare_client(
            max_retries=_SAFE_RETRIES,
            retry_on_status=_RETRIED,
            retry_on_timeout=False,
            serializers=SERIALIZERS,
        )

    def bare_client(self, **options: Any) -> Elasticsearch:
        """A client as the library makes it, but for addresses, credentials and the time-out."""
        security: dict[str, Any] = {}
        if self.api_key:
            security["api_key"] = self.api_key
        elif self.username:
            security["basic_auth"] = (self.username, self.password)
        if self.ca_file is not None:
            security["ca_certs"] = str(self.ca_file)
        return Elasticsearch(list(self.urls), request_timeout=self.timeout, **security, **options)


def _check_url(url: str) -> None:
    # What is wrong with an address is said without the address: it may hold a password.
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError as error:
        raise SettingsError("an address in elasticsearch.urls cannot be read") from error
    if parts.username is not None or parts.password is not None:
        raise SettingsError("elasticsearch.urls hold no credentials; use elasticsearch.username and .password")
    if parts.scheme not in ("http", "https") or not parts.hostname or port is None:
        raise SettingsError("elasticsearch.urls are like https://search.example.org:9200: scheme, host and port")


@dataclass(frozen=True, slots=True)
class Layout:
    """How the indices of a generation are made and loaded.

    ``prefix`` begins every name. ``shards`` and ``replicas`` are of papers and people; while loading there are
    ``load_replicas`` copies. ``vector_index`` is one of :data:`VECTOR_INDEXES`. ``allocation`` are settings of
    ``index.routing.allocation`` ("include.zone": "a"). Up to ``in_flight`` requests of ``bulk_bytes`` are under way at
    a time. A request is tried again for ``patience`` seconds. A build without a sign of life for ``lease`` seconds is
    dead. Indices of dropped generations live on for ``drop_grace`` seconds, for readers that have yet to move.
    With ``merge_segments`` every shard is merged to so many segments before the generation serves; 0 leaves them. With
    one, graphs of vectors are made by that merge and not before, so that each is made once.

    :raises SettingsError: when one is out of range.
    """

    prefix: str = "scholarcore"
    shards: int = 1
    replicas: int = 1
    load_replicas: int = 1
    vector_index: str = "int8_hnsw"
    merge_segments: int = 1
    allocation: Mapping[str, str] = field(default_factory=dict)
    bulk_bytes: int = 5_000_000
    in_flight: int = 2
    patience: float = 300.0
    lease: float = 60.0
    drop_grace: float = 60.0

    def __post_init__(self) -> None:
        check_prefix(self.prefix)
        if self.vector_index not in VECTOR_INDEXES:
            raise SettingsError(f"elasticsearch.vector_index is one of {', '.join(VECTOR_INDEXES)}")

    @property
    def vectors_loaded_as(self) -> str:
        """The kind of vector index while loading: without a graph where the last merge makes it."""
        return self.vector_index.replace("hnsw", "flat") if self.merge_segments == 1 else self.vector_index

    def while_loading(self) -> dict[str, Any]:
        """Settings of an index of papers or people as it is loaded."""
        return {
            "number_of_replicas": min(self.load_replicas, self.replicas),
            "refresh_interval": "-1",
            **{f"routing.allocation.{name}": value for name, value in self.allocation.items()},
        }

    def while_serving(self) -> dict[str, Any]:
        """The same when it is loaded: nothing is written any more, not even by mistake."""
        return {"number_of_replicas": self.replicas, "refresh_interval": None, "blocks.write": True}


def check_prefix(prefix: str) -> None:
    """Refuse a prefix that could not begin an index's name, or whose indices another prefix's patterns would match.

    :raises SettingsError: saying which.
    """
    if not _PREFIX.fullmatch(prefix):
        raise SettingsError("elasticsearch.prefix: lower-case letters, digits, '-', '_' and '.', at most 61")
    reserved = [room for room in ROOMS if room in prefix.split("-")]
    if reserved:
        raise SettingsError(f"elasticsearch.prefix must not have the part {reserved[0]!r}")
