from __future__ import annotations

import pytest

from records.errors import QueryError
from search.query import parse, unparse
from search.query.ast import And, Everything, Keyword, KeywordField, Match, Node, Not, Or, Range, TextField
from search.query.parser import MAX_CLAUSES, MAX_DEPTH, MAX_LENGTH

METRICS = ("pagerank", "h_index")


def title(text: str, *, all_words: bool = False) -> Match:
    return Match(text, TextField.TITLE, all_words=all_words)


def doi(value: str) -> Keyword:
    return Keyword(KeywordField.EXTERNAL_ID, (f"doi:{value}",))


CASES: list[tuple[str, Node]] = [
    ("graph neural networks", Match("graph neural networks")),
    ("", Everything()),
    (" \t\n\x00 ", Everything()),
    ('"graph neural  networks"', Match("graph neural networks", phrase=True)),
    ("“graph neural”", Match("graph neural", phrase=True)),
    ('"graph neural”', Match("graph neural", phrase=True)),
    ('"the “graph” network"', Match("the “graph” network", phrase=True)),
    ('venue.name:"The “X” Journal"', Keyword(KeywordField.VENUE_NAME, ("The “X” Journal",))),
    ("a AND b", And((Match("a"), Match("b")))),
    ("a b AND c", And((Match("a b"), Match("c")))),
    ("a OR b AND c", Or((Match("a"), And((Match("b"), Match("c")))))),
    ("(a OR b) AND c", And((Or((Match("a"), Match("b"))), Match("c")))),
    ("a AND (b AND c)", And((Match("a"), Match("b"), Match("c")))),
    ("NOT a OR b", Or((Not(Match("a")), Match("b")))),
    ("graph -review", And((Match("graph"), Not(Match("review"))))),
    ("graph NOT review", And((Match("graph"), Not(Match("review"))))),
    ("graph AND NOT review", And((Match("graph"), Not(Match("review"))))),
    ("NOT NOT a", Match("a")),
    ("-review", Not(Match("review"))),
    ("-(a b)", Not(Match("a b"))),
    ("graph +neural", And((Match("graph"), Match("neural")))),
    ("+state-of-the-art", Match("state-of-the-art", all_words=True)),
    ("state-of-the-art", Match("state-of-the-art")),
    ("x AND state-of-the-art", And((Match("x"), Match("state-of-the-art", all_words=True)))),
    ("x NOT state-of-the-art", And((Match("x"), Not(Match("state-of-the-art", all_words=True))))),
    ("x AND (state-of-the-art)", And((Match("x"), Match("state-of-the-art")))),
    ("transform*", Match("transform", prefix=True)),
    ("transform* graph", Match("graph transform", prefix=True)),
    ("tran* gra* x", Or((Match("tran", prefix=True), Match("x gra", prefix=True)))),
    (
        "title:(tran* gra*)",
        And((Match("tran", TextField.TITLE, prefix=True), Match("gra", TextField.TITLE, prefix=True))),
    ),
    ("title:parsing", title("parsing")),
    ("Title:parsing", title("parsing")),
    ("title: parsing", title("parsing")),
    ("title:(dependency parsing)", title("dependency parsing", all_words=True)),
    ("title:(a OR b)", Or((title("a"), title("b")))),
    ("title:(a -b)", And((title("a"), Not(title("b"))))),
    ('title:"a b"', Match("a b", TextField.TITLE, phrase=True)),
    ("title:a:b", title("a b", all_words=True)),
    ("title:-a", title("a")),
    ("text:(a b)", Match("a b", all_words=True)),
    ("author:Manning parsing", And((Match("Manning", TextField.AUTHOR), Match("parsing")))),
    ('author:"Manning, C."', Match("Manning C", TextField.AUTHOR, all_words=True)),
    ('venue:"Computational Linguistics"', Match("Computational Linguistics", TextField.VENUE, phrase=True)),
    ("affiliation:Oslo", Match("Oslo", TextField.AFFILIATION)),
    ("year:2005-2012", Range("year", 2005, 2012)),
    ("year:2005–2012", Range("year", 2005, 2012)),
    ("year:2005..2012", Range("year", 2005, 2012)),
    ("year:2005", Range("year", 2005, 2005)),
    ("year:2005-", Range("year", 2005, None)),
    ("year:-2005", Range("year", None, 2005)),
    ("year:..2005", Range("year", None, 2005)),
    ("year:>2010", Range("year", 2010, None, include_low=False)),
    ("year:>=2010", Range("year", 2010, None)),
    ("year:<2010", Range("year", None, 2010, include_high=False)),
    ("year:=2010", Range("year", 2010, 2010)),
    ("year:>2005..<2010", Range("year", 2005, 2010, include_low=False, include_high=False)),
    ("year:*", Range("year")),
    ("year:2005|2010..2012", Or((Range("year", 2005, 2005), Range("year", 2010, 2012)))),
    ("year:(2005 OR 2007)", Or((Range("year", 2005, 2005), Range("year", 2007, 2007)))),
    ("citations:>=10", Range("citations", 10, None)),
    ("cited_by_count:>=10", Range("citations", 10, None)),
    ("pagerank:>1e-5", Range("pagerank", 1e-5, None, include_low=False)),
    ("h_index:-1..1.5", Range("h_index", -1, 1.5)),
    ("cites:acl:P19-1001", Keyword(KeywordField.REFERENCE, ("acl:P19-1001",))),
    ("refersto:x", Keyword(KeywordField.REFERENCE, ("x",))),
    ("citedby:x", Keyword(KeywordField.CITED_BY, ("x",))),
    ("id:a|b|a", Keyword(KeywordField.ID, ("a", "b"))),
    ("doi:10.1000/ABC", doi("10.1000/abc")),
    ("doi:https://doi.org/10.1000/ABC", doi("10.1000/abc")),
    ("doi:10.1016/S0140-6736(20)30183-5", doi("10.1016/s0140-6736(20)30183-5")),
    ("(doi:10.1000/a)", doi("10.1000/a")),
    ("arXiv:1706.03762v5", Keyword(KeywordField.EXTERNAL_ID, ("arxiv:1706.03762",))),
    ("acl:p19-1001", Keyword(KeywordField.EXTERNAL_ID, ("acl:P19-1001",))),
    ("author.id:acl:jane-doe", Keyword(KeywordField.AUTHOR_ID, ("acl:jane-doe",))),
    ("orcid:0000000218250097", Keyword(KeywordField.AUTHOR_ORCID, ("0000-0002-1825-0097",))),
    ("type:Article|book", Keyword(KeywordField.TYPE, ("article", "book"))),
    ('type:"a b"|(c', Keyword(KeywordField.TYPE, ("a b", "(c"))),
    ("type:(article OR book)", Keyword(KeywordField.TYPE, ("article", "book"))),
    ('topic:"machine learning"', Keyword(KeywordField.TOPIC, ("machine learning",))),
    ('venue.name:"A ""B"""', Keyword(KeywordField.VENUE_NAME, ('A "B"',))),
    ("language:EN", Keyword(KeywordField.LANGUAGE, ("en",))),
    ("country:de", Keyword(KeywordField.COUNTRY, ("DE",))),
    ("has:abstract", Keyword(KeywordField.HAS, ("abstract",))),
    ("has_doi:false", Not(Keyword(KeywordField.HAS, ("doi",)))),
    ("is_retracted:no", Keyword(KeywordField.RETRACTED, ("false",))),
    ("-language:en", Not(Keyword(KeywordField.LANGUAGE, ("en",)))),
]


