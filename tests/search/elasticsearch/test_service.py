"""Paper search is the same code on every engine: both give the same answers, words and meanings together."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.request import Mode, SearchRequest
from search.service import PaperSearch
from tests.elasticsearch_server.stores import make_store
from tests.search.library import ConceptEmbedder, shelf

REQUESTS = [
    SearchRequest("car", limit=100),
    SearchRequest("graph networks", facets=("year", "type", "venue.name"), limit=100),
    SearchRequest("graph", filter="year:>2000", limit=2),
    SearchRequest("hospital", mode=Mode.VECTOR, limit=5),
    SearchRequest("neur*", limit=100, mode=Mode.LEXICAL, highlight=True),
    SearchRequest("parsing", sort="date", limit=100),
]


@pytest.fixture(scope="module")
def both(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[PaperSearch, PaperSearch]]:
    engines = (
        shelf().embedded(tmp_path_factory.mktemp("e") / "store"),
        shelf().in_store(make_store(tmp_path_factory.mktemp("c"))),
    )
    yield PaperSearch(engines[0], ConceptEmbedder()), PaperSearch(engines[1], ConceptEmbedder())
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda request: f"{request.mode} {request.text}")
def test_both_engines_give_the_same_answer(both: tuple[PaperSearch, PaperSearch], request_: SearchRequest) -> None:
    embedded, cluster = (search.search(request_) for search in both)
    assert [hit.id for hit in cluster.hits] == [hit.id for hit in embedded.hits]
    assert [hit.score for hit in cluster.hits] == pytest.approx([hit.score for hit in embedded.hits], rel=1e-2)
    assert (cluster.total, cluster.facets, cluster.mode) == (embedded.total, embedded.facets, embedded.mode)
    assert [hit.highlights for hit in cluster.hits] == [hit.highlights for hit in embedded.hits]
    assert (cluster.next is None) == (embedded.next is None)
