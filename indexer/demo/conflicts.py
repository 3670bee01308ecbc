"""Conflicts of interest between people and papers, with the reason."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.world import World

__all__ = ["RECENT_YEARS", "Conflict", "conflicts"]

RECENT_YEARS = 5
"""Joint papers and shared workplaces count for so many years up to the paper's."""


@dataclass(frozen=True, order=True, slots=True)
class Conflict:
    """A reviewer is too close to ``author`` of ``paper``: "author", "advisor", "coauthor" or "institution"."""

    reviewer: int
    paper: int
    reason: str
    author: int


def conflicts(world: World, reviewers: npt.NDArray[np.int64], papers: npt.NDArray[np.int64]) -> list[Conflict]:
    """All conflicts between reviewers and papers, sorted.

    "author": the reviewer wrote it. "advisor": one was the other's advisor, ever. "coauthor": a joint paper in the five
    years up to the paper's year, the paper itself aside. "institution": both were at one institution in one of them.
    """
    found: set[Conflict] = set()
    members = set(reviewers.tolist())
    links = _coauthors(world, reviewers)
    for paper in papers.tolist():
        year = int(world.papers.year[paper])
        low, high = world.papers.offsets[paper], world.papers.offsets[paper + 1]
        authors = world.papers.authors[low:high].tolist()
        for author in authors:
            if author in members:
                found.add(Conflict(author, paper, "author", author))
            found.update(_personal(world, reviewers, paper, author))
            for reviewer, other, when in links.get(author, ()):
                if other != paper and year - RECENT_YEARS < when <= year:
                    found.add(Conflict(reviewer, paper, "coauthor", author))
    return sorted(found)


def _personal(world: World, reviewers: npt.NDArray[np.int64], paper: int, author: int) -> Iterator[Conflict]:
    """Conflicts by advisor and by institution."""
    people = world.people
    others = reviewers[reviewers != author]
    advised = (people.advisor[others] == author) | (others == people.advisor[author])
    for reviewer in others[advised].tolist():
        yield Conflict(reviewer, paper, "advisor", author)
    year = int(world.papers.year[paper])
    together = np.zeros(len(others), dtype=bool)
    for when in range(year - RECENT_YEARS + 1, year + 1):
        mine = people.institution(np.array([author]), when)[0]
        there = (people.start[others] <= when) & (people.end[others] >= when)
        if people.start[author] <= when <= people.end[author]:
            together |= there & (people.institution(others, when) == mine)
    for reviewer in others[together].tolist():
        yield Conflict(reviewer, paper, "institution", author)


def _coauthors(world: World, reviewers: npt.NDArray[np.int64]) -> dict[int, list[tuple[int, int, int]]]:
    """For each co-author of a reviewer: (reviewer, joint paper, its year)."""
    members = np.zeros(len(world.people), dtype=bool)
    members[reviewers] = True
    entries = np.flatnonzero(members[world.papers.authors])
    links: dict[int, list[tuple[int, int, int]]] = {}
    for entry in entries.tolist():
        reviewer = int(world.papers.authors[entry])
        paper = int(np.searchsorted(world.papers.offsets, entry, side="right")) - 1
        low, high = world.papers.offsets[paper], world.papers.offsets[paper + 1]
        for other in world.papers.authors[low:high].tolist():
            if other != reviewer:
                links.setdefault(other, []).append((reviewer, paper, int(world.papers.year[paper])))
    return links
