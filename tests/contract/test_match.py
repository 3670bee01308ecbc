"""Which papers match: every kind of node, by hand and against the oracle."""

from __future__ import annotations

import math

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import EngineError
from search.engine import Engine, PaperQuery
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from tests.contract.corpus import METRICS, PAPERS
from tests.contract.oracle import Oracle, keywords

ORACLE = Oracle(PAPERS)
TEXT, TITLE, ABSTRACT, AUTHOR = TextField.TEXT, TextField.TITLE, TextField.ABSTRACT, TextField.AUTHOR


def matching(engine: Engine, node: Node, where: Node | None = None) -> list[str]:
    page = engine.search(PaperQuery(node, where, limit=1000, documents=False))
    ids = sorted(hit.id for hit in page.hits)
    assert page.total == len(ids) == len(set(ids))
    return ids


CASES: list[tuple[Node, list[str]]] = [
    (Match("graph"), ["p:01", "p:04", "p:18", "p:20"]),
    (Match("GRAPHS"), ["p:01", "p:04", "p:18", "p:20"]),
    (Match("neural translation"), ["p:01", "p:02", "p:03"]),
    (Match("neural translation", all_words=True), ["p:02"]),
    (Match("machine translation", phrase=True), ["p:02", "p:03"]),
    (Match("translation machine", phrase=True), []),
    (Match("here networks", phrase=True), []),  # not from the title into the abstract
    (Match("university of california", phrase=True), ["p:16"]),
    (Match("university of the state", phrase=True), ["p:16"]),
    (Match("university california", phrase=True), []),  # a stopword keeps its place
    (Match("retrieval", ABSTRACT), ["p:04", "p:26"]),
    (Match("retrieval", TITLE), ["p:04", "p:26"]),
    (Match("graph", TITLE), ["p:01", "p:20"]),
    (Match("connect"), ["p:19"]),
    (Match("connectio", prefix=True), ["p:19"]),
    (Match("connectio"), []),
    (Match("transl", prefix=True), ["p:02", "p:03"]),
    (Match("machine transl", phrase=True, prefix=True), ["p:02", "p:03"]),
    (Match("neural netw", all_words=True, prefix=True), ["p:01"]),
    (Match("zzz", prefix=True), []),
    (Match("C++"), ["p:13"]),
    (Match("c#"), ["p:13"]),
    (Match("C"), ["p:13", "p:14"]),
    (Match("strasse"), ["p:10", "p:11"]),
    (Match("Straße"), ["p:10", "p:11"]),
    (Match("uber naive"), ["p:10", "p:11"]),
    (Match("ученый"), ["p:12"]),
    (Match("图", TITLE), ["p:08"]),
    (Match("神经网络", phrase=True), ["p:08"]),
    (Match("网络神经", phrase=True), []),
    (Match("ネットワーク", phrase=True), ["p:09"]),
    (Match("हिन्दी"), ["p:29"]),
    (Match("한국어"), ["p:30"]),
    (Match("x" * 100), ["p:32"]),
    (Match("muller", AUTHOR), ["p:10", "p:11", "p:26"]),
    (Match("Jörg Müller", AUTHOR, phrase=True), ["p:10", "p:11", "p:26"]),
    (Match("garcia jorg", AUTHOR, phrase=True), []),  # not from one author into the next
    (Match("ivanov", AUTHOR), ["p:03", "p:12"]),
    (Match("иванов", AUTHOR), ["p:03", "p:12"]),
    (Match("丁佳", AUTHOR, phrase=True), ["p:08", "p:09"]),
    (Match("rijs", AUTHOR, prefix=True), ["p:03", "p:04", "p:26"]),
    (Match("will", AUTHOR), []),
    (Match("kdd", TextField.VENUE), ["p:01", "p:05", "p:16", "p:17"]),
    (Match("fur informatik", TextField.VENUE, all_words=True), ["p:04", "p:10", "p:11", "p:26"]),
    (Match("university", TextField.AFFILIATION), ["p:08", "p:09"]),
    (Match("the of"), []),
    (Match(""), []),
    (Match("!!!"), []),
    (Match("to be or not to be", phrase=True), []),
    (And((Match("the"), Match("graph"))), ["p:01", "p:04", "p:18", "p:20"]),
    (And((Match("graph"), Not(Match("the")))), ["p:01", "p:04", "p:18", "p:20"]),
    (Or((Match("the"), Match("reports"))), ["p:16"]),
    (And((Match("graph"), Not(Match("neural")))), ["p:04", "p:18", "p:20"]),
    (Not(Range("year", 1980)), ["p:04", "p:07"]),
    (Not(Not(Match("reports"))), ["p:16"]),
    (And(()), sorted(e.paper.id for e in PAPERS)),
    (Or(()), []),
    (Not(Or(())), sorted(e.paper.id for e in PAPERS)),
    (Or((Not(Everything()), Match("reports"))), ["p:16"]),
    (Not(Everything()), []),
    (Keyword(KeywordField.ID, ("p:01", "p:é", "p:𝔘", "nothing")), ["p:01", "p:é", "p:𝔘"]),
    (Keyword(KeywordField.ID, ("P:01",)), []),
    (Keyword(KeywordField.ID, ()), []),
    (Keyword(KeywordField.ID, ("\ud800",)), []),
    (Keyword(KeywordField.EXTERNAL_ID, ("doi:10.1000/1",)), ["p:01"]),
    (Keyword(KeywordField.REFERENCE, ("p:01",)), ["p:20", "p:21"]),
    (Keyword(KeywordField.REFERENCE, ("nowhere",)), ["p:03"]),
    (Keyword(KeywordField.CITED_BY, ("p:01", "p:03")), ["p:02", "p:03", "p:04"]),
    (Keyword(KeywordField.CITED_BY, ("nothing",)), []),
    (Keyword(KeywordField.TITLE_KEY, ("introduction",)), ["p:05", "p:06", "p:07"]),
    (Keyword(KeywordField.TITLE_KEY, ("uberdiestrassenaiveverfahren",)), ["p:10", "p:11"]),
    (Keyword(KeywordField.AUTHOR_ID, ("a:muller-2",)), ["p:11", "p:26"]),
    (Keyword(KeywordField.AUTHOR_ORCID, ("0000-0002-1825-0097",)), ["p:21"]),
    (Keyword(KeywordField.COUNTRY, ("JP",)), ["p:08", "p:09"]),
    (Keyword(KeywordField.INSTITUTION_ID, ("i:bonn",)), ["p:01", "p:10"]),
    (Keyword(KeywordField.VENUE_ID, ("v:acl",)), ["p:02", "p:03", "p:06", "p:07"]),
    (Keyword(KeywordField.VENUE_NAME, ("Ω" * 2_000,)), ["p:ﬀ"]),
    (Keyword(KeywordField.VENUE_NAME, ("Ω" * 1_999 + "x",)), []),
    (Keyword(KeywordField.TOPIC, ("Graphs",)), ["p:01", "p:08"]),
    (Keyword(KeywordField.TYPE, ("book", "report")), ["p:04", "p:13", "p:14", "p:16", "p:17"]),
    (Keyword(KeywordField.LANGUAGE, ("zh", "ja")), ["p:08", "p:09"]),
    (Keyword(KeywordField.RETRACTED, ("true",)), ["p:16"]),
    (Keyword(KeywordField.HAS, ("doi",)), ["p:01", "p:02"]),
    (Range("year", 2001, 2003), ["p:03", "p:05", "p:06"]),
    (Range("year", 2001, 2003, include_low=False, include_high=False), ["p:06"]),
    (Range("year", None, 1985), ["p:04", "p:12"]),
    (Range("year", 2000.5, 2001.5), ["p:05"]),
    (Range("year", 2003, 2001), []),
    (Range("citations", 20), ["p:04", "p:26"]),
    (Range("pagerank", 0.125, 0.125), ["p:02"]),
    (Range("pagerank", 0.125, include_low=False, high=0.2), ["p:03", "p:25"]),
    (Range("odd name/µ"), ["p:02", "p:03", "p:04", "p:26"]),
    (Range("odd name/µ", 0, 0), ["p:03", "p:04"]),
    (Range("odd name/µ", -math.inf, math.inf), ["p:02", "p:03", "p:04", "p:26"]),
    (Range("authors", 4), ["p:26"]),
    (Range("references", 2, 2), ["p:01", "p:03", "p:21"]),
]


