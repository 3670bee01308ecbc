"""Deep pages, many hits and neighbours on a real server, and what becomes of a reader whose generation is gone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest
from elasticsearch import Elasticsearch

from records.errors import EngineError, EngineUnavailableError, GenerationError
from records.paper import Paper
from search.elasticsearch import Connection, ElasticsearchEngine, ElasticsearchStore
from search.elasticsearch.neighbours import MOST_NEIGHBOURS
from search.elasticsearch.opened import OpenGeneration
from search.elasticsearch.schema import AUTHORS, PAPERS
from search.embedded import EmbeddedStore
from search.engine import Engine, FacetRequest, PaperDocument, PaperQuery, Sort
from search.plan import LARGEST_PAGE
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Or, Range
from tests.contract.corpus import build
from tests.elasticsearch_server.stores import make_store

COUNT = 10_500  # more than the window that a server lets a page begin in
DIMENSION = 16
NEAR: list[Node | None] = [None, Range("year", 2010), Range("year", 2019, 2019), Match("word7")]


def documents() -> list[PaperDocument]:
    return [
        PaperDocument(Paper(f"p{n:05d}", f"common word{n % 97} {'again ' * (n % 5)}", "", 2000 + n % 20))
        for n in range(COUNT)
    ]


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Engine, Engine]]:
    """The embedded engine and a cluster with the same papers, more than a page can hold."""
    papers = documents()
    vectors = np.random.default_rng(3).normal(size=(COUNT, DIMENSION)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    stores = (EmbeddedStore(tmp_path_factory.mktemp("e")), make_store(tmp_path_factory.mktemp("c"), shards=2))
    for store in stores:
        writer = store.writer(dimension=DIMENSION)
        writer.add_papers(papers, vectors, None)
        writer.commit()
    engines = stores[0].reader(), stores[1].reader()
    yield engines
    for engine in engines:
        engine.close()


@pytest.mark.parametrize("sort", [Sort(), Sort("year"), Sort("date", descending=False)])
def test_pages_go_on_beyond_the_window(many: tuple[Engine, Engine], sort: Sort) -> None:
    embedded, cluster = many
    walked: list[str] = []
    query = PaperQuery(Match("common"), sort=sort, limit=4_000, documents=False)
    while True:
        page = cluster.search(query)
        assert page.total == COUNT
        walked.extend(hit.id for hit in page.hits)
        if page.next is None:
            break
        query = PaperQuery(query.query, sort=sort, limit=4_000, after=page.next, documents=False)
    assert len(walked) == len(set(walked)) == COUNT
    first = embedded.search(PaperQuery(Match("common"), sort=sort, limit=LARGEST_PAGE, documents=False))
    if sort.key != "relevance":
        assert walked[:LARGEST_PAGE] == [hit.id for hit in first.hits]


def test_the_largest_page_and_pool(many: tuple[Engine, Engine]) -> None:
    embedded, cluster = many
    hits = cluster.search(PaperQuery(Everything(), limit=LARGEST_PAGE, documents=False)).hits
    assert [hit.id for hit in hits] == [f"p{n:05d}" for n in range(LARGEST_PAGE)]
    ours, theirs = (engine.pool(Match("again word3"), LARGEST_PAGE) for engine in (embedded, cluster))
    assert len(ours.positions) == len(theirs.positions) > 5_000
    np.testing.assert_allclose(theirs.scores, ours.scores, rtol=1e-4)


def test_facets_of_many_values_are_exact_over_shards(many: tuple[Engine, Engine]) -> None:
    asked = PaperQuery(Match("again"), limit=0, facets=(FacetRequest("year", 3),))
    embedded, cluster = (engine.search(asked) for engine in many)
    assert cluster.facets == embedded.facets
    assert cluster.partial is None


@pytest.mark.parametrize("where", NEAR)
@pytest.mark.parametrize("k", [10, 300])
def test_neighbours_are_those_of_an_exact_scan(many: tuple[Engine, Engine], k: int, where: Node | None) -> None:
    embedded, cluster = many
    shares = []
    for query in np.random.default_rng(5).normal(size=(15, DIMENSION)).astype(np.float32):
        exact, found = embedded.nearest_pool(query, k, where), cluster.nearest_pool(query, k, where)
        assert len(found.positions) == len(exact.positions)
        shares.append(len(np.intersect1d(exact.positions, found.positions)) / len(exact.positions))
        assert np.all(np.diff(found.scores) <= 0)
    matches = COUNT if where is None else embedded.count(where)
    # Narrow conditions are scanned: nothing is lost but what 16 and 32 bits order differently at the cut.
    assert np.mean(shares) >= (0.999 if matches < 1_000 else 0.99)


def test_more_neighbours_than_a_server_keeps(many: tuple[Engine, Engine]) -> None:
    _, cluster = many
    vector = np.ones(DIMENSION, np.float32)
    assert len(cluster.nearest_pool(vector, MOST_NEIGHBOURS).positions) == MOST_NEIGHBOURS
    with pytest.raises(EngineError, match="at most 10000 neighbours"):
        cluster.nearest(vector, MOST_NEIGHBOURS + 1)


def test_many_values_in_a_condition(many: tuple[Engine, Engine]) -> None:
    _, cluster = many
    wanted = tuple(f"p{n:05d}" for n in range(0, 100_000, 2))
    assert cluster.count(Keyword(KeywordField.ID, wanted)) == COUNT / 2


def test_queries_nested_deeper_than_a_server_allows_are_refused_with_the_reason(many: tuple[Engine, Engine]) -> None:
    _, cluster = many
    node: Node = Match("common")
    for level in range(28):
        node = (And if level % 2 else Or)((node, Range("year", 1900 + level)))
    assert cluster.count(node) == COUNT
    with pytest.raises(EngineError, match="depth"):
        cluster.count(And((Or((node, Range("year", 1900))), Range("year", 1900))))


def test_a_reader_whose_indices_were_deleted_says_so(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    build(store)
    engine = store.reader()
    store.client.indices.delete(index=store.open().indices[PAPERS])
    for call in (lambda: engine.search(PaperQuery(Match("graph"))), lambda: engine.suggest("graph")):
        with pytest.raises(GenerationError, match="dropped"):
            call()
    with pytest.raises((GenerationError, EngineUnavailableError)):
        engine.papers(["p:01"])
    engine.close()
    store.close()


def test_a_generation_that_lacks_an_index_is_not_one_of_those_kept(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    whole, broken = (build(store).id for _ in range(2))
    store.client.indices.delete(index=store.open(broken).indices[AUTHORS])
    assert store.prune(keep=1) == []  # the one that is served stays, and so does the one to go back to
    assert [info.id for info in store.generations()] == [whole]
    store.switch(whole)
    assert store.prune(keep=1) == [broken]
    assert store.reader().generation.id == whole
    store.close()


class Moved:
    """A store whose generations are asked at another address."""

    def __init__(self, store: ElasticsearchStore, client: Elasticsearch) -> None:
        self._store = store
        self._opened = replace(store.open(), client=client)

    def current(self) -> str | None:
        return self._store.current()

    def open(self, generation_id: str | None = None) -> OpenGeneration:
        return self._opened

    def exists(self, generation_id: str) -> bool:
        return self._store.exists(generation_id)

    def arrays(self, generation_id: str, group: str) -> Mapping[str, npt.NDArray[Any]]:
        return self._store.arrays(generation_id, group)


def test_a_server_that_went_away_is_told_with_when_to_try_again(tmp_path: Path) -> None:
    store = make_store(tmp_path / "store")
    build(store)
    with Connection(("http://127.0.0.1:9",)).client() as away:
        engine = ElasticsearchEngine(Moved(store, away))
        for call in (lambda: engine.search(PaperQuery(Match("graph"))), lambda: engine.papers(["p:01"])):
            with pytest.raises(EngineUnavailableError, match="cannot be reached") as raised:
                call()
            assert raised.value.retry_after >= 1
            assert "127.0.0.1" not in str(raised.value)
    store.close()
