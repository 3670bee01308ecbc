from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from search.people import StringList

_TEXTS = st.lists(st.text(max_size=8) | st.text(st.characters(min_codepoint=0xD800, max_codepoint=0xDFFF), max_size=2))


@settings(deadline=None)
@given(_TEXTS)
def test_a_list_of_strings(texts: list[str]) -> None:
    found = StringList.of(texts)
    assert len(found) == len(texts)
    assert list(found) == texts
    assert found[:] == texts
    assert found[1:-1:2] == texts[1:-1:2]
    assert found.take(np.arange(len(texts))[::-1]) == texts[::-1]
    for at, text in enumerate(texts):
        assert found[at] == found[at - len(texts)] == text
    assert found.data.dtype == np.uint8
    assert found.offsets.dtype == np.int64


@settings(deadline=None)
@given(st.sets(st.text(max_size=6)), st.text(max_size=6))
def test_finding_in_an_ascending_list(texts: set[str], other: str) -> None:
    ascending = sorted(texts)
    found = StringList.of(ascending)
    assert [found.find(text) for text in ascending] == list(range(len(ascending)))
    assert found.find(other) == (ascending.index(other) if other in texts else None)


@pytest.mark.parametrize("index", [2, -3])
def test_out_of_range(index: int) -> None:
    with pytest.raises(IndexError):
        StringList.of(["a", "b"])[index]


def test_nothing() -> None:
    empty = StringList.of(())
    assert (len(empty), list(empty), empty.find("")) == (0, [], None)
