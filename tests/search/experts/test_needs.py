from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.experts.needs import aspects_of, list_items, passages

CALL = """Workshop on Things 2030

We invite papers on all things. Topics include, but are not limited to:

- Graph neural networks
  * dependency parsing,
\u2022 Speech recognition;
3) machine translation
(4) Ethics of things

Submissions are due in May. - not an item at all because it goes on and on and on and on and on and on.
"""


def test_a_call_has_the_items_of_its_list() -> None:
    assert aspects_of(CALL) == (
        "Graph neural networks",
        "dependency parsing",
        "Speech recognition",
        "machine translation",
        "Ethics of things",
    )
    assert list_items(CALL) == aspects_of(CALL)


def test_other_texts_have_their_sentences() -> None:
    text = "We parse text, e.g. with trees. Graphs help!  Do they?\n\nYes they do"
    assert list_items(text) == ()
    assert aspects_of(text) == ("We parse text, e.g. with trees.", "Graphs help!", "Do they?", "Yes they do")


def test_two_items_are_no_list() -> None:
    assert list_items("- one thing\n- another thing") == ()


@pytest.mark.parametrize("text", ["one", "", "  \n ", "?!"])
def test_what_has_no_parts_is_one_aspect(text: str) -> None:
    assert aspects_of(text) == (text.strip(),)


@given(st.text(max_size=400))
def test_anything_can_be_read(text: str) -> None:
    assert aspects_of(text)
    assert " ".join(" ".join(passages(text)).split()) == " ".join(text.split())
    assert all(len(passage.split()) <= 40 for passage in passages(text))


def test_passages_keep_sentences_whole_where_they_can() -> None:
    sentences = [f"Sentence number {number} has exactly eight words here." for number in range(12)]
    found = passages(" ".join(sentences))
    assert len(found) == 3
    assert all(passage.endswith("here.") for passage in found)
