"""Learning who becomes a collaborator from the collection's own past, without any labels.

At the end of an earlier year everything later is unknown. Who then wrote together for the first time in the years that
followed is what the model learns to foresee; nothing but papers of the collection is needed.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.progress import NO_PROGRESS, Progress
from search.collaborators.features import features_of
from search.collaborators.finder import Scene
from search.collaborators.model import Examples, Model, fit
from search.collaborators.profiles import Texts
from search.collaborators.ties import MOST_AUTHORS, Matrix, together
from search.people import PeopleArrays

__all__ = ["DEFAULT", "ENOUGH", "Learning", "learn"]

ENOUGH = 200
"""Fewer people with new collaborators than this are too few to learn from."""


@dataclass(frozen=True, slots=True)
class Learning:
    """How to learn. ``horizon``: years to foresee. ``cuts``: at how many earlier years, ``horizon`` apart. ``lists``:
    people a cut at most; ``others``: candidates a person who did not become collaborators. ``least``: papers somebody
    must have. ``most_authors``: papers with more tie nobody. ``seed``: of what is drawn.
    """

    horizon: int = 3
    cuts: int = 2
    lists: int = 2_000
    others: int = 120
    least: int = 3
    most_authors: int = MOST_AUTHORS
    seed: int = 0


DEFAULT = Learning()


def learn(
    people: PeopleArrays, texts: Texts, until: int, options: Learning = DEFAULT, progress: Progress = NO_PROGRESS
) -> Model | None:
    """The model fitted to first collaborations up to the end of year ``until``; None when there are too few."""
    random = np.random.default_rng(options.seed)
    parts: list[Examples] = []
    count = 0
    for cut in range(options.cuts, 0, -1):
        now = until - cut * options.horizon
        scene = Scene.at(people, texts, now, most_authors=options.most_authors, least=options.least)
        for one in _lists(people, scene, options, random, progress):
            parts.append(Examples(one.features, one.positive, np.full(len(one.positive), count)))
            count += 1
    if count < ENOUGH:
        return None
    features, positive, lists = (
        np.concatenate([getattr(part, name) for part in parts]) for name in ("features", "positive", "lists")
    )
    return fit(Examples(features, positive, lists))


def _lists(
    people: PeopleArrays, scene: Scene, options: Learning, random: np.random.Generator, progress: Progress
) -> list[Examples]:
    """One list a person: candidates who became collaborators within the horizon, and some of the others."""
    now = scene.ties.now
    eligible = scene.ties.people[:, 0] >= options.least
    later = _first_met(people, scene, options)
    asked = np.flatnonzero(eligible & (np.diff(later.indptr) > 0))
    if len(asked) > options.lists:
        asked = np.sort(random.choice(asked, options.lists, replace=False))
    progress.start(f"collaborators of {now + 1}-{now + options.horizon}", len(asked))
    found: list[Examples] = []
    for author in asked.tolist():
        progress.advance()
        allowed = eligible & ~scene.met(author)
        candidates = scene.candidates(scene.near(author), allowed)
        positive = np.isin(candidates.positions, later.indices[later.indptr[author] : later.indptr[author + 1]])
        kept = _sample(positive, options.others, random)
        if positive.any():
            features = features_of(scene.ties, candidates)[kept]
            found.append(Examples(features, positive[kept], np.empty(0, dtype=np.int64)))
    progress.finish()
    return found


def _first_met(people: PeopleArrays, scene: Scene, options: Learning) -> Matrix:
    """Person -> who wrote together for the first time in the years of the horizon."""
    years, now = people.corpus.years.astype(np.int32), scene.ties.now
    inside = (years != NO_YEAR) & (years > now) & (years <= now + options.horizon)
    found: Matrix = together(people, inside, options.most_authors) > scene.ties.met
    return found


def _sample(positive: npt.NDArray[np.bool_], others: int, random: np.random.Generator) -> npt.NDArray[np.int64]:
    rest = np.flatnonzero(~positive)
    if len(rest) > others:
        rest = random.choice(rest, others, replace=False)
    return np.sort(np.concatenate((np.flatnonzero(positive), rest)))
