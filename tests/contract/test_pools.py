"""Pools of papers and arrays kept with a generation: what everything about people stands on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from records.errors import EngineError
from search.engine import Engine, EngineStore, PaperQuery, Pool
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from tests.contract.corpus import DIMENSION, PAPERS, toy_vectors

IDS = [document.paper.id for document in PAPERS]
TWINS = [IDS.index(f"p:{number}") for number in (22, 23, 24, 25)]

QUERIES: list[Node] = [
    Match("graph"),
    Match("neural translation"),
    Match("equal texts ranking"),
    Match("learning", TextField.TITLE),
    Or((Match("graph"), Match("ranking"))),
    And((Match("ranking"), Keyword(KeywordField.LANGUAGE, ("en",)))),
    Match("retrieval", boost=2.5),
    Match("zzz"),
    Match("the of"),
    Everything(),
    Keyword(KeywordField.TYPE, ("article",)),
]
CONSTRAINTS: list[Node | None] = [
    None,
    Everything(),
    Range("year", 2000, 2014),
    Not(Keyword(KeywordField.TYPE, ("article",))),
    Keyword(KeywordField.ID, ("p:22", "p:24", "p:26", "nobody")),
    Match("zzz"),
]


def _checked(pool: Pool, k: int) -> tuple[list[int], npt.NDArray[np.float32]]:
    assert pool.positions.dtype == np.int64
    assert pool.scores.dtype == np.float32
    assert pool.positions.shape == pool.scores.shape
    positions = pool.positions.tolist()
    assert len(positions) <= k
    assert len(set(positions)) == len(positions)
    # Best first; where scores are equal, positions ascend.
    order = np.lexsort((pool.positions, -pool.scores))
    assert order.tolist() == list(range(len(positions)))
    return positions, pool.scores


@pytest.mark.parametrize("where", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("query", QUERIES, ids=str)
def test_a_pool_is_what_search_finds(engine: Engine, query: Node, where: Node | None) -> None:
    page = engine.search(PaperQuery(query, where, limit=1000, documents=False))
    positions, scores = _checked(engine.pool(query, 1000, where), 1000)
    assert [IDS[position] for position in positions] == [hit.id for hit in page.hits]
    np.testing.assert_allclose(scores, [hit.score for hit in page.hits], rtol=1e-5)


@pytest.mark.parametrize("k", [0, 1, 3])
def test_a_small_pool_is_the_start_of_a_large_one(engine: Engine, k: int) -> None:
    query = Or((Match("ranking"), Match("graph")))
    large, scores = _checked(engine.pool(query, 100), 100)
    small, of_small = _checked(engine.pool(query, k), k)
    assert small == large[:k]
    np.testing.assert_array_equal(of_small, scores[:k])


def test_ties_go_by_position(engine: Engine) -> None:
    positions, scores = _checked(engine.pool(Match("equal texts"), 10), 10)
    assert positions[:4] == TWINS
    assert scores[0] == scores[1] == scores[2]
    vectors, _ = toy_vectors()
    nearest, _ = _checked(engine.nearest_pool(vectors[TWINS[0]], 10), 10)
    present = [twin for twin in TWINS if twin % 5 != 3]
    assert nearest[: len(present)] == present


def test_bad_sizes_are_refused(engine: Engine) -> None:
    with pytest.raises(EngineError):
        engine.pool(Match("graph"), -1)
    with pytest.raises(EngineError):
        engine.nearest_pool(np.ones(DIMENSION, dtype=np.float32), -1)


@pytest.mark.parametrize("where", CONSTRAINTS, ids=str)
@pytest.mark.parametrize("k", [1, 5, 1000])
def test_a_pool_of_neighbours_is_what_nearest_finds(engine: Engine, where: Node | None, k: int) -> None:
    vector = np.random.default_rng(3).normal(size=DIMENSION).astype(np.float32)
    hits = engine.nearest(vector, k, where)
    positions, cosines = _checked(engine.nearest_pool(vector, k, where), k)
    assert [IDS[position] for position in positions] == [hit.id for hit in hits]
    np.testing.assert_allclose(cosines, [hit.score for hit in hits], atol=1e-6)
    vectors, mask = toy_vectors()
    unit = vector / np.linalg.norm(vector)
    np.testing.assert_allclose(cosines, vectors[positions] @ unit, atol=0.02)
    assert mask[positions].all()
    if where is not None:
        allowed = {hit.id for hit in engine.search(PaperQuery(where, limit=1000)).hits}
        assert {IDS[position] for position in positions} <= allowed
        assert len(positions) == min(k, sum(IDS[row] in allowed for row in np.flatnonzero(mask).tolist()))


def test_a_generation_without_vectors_has_no_neighbours(store: EngineStore) -> None:
    writer = store.writer()
    writer.add_papers(PAPERS, None, None)
    writer.commit()
    engine = store.reader()
    found = engine.nearest_pool(np.ones(DIMENSION, dtype=np.float32), 5)
    assert (found.positions.tolist(), found.scores.tolist()) == ([], [])
    positions, _ = _checked(engine.pool(Match("graph"), 5), 5)
    assert {IDS[position] for position in positions} == {"p:01", "p:04", "p:18", "p:20"}
    engine.close()


ARRAYS: dict[str, npt.NDArray[np.generic]] = {
    "int16": np.array([-32768, 0, 7], dtype=np.int16),
    "int32.values": np.arange(100_000, dtype=np.int32),
    "int64-offsets": np.array([0, 2**40], dtype=np.int64),
    "uint8_data": np.frombuffer("Müller".encode(), dtype=np.uint8),
    "float32": np.array([np.nan, np.inf, -0.0, 1e-38], dtype=np.float32),
    "float64": np.array([[1.5, 2.5], [3.5, 4.5], [5.5, 6.5]]),
    "flags": np.array([True, False]),
    "bytes": np.array([b"ab", b"c"]),
    "empty": np.empty(0, dtype=np.int32),
    "empty.wide": np.empty((0, 3), dtype=np.float32),
    "one": np.zeros(1, dtype=np.int8),
}


def test_arrays_come_back_as_they_were(store: EngineStore) -> None:
    writer = store.writer()
    writer.add_arrays("numbers", ARRAYS)
    writer.add_arrays("other", {"int16": np.array([1], dtype=np.int16)})
    writer.add_arrays("nothing", {})
    writer.add_papers(PAPERS, None, None)
    writer.commit()
    engine = store.reader()
    found = engine.arrays("numbers")
    assert sorted(found) == sorted(ARRAYS)
    assert len(found) == len(ARRAYS)
    for name, array in ARRAYS.items():
        assert found[name].dtype == array.dtype, name
        assert found[name].shape == array.shape, name
        np.testing.assert_array_equal(found[name], array, err_msg=name)
    assert "absent" not in found
    with pytest.raises(KeyError):
        found["absent"]
    assert engine.arrays("other")["int16"].tolist() == [1]
    assert dict(engine.arrays("nothing")) == dict(engine.arrays("unknown")) == {}
    assert dict(engine.arrays("../numbers")) == {}
    engine.close()


@pytest.mark.parametrize(
    ("group", "arrays"),
    [
        ("../out", {"a": np.zeros(1)}),
        ("", {"a": np.zeros(1)}),
        ("g", {"a/b": np.zeros(1)}),
        ("g", {"": np.zeros(1)}),
        ("g", {"a b": np.zeros(1)}),
        ("g", {"é": np.zeros(1)}),
        ("g", {".hidden": np.zeros(1)}),
        ("g", {"a": np.array([None])}),
        ("g", {"a": np.array(["text"])}),
        ("g", {"a": np.zeros(1, dtype=[("x", "i4")])}),
        ("g", {"good": np.zeros(1), "bad": np.array([object()])}),
    ],
)
def test_what_cannot_be_kept_is_refused(
    store: EngineStore, group: str, arrays: dict[str, npt.NDArray[np.generic]]
) -> None:
    writer = store.writer()
    with pytest.raises(EngineError):
        writer.add_arrays(group, arrays)
    writer.add_arrays("g", {"a": np.ones(2)})  # nothing of what was refused is in the way
    writer.commit()
    engine = store.reader()
    assert {name: array.tolist() for name, array in engine.arrays("g").items()} == {"a": [1.0, 1.0]}
    engine.close()


def test_a_group_cannot_be_given_twice(store: EngineStore) -> None:
    writer = store.writer()
    writer.add_arrays("g", {"a": np.zeros(1)})
    with pytest.raises(EngineError, match="twice"):
        writer.add_arrays("g", {"b": np.zeros(1)})
    writer.abort()


def test_readers_keep_the_arrays_of_their_generation(store: EngineStore) -> None:
    readers = []
    for number in (1, 2):
        writer = store.writer()
        writer.add_arrays("g", {"a": np.full(3, number)})
        writer.commit()
        readers.append(store.reader())
    assert [reader.arrays("g")["a"].tolist() for reader in readers] == [[1] * 3, [2] * 3]
    assert readers[0].refresh()
    assert readers[0].arrays("g")["a"].tolist() == [2] * 3
    for reader in readers:
        reader.close()


def test_a_dropped_generation_gives_arrays_that_nobody_asked_for_before(store: EngineStore) -> None:
    def build(number: int) -> str:
        writer = store.writer()
        writer.add_arrays("g", {"a": np.full(3, number), "b": np.full((2, 2), number)})
        writer.add_arrays("h", {"a": np.full(4, number)})
        return writer.commit().id

    first = build(1)
    asked, unasked = store.reader(), store.reader()
    group = asked.arrays("g")
    assert group["a"].tolist() == [1] * 3
    build(2)
    assert store.prune(keep=1) == [first]
    assert group["b"].tolist() == [[1, 1]] * 2
    for reader in (asked, unasked):
        assert {name: array.tolist() for name, array in reader.arrays("h").items()} == {"a": [1] * 4}
        assert dict(reader.arrays("unknown")) == {}
        assert reader.refresh()
        assert reader.arrays("h")["a"].tolist() == [2] * 4
        reader.close()
