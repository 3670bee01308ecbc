from __future__ import annotations

import numpy as np
import pytest

from indexer.identity.disambiguation.grouping import group, prior_log_odds
from indexer.identity.disambiguation.pairs import pairs_within


def test_the_prior_is_the_most_likely_share() -> None:
    """Against a search over all shares: the log likelihood, and 50 imagined pairs, half of them of one person."""
    rng = np.random.default_rng(1)
    score = np.concatenate([rng.normal(3, 1, 60), rng.normal(-3, 1, 400)]).astype(np.float32)
    weight = rng.uniform(0.5, 2, 460).astype(np.float32)
    scaled = weight * weight.sum() / (weight**2).sum()
    shares = np.linspace(0.001, 0.999, 20_001)[:, None]
    likelihood = (scaled * np.log(shares * np.exp(score) + 1 - shares)).sum(axis=1)
    # Imagined pairs are seen pairs: each adds the log of its own share.
    likelihood += 25 * np.log(shares[:, 0]) + 25 * np.log(1 - shares[:, 0])
    best = shares[np.argmax(likelihood), 0]
    assert prior_log_odds(score, weight) == pytest.approx(np.log(best / (1 - best)), abs=2e-3)


def test_a_block_that_says_nothing_keeps_even_odds() -> None:
    assert prior_log_odds(np.zeros(3, np.float32), np.zeros(3, np.float32)) == 0
    assert prior_log_odds(np.zeros(500, np.float32), np.ones(500, np.float32)) == pytest.approx(0)


def test_blocks_are_grouped_each_for_itself_and_contradictions_hold() -> None:
    starts = np.array([0, 2, 4, 7])
    left, right = pairs_within(starts)
    score = np.array([5, -5, 5, 5, 5], np.float32)
    apart = np.array([False, False, False, False, True])  # 5 and 6
    found = group(starts, (left, right), score, apart, np.ones(7))
    assert found[:4].tolist() == [0, 0, 2, 3]
    assert found[5] != found[6]
    assert found[4] in (found[5], found[6])
    assert group(starts, (left, right), score, np.ones(5, bool), np.ones(7)).tolist() == list(range(7))
