"""How near everybody is to one person, by several measures at once: what candidates are taken from and ranked by.

Common neighbours, Adamic-Adar and resource allocation: Liben-Nowell and Kleinberg, The link-prediction problem for
social networks (JASIST 2007); Zhou, Lü and Zhang, Predicting missing links via local information (EPJ B 2009). Walks:
the chance to be there after so many steps.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse

from search.collaborators.ties import Floats, Matrix, Ties

__all__ = ["NEAR", "Field", "nearness"]

NEAR = (
    "walk_2",
    "walk_3",
    "walk_4",
    "slow_walk_2",
    "slow_walk_3",
    "last_walk_2",
    "last_walk_3",
    "flow_2",
    "common",
    "adamic_adar",
    "allocation",
    "leaders",
    "events",
    "venues",
    "words",
    "recent_words",
    "cites",
    "cited",
    "coupling",
    "places",
)
"""Measures of nearness, the rows of what :func:`nearness` gives."""


@dataclass(frozen=True, slots=True)
class Field:
    """Ties, profiles (person -> term, lasting and ``recent``) and transposes: all that nearness is measured in."""

    ties: Ties
    words: Matrix
    words_back: Matrix
    recent: Matrix
    recent_back: Matrix
    weights: Floats  # 1 / log(degree) and 1 / degree, shape (2, people)

    @classmethod
    def of(cls, ties: Ties, words: Matrix, recent: Matrix) -> Field:
        """From ties and profiles at the same time."""
        degree = np.diff(ties.met.indptr).astype(np.float32)
        weights = np.stack((1.0 / np.log(np.maximum(degree, 2.0)), 1.0 / np.maximum(degree, 1.0)))
        return cls(ties, words, words.T.tocsr(), recent, recent.T.tocsr(), weights.astype(np.float32))


def nearness(field: Field, author: int | None, words: Matrix | None = None) -> Floats:
    """How near everybody is: float32, shape (len(NEAR), people), at least 0, 0 for no tie at all.

    ``author``: whom to; None for somebody who is only described by ``words``, shape (1, terms), and has no other tie.
    """
    ties = field.ties
    found = np.zeros((len(NEAR), ties.authors), dtype=np.float32)
    rows: dict[str, Any] = {} if author is None else _graph(field, author)
    if words is not None:
        rows |= {"words": words @ field.words_back, "recent_words": words @ field.recent_back}
    for place, name in enumerate(NEAR):
        if name in rows:
            row = rows[name]
            found[place, row.indices] = row.data
    if author is not None:
        found[:, author] = 0.0
    return found


def _graph(field: Field, author: int) -> dict[str, Any]:
    ties = field.ties
    first, slow, met = ties.step[[author]], ties.slow_step[[author]], ties.met[[author]]
    second = first @ ties.step
    third = second @ ties.step
    slow_second = slow @ ties.slow_step
    newest = ties.last_step[[author]] @ ties.last_step
    wrote = ties.written[[author]]
    references, citing = wrote @ ties.cites, wrote @ ties.cites_back
    return {
        "walk_2": second,
        "walk_3": third,
        "walk_4": third @ ties.step,
        "slow_walk_2": slow_second,
        "slow_walk_3": slow_second @ ties.slow_step,
        "last_walk_2": newest,
        "last_walk_3": newest @ ties.last_step,
        "flow_2": ties.flow[[author]] @ ties.flow_back,
        "common": met @ ties.met,
        "adamic_adar": _weighted(met, field.weights[0]) @ ties.met,
        "allocation": _weighted(met, field.weights[1]) @ ties.met,
        "leaders": ties.leaders[[author]] @ ties.leaders_back,
        "events": ties.events[[author]] @ ties.events_back,
        "venues": ties.venues[[author]] @ ties.venues_back,
        "words": field.words[[author]] @ field.words_back,
        "recent_words": field.recent[[author]] @ field.recent_back,
        "cites": references @ ties.written_back,
        "cited": citing @ ties.written_back,
        "coupling": (references @ ties.cites_back) @ ties.written_back,
        "places": ties.places[[author]] @ ties.places_back,
    }


def _weighted(row: Matrix, weights: npt.NDArray[Any]) -> Matrix:
    return sparse.csr_array((row.data * weights[row.indices], row.indices, row.indptr), shape=row.shape)
