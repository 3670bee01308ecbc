"""How people are related: co-authors by year, advisors, workplaces, shared names."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from indexer.demo.cultures import Culture, cultures
from indexer.demo.naming import Column
from indexer.demo.streams import Ints
from indexer.demo.world import World

__all__ = ["CoauthorPairs", "coauthor_pairs", "homonyms", "name_keys"]

_PEOPLE_AT_ONCE = 1 << 18


@dataclass(frozen=True)
class CoauthorPairs:
    """Pairs of people (``one`` < ``two``) with joint papers: how many, in which first and last year."""

    one: Ints
    two: Ints
    papers: Ints
    first_year: Ints
    last_year: Ints


def coauthor_pairs(world: World) -> Iterator[CoauthorPairs]:
    """All pairs, ascending, in batches by ``one``."""
    papers = world.papers
    n = len(world.people)
    paper = np.repeat(np.arange(len(papers.year), dtype=np.int32), np.diff(papers.offsets))
    by_person = np.argsort(papers.authors, kind="stable")
    person_offsets = np.searchsorted(papers.authors[by_person], np.arange(0, n + _PEOPLE_AT_ONCE, _PEOPLE_AT_ONCE))
    for low, high in zip(person_offsets[:-1].tolist(), person_offsets[1:].tolist(), strict=True):
        entries = by_person[low:high]
        one, two, year = _pairs_of(world, entries, paper[entries].astype(np.int64))
        key, start, counts = np.unique(one * n + two, return_index=True, return_counts=True)
        if not len(key):
            continue
        # Entries are grouped by person with papers in order, so a pair's rows are in order of year.
        last = _last_of(one * n + two, key)
        yield CoauthorPairs(key // n, key % n, counts, year[start], year[last])


def _last_of(keys: Ints, wanted: Ints) -> Ints:
    """Position of the last occurrence of each wanted key."""
    found = np.zeros(len(wanted), dtype=np.int64)
    found[np.searchsorted(wanted, keys)] = np.arange(len(keys))
    return found


def _pairs_of(world: World, entries: Ints, paper: Ints) -> tuple[Ints, Ints, Ints]:
    """(one, two, year) of every joint paper of the people of ``entries`` with somebody of higher number."""
    papers = world.papers
    sizes = (papers.offsets[paper + 1] - papers.offsets[paper]).astype(np.int64)
    one = np.repeat(papers.authors[entries].astype(np.int64), sizes)
    begin = np.repeat(papers.offsets[paper] - (np.cumsum(sizes) - sizes), sizes)
    two = papers.authors[begin + np.arange(len(one))].astype(np.int64)
    year = np.repeat(papers.year[paper].astype(np.int64), sizes)
    higher = two > one
    return one[higher], two[higher], year[higher]


def _identify(
    numbers: npt.NDArray[np.int16], spell: Callable[[int], str], known: dict[str, int]
) -> npt.NDArray[np.int64]:
    """For numbers of names, numbers that are equal where the names read the same in plain letters."""
    used, place = np.unique(numbers, return_inverse=True)
    spelt = (anyascii(spell(number)).lower() for number in used.tolist())
    return np.array([known.setdefault(name, len(known)) for name in spelt], dtype=np.int64)[place]


def _given_speller(culture: Culture, *, initial: bool) -> Callable[[int], str]:
    """How a given name reads; "" for people with one name only."""

    def spell(number: int) -> str:
        name = culture.given_name(number) if number >= 0 else ""
        return name[:1] if initial else name

    return spell


def _family_speller(culture: Culture) -> Callable[[int], str]:
    return lambda number: culture.family_name(number)[1]


def name_keys(world: World, *, initial: bool = False) -> Ints:
    """A number for each person, equal for people whose first given name and family name read the same in plain
    letters (with ``initial``: the first letter of the given name only), shape (people,)."""
    givens: dict[str, int] = {}
    families: dict[str, int] = {}
    names = world.people.names
    keys = np.zeros(len(names), dtype=np.int64)
    for number, culture in enumerate(cultures()):
        rows = np.flatnonzero(names[:, Column.CULTURE] == number)
        given, family = names[rows, Column.GIVEN], names[rows, Column.FAMILY]
        first = _identify(given, _given_speller(culture, initial=initial), givens)
        keys[rows] = first << 32 | _identify(family, _family_speller(culture), families)
    return keys


def homonyms(world: World) -> Iterator[tuple[int, ...]]:
    """Groups of two and more people who share first given name and family name, each ascending."""
    keys = name_keys(world)
    order = np.argsort(keys, kind="stable")
    edges = np.concatenate(([0], np.flatnonzero(np.diff(keys[order])) + 1, [len(keys)]))
    for low, high in zip(edges[:-1].tolist(), edges[1:].tolist(), strict=True):
        if high - low > 1:
            yield tuple(order[low:high].tolist())
