"""How fast a yearly count grows, and how surely that can be said."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Growth", "growth"]

Floats = npt.NDArray[np.float64]

_STEPS = 50
_TOLERANCE = 1e-10
_NORMAL_95 = 1.959964  # the 97.5% point of the normal distribution


@dataclass(frozen=True, slots=True)
class Growth:
    """Growth a year as a share (0.1 is 10% more every year), with the bounds of its 95% interval."""

    rate: float
    low: float
    high: float


def growth(counts: Floats, exposure: Floats | None = None) -> Growth | None:
    """The constant yearly growth that fits ``counts``, shape (years,), one a year without gaps, best.

    A log-linear Poisson model, fitted by Newton's method; with ``exposure`` (a total a year) it is the share
    counts / exposure that grows. The interval is quasi-Poisson: counts that scatter more than a Poisson process does
    widen it (McCullagh & Nelder, Generalized Linear Models, 1989, chapter 6). None with fewer than three years, or
    fewer than two with a count: no growth can be told.
    """
    used = np.ones(len(counts), dtype=np.bool_) if exposure is None else exposure > 0
    y = np.asarray(counts, dtype=np.float64)[used]
    x = np.flatnonzero(used).astype(np.float64)
    if len(y) < 3 or (y > 0).sum() < 2:
        return None
    base = np.zeros(len(y)) if exposure is None else np.log(exposure[used])
    x -= x.mean()
    fitted = _fit(x, y, base)
    if fitted is None:
        return None
    slope, mean = fitted
    chi = float(((y - mean) ** 2 / mean).sum()) / (len(y) - 2)
    centre = float((mean * x).sum() / mean.sum())
    error = math.sqrt(max(chi, 1.0) / float((mean * (x - centre) ** 2).sum()))
    low, high = slope - _NORMAL_95 * error, slope + _NORMAL_95 * error
    return Growth(math.expm1(slope), math.expm1(low), math.expm1(min(high, 50.0)))


def _fit(x: Floats, y: Floats, base: Floats) -> tuple[float, Floats] | None:
    """Slope and fitted means of log(mean) = base + a + slope * x; None where the fit runs away."""
    slope = 0.0
    for _ in range(_STEPS):
        raw = np.exp(base + slope * x)
        mean = raw * (y.sum() / raw.sum())  # the level that fits this slope best
        centre = (mean * x).sum() / mean.sum()
        gradient = float(((y - mean) * x).sum())
        curvature = float((mean * (x - centre) ** 2).sum())
        if curvature <= 0.0:
            return None
        step = float(np.clip(gradient / curvature, -1.0, 1.0))
        slope += step
        if abs(step) < _TOLERANCE:
            raw = np.exp(base + slope * x)
            return slope, raw * (y.sum() / raw.sum())
    return None
