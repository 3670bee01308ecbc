from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.fusion import demote, fuse

SCORES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(0, 50), max_size=8)
COSINES = st.dictionaries(st.sampled_from("abcdefgh"), st.floats(-1, 1), max_size=8)


def test_both_halves_are_scaled_by_their_best_and_averaged() -> None:
    fused = fuse({"a": 8.0, "b": 4.0}, {"a": 0.2, "b": 0.8, "c": 0.4})
    assert {paper: share.score for paper, share in fused.items()} == pytest.approx(
        {"a": 0.5 + 0.125, "b": 0.25 + 0.5, "c": 0.25}
    )
    assert (fused["c"].lexical, fused["c"].vector) == pytest.approx((0.0, 0.25))


def test_a_paper_without_a_vector_gets_the_typical_cosine() -> None:
    fused = fuse({"a": 8.0, "b": 4.0, "c": 2.0}, {"a": 0.8, "b": 0.4, "near": 0.8})
    assert fused["c"].vector == pytest.approx(0.5 * 0.6 / 0.8)


def test_negative_cosines_count_as_nothing() -> None:
    assert fuse({}, {"a": -0.5, "b": 0.5})["a"].score == 0.0
    assert fuse({"a": 1.0}, {"a": -0.5})["a"].score == 0.5


@given(SCORES, COSINES)
def test_scores_are_between_zero_and_one(lexical: dict[str, float], cosine: dict[str, float]) -> None:
    fused = fuse(lexical, cosine)
    assert fused.keys() == lexical.keys() | cosine.keys()
    assert all(0 <= share.score <= 1 + 1e-9 for share in fused.values())
    assert all(share.score == share.lexical + share.vector for share in fused.values())


@given(st.dictionaries(st.sampled_from("abcdefgh"), st.floats(1e-3, 10), min_size=4, max_size=8))
def test_demoting_keeps_the_order_and_nothing_passes(scores: dict[str, float]) -> None:
    papers = sorted(scores)
    lower, upper = papers[: len(papers) // 2], papers[len(papers) // 2 :]
    before = dict(scores)
    demote(scores, lower, upper)
    assert max(scores[p] for p in lower) < min(scores[p] for p in upper)
    assert {p: scores[p] for p in upper} == {p: before[p] for p in upper}
    for one in lower:
        for other in lower:
            assert before[one] >= before[other] or scores[one] <= scores[other]


def test_demoting_nothing_changes_nothing() -> None:
    scores = {"a": 1.0}
    demote(scores, ["a"], [])
    demote(scores, [], ["a"])
    assert scores == {"a": 1.0}
