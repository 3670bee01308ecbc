from __future__ import annotations

import gc
import threading
import weakref
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import msgspec
import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from ranking.cohorts import peer_groups
from ranking.registry import Entity, metrics
from ranking.views import Window
from records.errors import CursorError, FilterError, QueryError
from records.paper import Paper
from search.people import GROUP, People
from search.rankings import (
    RankedRow,
    RankingRequest,
    Rankings,
    find_metric,
    parse_years,
    rankings_of,
    resolve_scope,
    write_years,
)
from search.rankings.service import USUAL
from search.rankings.values import Kept
from tests.search.rankings.libraries import ByHand, library, people_of

_YEARS = st.one_of(st.none(), st.integers(1999, 2010))
_BOUNDS = st.tuples(_YEARS, _YEARS).filter(lambda b: b[0] is None or b[1] is None or b[0] <= b[1])
_WINDOWS = st.builds(
    Window,
    published=_BOUNDS,
    cited=_BOUNDS,
    within=st.one_of(st.none(), st.integers(0, 5)),
    self_citations=st.booleans(),
)
_SCOPES: dict[tuple[str, str], Any] = {
    ("", ""): lambda paper: True,
    ("parsing", ""): lambda paper: any(topic.name == "Parsing" for topic in paper.topics),
    ("", "parsing"): lambda paper: "arsing" in paper.title,
    ("", "parsing graphs"): lambda paper: "arsing" in paper.title and "graphs" in paper.title.lower(),
    ("SPEECH", "graphs"): lambda paper: _topics(paper) == ["Speech"] and "graphs" in paper.title.lower(),
}


def _topics(paper: Paper) -> list[str]:
    return [topic.name for topic in paper.topics]


def _every_row(people: People, request: RankingRequest) -> list[RankedRow]:
    rows: list[RankedRow] = []
    while True:
        page = rankings_of(people).rank(request)
        rows.extend(page.rows)
        assert page.total >= len(rows)
        if page.next is None:
            assert page.total == len(rows)
            return rows
        request = replace(request, cursor=page.next)


_REQUESTS = st.builds(
    RankingRequest,
    entity=st.sampled_from(Entity),
    metric=st.sampled_from(["papers", "citations", "h_index"]),
    window=_WINDOWS,
    min_papers=st.integers(0, 3),
    limit=st.just(4),
)


@given(st.integers(0, 60), _REQUESTS, st.sampled_from(sorted(_SCOPES)))
@settings(deadline=None, max_examples=150)
def test_rankings_are_what_counting_by_hand_gives(seed: int, request: RankingRequest, scope: tuple[str, str]) -> None:
    papers, people = library(seed)
    entity = request.entity
    request = replace(request, topic=scope[0], query=scope[1])
    if entity == Entity.PAPER:
        request = replace(request, metric="citations")
    assume(not scope[0] or scope[0].casefold() in {name.casefold() for name in people.arrays.topic_names})
    hand = ByHand(papers, request.window, _SCOPES[scope])
    expected = hand.values(entity, request.metric)
    if entity != Entity.PAPER:
        sizes = hand.values(entity, "papers")
        expected = {owner: value for owner, value in expected.items() if sizes[owner] >= request.min_papers}
    rows = _every_row(people, request)
    assert {row.id: row.value for row in rows} == expected
    cited = hand.values(entity, "citations")
    assert [row.id for row in rows] == sorted(expected, key=lambda one: (-expected[one], -cited[one], one))
    for row in rows:
        assert row.rank == 1 + sum(value > row.value for value in expected.values())
        assert row.citations == cited[row.id]
        if entity != Entity.PAPER:
            assert row.papers == hand.values(entity, "papers")[row.id]
            assert row.h_index == hand.values(entity, "h_index")[row.id]
    counted = rankings_of(people).rank(request).counted
    assert counted.papers == len(hand.inside)
    assert counted.citations == sum(hand.citations[paper.id] for paper in hand.inside)


