from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from records.errors import CursorError, FilterError, NotFoundError, QueryError
from search.experts import ExpertRequest, ExpertResult, find_experts
from search.experts.needs import read_needs
from search.experts.relevance import relevant_papers
from search.people import People

PARSING = ExpertRequest(query="parsing with grammar", limit=50)
PARSERS = {"a:ann", "a:bob", "a:cat", "a:dan"}
CALL = "Topics:\n- parsing and grammar\n- graph networks\n- hospital patients\n"


def _ids(result: ExpertResult) -> list[str]:
    return [expert.id for expert in result.experts]


def _codes(result: ExpertResult) -> set[str]:
    return {warning.code for warning in result.warnings}


def test_those_who_wrote_most_about_it_come_first(people: People) -> None:
    result = find_experts(people, PARSING)
    assert _ids(result)[0] == "a:ann"
    assert set(_ids(result)) == PARSERS
    assert result.total == len(PARSERS)
    assert [expert.rank for expert in result.experts] == [1, 2, 3, 4]
    scores = [expert.score for expert in result.experts]
    assert scores == sorted(scores, reverse=True)


def test_a_paper_that_shares_the_meaning_and_no_word_counts(people: People) -> None:
    result = find_experts(people, replace(PARSING, query="grammar"))
    shown = {paper.id for expert in result.experts for paper in expert.evidence}
    assert "p03" in shown  # "Syntax of trees revisited"


def test_every_score_is_made_by_the_papers_shown(people: People) -> None:
    for expert in find_experts(people, replace(PARSING, evidence=50)).experts:
        assert sum(paper.share for paper in expert.evidence) == pytest.approx(1)
        assert sum(expert.parts.values()) == pytest.approx(expert.score)
        assert sum(paper.relevance > 0 for paper in expert.evidence) == expert.relevant >= 1
        assert sum(expert.topics.values()) == pytest.approx(1)
        assert max(expert.topics, key=lambda topic: expert.topics[topic]) == "parse"
        assert [paper.share for paper in expert.evidence] == sorted((p.share for p in expert.evidence), reverse=True)


def test_the_words_of_the_need_that_a_paper_holds_are_told(people: People) -> None:
    first = find_experts(people, PARSING).experts[0]
    held = {paper.id: set(paper.words) for paper in first.evidence}
    assert held["p01"] == {"parsing", "grammar"}
    assert held["p02"] == {"grammar"}


def test_a_paper_asked_with_does_not_find_itself(people: People) -> None:
    result = find_experts(people, ExpertRequest(papers=("p01",), limit=50, evidence=50))
    assert set(_ids(result)) == PARSERS
    assert all(paper.id != "p01" for expert in result.experts for paper in expert.evidence)
    assert [expert.id for expert in result.experts if expert.query_author] == ["a:ann"]


@pytest.mark.parametrize("identifier", ["old", "doi:10.5555/1"])
def test_papers_go_by_other_ids_too(people: People, identifier: str) -> None:
    same = find_experts(people, ExpertRequest(papers=("p01",)))
    assert find_experts(people, ExpertRequest(papers=(identifier,))).experts == same.experts


def test_authors_of_the_papers_can_be_left_out(people: People) -> None:
    result = find_experts(people, ExpertRequest(papers=("p01",), exclude_authors=True, limit=50))
    assert set(_ids(result)) == PARSERS - {"a:ann"}
    assert result.total == 3


def test_several_papers_are_pooled(people: People) -> None:
    result = find_experts(people, ExpertRequest(papers=("p01", "p05"), limit=50))
    assert {"a:ann", "a:eve"} <= set(_ids(result))
    assert not {"a:gil", "a:jan"} & set(_ids(result))
    assert len(result.needs) == 2


def test_pasted_text_has_no_operators(people: People) -> None:
    result = find_experts(people, ExpertRequest(texts=('author:"nobody AND (parsing -grammar',), limit=50))
    assert _ids(result)[0] == "a:ann"


