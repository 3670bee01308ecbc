"""In which order papers come, page by page: no result lost, none twice, totals and facets the same on every page."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from records.errors import CursorError, EngineError
from search.engine import Engine, EngineStore, FacetRequest, Hit, PaperDocument, PaperQuery, SearchPage, Sort
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from tests.contract.corpus import METRICS, PAPERS, build
from tests.contract.oracle import Oracle, number

BY_ID = {entry.paper.id: entry for entry in PAPERS}
ORACLE = Oracle(PAPERS)
MANY = Or((Match("learning ranking ids on graph networks university"), Range("year", 2018), Not(Range("year"))))
QUERIES: list[Node] = [Everything(), MANY, Range("citations", 5, 6), Match("twin results"), Or(())]


def pages(engine: Engine, query: PaperQuery) -> list[SearchPage]:
    found = [engine.search(query)]
    while (cursor := found[-1].next) is not None:
        assert len(found) < 100, "the cursor must come to an end"
        found.append(engine.search(PaperQuery(query.query, query.where, query.sort, query.limit, cursor, query.facets)))
    return found


def walk(engine: Engine, query: PaperQuery) -> list[Hit]:
    walked = pages(engine, query)
    assert len({page.total for page in walked}) == 1
    assert len({page.facets for page in walked}) == 1
    assert all(len(page.hits) == query.limit for page in walked[:-1])
    hits = [hit for page in walked for hit in page.hits]
    assert len(hits) == walked[0].total
    return hits


def date(entry: PaperDocument) -> float | None:
    printed = entry.paper.date or (str(entry.paper.year) if entry.paper.year else "")
    return float(printed.replace("-", "").ljust(8, "0")) if printed else None


def sort_value(key: str) -> Callable[[PaperDocument], float | None]:
    return date if key == "date" else lambda entry: number(entry, key)


def in_order(ids: list[str], key: str, *, descending: bool) -> list[str]:
    value = sort_value(key)
    known = [(value(BY_ID[i]), i) for i in ids]
    sign = -1 if descending else 1
    ordered = sorted(known, key=lambda pair: (math.inf if pair[0] is None else sign * pair[0], pair[1]))
    with_value = [i for v, i in ordered if v is not None]
    return with_value + sorted(i for v, i in known if v is None)


@pytest.mark.parametrize("limit", [1, 3, 10, 1000])
@pytest.mark.parametrize("descending", [True, False])
@pytest.mark.parametrize("key", ["date", "year", "authors", "references", *METRICS])
def test_walking_all_pages_by_a_field(engine: Engine, key: str, descending: bool, limit: int) -> None:
    for node in QUERIES:
        hits = walk(engine, PaperQuery(node, sort=Sort(key, descending), limit=limit, documents=False))
        assert [hit.id for hit in hits] == in_order(ORACLE.ids(node), key, descending=descending)


@pytest.mark.parametrize("limit", [1, 2, 5, 1000])
@pytest.mark.parametrize("node", QUERIES)
def test_walking_all_pages_by_relevance(engine: Engine, node: Node, limit: int) -> None:
    hits = walk(engine, PaperQuery(node, limit=limit, facets=(FacetRequest("year", 3),)))
    assert sorted(hit.id for hit in hits) == ORACLE.ids(node)
    assert all((-a.score, a.id) < (-b.score, b.id) for a, b in pairwise(hits)), "best first, ties by id"
    whole = walk(engine, PaperQuery(node, limit=1000))
    assert [(hit.id, hit.score) for hit in hits] == [(hit.id, hit.score) for hit in whole]


def test_a_constraint_changes_no_score(engine: Engine) -> None:
    free = {hit.id: hit.score for hit in walk(engine, PaperQuery(MANY, limit=1000))}
    held = walk(engine, PaperQuery(MANY, Range("year", 2018, 2018), limit=1000))
    assert held
    assert all(hit.score == pytest.approx(free[hit.id]) for hit in held)


def test_conditions_never_score(engine: Engine) -> None:
    alone = engine.search(PaperQuery(Match("graph")))
    conditions = (Range("year"), Keyword(KeywordField.RETRACTED, ("false",)))
    joined = engine.search(PaperQuery(And((Match("graph"), *conditions))))
    assert [hit.id for hit in alone.hits] == [hit.id for hit in joined.hits]
    np.testing.assert_allclose([hit.score for hit in alone.hits], [hit.score for hit in joined.hits])
    assert {hit.score for hit in engine.search(PaperQuery(Range("year", 2018))).hits} == {0.0}


def test_more_matching_words_score_higher(engine: Engine) -> None:
    hits = engine.search(PaperQuery(Match("neural translation"))).hits
    assert hits[0].id == "p:02"


def test_a_word_in_the_title_counts_more_than_in_the_abstract(engine: Engine) -> None:
    found = [hit.id for hit in engine.search(PaperQuery(Match("california"))).hits]
    assert found[0] == "p:17"


def test_boost_scales(engine: Engine) -> None:
    plain = engine.search(PaperQuery(Match("graph"))).hits
    boosted = engine.search(PaperQuery(Match("graph", boost=3.0))).hits
    assert [hit.id for hit in plain] == [hit.id for hit in boosted]
    np.testing.assert_allclose([3 * hit.score for hit in plain], [hit.score for hit in boosted], rtol=1e-5)


def test_or_adds_scores(engine: Engine) -> None:
    parts = [{h.id: h.score for h in engine.search(PaperQuery(Match(w), limit=100)).hits} for w in ("graph", "neural")]
    both = engine.search(PaperQuery(Or((Match("graph"), Match("neural"))), limit=100)).hits
    for hit in both:
        assert hit.score == pytest.approx(sum(part.get(hit.id, 0.0) for part in parts), rel=1e-5)


@pytest.mark.parametrize(
    "node",
    [
        Match("graph networks learning"),
        Match("machine translation", phrase=True),
        Match("neural netw", prefix=True),
        And((Match("graph"), Match("neural", TextField.ABSTRACT, boost=2.0))),
        Or((Match("graph"), Match("graph", TextField.TITLE))),
    ],
)
def test_explanations_add_up(engine: Engine, node: Node) -> None:
    hits = engine.search(PaperQuery(node, explain=True)).hits
    assert hits
    for hit in hits:
        assert hit.explanation
        assert sum(hit.explanation.values()) == pytest.approx(hit.score, rel=1e-4)


def test_explanations_name_terms(engine: Engine) -> None:
    hit = engine.search(PaperQuery(Match("networks translation"), explain=True, limit=1)).hits[0]
    assert "bm25:translat" in hit.explanation
    assert "bm25:network" not in hit.explanation
    assert not engine.search(PaperQuery(Match("graph"), limit=1)).hits[0].explanation


def test_documents_come_with_hits_on_demand(engine: Engine) -> None:
    with_documents = engine.search(PaperQuery(Everything(), limit=1000)).hits
    assert [hit.document for hit in with_documents] == list(PAPERS)
    assert all(hit.document is None for hit in engine.search(PaperQuery(Everything(), documents=False)).hits)


def test_no_hits_wanted_still_counts(engine: Engine) -> None:
    page = engine.search(PaperQuery(Match("graph"), limit=0, facets=(FacetRequest("year"),)))
    assert (page.hits, page.total, page.next) == ((), 4, None)
    assert page.facets[0].values


@pytest.mark.parametrize("limit", [-1, 10_001])
def test_limits_out_of_range(engine: Engine, limit: int) -> None:
    with pytest.raises(EngineError, match="limit"):
        engine.search(PaperQuery(Everything(), limit=limit))


@pytest.mark.parametrize("sort", [Sort("h-index"), Sort(""), Sort("relevance", descending=False)])
def test_sorts_that_are_not(engine: Engine, sort: Sort) -> None:
    with pytest.raises(EngineError):
        engine.search(PaperQuery(Everything(), sort=sort))


def cursor_of(engine: Engine, query: PaperQuery) -> str:
    cursor = engine.search(query).next
    assert cursor is not None
    return cursor


@pytest.mark.parametrize("cursor", ["", "*", "x", "%%%", "é", "AAAAAAAA", "a" * 1000, "\x00", "null"])
def test_cursors_that_are_not(engine: Engine, cursor: str) -> None:
    with pytest.raises(CursorError, match="cursor"):
        engine.search(PaperQuery(Everything(), after=cursor))


def test_a_cut_or_changed_cursor_is_refused(engine: Engine) -> None:
    cursor = cursor_of(engine, PaperQuery(Everything(), limit=2))
    for wrong in (cursor[:-1], cursor[1:], cursor[:-1] + ("A" if cursor[-1] != "A" else "Q"), cursor + cursor):
        with pytest.raises(CursorError):
            engine.search(PaperQuery(Everything(), limit=2, after=wrong))


def test_a_cursor_belongs_to_its_search(engine: Engine) -> None:
    cursor = cursor_of(engine, PaperQuery(Match("graph"), limit=2))
    others = [
        PaperQuery(Match("graphs networks"), after=cursor),
        PaperQuery(Match("graph", phrase=True), after=cursor),
        PaperQuery(Match("graph"), Range("year"), after=cursor),
        PaperQuery(Match("graph"), sort=Sort("date"), after=cursor),
        PaperQuery(Match("graph"), sort=Sort("date", descending=False), after=cursor),
    ]
    for query in others:
        with pytest.raises(CursorError, match="another query"):
            engine.search(query)


def test_page_size_and_facets_may_change_between_pages(engine: Engine) -> None:
    cursor = cursor_of(engine, PaperQuery(Everything(), limit=2))
    page = engine.search(PaperQuery(Everything(), limit=5, after=cursor, facets=(FacetRequest("type"),)))
    assert [hit.id for hit in page.hits] == [entry.paper.id for entry in PAPERS[2:7]]


def test_a_cursor_belongs_to_its_generation(store: EngineStore, tmp_path: Path) -> None:
    build(store)
    first = store.reader()
    cursor = cursor_of(first, PaperQuery(Everything(), limit=2))
    build(store, PAPERS[:10])
    assert first.search(PaperQuery(Everything(), limit=2, after=cursor)).hits, "a reader stays on its generation"
    second = store.reader()
    with pytest.raises(CursorError, match="not the one being served"):
        second.search(PaperQuery(Everything(), after=cursor))
    store.prune(keep=1)
    with pytest.raises(CursorError, match="pruned"):
        second.search(PaperQuery(Everything(), after=cursor))
    assert first.search(PaperQuery(Everything(), limit=2, after=cursor)).hits, "even when it was pruned"
    first.close()
    second.close()
