"""Answers that are not complete are marked so, or refused; a short list never passes for a whole one."""

from __future__ import annotations

import copy
from collections.abc import Callable, Mapping
from types import SimpleNamespace
from typing import Any, cast

import msgspec
import numpy as np
import pytest
from elasticsearch import Elasticsearch

from records.errors import EngineUnavailableError
from search.elasticsearch.opened import OpenGeneration, partial_reason
from search.elasticsearch.reader import ElasticsearchEngine
from search.elasticsearch.schema import ROOMS
from search.engine import Engine, FacetRequest, GenerationInfo, PaperQuery
from search.query.ast import Everything, Match
from tests.contract.corpus import DIMENSION, PAPERS

HIT = {
    "_id": PAPERS[0].paper.id,
    "_score": 1.5,
    "_source": {"doc": msgspec.to_builtins(PAPERS[0])},
    "fields": {"k_id": [PAPERS[0].paper.id]},
    "sort": [1.5, 0],
}
TERMS = {"doc_count_error_upper_bound": 0, "sum_other_doc_count": 0, "buckets": [{"key": 2019.0, "doc_count": 1}]}
WHOLE: dict[str, Any] = {
    "timed_out": False,
    "_shards": {"total": 3, "successful": 3, "failed": 0},
    "hits": {"total": {"value": 1, "relation": "eq"}, "hits": [HIT]},
    "aggregations": {"0": TERMS},
}
FAILED = {
    "_shards": {
        "total": 3,
        "successful": 2,
        "failed": 1,
        "failures": [{"shard": 1, "reason": {"type": "breaker", "reason": "too little memory"}}],
    }
}


class FakeClient:
    """Gives one prepared answer to every search and every look-up."""

    def __init__(self, changes: Mapping[str, Any], documents: list[Any] | None = None) -> None:
        self.answer = copy.deepcopy(WHOLE) | dict(changes)
        self.documents = documents or []
        self.bodies: list[Any] = []

    def search(self, *, body: Any, **_: Any) -> Any:
        self.bodies.append(body)
        return SimpleNamespace(body=self.answer)

    def msearch(self, **_: Any) -> Any:
        return SimpleNamespace(body=self.answer)

    def mget(self, **_: Any) -> Any:
        return SimpleNamespace(body={"docs": self.documents})

    def terms_enum(self, **_: Any) -> Any:
        return SimpleNamespace(body={"complete": False, "terms": ["graph"]})


class OneGeneration:
    def __init__(self, client: FakeClient) -> None:
        info = GenerationInfo("g1", "2026-01-01T00:00:00+00:00", 1, 0, DIMENSION, 1)
        indices = {room: f"x-{room}-g1" for room in ROOMS}
        self.opened = OpenGeneration(cast(Elasticsearch, client), info, indices, 10.0)

    def current(self) -> str | None:
        return "g1"

    def open(self, generation_id: str | None = None) -> OpenGeneration:
        return self.opened

    def exists(self, generation_id: str) -> bool:
        return True

    def arrays(self, generation_id: str, group: str) -> Mapping[str, Any]:
        return {}


def engine_with(changes: Mapping[str, Any], documents: list[Any] | None = None) -> ElasticsearchEngine:
    return ElasticsearchEngine(OneGeneration(FakeClient(changes, documents)))


QUERY = PaperQuery(Match("graph"), facets=(FacetRequest("year"),))


def test_a_whole_answer() -> None:
    page = engine_with({}).search(QUERY)
    assert page.partial is None
    assert [hit.document for hit in page.hits] == [PAPERS[0]]
    assert page.facets[0].values[0].value == "2019"


def test_a_shard_that_failed_is_told() -> None:
    page = engine_with(FAILED).search(QUERY)
    assert page.partial == "1 of 3 shards failed (too little memory)"
    assert page.hits


def test_time_that_ran_out_is_told() -> None:
    assert "time" in (engine_with({"timed_out": True}).search(QUERY).partial or "")


def test_the_server_gives_up_before_the_client() -> None:
    client = FakeClient({})
    ElasticsearchEngine(OneGeneration(client)).search(QUERY)
    assert client.bodies[0]["timeout"] == "8000ms"


def test_facets_that_no_shard_could_make_exact_are_told() -> None:
    page = engine_with({"aggregations": {"0": TERMS | {"doc_count_error_upper_bound": 7}}}).search(QUERY)
    assert page.partial is not None
    assert "'year' may be up to 7 too small" in page.partial


CALLS: list[Callable[[Engine], object]] = [
    lambda engine: engine.count(Everything()),
    lambda engine: engine.pool(Match("graph"), 5),
    lambda engine: engine.nearest(np.ones(DIMENSION, np.float32), 5),
    lambda engine: engine.nearest_pool(np.ones(DIMENSION, np.float32), 5),
    lambda engine: engine.vectors(["p:01"]),
    lambda engine: engine.vectors_at(np.array([0])),
    lambda engine: engine.find_authors("wang"),
    lambda engine: engine.suggest("graph"),
]


@pytest.mark.parametrize("changes", [FAILED, {"timed_out": True}])
@pytest.mark.parametrize("call", CALLS)
def test_what_cannot_be_marked_is_refused(call: Callable[[Engine], object], changes: Mapping[str, Any]) -> None:
    with pytest.raises(EngineUnavailableError, match="in part") as raised:
        call(engine_with(changes))
    assert raised.value.retry_after > 0


def test_a_document_that_could_not_be_read_is_not_one_that_does_not_exist() -> None:
    broken = [{"_index": "x", "_id": "p:01", "error": {"reason": "shard is away"}}]
    for call in (ElasticsearchEngine.papers, ElasticsearchEngine.authors):
        with pytest.raises(EngineUnavailableError, match="shard is away"):
            call(engine_with({}, broken), ["p:01"])


def test_words_that_could_not_be_listed() -> None:
    with pytest.raises(EngineUnavailableError, match="words"):
        engine_with({}).search(PaperQuery(Match("gra", prefix=True)))


def test_reasons() -> None:
    assert partial_reason(WHOLE) is None
    assert partial_reason({"_shards": {"failed": 2, "total": 5}}) == "2 of 5 shards failed (no reason given)"
    assert partial_reason({"terminated_early": True}) == "the search server stopped early"


def test_how_common_words_are_is_told_as_far_as_it_is_known_and_asked_again() -> None:
    counted = {"aggregations": {"counted": {"buckets": {"0": {"doc_count": 2}}}}}
    engine = engine_with(FAILED | counted)
    told = engine.statistics(["graphs"])
    assert told.document_frequency == {"graph": 2}
    assert told.partial == "1 of 3 shards failed (too little memory)"
    assert engine.statistics(["graphs"]).partial
    assert engine_with(counted).statistics(["graphs"]).partial is None


@pytest.mark.parametrize("body", ["<html>try later</html>", {}, None, []])
def test_what_a_gateway_says_is_no_answer(body: Any) -> None:
    client = FakeClient({})
    engine = ElasticsearchEngine(OneGeneration(client))
    client.answer = body
    queries = (PaperQuery(Match("graph")), PaperQuery(Everything()))
    for call in (lambda: engine.search(queries[0]), lambda: engine.gather(queries), lambda: engine.count(Everything())):
        with pytest.raises(EngineUnavailableError, match="in the search server's place"):
            call()
