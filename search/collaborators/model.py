"""The model that ranks candidates: a generalised additive model, fitted so that true collaborators stand on top.

Each feature adds a piecewise linear function of itself (hinges at quantiles), so a score falls apart into what each
feature added. It is fitted by the listwise softmax loss (Cao et al., Learning to rank: from pairwise approach to
listwise approach, ICML 2007): within the candidates of one person the probability mass should lie on those who became
collaborators.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy.optimize import minimize

from records.errors import GenerationError
from search.collaborators.features import FEATURES
from search.collaborators.kernels import score_bins, sum_bins
from search.collaborators.ties import Floats

__all__ = ["Examples", "Model", "fit"]

_QUANTILES = (0.1, 0.3, 0.5, 0.7, 0.9)
_LIMIT = 6.0
"""Standardised features are cut there: what lies further out was hardly seen in fitting."""
_PENALTY = 5.0
_STEPS = 120


@dataclass(frozen=True, slots=True)
class Examples:
    """``features``: shape (examples, len(FEATURES)); ``positive``: who became a collaborator; ``lists``: whose
    candidate each example is, numbered from 0, ascending.
    """

    features: Floats
    positive: npt.NDArray[np.bool_]
    lists: npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Model:
    """``mean`` and ``scale`` standardise features; ``knots``: shape (features, hinges), where slopes change;
    ``weights``: shape (features, 1 + hinges), the slope and its changes. All float32. ``learned_from``: the number of
    lists it was fitted to, 0 for what is shipped.
    """

    mean: Floats
    scale: Floats
    knots: Floats
    weights: Floats
    learned_from: int = 0

    def parts(self, features: Floats) -> Floats:
        """What each feature adds to each candidate's score, shape (candidates, len(FEATURES))."""
        z = _standard(features, self.mean, self.scale)
        found = z * self.weights[:, 0]
        for hinge in range(self.knots.shape[1]):
            found += np.maximum(z - self.knots[:, hinge], 0) * self.weights[:, hinge + 1]
        return found

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """As arrays by name."""
        learned = np.array([self.learned_from], dtype=np.int64)
        arrays = {"mean": self.mean, "scale": self.scale, "knots": self.knots, "weights": self.weights}
        return {f"model.{name}": values for name, values in arrays.items()} | {"model.learned_from": learned}

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> Model:
        """What :meth:`pack` packed.

        :raises GenerationError: when it was packed with other features.
        """
        if len(arrays["model.mean"]) != len(FEATURES):
            raise GenerationError("the model of collaborators has other features; build again (scholarcore build)")
        mean, scale, knots, weights = (arrays[f"model.{name}"] for name in ("mean", "scale", "knots", "weights"))
        return cls(mean, scale, knots, weights, int(arrays["model.learned_from"][0]))


def fit(examples: Examples) -> Model:
    """The model that explains ``examples`` best, weights kept small; the same examples always give the same model."""
    mean = examples.features.mean(axis=0)
    scale = examples.features.std(axis=0) + np.float32(1e-6)
    z = _standard(examples.features, mean, scale)
    knots = np.quantile(z[examples.positive], _QUANTILES, axis=0).T.astype(np.float32)
    table = _maximise(z, knots, examples).astype(np.float32)
    return Model(mean, scale, knots, table, int(examples.lists[-1]) + 1)


def _standard(features: Floats, mean: Floats, scale: Floats) -> Floats:
    found: Floats = np.clip((features - mean) / scale, -_LIMIT, _LIMIT)
    return found


class _Lines:
    """The sum of piecewise linear functions of ``z``, by the stretch between knots that each value lies in: the hinges
    themselves would take six times the memory.
    """

    def __init__(self, z: Floats, knots: Floats) -> None:
        self._z, self._knots = z, knots.astype(np.float64)
        self._bins = np.zeros(z.shape, dtype=np.uint8)
        for hinge in range(knots.shape[1]):
            self._bins += z > knots[:, hinge]

    def scores(self, weights: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """The sum at each example; ``weights`` as in :class:`Model`."""
        slope = np.cumsum(weights, axis=1)
        base = np.zeros_like(slope)
        base[:, 1:] = -np.cumsum(weights[:, 1:] * self._knots, axis=1)
        found = np.empty(len(self._z))
        score_bins(self._z, self._bins, base, slope, found)
        return found

    def gradient(self, residual: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
        """What ``residual`` (d loss / d score) means for each weight."""
        sums, products = np.zeros((2, self._knots.shape[0], self._knots.shape[1] + 1))
        sum_bins(self._z, self._bins, residual, sums, products)
        sums, products = (np.cumsum(found[:, ::-1], axis=1)[:, ::-1] for found in (sums, products))
        products[:, 1:] -= self._knots * sums[:, 1:]
        return np.asarray(products)


def _maximise(z: Floats, knots: Floats, examples: Examples) -> npt.NDArray[np.float64]:
    """Weights with the least listwise loss, shape (features, 1 + hinges)."""
    lists, positive = examples.lists, examples.positive.astype(np.float64)
    starts = np.flatnonzero(np.diff(lists, prepend=-1))
    count = len(starts)
    wanted = positive / np.maximum(np.add.reduceat(positive, starts), 1.0)[lists]
    counted = (np.add.reduceat(positive, starts) > 0).astype(np.float64)
    lines, shape = _Lines(z, knots), (knots.shape[0], knots.shape[1] + 1)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        scores = lines.scores(weights.reshape(shape))
        top = np.maximum.reduceat(scores, starts)
        mass = np.exp(scores - top[lists])
        total = np.add.reduceat(mass, starts)
        value = (counted * (np.log(total) + top)).sum() - (wanted * scores).sum()
        gradient = lines.gradient(counted[lists] * mass / total[lists] - wanted).ravel()
        return value / count + _PENALTY * (weights @ weights) / count, (gradient + 2 * _PENALTY * weights) / count

    start = np.zeros(shape[0] * shape[1])
    found = minimize(loss, start, jac=True, method="L-BFGS-B", options={"maxiter": _STEPS})
    return np.asarray(found.x).reshape(shape)