def test_texts_and_papers_describe_a_need_and_queries_and_lists_name_it(people: People) -> None:
    call = "Topics:\n- parsing\n- graph networks\n- hospital"
    request = ExpertRequest(query="syntax", texts=(call, "We parse with grammars."), papers=("p05",))
    needs, _ = read_needs(people, request)
    assert [need.described for need in needs] == [False, False, False, False, True, True]


def test_a_need_that_is_named_tells_papers_apart_more_sharply(people: People) -> None:
    needs, _ = read_needs(people, ExpertRequest(query="parsing"))
    nobody = np.empty(0, dtype=np.int64)
    named = relevant_papers(people, needs, without=nobody)
    described = relevant_papers(people, [replace(needs[0], described=True)], without=nobody)
    assert named.papers.tolist() == described.papers.tolist()
    assert named.cosine == pytest.approx(described.cosine)  # what is told of a paper stays as measured
    assert named.weights != pytest.approx(described.weights)


def test_filters_say_who_is_listed_and_change_no_score(people: People) -> None:
    everyone = {expert.id: expert.score for expert in find_experts(people, PARSING).experts}
    result = find_experts(people, replace(PARSING, filter="country:NO"))
    assert {expert.id: expert.score for expert in result.experts} == {who: everyone[who] for who in ("a:ann", "a:cat")}
    late = find_experts(people, replace(PARSING, filter="h_index:2-"))
    assert set(_ids(late)) == {"a:cat", "a:dan"}
    excluded = find_experts(people, replace(PARSING, exclude=("a:ann",)))
    assert set(_ids(excluded)) == PARSERS - {"a:ann"}


def test_a_window_says_which_papers_count(people: People) -> None:
    result = find_experts(people, replace(PARSING, paper_filter="year:2018-", evidence=50))
    assert {paper.id for expert in result.experts for paper in expert.evidence} <= {"p00", "p01", "p04"}
    assert result.pool == 3


def test_older_papers_count_less_with_a_half_life(people: People) -> None:
    def share(half_life: float | None) -> float:
        found = find_experts(people, replace(PARSING, half_life=half_life)).experts
        return next(expert.score for expert in found if expert.id == "a:bob")

    assert share(1.0) < share(20.0) < share(None)


def test_another_order_lists_the_same_people(people: People) -> None:
    result = find_experts(people, replace(PARSING, sort="h_index"))
    assert _ids(result) == ["a:dan", "a:cat", "a:bob", "a:ann"]
    assert _ids(find_experts(people, replace(PARSING, sort="papers:asc")))[-1] == "a:ann"
    assert _ids(find_experts(people, replace(PARSING, sort="last_year:asc")))[-1] == "a:ann"
    assert "sorted-head" in _codes(result)


@pytest.mark.parametrize("sort", ["relevance", "h_index"])
def test_pages_go_on_where_they_ended(people: People, sort: str) -> None:
    whole = find_experts(people, replace(PARSING, sort=sort))
    request = replace(PARSING, sort=sort, limit=3)
    first = find_experts(people, request)
    second = find_experts(people, replace(request, cursor=first.next))
    assert (*first.experts, *second.experts) == whole.experts
    assert first.total == second.total == whole.total
    assert second.next is None
    with pytest.raises(CursorError):
        find_experts(people, replace(request, query="graph", cursor=first.next))
    with pytest.raises(CursorError):
        find_experts(people, replace(request, cursor="nonsense"))


def test_coverage_says_who_knows_which_part(people: People) -> None:
    result = find_experts(people, ExpertRequest(texts=(CALL,), limit=50, coverage=True))
    assert result.needs == ("parsing and grammar", "graph networks", "hospital patients")
    assert result.coverage is not None
    parsing, graphs, hospital = result.coverage.aspects
    assert set(parsing.experts) >= {"a:ann", "a:dan"}
    assert set(graphs.experts) == {"a:eve", "a:fay", "a:dan"}
    assert set(hospital.experts) == {"a:jan", "a:kim"}
    assert result.coverage.covered == 1
    dan = next(expert for expert in result.experts if expert.id == "a:dan")
    assert [(cover.aspect, cover.paper) for cover in dan.covers] == [(0, "p04"), (1, "p08")]
    best = [max(c.strength for e in result.experts for c in e.covers if c.aspect == aspect) for aspect in range(3)]
    assert best == pytest.approx([1, 1, 1])


