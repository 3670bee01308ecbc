"""The model that comes with the program: what generated collections, whose truth is known, teach."""

from __future__ import annotations

from indexer.identity.disambiguation.features import FEATURES
from indexer.identity.disambiguation.model import PairModel

__all__ = ["SHIPPED"]

_WEIGHTS: dict[str, float] = {
    "loose_coauthors": 0.34,
    "words": 1.25,
    "meaning": 3.3,
    "venues": 0.41,
    "affiliation": 6.76,
    "affiliation_unlike": -1.67,
    "no_reference": -1.65,
    "smaller": -1.3,
    "larger": -0.44,
}

SHIPPED = PairModel(tuple(_WEIGHTS.get(name, 0.0) for name in FEATURES), -0.64)
