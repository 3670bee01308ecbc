"""What goes wrong between us and the cluster, as our own errors. Messages name no credentials, hosts or documents."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from elastic_transport import (
    ApiError,
    ConnectionError,  # noqa: A004 - the transport's name for it
    ConnectionTimeout,
    SerializationError,
    TlsError,
    TransportError,
)
from elasticsearch import UnsupportedProductError

from records.errors import EngineError, EngineUnavailableError, GenerationError

__all__ = ["explained", "reason_of", "refused", "typed_errors"]

_LONGEST_REASON = 300
_RETRY_BUSY = 2.0  # seconds; the server says it is overloaded
_RETRY_DOWN = 5.0  # seconds; a node comes back, or another takes over, in about as long
_BLOCKED = ("cluster_block_exception", "index_closed_exception")  # a full disk; no master; what an operator set
_OTHER_VERSION = "media_type_header_exception"
_ADDRESS = re.compile(
    r"""[a-z][a-z0-9+.-]*://[^\s\])>"',;]+  # with credentials, perhaps
    |\[[^\[\]\s]+\]\[[^\[\]\s]+:\d+\]  # [node][host:port], as nodes name each other
    |\[?(?:\d{1,3}\.){3}\d{1,3}(?::\d+)?\]?|\[[\w.-]+:\d{2,5}\]|\[(?:[0-9a-f]*:){2,}[0-9a-f.]*\](?::\d+)?""",
    re.VERBOSE | re.IGNORECASE,
)


@contextmanager
def typed_errors() -> Iterator[None]:
    """Turn errors of the client into ours.

    :raises GenerationError: when an index is gone.
    :raises EngineUnavailableError: when the cluster cannot be reached, is overloaded, or refuses our credentials.
    :raises EngineError: when it refuses the request itself.
    """
    try:
        yield
    except (ApiError, TransportError) as error:
        raise explained(error) from error


def explained(error: ApiError | TransportError) -> EngineError:
    """Our error for one of the client's."""
    if isinstance(error, UnsupportedProductError):
        return EngineUnavailableError(
            "what answers is not Elasticsearch, or something between us hides that; check elasticsearch.urls",
            retry_after=_RETRY_DOWN,
        )
    if isinstance(error, ApiError):
        return refused(error.meta.status, error.body)
    if isinstance(error, ConnectionTimeout):
        return EngineUnavailableError("the search server did not answer in time; try again", retry_after=_RETRY_BUSY)
    if isinstance(error, TlsError):
        return EngineUnavailableError(
            "the search server's certificate is not trusted, or it does not speak TLS; check elasticsearch.ca_file "
            "and the addresses",
            retry_after=_RETRY_DOWN,
        )
    if isinstance(error, ConnectionError):
        return EngineUnavailableError("the search server cannot be reached; try again", retry_after=_RETRY_DOWN)
    if isinstance(error, SerializationError):
        return EngineUnavailableError("the search server's answer cannot be read; try again", retry_after=_RETRY_DOWN)
    return EngineUnavailableError(
        f"the search server cannot be asked ({type(error).__name__}); try again", retry_after=_RETRY_DOWN
    )


def refused(status: int, body: Any) -> EngineError:
    """Our error for an answer of the server's that is one."""
    kind = _kind_of(body)
    if kind in _BLOCKED:
        return EngineUnavailableError(
            f"the search server does not allow it now: {reason_of(body)}", retry_after=_RETRY_DOWN
        )
    if kind == _OTHER_VERSION or status == 406:
        return EngineUnavailableError(
            f"the search server is of another version than this program speaks to: {reason_of(body)}",
            retry_after=_RETRY_DOWN,
        )
    if status in (401, 403):
        return EngineUnavailableError(
            f"the search server refuses our credentials ({status}); check the API key or user, and what it may do",
            retry_after=_RETRY_DOWN,
        )
    if status == 404:
        return GenerationError("an index of this generation is gone: it was dropped; refresh, or build again")
    if status == 429:
        return EngineUnavailableError("the search server is overloaded; try again", retry_after=_RETRY_BUSY)
    if status >= 500:
        return EngineUnavailableError(f"the search server failed ({status}); try again", retry_after=_RETRY_DOWN)
    return EngineError(f"the search server refuses the request ({status}): {reason_of(body)}")


def reason_of(body: Any) -> str:
    """The innermost reason that an answer of the server gives for a failure: without addresses, and not too long."""
    found = "no reason given"
    told: Any = body.get("error", body) if isinstance(body, Mapping) else body
    while isinstance(told, Mapping):
        if isinstance(told.get("reason"), str):
            found = told["reason"]
        # A root cause of the server's is where an error surfaced; what it was caused by is what was wrong.
        causes = [told["caused_by"]] if told.get("caused_by") else told.get("root_cause")
        inner = causes[-1] if isinstance(causes, list) and causes else told.get("reason")
        told = inner if inner is not told else None
    found = _ADDRESS.sub("(an address)", found).rstrip("; ")
    return found if len(found) <= _LONGEST_REASON else f"{found[:_LONGEST_REASON]}..."


def _kind_of(body: Any) -> str:
    told: Any = body.get("error") if isinstance(body, Mapping) else None
    return str(told.get("type", "")) if isinstance(told, Mapping) else ""
