from __future__ import annotations

import pytest

from search.function_words import FUNCTION_WORDS, content_words
from search.spelling import similar_word
from search.text import STOPWORDS
from tests.search.library import shelf


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("how do graph networks learn", "graph networks learn"),
        ("I'm interested in graphs", "interested in graphs"),
        ("student's graphs don't learn", "student graphs learn"),
        ("WHO guidelines", "WHO guidelines"),
        ("WHO ARE WE", "WHO ARE WE"),
        ("who are we", "who are we"),
        ("How can the of", "How can the of"),
        ("vitamin C", "vitamin C"),
        ("e.g graphs", "graphs"),
        (
            "one two three four five six seven eight nine ten J Backus",
            "two three four five six seven eight nine ten Backus",
        ),
        ("", ""),
    ],
)
def test_content_words(typed: str, kept: str) -> None:
    assert content_words(typed.split()) == kept.split()


def test_no_word_is_listed_twice() -> None:
    assert FUNCTION_WORDS.isdisjoint(STOPWORDS)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [("grammer", "grammar"), ("automobil", "automobile"), ("zzzzzz", None), ("gra", None), ("a-b", None)],
)
def test_similar_words(typed: str, meant: str | None) -> None:
    assert similar_word(shelf().brute(), typed) == meant
