"""The people around a person: co-authors and the network among them, who cites the person and whom the person cites."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import Indices
from ranking.derive import MANY_AUTHORS
from search.people import row, rows_of
from search.profiles.person import Person, ranked

__all__ = ["Alter", "Tie", "cited_by", "cites", "coauthors", "network_cut", "network_links"]

Ints = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Alter:
    """A co-author (a position), joint papers, and the first and last year of them (``NO_YEAR`` where unknown)."""

    other: int
    papers: int
    first: int
    last: int


@dataclass(frozen=True, slots=True)
class Tie:
    """Someone (a position) at one end of citations, from or to how many of their papers."""

    other: int
    citations: int
    papers: int


def coauthors(person: Person, limit: int) -> list[Alter]:
    """Those with most joint papers; of ties those met last, then by position."""
    met = person.arrays.coauthors
    part = slice(met.links.offsets[person.who], met.links.offsets[person.who + 1])
    others, papers, last = met.links.indices[part], met.papers[part], met.last[part]
    order = np.lexsort((others, -last.astype(np.int64), -papers))[:limit]
    columns = (others[order], papers[order], met.first[part][order], last[order])
    return [Alter(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]


def network_links(person: Person, alters: list[Alter]) -> list[tuple[int, int, int]]:
    """(one, other, joint papers) of every two ``alters`` who wrote together, ascending by position."""
    met = person.arrays.coauthors
    chosen = np.sort(np.array([alter.other for alter in alters], dtype=np.int32))
    found = []
    for one in chosen.tolist():
        others = row(met.links, one)
        places = np.searchsorted(others, chosen)
        places = places[places < len(others)]
        places = np.unique(places[np.isin(others[places], chosen)])
        joint = met.papers[met.links.offsets[one] + places]
        pairs = zip(others[places].tolist(), joint.tolist(), strict=True)
        found += [(one, other, papers) for other, papers in pairs if other > one]
    return found


def network_cut(shown: int, of_people: int) -> str:
    """What the ego network leaves out."""
    crowd = f"papers with more than {MANY_AUTHORS} authors make nobody co-authors"
    if shown == of_people:
        return f"All {of_people} co-authors; {crowd}."
    return f"The {shown} of {of_people} co-authors with most joint papers (ties: met last); {crowd}."


def cited_by(person: Person, limit: int) -> list[Tie]:
    """Who cites the person most: people other than the person."""
    return _ties(person, person.citing, limit)


def cites(person: Person, limit: int) -> list[Tie]:
    """Whom the person cites most."""
    cited, _ = rows_of(person.arrays.corpus.citations, person.papers)
    return _ties(person, cited, limit)


def _ties(person: Person, ends: Indices, limit: int) -> list[Tie]:
    """People by citations, given the paper at the far end of each."""
    papers, citations = np.unique(ends, return_counts=True)
    people, which = rows_of(person.arrays.corpus.authors, papers)
    found, inverse = np.unique(people, return_inverse=True)
    totals = np.bincount(inverse, weights=citations[which], minlength=len(found)).astype(np.int64)
    counts = np.bincount(inverse, minlength=len(found))
    order: Ints = ranked(totals, found)
    order = order[found[order] != person.who][:limit]
    columns = (found[order], totals[order], counts[order])
    return [Tie(*values) for values in zip(*(column.tolist() for column in columns), strict=True)]
