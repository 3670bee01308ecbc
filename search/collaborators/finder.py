"""Who is near whom at a moment, and the ranking of candidates by the model."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.collaborators.features import Candidates, activity, candidates_of, features_of
from search.collaborators.model import Model
from search.collaborators.profiles import Texts, profiles_of
from search.collaborators.signals import Field, nearness
from search.collaborators.ties import MOST_AUTHORS, PEOPLE_FACTS, Floats, Matrix, Ties, ties_of
from search.people import PeopleArrays

__all__ = ["Ranked", "Scene", "rank"]

RECENT_WORDS = 2.0
"""Years in which recent topics fade to 1/e."""


@dataclass(frozen=True, slots=True)
class Scene:
    """Ties and profiles at the end of a year, ready to be asked."""

    ties: Ties
    field: Field
    active: Floats

    @classmethod
    def at(
        cls, people: PeopleArrays, texts: Texts, now: int, *, most_authors: int = MOST_AUTHORS, least: int = 0
    ) -> Scene:
        """The scene made of papers up to year ``now``; only people with ``least`` papers by then can be found in it."""
        ties = ties_of(people, now, most_authors=most_authors)
        words = profiles_of(people, texts, now)
        recent = profiles_of(people, texts, now, fade=RECENT_WORDS)
        pool = np.flatnonzero(ties.people[:, PEOPLE_FACTS.index("papers")] >= least) if least > 0 else None
        return cls(ties, Field.of(ties, words, recent, pool), activity(ties))

    def met(self, author: int) -> npt.NDArray[np.bool_]:
        """Marks the person and everybody the person wrote with, ever, on a paper that ties."""
        marks = np.zeros(self.ties.authors, dtype=np.bool_)
        matrix = self.ties.met
        marks[matrix.indices[matrix.indptr[author] : matrix.indptr[author + 1]]] = True
        marks[author] = True
        return marks

    def near(self, author: int | None, words: Matrix | None = None) -> Floats:
        """How near all who can be found are to a person, or to somebody described by ``words`` (shape (1, terms))."""
        return nearness(self.field, author, words)

    def candidates(self, near: Floats, allowed: npt.NDArray[np.bool_]) -> Candidates:
        """Those of ``allowed`` (shape (people,)) who can be found, and whom ``near`` is nearest."""
        pool = self.field.pool
        if pool is None:
            return candidates_of(near, self.active, allowed)
        found = candidates_of(near, self.active[pool], allowed[pool])
        return Candidates(pool[found.positions], found.near)


@dataclass(frozen=True, slots=True)
class Ranked:
    """Candidates best first: ``positions`` (int64), ``scores`` (float32), ``parts`` of each score by feature and
    ``near``, shape (candidates, len(NEAR)).
    """

    positions: npt.NDArray[np.int64]
    scores: Floats
    parts: Floats
    near: Floats


def rank(scene: Scene, model: Model, near: Floats, allowed: npt.NDArray[np.bool_]) -> Ranked:
    """The candidates among ``allowed``, best first, ties by position.

    Parts are told from those of the mean candidate, so that they say what sets somebody apart.
    """
    found = scene.candidates(near, allowed)
    if not len(found.positions):
        return Ranked(found.positions, *(np.empty(shape, dtype=np.float32) for shape in ((0,), (0, 0), (0, 0))))
    parts = model.parts(features_of(scene.ties, found))
    parts -= parts.mean(axis=0)
    scores = parts.sum(axis=1)
    order = np.lexsort((found.positions, -scores))
    return Ranked(found.positions[order], scores[order], parts[order], found.near.T[order])
