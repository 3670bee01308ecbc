"""What goes wrong on the way to the cluster comes out as our own errors, without secrets."""

from __future__ import annotations

from typing import Any

import pytest
from elastic_transport import (
    ApiError,
    ApiResponseMeta,
    ConnectionError,  # noqa: A004 - the transport's name for it
    ConnectionTimeout,
    HttpHeaders,
    NodeConfig,
    SerializationError,
    TlsError,
    TransportError,
)
from elasticsearch import UnsupportedProductError

from records.errors import EngineError, EngineUnavailableError, GenerationError
from search.elasticsearch.errors import reason_of, typed_errors

SECRET = "c2VjcmV0"  # noqa: S105 - not one


def refusal(status: int, body: Any = None) -> ApiError:
    node = NodeConfig("https", "db.internal", 9200, headers={"authorization": f"ApiKey {SECRET}"})
    meta = ApiResponseMeta(status, "1.1", HttpHeaders(), 0.1, node)
    return ApiError(f"failed with {SECRET}", meta, body or {"error": {"reason": "no such luck"}})


def caught(error: Exception) -> EngineError:
    with pytest.raises(EngineError) as raised, typed_errors():
        raise error
    assert raised.value.__cause__ is error
    return raised.value


@pytest.mark.parametrize("status", [401, 403, 408, 413, 429, 500, 502, 503, 504])
def test_answers_that_may_be_others_later(status: int) -> None:
    error = caught(refusal(status))
    if status in (408, 413):
        assert not isinstance(error, EngineUnavailableError)
    else:
        assert isinstance(error, EngineUnavailableError)
        assert error.retry_after > 0
        assert str(status) in str(error) or status == 429


def test_a_refused_request_says_why() -> None:
    body = {"error": {"root_cause": [{"reason": "too many clauses"}], "reason": "all shards failed"}}
    error = caught(refusal(400, body))
    assert type(error) is EngineError
    assert "too many clauses" in str(error)


@pytest.mark.parametrize("status", [403, 429, 503])
def test_a_full_disk_is_no_matter_of_credentials(status: int) -> None:
    reason = "index [x] blocked by: [TOO_MANY_REQUESTS/12/disk usage exceeded flood-stage watermark];"
    error = caught(refusal(status, {"error": {"type": "cluster_block_exception", "reason": reason}}))
    assert isinstance(error, EngineUnavailableError)
    assert "flood-stage watermark]" in str(error)
    assert error.retry_after > 0


def test_a_server_of_another_version() -> None:
    told = {
        "type": "media_type_header_exception",
        "reason": "Accept version must be either version 8 or 7",
    }
    error = caught(refusal(400, {"error": told}))
    assert isinstance(error, EngineUnavailableError)
    assert "version must be" in str(error)


def test_what_is_no_search_server() -> None:
    failed = refusal(200)
    error = caught(UnsupportedProductError("no", failed.meta, {}))
    assert isinstance(error, EngineUnavailableError)
    assert "elasticsearch.urls" in str(error)


def test_an_index_that_is_gone() -> None:
    assert isinstance(caught(refusal(404)), GenerationError)


@pytest.mark.parametrize("kind", [ConnectionError, ConnectionTimeout, TlsError, SerializationError, TransportError])
def test_no_answer(kind: type[TransportError]) -> None:
    inner = kind(f"https://elastic:{SECRET}@db.internal:9200")
    error = caught(kind(f"https://elastic:{SECRET}@db.internal:9200", errors=(inner,)))
    assert isinstance(error, EngineUnavailableError)
    assert error.retry_after > 0


@pytest.mark.parametrize(
    "error", [refusal(400), refusal(403), refusal(404), refusal(500), ConnectionError(f"to db.internal as {SECRET}")]
)
def test_messages_keep_secrets(error: Exception) -> None:
    told = str(caught(error))
    assert SECRET not in told
    assert "db.internal" not in told


def test_our_own_errors_pass() -> None:
    with pytest.raises(KeyError), typed_errors():
        raise KeyError("x")


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        ({"error": {"reason": "outer", "caused_by": {"reason": "inner"}}}, "inner"),
        ({"error": {"reason": "outer", "root_cause": [{"reason": "root"}]}}, "root"),
        ({"error": {"reason": "o", "root_cause": [{"reason": "r"}], "caused_by": {"reason": "inner"}}}, "inner"),
        ({"reason": {"type": "x", "reason": "of a shard"}}, "of a shard"),
        ({"error": "plain"}, "no reason given"),
        (None, "no reason given"),
        ({"error": {"reason": "x" * 1_000}}, "x" * 300 + "..."),
        ({"reason": "[es1][10.0.0.7:9300][indices:data/read]"}, "(an address)[indices:data/read]"),
        ({"reason": "at https://elastic:secret@db:9200/x, twice"}, "at (an address), twice"),
        ({"reason": "node [db-1.internal:9300] left"}, "node (an address) left"),
        ({"reason": "connect [::1]:9300 and 127.0.0.1:9300"}, "connect (an address) and (an address)"),
        ({"reason": "[1:5] cannot parse [title:x] at 12:30"}, "[1:5] cannot parse [title:x] at 12:30"),
    ],
)
def test_reasons(body: Any, reason: str) -> None:
    assert reason_of(body) == reason
