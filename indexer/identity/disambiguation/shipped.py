"""The model that comes with the program: what generated collections, whose truth is known, teach.

Learned by :func:`~indexer.identity.disambiguation.model.learn` from the identity benchmarks of four generated corpora
of 30,000 papers (:func:`indexer.demo.benchmarks.write_benchmarks`, seeds 0 to 3), each of them twelve times: as it is,
without abstracts, without affiliations, without either, with all names in initials, and all of that; and each of these
without references.
"""

from __future__ import annotations

from indexer.identity.disambiguation.features import FEATURES
from indexer.identity.disambiguation.model import PairModel

__all__ = ["SHIPPED"]

_WEIGHTS = {
    "loose_coauthors": 1.038,
    "words": 0.119,
    "meaning": 4.484,
    "venue_words": 1.427,
    "venues": 0.418,
    "affiliation_known": -1.729,
    "affiliation": 7.406,
    "affiliation_unlike": -1.355,
    "gap": -0.314,
    "references": 0.561,
    "no_reference": -0.418,
    "smaller": -1.236,
    "larger": -0.444,
}

SHIPPED = PairModel(tuple(_WEIGHTS.get(name, 0.0) for name in FEATURES), -0.228)