@pytest.mark.parametrize("entity", Entity)
def test_percentiles_compare_with_peers_in_the_window(entity: Entity) -> None:
    for seed in range(25):
        _, people = library(seed)
        arrays = people.arrays
        ids = {
            Entity.PAPER: arrays.paper_ids,
            Entity.AUTHOR: arrays.author_ids,
            Entity.VENUE: arrays.venue_names,
            Entity.INSTITUTION: arrays.institution_ids,
        }[entity]
        groups = dict(zip(ids, peer_groups(arrays.corpus, entity=entity).tolist(), strict=True))
        window = Window(published=(2002, 2008)) if entity != Entity.PAPER else Window(cited=(2002, 2008))
        rows = _every_row(people, RankingRequest(entity, "citations", window))
        for row in rows:
            peers = [other.value for other in rows if groups[other.id] == groups[row.id]]
            assert row.peers == len(peers)
            below = sum(v < row.value for v in peers) + sum(v == row.value for v in peers) / 2
            assert row.percentile == (pytest.approx(100 * below / len(peers)) if len(set(peers)) > 1 else None)


def test_every_metric_ranks_what_it_measures() -> None:
    _, people = library(7)
    for metric in metrics():
        page = rankings_of(people).rank(RankingRequest(metric.entity, metric.name, limit=1000))
        values = [row.value for row in page.rows]
        assert values == sorted(values, reverse=True), metric.name
        direct = metric.values(people.arrays.corpus)
        assert sorted(values) == pytest.approx(sorted(direct[_listed(people, metric.entity)].tolist())), metric.name


def _listed(people: People, entity: Entity) -> Any:
    corpus = people.arrays.corpus
    if entity == Entity.PAPER:
        return np.ones(corpus.papers, dtype=bool)
    if entity == Entity.VENUE:
        return np.bincount(corpus.venues[corpus.venues >= 0], minlength=corpus.n_venues) > 0
    links = corpus.authors if entity == Entity.AUTHOR else corpus.institutions
    assert links is not None
    return np.bincount(links.indices, minlength=links.columns) > 0


def test_what_a_build_stored_is_read_and_windows_are_computed() -> None:
    papers, people = library(3)
    packed = dict(people.arrays.pack())
    packed["author_metrics.h_index"] = np.arange(people.arrays.authors, dtype=np.float32)[::-1].copy()
    fresh = people_of(papers)
    fresh.engine.kept[GROUP] = packed  # type: ignore[attr-defined]  # it is the engine in memory
    stored = rankings_of(fresh).rank(RankingRequest(Entity.AUTHOR, limit=1000))
    assert [row.value for row in stored.rows if row.papers] == sorted((row.value for row in stored.rows), reverse=True)
    assert stored.rows[0].value > max(row.value for row in _every_row(people, RankingRequest(Entity.AUTHOR)))
    window = Window(self_citations=False)
    computed = rankings_of(fresh).rank(RankingRequest(Entity.AUTHOR, window=window, limit=1000))
    assert computed.rows == rankings_of(people).rank(RankingRequest(Entity.AUTHOR, window=window, limit=1000)).rows


def test_people_without_a_value_are_not_ranked() -> None:
    papers, _ = library(3)
    packed = dict(people_of(papers).arrays.pack())
    values = np.arange(len(people_of(papers).arrays.author_ids), dtype=np.float32)
    values[1] = np.nan
    packed["author_metrics.g_index"] = packed["author_metrics.h_index"] = values
    fresh = people_of(papers)
    fresh.engine.kept[GROUP] = packed  # type: ignore[attr-defined]  # it is the engine in memory
    nobody = fresh.arrays.author_ids[1]
    rows = _every_row(fresh, RankingRequest(Entity.AUTHOR, "g_index"))
    assert nobody not in {row.id for row in rows}
    assert sorted(row.value for row in rows) == [value for value in values.tolist() if value == value]  # noqa: PLR0124
    assert max(row.peers for row in rows) <= len(rows)
    papers_too = _every_row(fresh, RankingRequest(Entity.AUTHOR, "papers"))
    assert {row.h_index for row in papers_too if row.id == nobody} == {0}


