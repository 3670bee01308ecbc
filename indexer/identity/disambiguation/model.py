"""The pair model: how strongly what two atoms have in common speaks for one person.

A logistic regression with an intercept of its own for every block while it learns: how many pairs of a block are one
person is a matter of the block (how many namesakes there are), not of the evidence, and weights that explain it would
not hold elsewhere. What is left is a log likelihood ratio; the prior odds of a block are found when it is clustered
(:mod:`.grouping`). Weights keep the sign their feature must have.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import numpy as np
import numpy.typing as npt

from indexer.identity.disambiguation.features import EITHER_WAY, FEATURES, SPEAKS_AGAINST
from indexer.identity.disambiguation.matrices import Floats
from indexer.identity.disambiguation.mentions import IntArray

__all__ = ["Examples", "PairModel", "join_examples", "learn"]

_RIDGE = 1.0
_STEPS = 50
_Doubles = npt.NDArray[np.float64]


class PairModel(msgspec.Struct, frozen=True):
    """A learned pair model: a weight for each of :data:`~indexer.identity.disambiguation.features.FEATURES`.

    :raises ValueError: for another number of weights.
    """

    weights: tuple[float, ...]
    constant: float

    def __post_init__(self) -> None:
        if len(self.weights) != len(FEATURES):
            raise ValueError(f"a pair model has {len(FEATURES)} weights, this one {len(self.weights)}; learn it again")

    def evidence(self, features: Floats) -> Floats:
        """Log likelihood ratios of one person against two; float32, shape (pairs,)."""
        return np.asarray(features @ np.array(self.weights, np.float32) + np.float32(self.constant), dtype=np.float32)


class Examples(msgspec.Struct, frozen=True):
    """Pairs of atoms whose truth is known: features (pairs, features), same (bool), weight and block of each."""

    features: Floats
    same: npt.NDArray[np.bool_]
    weight: _Doubles
    block: IntArray


def join_examples(parts: Sequence[Examples]) -> Examples:
    """All parts as one; block numbers must not meet."""
    return Examples(
        np.concatenate([part.features for part in parts]),
        np.concatenate([part.same for part in parts]),
        np.concatenate([part.weight for part in parts]),
        np.concatenate([part.block for part in parts]),
    )


def learn(examples: Examples, use: Sequence[str] = FEATURES) -> PairModel | None:
    """Fit weights for the features named in ``use``; None where the examples are all same or all different."""
    if not 0 < int(examples.same.sum()) < len(examples.same):
        return None
    block = np.unique(examples.block, return_inverse=True)[1].astype(np.int64)
    same = examples.same.astype(np.float64)
    weight = examples.weight / examples.weight.mean()
    used = [at for at, name in enumerate(FEATURES) if name in use]
    while True:
        fitted, constant = _fit(examples.features[:, used].astype(np.float64), same, weight, block)
        wrong = [at for at, value in zip(used, fitted.tolist(), strict=True) if value * _sign(FEATURES[at]) < 0]
        if not wrong:
            break
        used = [at for at in used if at not in wrong]
    share = float(np.average(same, weights=weight))
    weights = dict(zip(used, fitted.tolist(), strict=True))
    return PairModel(
        tuple(weights.get(at, 0.0) for at in range(len(FEATURES))), constant - float(np.log(share / (1 - share)))
    )


def _sign(feature: str) -> int:
    return 0 if feature in EITHER_WAY else -1 if feature in SPEAKS_AGAINST else 1


def _fit(x: _Doubles, y: _Doubles, weight: _Doubles, block: IntArray) -> tuple[_Doubles, float]:
    """Weights, and the mean intercept of the blocks: ridge logistic regression by Newton's method.

    Block intercepts are penalised towards their mean and eliminated from each step's equations (Schur complement).
    """
    scale = x.std(axis=0)
    scale[scale < 1e-6] = 1
    z = np.column_stack([x / scale, np.ones(len(x))])
    d, blocks = z.shape[1], int(block.max()) + 1
    ridge = np.diag([_RIDGE] * (d - 1) + [1e-9])
    beta, own = np.zeros(d), np.zeros(blocks)
    for _ in range(_STEPS):
        p = 1 / (1 + np.exp(-np.clip(z @ beta + own[block], -30, 30)))
        slope, bend = weight * (p - y), weight * p * (1 - p) + 1e-9
        bent = z * bend[:, None]
        mixed = np.column_stack([np.bincount(block, bent[:, at], blocks) for at in range(d)])
        inner = np.bincount(block, bend, blocks) + _RIDGE
        pull = np.bincount(block, slope, blocks) + _RIDGE * own
        left = z.T @ bent + ridge - mixed.T @ (mixed / inner[:, None])
        step = np.linalg.solve(left, z.T @ slope + ridge @ beta - mixed.T @ (pull / inner))
        own -= (pull - mixed @ step) / inner
        beta -= step
        if np.abs(step).max() < 1e-6:
            break
    return beta[:-1] / scale, float(beta[-1] + own.mean())
