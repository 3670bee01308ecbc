"""Who may have advised whom: guesses from bylines, with what they rest on. Nobody is told as a fact.

Two rules, over the papers of a person's first :data:`EARLY` years, about someone whose own first paper is at least
:data:`SENIOR` years older:

- ``first_last``: the person is the first of several authors and the senior one the last. Confidence n / (m + 1), for n
  such papers out of the m on which the person is the first of several authors.
- ``early_papers``: the senior one is on at least half of m early papers of several authors, three or more; for fields
  that order authors otherwise. Confidence n / (2 (m + 1)).

The stronger rule counts; guesses below :data:`LEAST` are not shown. That the last place is the senior one's is the
custom of many fields (Tscharntke et al., "Author Sequence and Credit for Contributions in Multiauthored Publications",
PLoS Biology 5(1), 2007), and that students publish with their advisors early on is what Wang et al., "Mining
Advisor-Advisee Relationships from Research Publication Networks" (KDD 2010) rest on; their model is not used here.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Indices
from ranking.derive import MANY_AUTHORS
from search.people import PeopleArrays, row, rows_of
from search.profiles.person import Person

__all__ = ["EARLY", "LEAST", "SENIOR", "Guess", "advisees", "advisors"]

EARLY = 5
"""Years of a career that are early, the first included."""

SENIOR = 5
"""Years by which a senior person's first paper is older."""

LEAST = 1 / 3
"""Confidence below which a guess is not shown."""

_FEWEST = 3
_KEY = "search.profiles.kinship.ends"

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Guess:
    """Someone (a position), how surely, by which rule, from which papers (positions) out of how many."""

    other: int
    confidence: float
    rule: str
    papers: tuple[int, ...]
    out_of: int


def advisors(person: Person) -> list[Guess]:
    """Who may have advised the person, the surest first."""
    arrays, who = person.arrays, person.who
    papers = person.papers[_early(arrays, np.full(len(person.papers), who), person.papers)]
    first, last = _ends(arrays)
    led = papers[(first[papers] == who) & (last[papers] >= 0)]
    guesses = [
        _guess(other, "first_last", led[last[led] == other], len(led))
        for other in np.unique(last[led]).tolist()
        if _is_senior(arrays, other, who)
    ]
    shared = papers[last[papers] >= 0]
    if len(shared) >= _FEWEST:
        people, which = rows_of(arrays.corpus.authors, shared)
        found, counts = np.unique(people, return_counts=True)
        guesses += [
            _guess(other, "early_papers", shared[which[people == other]], len(shared))
            for other in found[2 * counts >= len(shared)].tolist()
            if _is_senior(arrays, other, who)
        ]
    return _best(guesses)


def advisees(person: Person) -> list[Guess]:
    """Whom the person may have advised, the surest first: whoever has them among :func:`advisors`."""
    arrays, who = person.arrays, person.who
    others = row(arrays.coauthors.links, who)
    junior = arrays.first_years[others].astype(np.int64) - int(arrays.first_years[who]) >= SENIOR
    if arrays.first_years[who] == NO_YEAR:
        return []
    others = others[junior]
    papers, which = rows_of(arrays.written, others)
    early = _early(arrays, others[which], papers)
    papers, which = papers[early], which[early]
    first, last = _ends(arrays)
    shared = last[papers] >= 0
    led = shared & (first[papers] == others[which])
    mine = led & (last[papers] == who)
    both = shared & np.isin(papers, person.papers)
    led_counts, shared_counts = _counts(which, led, len(others)), _counts(which, shared, len(others))
    guesses = []
    for place in np.unique(which[both]).tolist():
        of_place = which == place
        other, m = int(others[place]), int(shared_counts[place])
        if (mine & of_place).any():
            guesses.append(_guess(other, "first_last", papers[mine & of_place], int(led_counts[place])))
        together = papers[both & of_place]
        if m >= _FEWEST and 2 * len(together) >= m:
            guesses.append(_guess(other, "early_papers", together, m))
    return _best(guesses)


def _guess(other: int, rule: str, papers: Indices, out_of: int) -> Guess:
    share = len(papers) / (out_of + 1)
    return Guess(other, share if rule == "first_last" else share / 2, rule, tuple(papers.tolist()), out_of)


def _best(guesses: list[Guess]) -> list[Guess]:
    best: dict[int, Guess] = {}
    for guess in guesses:
        if guess.confidence >= LEAST and guess.confidence > getattr(best.get(guess.other), "confidence", 0.0):
            best[guess.other] = guess
    return sorted(best.values(), key=lambda guess: (-guess.confidence, -len(guess.papers), guess.other))


def _counts(which: npt.NDArray[np.int64], marked: Bools, size: int) -> npt.NDArray[np.int64]:
    return np.bincount(which[marked], minlength=size)


def _is_senior(arrays: PeopleArrays, other: int, who: int) -> bool:
    first = int(arrays.first_years[other])
    return first != NO_YEAR and int(arrays.first_years[who]) - first >= SENIOR


def _early(arrays: PeopleArrays, authors: npt.NDArray[np.integer], papers: Indices) -> Bools:
    """Which ``papers`` are early ones of the author beside them in ``authors``, shape (papers,)."""
    years = arrays.corpus.years[papers].astype(np.int64)
    begun = arrays.first_years[authors].astype(np.int64)
    early: Bools = (years != NO_YEAR) & (years < begun + EARLY)
    return early


def _ends(arrays: PeopleArrays) -> tuple[Indices, Indices]:
    """First and last author of every paper of several (but not too many) authors, -1 of others, shape (papers,)."""
    found: tuple[Indices, Indices] | None = arrays.corpus.kept.get(_KEY)
    if found is None:
        authors, places = arrays.corpus.authors, arrays.places.astype(np.int64)
        papers = authors.row_of_links()
        # Entries by paper and place; bylines come by position, and places may have gaps.
        order = np.lexsort((places, papers))
        several = np.flatnonzero((authors.degrees() >= 2) & (authors.degrees() <= MANY_AUTHORS))
        first = np.full(authors.rows, -1, dtype=np.int32)
        last = first.copy()
        first[several] = authors.indices[order[authors.offsets[several]]]
        last[several] = authors.indices[order[authors.offsets[several + 1] - 1]]
        found = arrays.corpus.kept[_KEY] = (first, last)
    return found
