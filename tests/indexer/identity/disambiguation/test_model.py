from __future__ import annotations

import numpy as np
import pytest
from scipy.optimize import minimize

from indexer.identity.disambiguation.features import EITHER_WAY, FEATURES, SPEAKS_AGAINST
from indexer.identity.disambiguation.model import Examples, PairModel, join_examples, learn

COUNT = len(FEATURES)


def _examples(seed: int, pairs: int = 4000, blocks: int = 20) -> tuple[Examples, np.ndarray, np.ndarray]:
    """Pairs of a logistic model with an intercept for each block; its weights and intercepts."""
    rng = np.random.default_rng(seed)
    true = np.where([name in SPEAKS_AGAINST for name in FEATURES], -1.0, 1.0) * rng.uniform(0.5, 2, COUNT)
    own = rng.normal(-1, 2, blocks)
    x = rng.normal(size=(pairs, COUNT)).astype(np.float32)
    block = rng.integers(0, blocks, pairs)
    same = rng.random(pairs) < 1 / (1 + np.exp(-(x @ true + own[block])))
    return Examples(x, same, rng.uniform(0.5, 1.5, pairs), block), true, own


def test_weights_are_found_whatever_the_blocks_are_like() -> None:
    examples, true, _ = _examples(1, pairs=40_000)
    model = learn(examples)
    assert model is not None
    np.testing.assert_allclose(model.weights, true, atol=0.12)


def test_the_fit_is_the_minimum_of_its_objective() -> None:
    """Weighted log loss, and a ridge of 1 on standardised weights and on the blocks' departures from their mean."""
    examples, _, _ = _examples(2, pairs=600, blocks=5)
    model = learn(examples)
    assert model is not None
    x, same, block = examples.features.astype(float), examples.same.astype(float), examples.block
    weight = examples.weight / examples.weight.mean()
    scale = x.std(axis=0)

    def loss(theta: np.ndarray) -> float:
        score = x / scale @ theta[:COUNT] + theta[COUNT] + theta[COUNT + 1 :][block]
        ridge = (theta[:COUNT] ** 2).sum() + (theta[COUNT + 1 :] ** 2).sum()
        return float((weight * (np.logaddexp(0, score) - same * score)).sum() + ridge / 2)

    best = minimize(loss, np.zeros(COUNT + 6), tol=1e-10).x
    np.testing.assert_allclose(model.weights, best[:COUNT] / scale, atol=2e-3)
    share = np.average(same, weights=weight)
    constant = best[COUNT] + best[COUNT + 1 :].mean() - np.log(share / (1 - share))
    assert model.constant == pytest.approx(constant, abs=5e-3)


def test_a_feature_that_speaks_the_wrong_way_is_left_out() -> None:
    examples, _, _ = _examples(3)
    turned = examples.features.copy()
    words, gap, larger = (FEATURES.index(name) for name in ("words", "gap", "larger"))
    turned[:, [words, gap, larger]] *= -1
    model = learn(Examples(turned, examples.same, examples.weight, examples.block))
    assert model is not None
    assert model.weights[words] == model.weights[gap] == 0
    assert model.weights[larger] < -0.5
    for name, value in zip(FEATURES, model.weights, strict=True):
        assert name in EITHER_WAY or value * (-1 if name in SPEAKS_AGAINST else 1) >= 0


def test_only_the_features_asked_for_are_used() -> None:
    model = learn(_examples(4)[0], ["words", "gap"])
    assert model is not None
    assert [name for name, value in zip(FEATURES, model.weights, strict=True) if value] == ["words", "gap"]


def test_nothing_is_learned_from_one_kind_of_pairs() -> None:
    examples = _examples(5, pairs=50)[0]
    assert learn(Examples(examples.features, np.ones(50, bool), examples.weight, examples.block)) is None


def test_evidence_is_linear_and_a_model_has_all_weights() -> None:
    model = PairModel(tuple(float(at) for at in range(COUNT)), -1.5)
    assert model.evidence(np.eye(COUNT, dtype=np.float32)).tolist() == [at - 1.5 for at in range(COUNT)]
    with pytest.raises(ValueError, match="weights"):
        PairModel((1.0,), 0.0)


def test_examples_are_joined_in_order() -> None:
    one, other = _examples(6, pairs=30)[0], _examples(7, pairs=20)[0]
    joined = join_examples([one, other])
    assert joined.features.shape == (50, COUNT)
    assert joined.same.tolist() == [*one.same.tolist(), *other.same.tolist()]
