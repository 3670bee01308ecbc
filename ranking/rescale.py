"""z-scores among papers of about the same age."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR

__all__ = ["rescaled"]

Floats = npt.NDArray[np.float64]


def rescaled(values: Floats, years: npt.NDArray[np.int16], peers: int = 1000) -> Floats:
    """(value - mean) / standard deviation over papers of about the same age, shape of ``values``.

    Mariani, Medo & Zhang (2016) compare with the ``peers`` papers nearest in order of publication. Years cannot order
    papers within themselves, so here the peers are all papers of the same year, and of the years before and after, a
    year more on each side until there are at least ``peers`` of them or no more papers. 0 where all peers are equal,
    and for papers of unknown year.
    """
    known = years != NO_YEAR
    out = np.zeros(len(values))
    if not known.any():
        return out
    first = int(years[known].min())
    place = years[known].astype(np.int64) - first
    span = int(place.max()) + 1
    centred = values[known] - values[known].mean()  # keeps the sums of squares from cancelling
    totals = [
        np.append(0.0, np.cumsum(np.bincount(place, weights=w, minlength=span)))
        for w in (np.ones(len(place)), centred, centred**2)
    ]
    low, high = np.arange(span), np.arange(span) + 1
    few = totals[0][high] - totals[0][low] < peers
    while few.any():
        low, high = np.where(few, np.maximum(low - 1, 0), low), np.where(few, np.minimum(high + 1, span), high)
        few = (totals[0][high] - totals[0][low] < peers) & ((low > 0) | (high < span))
    count, total, squares = (sums[high] - sums[low] for sums in totals)
    count = np.maximum(count, 1.0)
    mean = total / count
    deviation = np.sqrt(np.maximum(squares / count - mean**2, 0.0))
    flat = deviation <= 1e-12 * np.sqrt(np.maximum(squares / count, 1e-300))
    deviation[flat] = np.inf
    out[known] = (centred - mean[place]) / deviation[place]
    return out
