"""People by the papers of a need: the walk, and what it rests on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.experts.needs import Need
from search.experts.relevance import Relevance, relevant_papers
from search.experts.spread import Bylines, walk
from search.people import People

__all__ = ["RESTART", "Ranked", "rank_people"]

RESTART = 0.3
"""Chance of the walk to start again at the relevant papers, by round."""

_ROUNDS = 20

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ranked:
    """Everybody the walk reached. ``bylines.people`` are their positions, ``scores`` and ``own`` (what their relevant
    papers bring) go with them; ``mass`` is that of the pool's papers after the walk, ``start`` that it restarted from.
    """

    relevance: Relevance
    bylines: Bylines
    scores: Floats
    own: Floats
    mass: Floats
    start: Floats


def rank_people(people: People, needs: Sequence[Need], *, without: Positions, half_life: float | None = None) -> Ranked:
    """Score people for ``needs``; papers at positions ``without`` do not count."""
    relevance = relevant_papers(people, needs, without=without, half_life=half_life)
    bylines = Bylines.of(people.arrays.corpus.authors, relevance.papers)
    mass = walk(bylines, relevance.weights, RESTART, _ROUNDS)
    total = relevance.weights.sum()
    start = RESTART * relevance.weights / total if total > 0 else relevance.weights
    return Ranked(relevance, bylines, bylines.to_people(mass), bylines.to_people(start), mass, start)
