"""Random numbers: ranges, weights, independence, and values that must never change."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from indexer.demo.pools import Groups, WeightedGroups, spread_evenly
from indexer.demo.streams import Stream, cumulative, distinct


def test_values_are_fixed() -> None:
    assert Stream(1, "a", 2).words(3).tolist() == FIXED_WORDS
    assert Stream(1, "a", 2).uniform(1).tolist() == [(FIXED_WORDS[0] >> 11) * 2.0**-53]


def test_keys_and_seeds_make_different_streams() -> None:
    firsts = {int(Stream(*key).words(1)[0]) for key in ((1, "a"), (1, "b"), (2, "a"), (1, "a", 0), (1, "a", 1))}
    assert len(firsts) == 5


@given(st.integers(0, 2**63 - 1), st.integers(1, 10**9), st.integers(0, 50))
def test_below_stays_below(seed: int, bound: int, n: int) -> None:
    drawn = Stream(seed, "x").below(bound, n)
    assert len(drawn) == n
    assert ((drawn >= 0) & (drawn < bound)).all()


def test_below_nothing_is_nothing() -> None:
    assert Stream(0, "x").below(np.array([0, 5, 0]), 3)[[0, 2]].tolist() == [0, 0]


def test_choose_follows_weights() -> None:
    counts = np.bincount(Stream(4, "x").choose(cumulative([1, 0, 3]), 40_000), minlength=3) / 40_000
    assert counts[1] == 0
    assert counts[2] == pytest.approx(0.75, abs=0.01)


@given(st.lists(st.integers(-50, 50)))
def test_distinct_is_the_sorted_set(values: list[int]) -> None:
    assert distinct(np.array(values, dtype=np.int64)).tolist() == sorted(set(values))


def test_groups_draw_members_of_the_group() -> None:
    keys, members = np.array([2, 0, 2, 0, 2]), np.array([10, 11, 12, 13, 14])
    wanted = np.array([0, 1, 2] * 200)
    for groups in (Groups(keys, members, 3), WeightedGroups(keys, members, np.ones(5, dtype=np.int64), 3)):
        drawn = groups.draw(Stream(0, "x"), wanted)
        assert set(drawn[wanted == 0].tolist()) == {11, 13}
        assert set(drawn[wanted == 1].tolist()) == {-1}
        assert set(drawn[wanted == 2].tolist()) == {10, 12, 14}


def test_groups_without_members() -> None:
    nobody = np.zeros(0, dtype=np.int64)
    assert Groups(nobody, nobody, 2).draw(Stream(0, "x"), np.array([0, 1])).tolist() == [-1, -1]
    assert WeightedGroups(nobody, nobody, nobody, 2).draw(Stream(0, "x"), np.array([1])).tolist() == [-1]


def test_weighted_groups_follow_weights() -> None:
    groups = WeightedGroups(np.array([0, 0, 1]), np.array([7, 8, 9]), np.array([1, 3, 5]), 2)
    drawn = groups.draw(Stream(0, "x"), np.zeros(40_000, dtype=np.int64))
    assert (drawn == 8).mean() == pytest.approx(0.75, abs=0.01)


def test_spread_evenly_keeps_every_large_share() -> None:
    counts = np.bincount(spread_evenly(Stream(0, "x"), cumulative([5, 3, 2]), 100), minlength=3)
    assert np.abs(counts - [50, 30, 20]).max() <= 1


FIXED_WORDS = [5276610214149569676, 15808488055461185038, 3370489908491060258]
