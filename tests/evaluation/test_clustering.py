"""Measures of clusterings beside counting pair by pair, and beside scikit-learn."""

from __future__ import annotations

from itertools import combinations
from math import isnan

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics.cluster import pair_confusion_matrix

from evaluation.clustering import IDENTITY_KEYS, b_cubed, clustering_measures, pair_counts, pairwise_f1

Mention = tuple[int, int, int]
"""Block, cluster, author."""

MENTIONS = st.lists(
    st.tuples(st.integers(0, 3), st.sampled_from((0, 1, 2, 5, 2**40)), st.integers(0, 4)), min_size=1, max_size=30
)


def _columns(mentions: list[Mention]) -> list[np.ndarray]:
    return [np.array(column, dtype=np.int64) for column in zip(*mentions, strict=True)]


def _pairs(mentions: list[Mention], block: int) -> tuple[int, int, int, int]:
    pairs = list(combinations([m for m in mentions if m[0] == block], 2))
    found = [a[1] == b[1] for a, b in pairs]
    true = [a[2] == b[2] for a, b in pairs]
    return sum(f and t for f, t in zip(found, true, strict=True)), sum(found), sum(true), len(pairs)


@given(MENTIONS)
def test_counts_are_those_of_every_pair(mentions: list[Mention]) -> None:
    counts = pair_counts(*_columns(mentions))
    expected = [_pairs(mentions, block) for block in sorted({m[0] for m in mentions})]
    assert (
        list(zip(*(c.tolist() for c in (counts.both, counts.found, counts.true, counts.all)), strict=True)) == expected
    )
    f1 = [2 * both / (found + true) if found + true else 1.0 for both, found, true, _ in expected]
    assert pairwise_f1(counts).tolist() == pytest.approx(f1)
    measures = clustering_measures(*_columns(mentions))
    counted = [value for value, (_, _, _, pairs) in zip(f1, expected, strict=True) if pairs]
    if not counted:
        assert isnan(measures["pairwise_macro_f1"])
        assert isnan(measures["pairwise_micro_f1"])
        return
    assert measures["pairwise_macro_f1"] == pytest.approx(sum(counted) / len(counted))
    both, found, true, _ = (sum(column) for column in zip(*expected, strict=True))
    assert measures["pairwise_micro_f1"] == pytest.approx(2 * both / (found + true) if found + true else 1.0)


@given(MENTIONS)
def test_b_cubed_is_the_mean_over_mentions(mentions: list[Mention]) -> None:
    shares = []
    for block, cluster, author in mentions:
        clustered = [m for m in mentions if m[:2] == (block, cluster)]
        written = [m for m in mentions if (m[0], m[2]) == (block, author)]
        both = [m for m in clustered if m[2] == author]
        shares.append((len(both) / len(clustered), len(both) / len(written)))
    precision, recall = b_cubed(*_columns(mentions))
    assert precision.tolist() == pytest.approx([share for share, _ in shares])
    assert recall.tolist() == pytest.approx([share for _, share in shares])
    measures = clustering_measures(*_columns(mentions))
    p, r = np.mean([s[0] for s in shares]), np.mean([s[1] for s in shares])
    assert measures["b3_precision"] == pytest.approx(p)
    assert measures["b3_recall"] == pytest.approx(r)
    assert measures["b3_f1"] == pytest.approx(2 * p * r / (p + r))
    assert measures["authors"] == len({(m[0], m[2]) for m in mentions})
    assert measures["clusters"] == len({m[:2] for m in mentions})


@given(MENTIONS)
def test_pairs_of_one_block_are_scikit_learns(mentions: list[Mention]) -> None:
    _, found, true = _columns(mentions)
    counts = pair_counts(np.zeros(len(found), dtype=np.int64), found, true)
    (_, wrong), (missed, both) = pair_confusion_matrix(true, found)  # of ordered pairs, each twice
    assert 2 * int(counts.both[0]) == both
    assert 2 * int(counts.found[0]) == both + wrong
    assert 2 * int(counts.true[0]) == both + missed


def test_large_blocks_do_not_overflow() -> None:
    size = 200_000
    one = np.zeros(size, dtype=np.int64)
    counts = pair_counts(one, one, one)
    assert counts.both.tolist() == [size * (size - 1) // 2]
    assert clustering_measures(one, one, np.arange(size) + 2**62)["pairwise_micro_f1"] == 0.0


@pytest.mark.parametrize(
    ("mentions", "macro", "micro", "precision", "recall"),
    [
        # Nothing true, nothing found: right. Something found: wrong, and no recall to speak of.
        ([(0, 0, 0), (0, 1, 1)], 1.0, 1.0, None, None),
        ([(0, 0, 0), (0, 0, 1)], 0.0, 0.0, 0.0, None),
        ([(0, 0, 0), (0, 1, 0)], 0.0, 0.0, None, 0.0),
        # A block of one mention has no pair, and does not count.
        ([(0, 0, 0), (0, 1, 0), (1, 0, 0)], 0.0, 0.0, None, 0.0),
        # One author and one cluster in two blocks: no pair between them.
        ([(0, 0, 0), (1, 0, 0)], None, None, None, None),
    ],
)
def test_what_cannot_be_divided(
    mentions: list[Mention], macro: float | None, micro: float | None, precision: float | None, recall: float | None
) -> None:
    measures = clustering_measures(*_columns(mentions))
    keys = ("pairwise_macro_f1", "pairwise_micro_f1", "pairwise_micro_precision", "pairwise_micro_recall")
    assert [None if isnan(measures[key]) else measures[key] for key in keys] == [macro, micro, precision, recall]
    assert set(IDENTITY_KEYS) <= set(measures)


def test_columns_of_different_lengths() -> None:
    with pytest.raises(ValueError, match="one for each mention"):
        clustering_measures(*(np.zeros(n, dtype=np.int64) for n in (3, 3, 2)))
