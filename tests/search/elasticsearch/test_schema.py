"""What is sent: analysed as our own code says, under ids that the server takes, and remembered by digest."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.elasticsearch.schema import document_id, english, redirect_id, stored_vector, unit, vectors_of
from search.elasticsearch.seen import Seen
from search.text import STOPWORDS, analyze
from tests.elasticsearch_server.stores import make_store
from tests.search.elasticsearch.papers import build

_TEXTS = (
    "The state of the art in retrieval is not what it was",
    "internal organic emergencies of biologists adding evenings",  # stems that depend on a stemmer's version
    "Être ou ne pas être: naïve Straße, О графах и сетях, 深度学习 C++ and C#",
    " ".join(STOPWORDS),
    "x" * 200 + " the end",
    "!!!",
)


@pytest.mark.parametrize("text", _TEXTS)
def test_the_server_sees_the_terms_and_places_that_our_analysis_gives(text: str) -> None:
    store = make_store(Path("analysis"))
    if store.current() is None:
        build(store, 1)
    index = store.open().indices["papers"]
    told = store.client.indices.analyze(index=index, field="title", text=english(text))["tokens"]
    assert [(t["token"], t["position"]) for t in told] == [(t.term, t.position) for t in analyze(text)]


@given(st.text(max_size=700))
def test_ids_fit_the_server_and_stay_apart(identifier: str) -> None:
    made = document_id(identifier)
    try:
        size = len(identifier.encode())
    except UnicodeEncodeError:
        assert made is None
        return
    if not identifier:
        assert made is None
    elif size <= 512:
        assert made == identifier
    else:
        assert made is not None
        assert len(made.encode()) <= 512
        assert made != document_id(identifier + "x")


def test_redirects_of_papers_and_people_do_not_mix() -> None:
    assert redirect_id("paper", "x") != redirect_id("author", "x")
    assert redirect_id("paper", "") is None


def test_vectors_come_back() -> None:
    rows = unit(np.random.default_rng(0).normal(size=(5, 384)).astype(np.float32) * 0.05)
    np.testing.assert_allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-6)
    for some in (rows, rows[2:3]):
        np.testing.assert_allclose(vectors_of([stored_vector(row) for row in some]), some, atol=1e-4)


@given(st.lists(st.lists(st.text(max_size=3), max_size=6), max_size=40))
def test_seen_tells_every_id_that_was_there(batches: list[list[str]]) -> None:
    seen, before = Seen(), set[str]()
    for batch in batches:
        expected = []
        for place, one in enumerate(batch):
            if one in before or one in batch[:place]:
                expected.append(one)
        assert seen.add(batch) == expected
        before.update(batch)