def test_stored_columns_answer_only_the_usual_parameters() -> None:
    papers, _ = library(3)
    fresh = people_of(papers)
    packed = dict(fresh.arrays.pack())
    packed["paper_metrics.pagerank"] = np.full(len(papers), 7.0, dtype=np.float32)
    fresh = people_of(papers)
    fresh.engine.kept[GROUP] = packed  # type: ignore[attr-defined]  # it is the engine in memory
    ranks = Rankings(fresh)
    assert ranks.rank(RankingRequest(Entity.PAPER, "pagerank")).rows[0].value == 7.0
    assert ranks.rank(RankingRequest(Entity.PAPER, "pagerank", parameters={"damping": 0.85})).rows[0].value == 7.0
    assert ranks.rank(RankingRequest(Entity.PAPER, "pagerank", parameters={"damping": 0.5})).rows[0].value != 7.0


def test_scopes_of_any_size_are_read_to_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    papers, people = library(22)
    whole = resolve_scope(people, query="graphs")
    assert whole.count == sum("graphs" in paper.title.lower() for paper in papers) > 6
    monkeypatch.setattr("search.rankings.scope.LARGEST_PAGE", 3)
    paged = resolve_scope(people, query="graphs")
    assert paged.papers is not None
    assert whole.papers is not None
    assert paged.papers.tolist() == whole.papers.tolist()
    assert (paged.key, resolve_scope(people).key) == (whole.key, b"")


def test_people_and_papers_are_filtered_by_their_own_grammars() -> None:
    papers, people = library(22)
    rows = _every_row(people, RankingRequest(Entity.AUTHOR, "papers", filter="papers:>=3,first_year:2001-2005"))
    assert rows
    assert all(row.papers and row.papers >= 3 and row.first_year and 2001 <= row.first_year <= 2005 for row in rows)
    recent = _every_row(people, RankingRequest(Entity.PAPER, filter="year:2005-2007"))
    assert {row.id for row in recent} == {p.id for p in papers if p.year and 2005 <= p.year <= 2007}
    with pytest.raises(QueryError, match="topic or a query"):
        rankings_of(people).rank(RankingRequest(Entity.VENUE, filter="papers:>2"))
    with pytest.raises(FilterError):
        rankings_of(people).rank(RankingRequest(Entity.AUTHOR, filter="age:>2"))


def test_requests_that_cannot_be_read_are_refused() -> None:
    _, people = library(2)
    ranks = rankings_of(people)
    for request, message in (
        (RankingRequest(Entity.PAPER, "h_index"), "no metric"),
        (RankingRequest(Entity.AUTHOR, "hindex"), "no metric"),
        (RankingRequest(Entity.PAPER, "pagerank", parameters={"alpha": 1.0}), "damping"),
        (RankingRequest(Entity.PAPER, "pagerank", parameters={"damping": 1.0}), "must lie in"),
        (RankingRequest(Entity.PAPER, "attrank", parameters={"follow": 0.9, "attention": 0.9}), "exceed 1"),
        (RankingRequest(Entity.PAPER, limit=0), "limit"),
        (RankingRequest(Entity.PAPER, query='"open'), "quote"),
    ):
        with pytest.raises(QueryError, match=message):
            ranks.rank(request)
    page = ranks.rank(RankingRequest(Entity.PAPER, limit=1))
    with pytest.raises(CursorError):
        ranks.rank(RankingRequest(Entity.PAPER, "pagerank", limit=1, cursor=page.next))
    with pytest.raises(CursorError):
        ranks.rank(RankingRequest(Entity.PAPER, cursor="nonsense"))


def test_metrics_go_by_short_names_too() -> None:
    assert find_metric(Entity.AUTHOR, "citations").name == "author_citations"
    assert find_metric(Entity.VENUE, "PageRank").name == "venue_pagerank"
    assert {find_metric(entity, "").name for entity in Entity} == set(USUAL.values())
    with pytest.raises(QueryError) as caught:
        find_metric(Entity.AUTHOR, "h_indx")
    assert caught.value.hint == "did you mean h_index?"


