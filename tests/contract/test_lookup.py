"""Looking things up: papers, people, redirects, vectors and neighbours, statistics, completions."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest

from records.errors import EngineError
from search.engine import Engine, SuggestionKind, Vectors
from search.query.ast import Everything, Keyword, KeywordField, Match, Node, Not, Or, Range
from tests.contract.corpus import AUTHORS, DIMENSION, METRICS, PAPERS, toy_vectors
from tests.contract.oracle import Oracle

IDS = [entry.paper.id for entry in PAPERS]
ORACLE = Oracle(PAPERS)


def test_the_generation_tells_of_itself(engine: Engine) -> None:
    info = engine.generation
    assert (info.papers, info.authors, info.redirects) == (len(PAPERS), len(AUTHORS), 7)
    assert (info.dimension, info.vectors, info.model) == (DIMENSION, int(toy_vectors()[1].sum()), "toy")
    assert (info.metrics, info.source_digest) == (METRICS, "digest")
    assert info.id
    assert info.created.endswith("+00:00")


def test_papers_by_id(engine: Engine) -> None:
    assert engine.papers(IDS) == list(PAPERS)
    asked = ["p:𝔘", "nothing", "p:01", "p:01", "", "old:1", "\ud800"]
    found = [None if entry is None else entry.paper.id for entry in engine.papers(asked)]
    assert found == ["p:𝔘", None, "p:01", "p:01", None, None, None]
    assert engine.papers([]) == []


def test_authors_by_id(engine: Engine) -> None:
    assert engine.authors([entry.author.id for entry in AUTHORS]) == list(AUTHORS)
    assert engine.authors(["nobody", "a:plato", "\ud800"]) == [None, AUTHORS[-1], None]


@pytest.mark.parametrize(
    ("kind", "identifier", "live"),
    [
        ("paper", "p:01", "p:01"),
        ("paper", "old:1", "p:01"),
        ("paper", "old:2", "p:01"),  # merged twice
        ("paper", "old:loop", None),
        ("paper", "old:x", None),  # merged into what is gone
        ("paper", "a:garcia", None),
        ("paper", "", None),
        ("author", "a:garcia-old", "a:garcia"),
        ("author", "a:wang-1", "a:wang-1"),  # alive, so no redirect applies
        ("author", "p:01", None),
    ],
)
def test_resolve(engine: Engine, kind: str, identifier: str, live: str | None) -> None:
    assert engine.resolve(kind, identifier) == live


def test_resolve_knows_two_kinds(engine: Engine) -> None:
    with pytest.raises(EngineError, match="venue"):
        engine.resolve("venue", "v:kdd")


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("muller", ["a:muller-1", "a:muller-2"]),  # ties by id
        ("Jörg Müller", ["a:muller-1", "a:muller-2"]),
        ("MULLER jorg", ["a:muller-1", "a:muller-2"]),
        ("mueller", ["a:muller-2"]),
        ("jörg mueller", []),  # words of two printings
        ("wang", ["a:wang-1", "a:wang-2", "a:wang-3"]),  # most papers first
        ("wei wan", ["a:wang-1", "a:wang-2", "a:wang-3"]),
        ("wang wei", ["a:wang-1", "a:wang-2", "a:wang-3"]),
        ("wei wang", ["a:wang-1", "a:wang-2", "a:wang-3"]),  # the third is printed Wei-Ming, too
        ("weiming", ["a:wang-3"]),
        ("王伟", ["a:wang-1"]),
        ("丁", ["a:ding"]),
        ("ivan", ["a:ivanov"]),
        ("Иванов", ["a:ivanov"]),
        ("c j van rijsbergen", ["a:rijsbergen"]),
        ("J Garcia", ["a:garcia"]),
        ("jose luis", ["a:garcia"]),
        ("king jr", ["a:king"]),
        ("plato", ["a:plato"]),
        ("", []),
        ("?!", []),
        ("wang nobody", []),
    ],
)
def test_find_authors(engine: Engine, name: str, expected: list[str]) -> None:
    found = [entry.author.id for entry in engine.find_authors(name)]
    assert found == expected


@pytest.mark.parametrize("limit", [0, 1, 2, 3])
def test_find_authors_limit(engine: Engine, limit: int) -> None:
    assert [e.author.id for e in engine.find_authors("wang", limit)] == ["a:wang-1", "a:wang-2", "a:wang-3"][:limit]


def test_statistics(engine: Engine) -> None:
    told = engine.statistics(["Graphs", "graph", "NEURAL networks", "the", "zzz", "C++", "C", "straße"])
    assert told.papers == len(PAPERS)
    assert told.document_frequency == {"graph": 4, "neural": 2, "network": 2, "zzz": 0, "c++": 1, "c": 2, "strass": 2}


def test_suggestions(engine: Engine) -> None:
    found = engine.suggest("intro", limit=20)
    assert {(s.kind, s.text) for s in found} == {
        ("term", "introduction"),
        ("paper", "Introduction"),
        ("paper", "INTRODUCTION!"),
    }
    assert {s.id for s in found if s.kind == "paper"} == {"p:05", "p:06", "p:07"}
    assert [s.count for s in found if s.kind == "term"] == [3]


def test_suggestions_of_people_and_venues(engine: Engine) -> None:
    kinds = {(s.kind, s.text, s.id, s.count) for s in engine.suggest("conference kno", limit=20)}
    assert ("venue", "Conference on Knowledge Discovery", "v:kdd", 4) in kinds
    people = {(s.kind, s.text, s.id, s.count) for s in engine.suggest("jörg mül", limit=20)}
    assert ("author", "Jörg Müller", "a:muller-1", 4) in people


def test_suggested_terms_go_on_from_what_was_typed(engine: Engine) -> None:
    terms = [(s.text, s.count) for s in engine.suggest("Machine tr", limit=20) if s.kind == "term"]
    assert terms == [("Machine translation", 2)]


@pytest.mark.parametrize(("prefix", "limit"), [("", 5), ("  ", 5), ("?", 5), ("graph", 0), ("zzzz", 5)])
def test_nothing_to_suggest(engine: Engine, prefix: str, limit: int) -> None:
    assert engine.suggest(prefix, limit) == []


def test_suggestions_are_limited_and_mixed(engine: Engine) -> None:
    found = engine.suggest("wei", limit=2)
    assert len(found) == 2
    assert {s.kind for s in engine.suggest("in", limit=4)} >= {"term", "paper"}


def test_vectors_by_id(engine: Engine) -> None:
    expected, mask = toy_vectors()
    found, exists = engine.vectors([*IDS, "nothing", "\ud800"])
    assert exists.tolist() == [*mask.tolist(), False, False]
    assert found.shape == (len(IDS) + 2, DIMENSION)
    np.testing.assert_allclose(found[:-2][mask], expected[mask], atol=2e-3)
    assert not found[~exists].any()


def test_vectors_by_position(engine: Engine) -> None:
    expected, mask = toy_vectors()
    positions = np.array([4, -1, len(IDS), 0, *range(len(IDS))[::-1], 4], dtype=np.int64)
    found, exists = engine.vectors_at(positions)
    inside = (positions >= 0) & (positions < len(IDS))
    known = inside & mask[np.where(inside, positions, 0)]
    assert exists.tolist() == known.tolist()
    assert found.shape == (len(positions), DIMENSION)
    np.testing.assert_allclose(found[known], expected[positions[known]], atol=2e-3)
    assert not found[~exists].any()
    by_id, _ = engine.vectors([IDS[position] for position in positions[inside].tolist()])
    np.testing.assert_array_equal(found[inside], by_id)
    nothing, none = engine.vectors_at(positions[:0])
    assert (nothing.shape, none.shape) == ((0, DIMENSION), (0,))


def brute_force(query: Vectors, k: int, where: Node) -> list[tuple[str, float]]:
    vectors, mask = toy_vectors()
    allowed = set(ORACLE.ids(where))
    scored = [
        (paper_id, float(vector @ query))
        for paper_id, vector, there in zip(IDS, vectors, mask, strict=True)
        if there and paper_id in allowed
    ]
    return sorted(scored, key=lambda pair: (-round(pair[1], 3), pair[0]))[:k]


WHERE: list[Node | None] = [
    None,
    Everything(),
    Range("year", 2018),
    Not(Match("graph")),
    Keyword(KeywordField.ID, ("p:22", "p:23", "p:24", "p:25")),
    Keyword(KeywordField.ID, (IDS[3],)),  # has no vector
    Or(()),
]


@pytest.mark.parametrize("where", WHERE)
@pytest.mark.parametrize("k", [0, 1, 2, 5, 1000])
def test_nearest(engine: Engine, k: int, where: Node | None) -> None:
    vectors, _ = toy_vectors()
    for row in (0, 10, IDS.index("p:22")):
        expected = brute_force(vectors[row], k, where or Everything())
        hits = engine.nearest(3.0 * vectors[row], k, where)
        assert [hit.id for hit in hits] == [paper_id for paper_id, _ in expected]
        np.testing.assert_allclose([hit.score for hit in hits], [score for _, score in expected], atol=2e-3)


def test_twins_are_equally_near_and_go_by_id(engine: Engine) -> None:
    vectors, mask = toy_vectors()
    row = IDS.index("p:22")
    twins = [i for i in ("p:22", "p:23", "p:24", "p:25") if mask[IDS.index(i)]]
    assert len(twins) >= 3
    hits = engine.nearest(vectors[row], len(twins))
    assert [hit.id for hit in hits] == twins
    assert len({hit.score for hit in hits}) == 1


@pytest.mark.parametrize(
    "vector", [np.ones(DIMENSION + 1), np.ones((1, DIMENSION)), np.full(DIMENSION, np.nan), np.ones(0)]
)
def test_vectors_that_do_not_fit(engine: Engine, vector: npt.NDArray[np.float64]) -> None:
    with pytest.raises(EngineError, match="components"):
        engine.nearest(vector.astype(np.float32), 3)


def test_nothing_is_near_a_zero_vector(engine: Engine) -> None:
    assert engine.nearest(np.zeros(DIMENSION, dtype=np.float32), 3) == ()


def test_a_negative_number_of_neighbours(engine: Engine) -> None:
    with pytest.raises(EngineError, match="negative"):
        engine.nearest(np.ones(DIMENSION, dtype=np.float32), -1)


@pytest.mark.parametrize("kinds", [("term",), ("venue", "paper"), ("author", "term"), ()])
def test_suggestions_of_some_kinds(engine: Engine, kinds: tuple[SuggestionKind, ...]) -> None:
    everything = engine.suggest("in", limit=100)
    assert {one.kind for one in everything} == {"term", "paper", "venue"}
    chosen = engine.suggest("in", limit=100, kinds=kinds)
    assert sorted(chosen, key=repr) == sorted((one for one in everything if one.kind in kinds), key=repr)
