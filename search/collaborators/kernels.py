"""The inner loops of finding and learning collaborators, compiled."""

from __future__ import annotations

from typing import Any

import numpy.typing as npt

from ranking.kernels.jit import kernel

__all__ = ["nonzero", "score_bins", "spread_row", "sum_bins"]

_Ints = npt.NDArray[Any]
_Floats = npt.NDArray[Any]


@kernel
def spread_row(  # noqa: PLR0917 - the arrays of two sparse matrices
    columns: _Ints, values: _Floats, offsets: _Ints, indices: _Ints, data: _Floats, out: _Floats
) -> None:
    """Add to ``out`` (dense) the sparse row ``columns``, ``values`` times the CSR matrix that follows."""
    for place in range(len(columns)):
        value = values[place]
        row = columns[place]
        for entry in range(offsets[row], offsets[row + 1]):
            out[indices[entry]] += value * data[entry]


@kernel
def nonzero(dense: _Floats, columns: _Ints) -> int:
    """Write where ``dense`` is not 0 to ``columns``; how many places that are."""
    count = 0
    for place in range(len(dense)):
        columns[count] = place
        count += dense[place] != 0
    return count


@kernel
def score_bins(z: _Floats, bins: _Ints, base: _Floats, slope: _Floats, scores: _Floats) -> None:
    """Scores of examples under piecewise linear functions: in each bin of a feature ``base`` + ``slope`` * z."""
    for example in range(z.shape[0]):
        total = 0.0
        for feature in range(z.shape[1]):
            place = bins[example, feature]
            total += base[feature, place] + slope[feature, place] * z[example, feature]
        scores[example] = total


@kernel
def sum_bins(z: _Floats, bins: _Ints, residual: _Floats, sums: _Floats, products: _Floats) -> None:
    """Add up ``residual``, and ``residual`` * z, by feature and bin."""
    for example in range(z.shape[0]):
        one = residual[example]
        for feature in range(z.shape[1]):
            place = bins[example, feature]
            sums[feature, place] += one
            products[feature, place] += one * z[example, feature]
