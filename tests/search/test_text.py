"""Folding and analysis as callers rely on them."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.text import Token, analyze, fold, occurrences, prepare, stem, title_key, words


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("plain ASCII", "plain ASCII"),
        ("Müller", "Muller"),
        ("Mu\u0308ller", "Muller"),
        ("Łódź Đặng Straße Ærø ﬁn", "Lodz Dang Strasse Aero fin"),
        ("Ά ς", "Α σ"),
        ("ёлка Йод", "елка Иод"),
        ("ＡＢＣ １２", "ABC 12"),
        ("ｶﾞ", "ガ"),
        ("한", "한"),
        ("हिन्दी", "हिन्दी"),
        ("שָׁלוֹם", "שלום"),
        ("ʻokina", "'okina"),
    ],
)
def test_fold(text: str, folded: str) -> None:
    assert fold(text) == folded


def test_analyze_gives_terms_spans_and_positions() -> None:
    assert analyze("The Théories of graphs") == [Token("theori", 4, 12, 1), Token("graph", 16, 22, 3)]


def test_languages_with_signs_are_words_of_their_own() -> None:
    assert [t.term for t in analyze("C, C++, C#, F# and C++11")] == ["c", "c++", "c#", "f#", "c++", "11"]


def test_han_characters_are_words() -> None:
    assert [t.term for t in words("图神经 GNN")] == ["图", "神", "经", "gnn"]


def test_overlong_words_are_cut_not_lost() -> None:
    assert [len(t.term) for t in words("x" * 150)] == [64, 64, 22]


def test_names_keep_stopwords_and_endings() -> None:
    assert [t.term for t in analyze("An Will", english=False)] == ["an", "will"]
    assert analyze("An Will") == []


@given(st.text())
def test_spans_hold_the_word(text: str) -> None:
    for token in words(text):
        assert 0 <= token.start < token.end <= len(text)
        assert token.term in "".join(t.term for t in words(text[token.start : token.end]))


@given(st.text())
def test_spans_ascend(text: str) -> None:
    found = words(text)
    assert all(a.start <= b.start and a.position < b.position for a, b in itertools.pairwise(found))


@given(st.text())
def test_folding_twice_changes_nothing_in_words(text: str) -> None:
    assert [t.term for t in words(fold(text))] == [t.term for t in words(text)]


def test_stem_is_porter2() -> None:
    assert [stem(w) for w in ("networks", "generously", "dying", "c++")] == ["network", "generous", "die", "c++"]


def test_title_key_ignores_print() -> None:
    assert title_key("A  “Naïve” Approach:\nII") == title_key("a naive approach ii") == "anaiveapproachii"


@given(st.text())
def test_prepared_text_holds_the_words_and_nothing_else(text: str) -> None:
    assert prepare(text) == " ".join(t.term for t in words(text))
    assert prepare(prepare(text)) == prepare(text)


@given(st.lists(st.sampled_from(["Graphs", "the", "graph", "C++", "naïve", "parsing", "é", "- ", "GRAPH"])))
def test_occurrences_are_those_of_the_analysis(words_: list[str]) -> None:
    text = " ".join(words_)
    for terms in (frozenset({"graph", "naiv", "the"}), frozenset({"pars", "c++"}), frozenset[str]()):
        assert occurrences(text, terms) == [token for token in analyze(text) if token.term in terms]
