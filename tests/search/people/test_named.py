from __future__ import annotations

import pytest

from records.errors import FilterError
from search.people import StringList
from search.people.filters import people_mask
from search.people.named import find_names
from tests.search.people.worlds import people, world

NAMES = StringList.of(
    ["parsing: syntax, trees", "speech recognition", "Speech synthesis", "machine translation", "Machine  Translation"]
)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("Speech Synthesis", [1 + 1]),
        ("machine translation", [3, 4]),
        ("parsing", [0]),
        ("trees", [0]),
        ("  SYNTAX,   trees ", [0]),
        ("recog", [1]),
        ("translation", [3, 4]),  # one name, written twice
    ],
)
def test_a_name_or_an_unambiguous_part(typed: str, found: list[int]) -> None:
    assert find_names(NAMES, typed, "topic").tolist() == found


@pytest.mark.parametrize(
    ("typed", "message"),
    [
        ("speech", 'topic: 2 names hold \'speech\'; write one of them in full: "Speech synthesis"; "speech rec'),
        ("speach recognition", "none called 'speach recognition'; the closest are: \"speech recognition\""),
        ("machin", "2 names"),
        ("pasing", '"parsing: syntax, trees"'),
        ("arsing", "there is none called 'arsing'"),  # words are completed, not cut open
        ("xyzzy", "there is none called 'xyzzy'$"),
    ],
)
def test_what_names_nothing_or_several_is_told(typed: str, message: str) -> None:
    names = StringList.of([*NAMES, "machine learning"])
    with pytest.raises(LookupError) as caught:
        find_names(names, typed, "topic")
    if message.endswith("$"):
        assert str(caught.value).endswith(message[:-1])
    else:
        assert message in str(caught.value)


def test_nothing_is_named() -> None:
    with pytest.raises(LookupError, match="no paper of this collection has one"):
        find_names(StringList.of([]), "parsing", "topic")


def test_a_filter_says_where() -> None:
    arrays = next(made for seed in range(50) if len((made := people(world(seed))).topic_names) > 0)
    start = f'papers:>0,topic:"{arrays.topic_names[0]}"|'
    with pytest.raises(FilterError, match="topic: there is none called 'astrology'") as caught:
        people_mask(f"{start}astrology", arrays)
    assert caught.value.column == len(start)
    with pytest.raises(FilterError, match="venue: there is none called 'Nowhere'"):
        people_mask("venue:!Nowhere", arrays)