@pytest.mark.parametrize(("node", "expected"), CASES, ids=[str(i) for i in range(len(CASES))])
def test_by_hand(engine: Engine, node: Node, expected: list[str]) -> None:
    assert matching(engine, node) == expected
    assert ORACLE.ids(node) == expected, "the oracle must mean the same"


@pytest.mark.parametrize(("node", "expected"), CASES, ids=[str(i) for i in range(len(CASES))])
def test_as_a_constraint_and_a_count(engine: Engine, node: Node, expected: list[str]) -> None:
    assert matching(engine, Everything(), where=node) == expected
    assert engine.count(node) == len(expected)


WORDS = st.sampled_from(
    [
        "graph",
        "graphs",
        "neural",
        "networks",
        "learning",
        "translation",
        "machine",
        "the",
        "of",
        "university",
        "california",
        "C",
        "C++",
        "图",
        "神经",
        "straße",
        "müller",
        "jörg",
        "wang",
        "wei",
        "twin",
        "ranking",
        "connec",
        "introduc",
        "retrieval",
        "zzz",
        "научный",
        "о",
    ]
)
FIELD_VALUES = {
    field: sorted({value for entry in PAPERS for value in keywords(entry.paper, field)} | {"nothing"})
    for field in KeywordField
    if field is not KeywordField.CITED_BY
} | {KeywordField.CITED_BY: ["p:01", "p:03", "p:20", "nothing"]}

