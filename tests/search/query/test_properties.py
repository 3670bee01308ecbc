"""Whatever is typed parses or raises QueryError, and what parses is written back as the same query."""

from __future__ import annotations

import contextlib
from collections.abc import Callable

from hypothesis import example, given, settings
from hypothesis import strategies as st

from records.errors import FilterError, QueryError
from search.query import parse, parse_filter, quote_value, unparse
from search.query.ast import And, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField

METRICS = ("pagerank",)

TYPED = """AND OR NOT - + ( ) " “ * : :: title: author: year: 2005 2005-2012 .. > doi: 10.1000/x ½ ﬁ AND, | ! ' — / . ,
    https://doi.org/10.1000/a(b) https://x.org acl:P19-1001 P19-1001 type: a|b has:abstract foo Foo: foo: bar İ ʼ ǅ
    state-of-the-art C++ é 深度学习 pagerank: 0.5 text:"""
FRAGMENTS = st.sampled_from([*TYPED.split(), "\u0301", "\x00", "\ud800"])
QUERYISH = st.lists(st.tuples(FRAGMENTS, st.sampled_from(["", " ", "  "])), max_size=14).map(
    lambda pairs: "".join(part + gap for part, gap in pairs)
)
ANY_TEXT = st.one_of(QUERYISH, st.text(max_size=60), st.text(st.characters(), max_size=20))

WORD = st.text(st.sampled_from("abcdeéßжд"), min_size=2, max_size=6).map(lambda word: word + "x")


def outcome(parsing: Callable[[], Node]) -> Node | QueryError:
    try:
        return parsing()
    except QueryError as error:
        return error


@settings(max_examples=600, deadline=None)
@given(ANY_TEXT)
@example("(((((")
@example('"""')
@example("title:\u0301")
@example("type: :")
@example("type: //x")
@example("( P19-1001 )")
def test_any_text_parses_or_raises_a_query_error(text: str) -> None:
    node = outcome(lambda: parse(text, metrics=METRICS))
    if isinstance(node, QueryError):
        assert 0 <= node.column <= len(text)
        assert node.pointer()
        return
    written = unparse(node)
    assert parse(written, metrics=METRICS) == node
    assert unparse(parse(written, metrics=METRICS)) == written


@settings(max_examples=300, deadline=None)
@given(
    st.one_of(ANY_TEXT, ANY_TEXT.map(lambda text: f"title.search:{text}"), ANY_TEXT.map(lambda text: f"year:{text}"))
)
def test_any_filter_parses_or_raises_a_filter_error(text: str) -> None:
    node = outcome(lambda: parse_filter(text, metrics=METRICS))
    if isinstance(node, QueryError):
        assert isinstance(node, FilterError)
        assert 0 <= node.column <= len(text)
        return
    assert parse(unparse(node), metrics=METRICS) == node


@given(
    st.lists(
        st.text(st.characters(exclude_categories=("Cs", "Cc", "Z")), min_size=1, max_size=12), min_size=1, max_size=4
    )
)
def test_quoted_filter_values_mean_themselves(values: list[str]) -> None:
    node = parse_filter("topic:" + "|".join(quote_value(value) for value in values))
    assert node == Keyword(KeywordField.TOPIC, tuple(dict.fromkeys(values)))


def bags() -> st.SearchStrategy[Node]:
    return st.lists(WORD, min_size=1, max_size=3).map(lambda found: Match(" ".join(found)))


def ranges() -> st.SearchStrategy[Node]:
    years = st.tuples(st.integers(0, 2100), st.integers(0, 2100), st.booleans(), st.booleans())
    values = st.tuples(st.floats(-1e6, 1e6), st.booleans())
    return st.one_of(
        years.filter(lambda drawn: drawn[0] < drawn[1]).map(lambda drawn: Range("year", *drawn)),
        st.integers(0, 2100).map(lambda year: Range("year", year, year)),
        values.map(lambda drawn: Range("pagerank", None, drawn[0], include_high=drawn[1])),
        values.map(lambda drawn: Range("pagerank", drawn[0], None, include_low=drawn[1])),
    )


def leaves() -> st.SearchStrategy[Node]:
    found = st.lists(WORD, min_size=1, max_size=3)
    phrased = st.sampled_from([field for field in TextField if field is not TextField.AUTHOR])
    topics = st.text('ab "|(),:é', min_size=1, max_size=6)
    return st.one_of(
        bags(),
        ranges(),
        st.builds(lambda words, field: Match(" ".join(words), field, phrase=True), found, phrased),
        st.builds(
            lambda words, field: Match(" ".join(words), field, all_words=len(words) > 1),
            found,
            st.sampled_from(list(TextField)),
        ),
        st.builds(lambda word: Match(word, prefix=True), WORD),
        topics.map(lambda value: Keyword(KeywordField.TOPIC, (f"x{value}x",))),
    )


def children(kind: type[And] | type[Or], inner: st.SearchStrategy[Node]) -> st.SearchStrategy[Node]:
    """Two or more operands, none of which is of the same kind: what flattening leaves."""
    return st.lists(inner.filter(lambda node: not isinstance(node, kind)), min_size=2, max_size=4).map(
        lambda found: kind(tuple(found))
    )


NODES: st.SearchStrategy[Node] = st.recursive(
    leaves(),
    lambda inner: st.one_of(
        children(And, inner), children(Or, inner), inner.filter(lambda node: not isinstance(node, Not)).map(Not)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(NODES)
def test_every_canonical_query_survives_writing_and_reading(node: Node) -> None:
    assert parse(unparse(node), metrics=METRICS) == node


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 5000), st.sampled_from("(\"-+*:' )"))
def test_long_runs_of_one_sign_do_not_overflow_the_stack(count: int, sign: str) -> None:
    with contextlib.suppress(QueryError):
        parse(sign * count + "a")
