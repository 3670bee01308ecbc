"""Candidates of one person, and what the model knows of each of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from search.collaborators.signals import NEAR
from search.collaborators.ties import PEOPLE_FACTS, Floats, Ties

__all__ = ["FEATURES", "GROUPS", "PER_SOURCE", "Candidates", "activity", "candidates_of", "features_of"]

PER_SOURCE = 350
"""How many candidates each source gives at most."""

_FREE = ("walk_4", "slow_walk_3", "adamic_adar", "allocation", "leaders")
_BY_ACTIVITY = ("events", "venues", "words", "recent_words", "cites", "cited", "coupling", "places")
_SOURCES = (*_FREE, *_BY_ACTIVITY)
"""Candidates are taken from each; from those of many ties (_BY_ACTIVITY) also weighted by how active people are."""

_RANKED = ("walk_2", "walk_4", "slow_walk_3", "adamic_adar", "words", "events", "leaders", "venues")

FEATURES = (*NEAR, *(f"rank.{name}" for name in _RANKED), *PEOPLE_FACTS)
"""Columns of what :func:`features_of` gives."""

_GROUPED = {
    "co-authors": ("walk_", "slow_walk_", "last_walk_", "flow_", "common", "adamic_adar", "allocation", "leaders"),
    "events and venues": ("events", "venues"),
    "topics": ("words", "recent_words"),
    "citations": ("cites", "cited", "coupling"),
    "institutions": ("places",),
}
_FLOOR = {"coupling": 1e-5}
"""Nearness below it is as good as none."""


def _group(feature: str) -> str:
    name = feature.removeprefix("rank.")
    return next((group for group, starts in _GROUPED.items() if name.startswith(starts)), "activity")


GROUPS = tuple(_group(feature) for feature in FEATURES)
"""What each feature is told apart as in the parts of a score."""


@dataclass(frozen=True, slots=True)
class Candidates:
    """``positions`` of people, ascending, and how near they are: float32, shape (len(NEAR), candidates)."""

    positions: npt.NDArray[np.int64]
    near: Floats


def activity(ties: Ties) -> Floats:
    """How likely people are to write at all: the logarithm of their papers of four years, less for silent years."""
    papers, silent = ties.people[:, PEOPLE_FACTS.index("papers_4")], ties.people[:, PEOPLE_FACTS.index("silent")]
    found: Floats = np.log1p(papers) * np.exp(-np.maximum(silent - 1, 0) / 3)
    return found


def candidates_of(
    near: Floats, active: Floats, allowed: npt.NDArray[np.bool_], *, per_source: int = PER_SOURCE
) -> Candidates:
    """The people of ``allowed`` nearest by each of several sources, by some also weighted with ``active``."""
    positions = np.flatnonzero(allowed)
    inside = near if len(positions) == near.shape[1] else near[:, positions]
    chosen = np.zeros(len(positions), dtype=np.bool_)
    for name in _SOURCES:
        values = inside[NEAR.index(name)]
        _choose(values, per_source, chosen)
        if name in _BY_ACTIVITY:
            _choose(values * active[positions], per_source, chosen)
    picked = np.flatnonzero(chosen)
    return Candidates(positions[picked], inside[:, picked])


def _choose(values: Floats, most: int, chosen: npt.NDArray[np.bool_]) -> None:
    some = np.flatnonzero(values > 0)
    if len(some) > most:
        # Ties at the end of the list are decided by position, so that the same request finds the same people.
        least = np.partition(values[some], len(some) - most)[len(some) - most]
        above = some[values[some] > least]
        some = np.concatenate((above, some[values[some] == least][: most - len(above)]))
    chosen[some] = True


def features_of(ties: Ties, found: Candidates) -> Floats:
    """What the model reads: float32, shape (candidates, len(FEATURES)).

    Nearness and facts on a logarithmic scale, and for some the logarithm of the rank among the candidates.
    """
    columns: list[Any] = []
    for row, name in enumerate(NEAR):
        floor = 1e-5 if "walk" in name else _FLOOR.get(name, 1e-3)
        columns.append(np.log(found.near[row] + np.float32(floor)))
    columns += [_ranks(found.near[NEAR.index(name)]) for name in _RANKED]
    facts = ties.people[found.positions]
    for place, name in enumerate(PEOPLE_FACTS):
        columns.append(np.log(facts[:, place] + np.float32(1e-2 if name == "strength" else 1.0)))
    return np.stack(columns, axis=1).astype(np.float32)


def _ranks(values: Floats) -> npt.NDArray[Any]:
    """-log(rank + 3), counted from 0, best first; the same for all without any nearness."""
    order = np.argsort(-values, kind="stable")
    ranks = np.empty(len(values))
    ranks[order] = np.arange(len(values))
    ranks[values <= 0] = len(values)
    return -np.log(ranks + 3.0)
