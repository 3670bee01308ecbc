from __future__ import annotations

import html
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.highlight import FRAGMENT_LENGTH, FRAGMENTS, Highlighter
from search.query import parse
from search.query.ast import Match
from tests.search.library import paper


def marked(query: str, title: str = "Untitled", abstract: str = "") -> dict[str, tuple[str, ...]]:
    return Highlighter(parse(query)).highlight(paper("p:1", title, abstract).paper)


@pytest.mark.parametrize(
    ("query", "title", "expected"),
    [
        ("networks", "Network of Networks", "<mark>Network</mark> of <mark>Networks</mark>"),
        ("naive", "Naïve Größen", "<mark>Naïve</mark> Größen"),
        ("grossen", "Naïve Größen", "Naïve <mark>Größen</mark>"),
        (
            '"graph neural"',
            "Graph neural, not neural graph",
            "<mark>Graph</mark> <mark>neural</mark>, not neural graph",
        ),
        ('"state of the art"', "State of the art", "<mark>State</mark> of the <mark>art</mark>"),
        ("trans*", "Transformers transfer", "<mark>Transformers</mark> <mark>transfer</mark>"),
        ("title:graph", "Graphs", "<mark>Graphs</mark>"),
        ("graph -networks", "Graph networks", "<mark>Graph</mark> networks"),
        ("C++", "C++ & C", "<mark>C++</mark> &amp; C"),
        ("翻译", "机器翻译", "机器<mark>翻</mark><mark>译</mark>"),
        ("x<y", "if x<y then", "if <mark>x</mark>&lt;<mark>y</mark> then"),
        ("graph AND (neural OR net)", "a net graph", "a <mark>net</mark> <mark>graph</mark>"),
    ],
)
def test_titles(query: str, title: str, expected: str) -> None:
    assert marked(query, title)["title"] == (expected,)


def test_fields_without_a_match_are_left_out() -> None:
    assert marked("graph", "Trees", "No match.") == {}
    assert marked("abstract:graph", "Graph", "Graph.") == {"abstract": ("<mark>Graph</mark>.",)}
    assert marked("title:graph", "Graph", "Graph.") == {"title": ("<mark>Graph</mark>",)}
    assert marked("author:graph year:2000", "Graph", "Graph.") == {}
    assert marked("", "Graph") == {}


def test_the_best_fragments_of_a_long_abstract() -> None:
    filler = "nothing to see here " * 30
    abstract = f"{filler}one graph alone. {filler}A neural graph network of graphs. {filler}"
    fragments = marked("neural graph network", abstract=abstract)["abstract"]
    assert len(fragments) == 1
    assert "<mark>neural</mark> <mark>graph</mark> <mark>network</mark>" in fragments[0]
    assert fragments[0].startswith("…")
    assert fragments[0].endswith("…")
    two = marked("neural alone", abstract=abstract)["abstract"]
    assert len(two) == FRAGMENTS
    assert "alone" in two[0]
    assert "neural" in two[1]


TEXT = st.text(st.sampled_from('ab cde <>&"é翻.-\n\u0301ﬁ'), max_size=700)


@settings(max_examples=150, deadline=None)
@given(TEXT, st.lists(st.text("abcdeé翻", min_size=1, max_size=2), min_size=1, max_size=4), st.booleans())
def test_fragments_are_pieces_of_the_text_and_nothing_else_is_markup(text: str, asked: list[str], phrase: bool) -> None:
    found = Highlighter(Match(" ".join(asked), phrase=phrase)).highlight(paper("p:1", f"T {text}", text).paper)
    for fragment in (*found.get("title", ()), *found.get("abstract", ())):
        bare = re.sub("</?mark>", "", fragment)
        assert "<" not in bare
        assert ">" not in bare
        assert fragment.count("<mark>") == fragment.count("</mark>") > 0
        plain = html.unescape(bare).strip("…")
        assert plain in f"T {text}"
    for fragment in found.get("abstract", ()):
        assert len(html.unescape(re.sub("</?mark>", "", fragment))) <= FRAGMENT_LENGTH + 80
