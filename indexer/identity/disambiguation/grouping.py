"""Atoms into people, block by block: the prior odds of the block, then average linkage.

The scores of pairs are log likelihood ratios. Over the pairs of a block, the share pi that are one person maximises
sum(log(pi exp(score) + 1 - pi)): expectation maximisation, held by a few imagined pairs to one half where the block
says little. Two clusters are joined while the mean log odds between their mentions are above zero.
"""

from __future__ import annotations

import numba
import numpy as np
import numpy.typing as npt

from indexer.identity.components import Pairs
from indexer.identity.disambiguation.kernels import APART, average_linkage
from indexer.identity.disambiguation.matrices import Floats
from indexer.identity.disambiguation.mentions import IntArray

__all__ = ["group", "prior_log_odds"]

_PRIOR_SHARE = 0.5
_PRIOR_PAIRS = 50.0
_STEPS = 100
_ENOUGH = 200_000
"""Pairs of a block from which its prior is estimated."""


@numba.njit(cache=True, nogil=True)
def prior_log_odds(score: Floats, weight: Floats) -> float:
    """Log odds that a pair of the block is one person.

    ``weight``: of each pair; those of weight 0 do not count. Weights are scaled to their effective number,
    (sum w)^2 / sum w^2 (Kish).
    """
    total, squares = 0.0, 0.0
    stride = max(1, len(score) // _ENOUGH)
    for pair in range(0, len(score), stride):
        total += weight[pair]
        squares += weight[pair] * weight[pair]
    if total <= 0:
        return float(np.log(_PRIOR_SHARE / (1 - _PRIOR_SHARE)))
    scale = total / squares
    share = _PRIOR_SHARE
    for _ in range(_STEPS):
        odds = np.log(share / (1 - share))
        found = 0.0
        for pair in range(0, len(score), stride):
            if weight[pair] > 0:
                found += weight[pair] / (1 + np.exp(-min(30.0, max(-30.0, score[pair] + odds))))
        new = (found * scale + _PRIOR_PAIRS * _PRIOR_SHARE) / (total * scale + _PRIOR_PAIRS)
        new = min(0.999, max(0.001, new))
        if abs(new - share) < 1e-6:
            break
        share = new
    return float(np.log(share / (1 - share)))


def group(
    starts: IntArray,
    pairs: Pairs,
    score: Floats,
    apart: npt.NDArray[np.bool_],
    size: npt.NDArray[np.float64],
) -> IntArray:
    """The smallest atom of each atom's cluster; int64, shape (atoms,).

    ``starts``: where the atoms of each block begin. ``pairs``: left and right atom of all pairs inside blocks, as
    :func:`~indexer.identity.disambiguation.pairs.pairs_within` gives them, with their ``score``, and whether they must
    stay ``apart``. ``size``: mentions of each atom.
    """
    left, right = pairs
    labels = np.arange(len(size), dtype=np.int64)
    weight = np.sqrt(size[left] * size[right]).astype(np.float32)
    weight[apart] = 0
    count = np.diff(starts)
    ends = np.concatenate([[0], np.cumsum(count * (count - 1) // 2)])
    for block in np.flatnonzero(count > 1).tolist():
        begin, end = int(starts[block]), int(starts[block + 1])
        inside = slice(int(ends[block]), int(ends[block + 1]))
        odds = prior_log_odds(score[inside], weight[inside])
        if end - begin == 2:  # most blocks of a catalog
            if score[inside.start] + odds > 0 and not apart[inside.start]:
                labels[end - 1] = begin
            continue
        distance = np.full((end - begin, end - begin), APART, np.float32)
        between = np.where(apart[inside], APART, -(score[inside] + np.float32(odds)))
        distance[left[inside] - begin, right[inside] - begin] = between
        distance[right[inside] - begin, left[inside] - begin] = between
        labels[begin:end] = average_linkage(distance, size[begin:end], 0.0) + begin
    return labels
