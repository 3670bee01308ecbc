"""Disruption (CD) index: whether later work cites a paper instead of what it built on."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.disruption import disruption
from ranking.registry import Entity, Metric, Parameter, register

__all__ = ["DISRUPTION"]

Floats = npt.NDArray[np.float64]


def disruption_index(corpus: Corpus, *, years: int = 5) -> Floats:
    """CD index of each paper in [-1, 1], shape (papers,); 0 without references, or when nothing later cites them."""
    return disruption(corpus, within=years).index


DISRUPTION = register(
    Metric(
        name="disruption",
        title="Disruption index",
        entity=Entity.PAPER,
        unit="index, -1 to 1",
        description=(
            "Towards 1 when papers of the next years (usually five) cite it without its references, towards -1 when "
            "they cite both."
        ),
        reference=(
            "Funk, R. J., & Owen-Smith, J. (2017). A dynamic network measure of technological change. "
            "Management Science 63(3), 791-817."
        ),
        compute=disruption_index,
        parameters=(Parameter("years", 5, 0, 100, "Years after publication that count; 0 for all."),),
    )
)
