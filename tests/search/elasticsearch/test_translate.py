"""The Query DSL that is made of typed queries; the contract tells whether a server understands it."""

from __future__ import annotations

import json
import math
from collections.abc import Sequence
from typing import Any

import pytest

from records.errors import EngineError
from search.elasticsearch.schema import keyword_field, number_fields
from search.elasticsearch.translate import MATCH_NONE, Translator
from search.plan import TITLE_BOOST, simplify
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField

STEMS = {"gra": ("graph", "grass"), "zzz": ()}


def stems(prefix: str) -> Sequence[str] | None:
    return STEMS.get(prefix)


TRANSLATOR = Translator(number_fields(("pagerank",)), stems)


def scored(node: Node) -> dict[str, Any]:
    return TRANSLATOR.translate(simplify(node, lambda _: ())).query


def condition(node: Node) -> dict[str, Any]:
    return TRANSLATOR.condition(simplify(node, lambda _: ()))


def term(field: str, value: str, boost: float, name: int) -> dict[str, Any]:
    return {"term": {field: {"value": value, "boost": boost, "_name": str(name)}}}


def test_words_are_sent_as_terms_and_score_in_the_title_too() -> None:
    made = TRANSLATOR.translate(Match("The Graphs, graph networks", boost=2.0))
    should = made.query["bool"]["should"]
    assert should == [
        term("text", "graph", 4.0, 0),
        term("text", "network", 2.0, 1),
        term("title", "graph", 4.0 * TITLE_BOOST, 2),
        term("title", "network", 2.0 * TITLE_BOOST, 3),
    ]
    assert made.query["bool"]["minimum_should_match"] == 1
    assert made.parts == ["bm25:graph", "bm25:network", "bm25:title:graph", "bm25:title:network"]


def test_all_words_must_and_titles_only_score() -> None:
    made = scored(Match("graph networks", all_words=True))["bool"]
    assert [clause["term"]["text"]["value"] for clause in made["must"]] == ["graph", "network"]
    assert [clause["term"]["title"]["value"] for clause in made["should"]] == ["graph", "network"]
    assert "minimum_should_match" not in made


def test_conditions_have_no_scores_and_no_names() -> None:
    node = And((Match("graph networks"), Range("year", 2000), Not(Match("neural transl", phrase=True))))
    assert "boost" not in json.dumps(condition(node))
    assert "_name" not in json.dumps(condition(node))


def test_other_fields_keep_words_whole() -> None:
    assert scored(Match("Graphs", TextField.VENUE)) == term("venue", "graphs", 1.0, 0)


def test_a_phrase_keeps_the_place_of_a_stopword() -> None:
    made = condition(Match("university of the state", TextField.TITLE, phrase=True))
    assert made == {"match_phrase": {"title": {"query": "universiti _ _ state"}}}


def test_a_phrase_in_the_text_is_one_in_the_title_or_in_the_abstract() -> None:
    should = condition(Match("neural networks", phrase=True))["bool"]["should"]
    assert [list(clause["match_phrase"]) for clause in should] == [["title"], ["abstract"]]


def test_a_scoring_phrase_asks_every_shard_for_its_papers() -> None:
    made = scored(Match("neural networks", TextField.TITLE, phrase=True))["bool"]
    assert made["must"] == [{"match_phrase": {"title": {"query": "neural network", "boost": 1.0, "_name": "0"}}}]
    (unheard,) = made["should"]
    assert 0 < unheard["term"]["title"]["boost"] < 1e-20


def test_a_prefix_stands_for_the_stems_of_the_words_that_begin_with_it() -> None:
    assert scored(Match("gra", prefix=True)) == {
        "constant_score": {"filter": {"terms": {"text": ["graph", "grass"]}}, "boost": 1.0, "_name": "0"}
    }
    assert condition(Match("zzz", prefix=True)) == MATCH_NONE


def test_a_prefix_of_too_many_words_is_looked_up_among_stems() -> None:
    assert condition(Match("c", prefix=True)) == {"prefix": {"text": {"value": "c"}}}


