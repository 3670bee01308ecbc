"""Generations: written whole, switched at once, kept and dropped; readers stay on theirs and may be many."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from records.errors import CursorError, EngineError, GenerationError
from records.paper import Paper
from search.engine import Engine, EngineStore, FacetRequest, PaperDocument, PaperQuery, Sort
from search.query.ast import Everything, Match, Range
from tests.contract.conftest import StoreFactory
from tests.contract.corpus import DIMENSION, PAPERS, build, toy_vectors


def ids(engine: Engine) -> list[str]:
    return [hit.id for hit in engine.search(PaperQuery(Everything(), limit=1000)).hits]


def test_nothing_was_built_yet(store: EngineStore) -> None:
    with pytest.raises(GenerationError, match="build"):
        store.reader()
    assert store.generations() == []
    assert store.current() is None
    assert store.prune() == []


def test_a_generation_without_papers(store: EngineStore) -> None:
    info = store.writer().commit()
    assert (info.papers, info.authors, info.vectors, info.dimension) == (0, 0, 0, 0)
    engine = store.reader()
    for sort in (Sort(), Sort("date"), Sort("citations", descending=False)):
        page = engine.search(
            PaperQuery(Everything(), sort=sort, facets=(FacetRequest("year"), FacetRequest("author.id")))
        )
        assert (page.hits, page.total, page.next) == ((), 0, None)
        assert all((facet.values, facet.other) == ((), 0) for facet in page.facets)
    assert engine.search(PaperQuery(Match("graph", prefix=True))).total == 0
    assert engine.nearest(np.ones(DIMENSION, dtype=np.float32), 5) == ()
    assert engine.papers(["p:01"]) == [None]
    assert engine.authors(["a:garcia"]) == [None]
    assert not engine.find_authors("wang")
    assert not engine.suggest("graph")
    assert engine.resolve("paper", "p:01") is None
    vectors, exists = engine.vectors(["p:01"])
    assert vectors.shape == (1, 0)
    assert not exists.any()
    vectors, exists = engine.vectors_at(np.arange(1))
    assert vectors.shape == (1, 0)
    assert not exists.any()
    assert engine.statistics(["graph"]).document_frequency == {"graph": 0}
    engine.close()


def test_without_vectors(store: EngineStore) -> None:
    writer = store.writer(metrics=["citations"])
    writer.add_papers(PAPERS, None, None)
    info = writer.commit()
    assert (info.papers, info.vectors, info.dimension) == (len(PAPERS), 0, 0)
    engine = store.reader()
    assert engine.nearest(np.ones(DIMENSION, dtype=np.float32), 5) == ()
    assert ids(engine) == [entry.paper.id for entry in PAPERS]
    with pytest.raises(EngineError):
        engine.count(Range("pagerank", 0))
    engine.close()


def test_no_paper_has_a_vector(store: EngineStore) -> None:
    writer = store.writer(dimension=DIMENSION)
    writer.add_papers(PAPERS[:3], None, None)
    writer.add_papers(PAPERS[3:5], toy_vectors()[0][3:5], np.zeros(2, dtype=bool))
    assert writer.commit().vectors == 0
    engine = store.reader()
    assert engine.nearest(np.ones(DIMENSION, dtype=np.float32), 5) == ()
    vectors, exists = engine.vectors(["p:01", "nothing"])
    assert vectors.shape == (2, DIMENSION)
    assert not exists.any()
    vectors, exists = engine.vectors_at(np.arange(2))
    assert vectors.shape == (2, DIMENSION)
    assert not exists.any()
    engine.close()


def test_nothing_shows_before_commit_or_after_abort(store: EngineStore) -> None:
    build(store, PAPERS[:3])
    engine = store.reader()
    writer = store.writer()
    writer.add_papers(PAPERS, None, None)
    assert not engine.refresh()
    assert len(store.generations()) == 1
    writer.abort()
    writer.abort()
    assert not engine.refresh()
    assert len(ids(engine)) == 3
    with pytest.raises(GenerationError):
        writer.commit()
    with pytest.raises(GenerationError):
        writer.add_papers(PAPERS, None, None)
    build(store, PAPERS[:4])  # the store is free again
    engine.close()


def test_a_reader_moves_only_when_told(store: EngineStore) -> None:
    first = build(store, PAPERS[:3])
    engine = store.reader()
    second = build(store, PAPERS[:5])
    assert store.current() == second.id != first.id
    assert engine.generation == first
    assert len(ids(engine)) == 3
    assert engine.refresh()
    assert not engine.refresh()
    assert engine.generation == second
    assert len(ids(engine)) == 5
    engine.close()


def test_switching_back_and_forth(store: EngineStore) -> None:
    first, second = build(store, PAPERS[:3]), build(store, PAPERS[:5])
    assert store.generations() == [second, first]
    store.switch(first.id)
    assert store.current() == first.id
    engine = store.reader()
    assert len(ids(engine)) == 3
    store.switch(second.id)
    assert engine.refresh()
    assert len(ids(engine)) == 5
    for wrong in ("nothing", "", ".", "..", "../generations"):
        with pytest.raises(GenerationError):
            store.switch(wrong)
    assert store.current() == second.id
    engine.close()


def test_pruning_keeps_the_newest_and_the_current(store: EngineStore) -> None:
    built = [build(store, PAPERS[:n]).id for n in (1, 2, 3, 4)]
    store.switch(built[0])
    engine = store.reader()
    assert sorted(store.prune(keep=2)) == built[1:2]
    assert [info.id for info in store.generations()] == [built[3], built[2], built[0]]
    assert store.prune(keep=2) == []
    store.switch(built[3])
    assert sorted(store.prune(keep=1)) == [built[0], built[2]]
    # The reader still has the dropped generation open.
    assert ids(engine) == [PAPERS[0].paper.id]
    assert engine.papers([PAPERS[0].paper.id]) == [PAPERS[0]]
    assert len(engine.nearest(toy_vectors()[0][0], 5)) == 1
    assert engine.find_authors("plato")
    assert engine.refresh()
    assert len(ids(engine)) == 4
    with pytest.raises(GenerationError):
        store.prune(keep=0)
    engine.close()


def test_one_writer_at_a_time(store: EngineStore, factory: StoreFactory, tmp_path: Path) -> None:
    writer = store.writer()
    for other in (store, factory(tmp_path / "store")):
        with pytest.raises(GenerationError, match="building"):
            other.writer()
        with pytest.raises(GenerationError, match="building"):
            other.check_writable()
    writer.commit()
    store.check_writable()
    store.check_writable()
    store.writer().abort()


def test_papers_come_in_order_of_id(store: EngineStore) -> None:
    writer = store.writer()
    writer.add_papers(PAPERS[3:5], None, None)
    for wrong in (PAPERS[4:5], PAPERS[:1], [PAPERS[6], PAPERS[5]], [PAPERS[6], PAPERS[6]]):
        with pytest.raises(EngineError, match="ascending"):
            writer.add_papers(wrong, None, None)
    writer.add_papers([], None, None)
    writer.add_papers(PAPERS[5:6], None, None)
    assert writer.commit().papers == 3


def test_authors_come_once_and_redirects_are_of_two_kinds(store: EngineStore) -> None:
    from tests.contract.corpus import AUTHORS

    writer = store.writer()
    writer.add_authors(AUTHORS[:1])
    with pytest.raises(EngineError, match="twice"):
        writer.add_authors(AUTHORS[:1])
    with pytest.raises(EngineError, match="venue"):
        writer.add_redirects("venue", [("a", "b")])
    writer.abort()


def test_vectors_must_fit(store: EngineStore) -> None:
    writer = store.writer(dimension=DIMENSION)
    rows = toy_vectors()[0][:2]
    wrong = [
        (rows[:1], None),
        (rows[:, 1:], None),
        (2 * rows, None),
        (np.full_like(rows, np.nan), None),
        (rows, np.ones(3, dtype=bool)),
    ]
    for vectors, mask in wrong:
        with pytest.raises(EngineError):
            writer.add_papers(PAPERS[:2], vectors, mask)
    writer.add_papers(PAPERS[:2], np.where([[True], [False]], rows, np.nan), np.array([True, False]))
    assert writer.commit().vectors == 1


def test_long_texts(store: EngineStore) -> None:
    long = Paper("p:long", "word " * 1_999, "graph " * 30_000 + "x" * 10_000, 2020)
    writer = store.writer()
    writer.add_papers([PaperDocument(long)], None, None)
    writer.commit()
    engine = store.reader()
    assert engine.count(Match("graph")) == engine.count(Match("x" * 10_000)) == 1
    assert engine.papers(["p:long"]) == [PaperDocument(long)]
    engine.close()


def test_a_closed_reader_says_so(store: EngineStore) -> None:
    build(store, PAPERS[:3])
    engine = store.reader()
    engine.close()
    engine.close()
    with pytest.raises(EngineError, match="closed"):
        engine.search(PaperQuery(Everything()))


def test_many_threads_at_once(engine: Engine) -> None:
    vectors, _ = toy_vectors()
    queries = [
        PaperQuery(Match("graph learning ranking"), facets=(FacetRequest("year"), FacetRequest("author.id"))),
        PaperQuery(Everything(), Range("year", 2000), sort=Sort("citations"), limit=3),
        PaperQuery(Match("introduc", prefix=True), explain=True),
    ]
    expected = [engine.search(query) for query in queries]
    near = engine.nearest(vectors[0], 5, Range("year", 2000))
    barrier = threading.Barrier(8)

    def work(seed: int) -> None:
        barrier.wait()
        for round_ in range(30):
            which = (seed + round_) % len(queries)
            assert engine.search(queries[which]) == expected[which]
            assert engine.nearest(vectors[0], 5, Range("year", 2000)) == near
            assert engine.papers(["p:01"]) == [next(e for e in PAPERS if e.paper.id == "p:01")]

    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(work, seed) for seed in range(8)]:
            future.result()


def test_searching_while_generations_change(store: EngineStore) -> None:
    """Each answer comes from one generation, whole, whatever is built and dropped meanwhile."""
    build(store, PAPERS[:2])
    engine = store.reader()
    done = threading.Event()
    sizes = set()

    def search() -> None:
        while not done.is_set():
            try:
                first = engine.search(PaperQuery(Everything(), limit=1, facets=(FacetRequest("retracted"),)))
                assert first.total == sum(value.count for value in first.facets[0].values)
                sizes.add(first.total)
                second = engine.search(PaperQuery(Everything(), limit=1000, after=first.next))
                assert second.total == len(second.hits) + 1 == first.total
            except CursorError:
                continue  # the generation changed between the two pages, and the cursor says so

    with ThreadPoolExecutor(4) as pool:
        running = [pool.submit(search) for _ in range(4)]
        for size in (3, 5, 8):
            build(store, PAPERS[:size])
            store.prune(keep=1)
            engine.refresh()
        done.set()
        for future in running:
            future.result()
    assert sizes <= {2, 3, 5, 8}
    engine.close()
