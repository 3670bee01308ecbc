from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from typing import Any
from uuid import uuid4

import pytest
from elasticsearch import Elasticsearch

from evaluation.replay import overhead
from tests.elasticsearch_server.stores import server


@pytest.fixture(scope="module")
def index() -> Iterator[str]:
    name = f"{server().prefix}-replay-{uuid4().hex[:6]}"
    with Elasticsearch(server().url) as client:
        client.bulk(operations=[{"index": {"_index": name}}, {"n": 1}] * 3, refresh=True)
        yield name
        client.indices.delete(index=name)


class Listening(Elasticsearch):
    """A client that keeps what it was asked and what came back."""

    answers: list[tuple[str, Any, Any]]

    def perform_request(self, method: str, path: str, **named: object) -> object:  # type: ignore[override]
        answer = super().perform_request(method, path, **named)  # type: ignore[arg-type]
        self.answers.append((path, named["body"], answer.body))
        return answer


def listening() -> Listening:
    client = Listening(server().url)
    client.answers = []
    return client


def test_the_same_requests_are_sent_again(index: str) -> None:
    with Elasticsearch(server().url) as ours, closing(listening()) as bare:
        body = {"query": {"match_all": {}}, "size": 2}
        lines: list[dict[str, Any]] = [{"index": index}, {"size": 0}, {"index": index}, {"size": 1}]

        def search() -> None:
            ours.search(index=index, request_cache=False, **body)  # type: ignore[arg-type]
            ours.msearch(searches=lines)

        figures = overhead(ours.transport, bare, [search] * 4)
    assert figures["requests"] == 2
    assert figures["raw_p50_ms"] > 0
    assert figures["overhead"] > 0
    assert len(bare.answers) == 2 * (4 + 1), "once for each call, and once to connect"
    for one, several in zip(bare.answers[::2], bare.answers[1::2], strict=True):
        path, sent, answer = one
        assert (path, sent) == (f"/{index}/_search?request_cache=false", body)
        assert len(answer["hits"]["hits"]) == 2
        assert several[:2] == ("/_msearch", lines)
        assert [len(part["hits"]["hits"]) for part in several[2]["responses"]] == [0, 1]


def test_what_our_layer_had_encoded_is_encoded_by_the_other_client_too(index: str) -> None:
    ndjson = "application/vnd.elasticsearch+x-ndjson; compatible-with=8"
    encoded = b'{"index":"%s"}\n{"size":1}\n' % index.encode()
    headers = {"accept": "application/json", "content-type": ndjson}
    with Elasticsearch(server().url) as ours, closing(listening()) as bare:

        def search() -> None:
            ours.transport.perform_request("POST", "/_msearch", headers=headers, body=encoded)

        overhead(ours.transport, bare, [search])
        assert "perform_request" not in vars(ours.transport), "what listened is gone"
    assert [sent for _, sent, _ in bare.answers] == [[{"index": index}, {"size": 1}]] * 2