def test_a_prefix_of_a_name_is_looked_up_as_it_is() -> None:
    assert condition(Match("gra", TextField.AUTHOR, prefix=True)) == {"prefix": {"author": {"value": "gra"}}}


def test_a_phrase_that_ends_in_a_prefix() -> None:
    near = condition(Match("state of gra", TextField.TITLE, phrase=True, prefix=True))["span_near"]
    ends = [{"span_term": {"title": "graph"}}, {"span_term": {"title": "grass"}}]
    assert near["clauses"] == [
        {"span_term": {"title": "state"}},
        {"span_gap": {"title": 1}},
        {"span_or": {"clauses": ends}},
    ]
    assert (near["slop"], near["in_order"]) == (0, True)
    assert condition(Match("state of zzz", TextField.TITLE, phrase=True, prefix=True)) == MATCH_NONE


def test_a_phrase_that_ends_in_a_prefix_scores_by_the_words_before() -> None:
    made = scored(Match("state gra", TextField.TITLE, phrase=True, prefix=True))["bool"]
    assert made["must"] == [term("title", "state", 1.0, 0)]
    assert "span_near" in made["filter"][0]


def test_exact_values() -> None:
    assert condition(Keyword(KeywordField.VENUE_ID, ("v:2", "v:1", "v:2"))) == {"terms": {"k_venue_id": ["v:2", "v:1"]}}
    assert condition(Keyword(KeywordField.ID, ())) == MATCH_NONE


def test_more_values_than_one_clause_takes() -> None:
    made = condition(Keyword(KeywordField.ID, tuple(str(number) for number in range(70_000))))["bool"]
    assert [len(clause["terms"][keyword_field(KeywordField.ID)]) for clause in made["should"]] == [65_536, 4_464]


@pytest.mark.parametrize(
    ("node", "expected"),
    [
        (Range("year", 2000, 2010), {"range": {"n_0": {"gte": 2000.0, "lte": 2010.0}}}),
        (
            Range("year", 2000, 2010, include_low=False, include_high=False),
            {"range": {"n_0": {"gt": 2000.0, "lt": 2010.0}}},
        ),
        (Range("pagerank", None, 0.5), {"range": {"n_4": {"lte": 0.5}}}),
        (Range("year"), {"exists": {"field": "n_0"}}),
        (Range("year", -math.inf, math.inf), {"exists": {"field": "n_0"}}),
        (Range("year", math.inf), MATCH_NONE),
        (Range("year", None, -math.inf), MATCH_NONE),
    ],
)
def test_ranges(node: Range, expected: dict[str, Any]) -> None:
    assert condition(node) == expected
    json.dumps(expected, allow_nan=False)


def test_unknown_numbers() -> None:
    with pytest.raises(EngineError, match=r"h-index.*pagerank"):
        condition(Range("h-index", 1))


def test_conditions_beside_words_are_filters() -> None:
    made = scored(And((Match("graph", TextField.TITLE), Range("year", 2000), Not(Keyword(KeywordField.ID, ("x",))))))
    assert made["bool"] == {
        "must": [term("title", "graph", 1.0, 0)],
        "filter": [{"range": {"n_0": {"gte": 2000.0}}}],
        "must_not": [{"terms": {"k_id": ["x"]}}],
    }


def test_conditions_alone_score_nothing() -> None:
    for node in (
        Everything(),
        Range("year"),
        Not(Match("graph")),
        And((Range("year"), Everything())),
        Not(Everything()),
    ):
        made = TRANSLATOR.translate(simplify(node, lambda _: ()))
        assert made.query["constant_score"]["boost"] == 0.0
        assert not made.parts


def test_two_negations_are_none() -> None:
    node: Node = Match("reports", TextField.TITLE)
    for _ in range(40):  # deeper than a server lets queries be
        node = Not(node)
    assert condition(node) == {"term": {"title": "report"}}


def test_empty_groups() -> None:
    assert condition(And(())) == {"bool": {}}
    assert condition(Or(())) == MATCH_NONE
