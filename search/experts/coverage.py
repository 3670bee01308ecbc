"""Which aspects of a need each person covers, and by which paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import numpy.typing as npt

from search.experts.needs import Need
from search.experts.ranked import Ranked
from search.experts.relevance import relevant_papers
from search.experts.request import Aspect, AspectCover, Coverage, Expert
from search.experts.spread import Bylines
from search.people import People

__all__ = ["cover"]

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def cover(
    people: People,
    aspects: Sequence[Need],
    ranked: Ranked,
    experts: Sequence[Expert],
    page: Positions,
    *,
    without: Positions,
) -> tuple[Coverage, list[Expert]]:
    """The coverage of ``aspects`` by ``experts`` (the people at places ``page`` of ``ranked``), and they with theirs.

    A person covers an aspect by a paper of the need's pool that stands above the threshold for the aspect.
    """
    relevance = relevant_papers(people, aspects, without=without)
    inside = np.isin(relevance.papers, ranked.relevance.papers, assume_unique=True)
    weights = np.where(inside, relevance.by_need, 0.0)
    bylines = Bylines.of(people.arrays.corpus.authors, relevance.papers)
    covers: list[list[AspectCover]] = [[] for _ in experts]
    told: list[Aspect] = []
    for number, aspect in enumerate(aspects):
        mass = bylines.to_people(weights[number])
        best = float(mass.max()) if len(mass) else 0.0
        by: list[str] = []
        for place, expert in enumerate(experts):
            person = int(ranked.bylines.people[page[place]])
            found = _best(bylines, weights[number], mass, person)
            if found is None:
                continue
            strength, paper = found
            by.append(expert.id)
            position = int(relevance.papers[paper])
            covers[place].append(AspectCover(number, strength / best, people.arrays.paper_ids[position], ""))
        told.append(Aspect(aspect.label, int((weights[number] > 0).sum()), tuple(by)))
    titled = _titled(people, covers)
    share = sum(bool(aspect.experts) for aspect in told) / len(told) if told else 0.0
    made = [replace(expert, covers=tuple(own)) for expert, own in zip(experts, titled, strict=True)]
    return Coverage(tuple(told), share), made


def _best(bylines: Bylines, weights: Floats, mass: Floats, person: int) -> tuple[float, int] | None:
    """A person's mass for an aspect, and the place of the paper that brings most of it."""
    at = int(np.searchsorted(bylines.people, person))
    if at == len(bylines.people) or bylines.people[at] != person or mass[at] <= 0:
        return None
    links = np.flatnonzero(bylines.author == at)
    brought = weights[bylines.paper[links]] * bylines.share[links]
    return float(mass[at]), int(bylines.paper[links[int(np.argmax(brought))]])


def _titled(people: People, covers: Sequence[Sequence[AspectCover]]) -> list[list[AspectCover]]:
    ids = list(dict.fromkeys(one.paper for own in covers for one in own))
    titles = {found.paper.id: found.paper.title for found in people.engine.papers(ids) if found is not None}
    return [[replace(one, title=titles.get(one.paper, "")) for one in own] for own in covers]