def test_dear_metrics_need_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("ranking.metrics.d_core._MOST_PAIRS", 0)
    _, people = library(5)
    window = Window(within=3)
    with pytest.raises(QueryError, match="minutes"):
        rankings_of(people).rank(RankingRequest(Entity.AUTHOR, "d_core_optimal", window))
    patient = rankings_of(people).rank(RankingRequest(Entity.AUTHOR, "d_core_optimal", window, patient=True))
    assert patient.rows


def test_notes_on_what_was_not_found() -> None:
    papers, people = library(4)
    codes = [w.code for w in rankings_of(people).rank(RankingRequest(Entity.PAPER, topic="parsin")).warnings]
    assert codes[0] == "topic-as-query"
    late = RankingRequest(Entity.PAPER, window=Window(published=(2030, None)))
    assert [w.code for w in rankings_of(people).rank(late).warnings] == ["no-papers"]
    uncited = RankingRequest(Entity.AUTHOR, window=Window(cited=(2030, None)))
    assert [w.code for w in rankings_of(people).rank(uncited).warnings] == ["no-citations"]
    alone = people_of([msgspec.structs.replace(paper, authorships=()) for paper in papers])
    assert [w.code for w in Rankings(alone).rank(RankingRequest(Entity.INSTITUTION)).warnings] == ["no-institutions"]


def test_an_empty_page_of_nothing() -> None:
    _, people = library(4)
    page = rankings_of(people).rank(RankingRequest(Entity.AUTHOR, window=Window(published=(2030, None))))
    assert (page.total, page.rows, page.next) == (0, (), None)


@given(_BOUNDS)
def test_windows_of_years_read_back(bounds: tuple[int | None, int | None]) -> None:
    assert parse_years(write_years(bounds)) == bounds


@pytest.mark.parametrize("text", ["-", "20x", "2010-2005", "2001-2002-2003", "99999", "--"])
def test_what_is_no_window_of_years(text: str) -> None:
    with pytest.raises(QueryError, match="published"):
        parse_years(text, "published")


def test_what_was_computed_is_kept_and_goes_with_the_people(monkeypatch: pytest.MonkeyPatch) -> None:
    papers, _ = library(8)
    people = people_of(papers)
    request = RankingRequest(Entity.AUTHOR, "author_pagerank", Window(self_citations=False), limit=2)
    first = rankings_of(people).rank(request)
    monkeypatch.setattr("ranking.registry.Metric.values", None)  # nothing can be computed any more
    again = rankings_of(people).rank(replace(request, cursor=first.next))
    assert again.total == first.total
    assert again.rows
    alive = weakref.ref(people)
    del people
    gc.collect()
    assert alive() is None


def test_kept_arrays_are_made_once_and_failures_are_not_kept() -> None:
    kept = Kept(capacity=100)
    calls: list[str] = []

    def make(name: str) -> Callable[[], np.ndarray[Any, Any]]:
        def made() -> np.ndarray[Any, Any]:
            calls.append(name)
            if name == "bad" and calls.count("bad") == 1:
                raise ValueError(name)
            return np.zeros(8)  # 64 bytes

        return made

    assert kept.get("a", make("a")) is kept.get("a", make("a"))
    with pytest.raises(ValueError, match="bad"):
        kept.get("bad", make("bad"))
    kept.get("bad", make("bad"))  # and drops "a": both are more than 100 bytes
    kept.get("a", make("a"))
    assert calls == ["a", "bad", "bad", "a"]


def test_threads_wait_for_the_one_that_computes() -> None:
    kept, calls, started = Kept(), [], threading.Event()

    def slow() -> np.ndarray[Any, Any]:
        calls.append(1)
        started.wait(5)
        return np.zeros(1)

    with ThreadPoolExecutor(4) as pool:
        answers = [pool.submit(kept.get, "slow", slow) for _ in range(4)]
        started.set()
        found = [answer.result() for answer in answers]
    assert len(calls) == 1
    assert all(one is found[0] for one in found)