@pytest.mark.parametrize(("text", "node"), CASES)
def test_language(text: str, node: Node) -> None:
    assert parse(text, metrics=METRICS) == node


@pytest.mark.parametrize(("text", "node"), CASES)
def test_written_back_reads_the_same(text: str, node: Node) -> None:
    assert parse(unparse(node), metrics=METRICS) == node


PASTED: list[tuple[str, Node]] = [
    (
        "BERT: Pre-training of Deep Bidirectional Transformers",
        Match("BERT Pre-training of Deep Bidirectional Transformers"),
    ),
    ("Language: an introduction", Match("Language an introduction")),
    ("Re:Zero", Match("Re Zero")),
    ("C++ and C#", Match("C++ and C#")),
    ("what's in a name?", Match("what's in a name")),
    ("the authors' view 'quoted", Match("the authors view quoted")),
    ("input/output — a study – really…", Match("input/output a study really")),
    ("pre -- and post-processing", Match("pre and post-processing")),
    ("a - b + c", Match("a b c")),
    ("Generative Adversarial Networks (GANs)", Match("Generative Adversarial Networks GANs")),
    ("fork() and exec()", Match("fork and exec")),
    ("(+) and (-) strands (…)", Match("and strands")),
    ("std::vector", Match("std::vector")),
    ("at 10:30, ratio 1:10", Match("at 10:30 ratio 1:10")),
    ("A* search and C*-algebras", Match("A search and C*-algebras")),
    ("TO BE OR NOT TO BE", Or((Match("TO BE"), And((Not(Match("TO")), Match("BE")))))),
    ("ATTENTION IS ALL YOU NEED AND MORE", Match("ATTENTION IS ALL YOU NEED and MORE")),
    ("NLP AND BERT", And((Match("NLP"), Match("BERT")))),
    ("深度 学习 模型 AND 图像", And((Match("深度 学习 模型"), Match("图像", all_words=True)))),
    ("https://github.com/x/y", Match("https github.com x y")),
    ("10.1000/ABC", doi("10.1000/abc")),
    ("  https://doi.org/10.1000/ABC. ", doi("10.1000/abc")),
    ("doi.org/10.1000/abc", doi("10.1000/abc")),
    ("10.1000/a 10.1000/b", Keyword(KeywordField.EXTERNAL_ID, ("doi:10.1000/a", "doi:10.1000/b"))),
    ("Attention (https://doi.org/10.1000/a)", Or((Match("Attention"), doi("10.1000/a")))),
    ("https://arxiv.org/abs/1706.03762v2", Keyword(KeywordField.EXTERNAL_ID, ("arxiv:1706.03762",))),
    ("P19-1001", Or((Keyword(KeywordField.EXTERNAL_ID, ("acl:P19-1001",)), Match("P19-1001", all_words=True)))),
    ("1706.03762", Or((Keyword(KeywordField.EXTERNAL_ID, ("arxiv:1706.03762",)), Match("1706.03762", all_words=True)))),
    (
        "arXiv 1706.03762",
        Or((Keyword(KeywordField.EXTERNAL_ID, ("arxiv:1706.03762",)), Match("arXiv 1706.03762", all_words=True))),
    ),
    ("+P19-1001", Match("P19-1001", all_words=True)),
    ("title:(see 10.1000/abc)", title("see 10.1000 abc", all_words=True)),
]


