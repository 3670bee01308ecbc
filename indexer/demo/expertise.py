"""Who knows what: weights of people in topics, and the experts among them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.streams import Floats, Ints, distinct
from indexer.demo.world import World

__all__ = ["Expertise", "Experts", "expertise", "experts"]

_SECOND = 0.4
"""Weight of a paper in its second topic; in its first it weighs 1."""
_MOST = 300


@dataclass(frozen=True)
class Expertise:
    """Papers of people by group (topic or sub-topic), sorted by person, then group.

    ``weight`` counts papers about the group as 1 and papers that touch it as 0.4; ``papers`` counts the former.
    ``interest`` tells whether the group is one of the person's own interests (else they were on somebody's team).
    """

    person: npt.NDArray[np.int64]
    group: npt.NDArray[np.int64]
    weight: Floats
    papers: Ints
    interest: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Experts:
    """Judgements: ``grade`` 2 for leading experts, 1 for experts; sorted by group, then person."""

    group: npt.NDArray[np.int64]
    person: npt.NDArray[np.int64]
    grade: npt.NDArray[np.int64]


def expertise(world: World, *, subtopics: bool = False) -> Expertise:
    """Weights of everybody in every topic (or sub-topic; second topics have none) they published in."""
    words, papers = world.vocabulary, world.papers
    groups = int(words.offsets[-1]) if subtopics else len(words.topics)
    sizes = np.diff(papers.offsets)
    first = papers.subtopic.astype(np.int64) if subtopics else world.topic
    keys = papers.authors.astype(np.int64) * groups + np.repeat(first, sizes)
    known, counts = np.unique(keys, return_counts=True)
    if subtopics:
        touched, touches = np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64)
    else:
        second = np.repeat(papers.second.astype(np.int64), sizes)
        has = np.flatnonzero(second >= 0)
        touched, touches = np.unique(papers.authors[has].astype(np.int64) * groups + second[has], return_counts=True)
    everything = distinct(np.concatenate((known, touched)))
    weight = np.zeros(len(everything))
    number = np.zeros(len(everything), dtype=np.int64)
    at = np.searchsorted(everything, known)
    weight[at] += counts
    number[at] = counts
    weight[np.searchsorted(everything, touched)] += _SECOND * touches
    person, group = everything // groups, everything % groups
    interests = world.people.interests[person].astype(np.int64)
    mine = interests if subtopics else np.where(interests >= 0, words.topic_of[interests], -1)
    return Expertise(person, group, weight, number, (mine == group[:, None]).any(axis=1))


def experts(known: Expertise, groups: int, papers_of_group: Ints) -> Experts:
    """The experts of each group.

    Eligible is who has the group as an interest and several papers about it (three, or two where the group has fewer
    than 40). The top twentieth of these by weight, at least 15 and at most about 300, are experts (people of equal
    weight stand or fall together); those with the weight of the top quarter of experts lead.
    """
    least = np.where(papers_of_group < 40, 2, 3)
    eligible = np.flatnonzero(known.interest & (known.papers >= least[known.group]))
    order = eligible[np.lexsort((-known.weight[eligible], known.group[eligible]))]
    edges = np.searchsorted(known.group[order], np.arange(groups + 1))
    chosen: list[tuple[Ints, Ints]] = []
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        size = high - low
        if size == 0:
            continue
        kept = min(size, max(15, min(-(-size // 20), _MOST)))
        weights = known.weight[order[low:high]]
        rows = order[low:high][weights >= weights[kept - 1]]
        leading = known.weight[rows] >= weights[(kept - 1) // 4]
        by_person = np.argsort(known.person[rows], kind="stable")
        chosen.append((rows[by_person], np.where(leading, 2, 1)[by_person]))
    if not chosen:
        nobody = np.zeros(0, dtype=np.int64)
        return Experts(nobody, nobody, nobody)
    rows = np.concatenate([rows for rows, _ in chosen])
    return Experts(known.group[rows], known.person[rows], np.concatenate([grade for _, grade in chosen]))