def test_coverage_is_that_of_the_page(people: People) -> None:
    request = ExpertRequest(texts=(CALL,), limit=1, coverage=True, filter="id:a:gil|a:ann")
    result = find_experts(people, request)
    assert result.coverage is not None
    assert _ids(result) == ["a:ann"]
    assert result.coverage.covered == pytest.approx(1 / 3)


def test_a_text_without_a_list_is_covered_by_its_sentences(people: People) -> None:
    text = "We parse a grammar into trees. Graph networks hold the nodes."
    result = find_experts(people, ExpertRequest(texts=(text,), limit=50, coverage=True))
    assert result.coverage is not None
    assert [aspect.text for aspect in result.coverage.aspects] == [
        "We parse a grammar into trees.",
        "Graph networks hold the nodes.",
    ]


def test_people_are_shown_as_the_collection_knows_them(stored: People) -> None:
    first = find_experts(stored, PARSING).experts[0]
    assert first.name == "X. Ann"
    assert (first.papers, first.first_year, first.last_year) == (3, 2010, 2020)
    assert (first.place.affiliation, first.place.country, first.place.year) == ("House of ann", "NO", 2020)
    assert first.metrics == {"h_index": 0}
    assert first.percentiles == {"h_index": 0}


def test_without_vectors_words_alone_find_people_and_a_warning_says_so(wordy: People) -> None:
    result = find_experts(wordy, PARSING)
    assert _ids(result)[0] == "a:ann"
    assert "vectors-unavailable" in _codes(result)
    assert all(paper.vector is None for expert in result.experts for paper in expert.evidence)


def test_words_that_match_nothing_are_told(wordy: People) -> None:
    result = find_experts(wordy, ExpertRequest(query="flurb"))
    assert result.experts == ()
    assert (result.total, result.next) == (0, None)
    assert {"unknown-words", "no-papers"} <= _codes(result)


def test_no_paper_in_the_window_finds_nobody(people: People) -> None:
    result = find_experts(people, replace(PARSING, paper_filter="year:1900", coverage=True))
    assert result.experts == ()
    assert "no-papers" in _codes(result)


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (ExpertRequest(), QueryError),
        (ExpertRequest(query="  ", texts=("", " ?! ")), QueryError),
        (replace(PARSING, limit=0), QueryError),
        (replace(PARSING, evidence=-1), QueryError),
        (replace(PARSING, half_life=0.0), QueryError),
        (replace(PARSING, half_life=float("nan")), QueryError),
        (replace(PARSING, sort="nonsense"), QueryError),
        (replace(PARSING, exclude_authors=True), QueryError),
        (replace(PARSING, query='"open'), QueryError),
        (replace(PARSING, filter="nonsense:1"), FilterError),
        (replace(PARSING, paper_filter="nonsense:1"), FilterError),
        (replace(PARSING, exclude=("a:nobody",)), NotFoundError),
        (ExpertRequest(papers=("nothing",)), NotFoundError),
        (ExpertRequest(papers=("doi:10.5555/999",)), NotFoundError),
    ],
)
def test_what_cannot_be_read_is_refused(people: People, request_: ExpertRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        find_experts(people, request_)


def test_answers_repeat(people: People) -> None:
    assert find_experts(people, PARSING).experts == find_experts(people, PARSING).experts


def test_long_texts_are_read_to_a_limit(people: People) -> None:
    listed = "\n".join(f"- parsing topic {number}" for number in range(60))
    result = find_experts(people, ExpertRequest(texts=(listed,)))
    assert len(result.needs) == 40
    assert "text-truncated" in _codes(result)
    prose = " ".join(f"Parsing sentence {number} has quite a few words in it." for number in range(200))
    assert "text-truncated" in _codes(find_experts(people, ExpertRequest(texts=(prose,))))