@pytest.mark.parametrize(("text", "node"), PASTED)
def test_what_scholars_paste(text: str, node: Node) -> None:
    assert parse(text) == node
    assert parse(unparse(node)) == node


WRONG = [
    ('a "b c', 2, "quote is not closed"),
    ('a ""', 2, "nothing between the quotes"),
    ("a (b", 2, "not closed"),
    ("a) b", 1, "was not opened"),
    (")", 0, "was not opened"),
    ("a ()", 2, "nothing between the parentheses"),
    ("a AND", 2, "nothing after AND"),
    ("OR a", 0, "nothing in front of OR"),
    ("a AND OR b", 6, "nothing in front of OR"),
    ("a NOT", 2, "nothing after NOT"),
    ("(a AND) b", 3, "nothing after AND"),
    ("a AND ...", 2, "nothing after AND"),
    ("... — !", 0, "nothing to search for"),
    ("titel:x", 0, "no field 'titel'"),
    ("foo:bar", 0, "no field 'foo'"),
    ("year:abc", 5, "not a number"),
    ("year:2012-2005", 5, "backwards"),
    ("year:2005.5", 5, "not a year"),
    ("year:20055", 5, "not a year"),
    ("citations:1e999", 10, "too large"),
    ("graph title:", 6, "has no value"),
    ("title:AND", -1, ""),
    ("title:(a year:2005)", 9, "parentheses of another"),
    ("title:(b title:a)", 9, "parentheses of another"),
    ("year:()", 0, "no value"),
    ("year:(2005 AND 2006)", 11, "AND cannot stand here"),
    ("year:(2005 2006)", 11, "OR is missing"),
    ("year:(2005", 5, "not closed"),
    ("type:a|", 7, "empty"),
    ("has:nothing", 4, "not one of abstract, doi, references"),
    ("doi:banana", 4, "doi"),
    ("orcid:0000-0002-1825-0098", 6, "checksum"),
    ("language:english", 9, "language code"),
    ("country:Germany", 8, "country code"),
    ("retracted:maybe", 10, "true or false"),
    ("( " * (MAX_DEPTH + 1) + "a" + ")" * (MAX_DEPTH + 1), 2 * MAX_DEPTH, "stand inside each other"),
    (" OR ".join(["a"] * (MAX_CLAUSES + 1)), 5 * MAX_CLAUSES, "more than 200 clauses"),
    ("a" * (MAX_LENGTH + 1), MAX_LENGTH, "characters"),
]