MATCHES = st.builds(
    Match,
    st.lists(WORDS, max_size=3).map(" ".join),
    st.sampled_from(TextField),
    phrase=st.booleans(),
    all_words=st.booleans(),
    prefix=st.booleans(),
)
KEYWORDS = st.sampled_from(KeywordField).flatmap(
    lambda field: st.builds(
        Keyword, st.just(field), st.lists(st.sampled_from(FIELD_VALUES[field]), max_size=3).map(tuple)
    )
)
BOUNDS = (
    st.none()
    | st.sampled_from([-1.0, 0.0, 0.1, 0.125, 1.0, 5.0, 10.0, 1999.0, 2010.0, 2018.0])
    | st.floats(allow_nan=False)
)
RANGES = st.builds(
    Range,
    st.sampled_from(("year", "authors", "references", *METRICS)),
    BOUNDS,
    BOUNDS,
    st.booleans(),
    st.booleans(),
)
LEAVES = MATCHES | KEYWORDS | RANGES | st.builds(Everything)
NODES: st.SearchStrategy[Node] = st.recursive(
    LEAVES,
    lambda inner: (
        st.builds(And, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Or, st.lists(inner, max_size=3).map(tuple))
        | st.builds(Not, inner)
    ),
    max_leaves=8,
)


@given(node=NODES)
@settings(max_examples=200, deadline=None)
def test_any_query_matches_what_the_oracle_says(engine: Engine, node: Node) -> None:
    expected = ORACLE.ids(node)
    assert matching(engine, node) == expected
    assert engine.count(node) == len(expected)


@given(node=NODES, where=NODES)
@settings(max_examples=100, deadline=None)
def test_any_query_under_any_constraint(engine: Engine, node: Node, where: Node) -> None:
    expected = sorted(set(ORACLE.ids(node)) & set(ORACLE.ids(where)))
    assert matching(engine, node, where) == expected


@given(text=st.text(max_size=30), phrase=st.booleans(), prefix=st.booleans())
@settings(max_examples=150, deadline=None)
def test_any_text(engine: Engine, text: str, phrase: bool, prefix: bool) -> None:
    node = Match(text, phrase=phrase, prefix=prefix)
    assert matching(engine, node) == ORACLE.ids(node)


def test_unknown_numbers_are_refused(engine: Engine) -> None:
    with pytest.raises(EngineError, match="pagerank"):
        engine.count(Range("h-index", 1))


@pytest.mark.parametrize("node", [Match("a b", boost=0.0), Match("a b", boost=math.nan), Range("year", math.nan)])
def test_senseless_numbers_are_refused(engine: Engine, node: Node) -> None:
    with pytest.raises(EngineError):
        engine.count(node)


def test_bottomless_queries_are_refused(engine: Engine) -> None:
    node: Node = Match("graph")
    for _ in range(500):
        node = Not(node)
    with pytest.raises(EngineError, match="nested"):
        engine.count(node)