@pytest.mark.parametrize(("text", "column", "message"), [case for case in WRONG if case[1] >= 0])
def test_wrong_queries_say_where_and_why(text: str, column: int, message: str) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse(text)
    assert caught.value.column == column
    assert caught.value.text == text


@pytest.mark.parametrize(
    ("text", "hint"), [("titel:x", "title"), ("Autor:x", "author"), ("yaer:2000", "year"), ("pagernak:1", "pagerank")]
)
def test_unknown_fields_are_guessed(text: str, hint: str) -> None:
    with pytest.raises(QueryError) as caught:
        parse(text, metrics=METRICS)
    assert f"did you mean {hint}:" in (caught.value.hint or "")


def test_metric_fields_exist_only_where_there_is_the_metric() -> None:
    assert parse("pagerank:1", metrics=METRICS) == Range("pagerank", 1, 1)
    with pytest.raises(QueryError, match="pagerank"):
        parse("pagerank:1")


def test_spans_point_into_the_text() -> None:
    text = 'graph  "neural nets" OR year:2005-2012'
    node = parse(text)
    assert isinstance(node, Or)
    left, right = node.children
    assert isinstance(left, And)
    assert [text[child.span.start : child.span.end] for child in left.children] == ["graph", '"neural nets"']
    assert text[right.span.start : right.span.end] == "2005-2012"


def test_deep_and_long_queries_within_the_limits_parse() -> None:
    assert parse("(" * MAX_DEPTH + "a" + ")" * MAX_DEPTH) == Match("a")
    assert parse("NOT " * 2400 + "a") == Match("a")
    assert parse("a b " * 2400) == Match(" ".join(["a b"] * 2400))
    alternatives = parse(" OR ".join(["a"] * MAX_CLAUSES))
    assert isinstance(alternatives, Or)
    assert len(alternatives.children) == MAX_CLAUSES


def test_nodes_the_parser_never_makes_are_written_with_the_same_meaning() -> None:
    any_title = Match("a b", TextField.TITLE)
    assert unparse(any_title) == "title:(a OR b)"
    assert unparse(And((Everything(), Match("a")))) == "(year:* OR NOT year:*) a"
    assert unparse(Match("x", boost=2.0)) == "x"
    assert unparse(Not(Not(Match("x")))) == "NOT (NOT x)"
