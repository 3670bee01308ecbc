"""The profile of a person, put together from its parts."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Any

import numpy as np

from records.errors import QueryError
from search.engine import AuthorDocument
from search.people import People
from search.profiles import around, counts, kinship, standing
from search.profiles.around import Alter, Tie
from search.profiles.kinship import Guess
from search.profiles.model import (
    CENTRAL,
    PARTS,
    CitingRow,
    CoauthorRow,
    KinRow,
    Network,
    NetworkLink,
    PaperRow,
    Profile,
    ProfileOptions,
)
from search.profiles.person import Person, stored, year_or_none

__all__ = ["LARGEST", "check_options", "profile"]

LARGEST = 100
"""Rows of one list, and people of a network."""


def profile(people: People, author_id: str, options: ProfileOptions | None = None) -> Profile:
    """The profile of ``author_id`` (one that was merged away gives who lives on).

    :raises NotFoundError: when there is no such person.
    :raises QueryError: for an unknown part, a limit out of range or an unknown paper metric.
    :raises GenerationError: when the generation was built without the arrays of people.
    """
    options = options or ProfileOptions()
    check_options(options, people)
    return _Maker(people, people.author(author_id), options).profile()


def check_options(options: ProfileOptions, people: People) -> None:
    """Refuse what cannot be.

    :raises QueryError: naming what can.
    """
    for name, value in (("limit", options.limit), ("network", options.network)):
        if not 1 <= value <= LARGEST:
            raise QueryError(f"{name} must be between 1 and {LARGEST}, not {value}", text=str(value))
    _check_name("a profile has no part", options.select, PARTS)
    if options.central != CENTRAL:
        _check_name("there is no paper metric", (options.central,), people.arrays.paper_metrics)


def _check_name(message: str, names: Iterable[str], known: Iterable[str]) -> None:
    known = sorted(known)
    for name in names:
        if name not in known:
            like = difflib.get_close_matches(name, known, n=1)
            hint = f"did you mean {like[0]}?" if like else None
            raise QueryError(f"{message} {name[:60]!r}; known are {', '.join(known)}", text=name, hint=hint)


class _Maker:
    """Computes by position, then reads all people at once and all papers at once, then makes rows of both."""

    def __init__(self, people: People, who: int, options: ProfileOptions) -> None:
        self.people = people
        self.options = options
        self.person = Person.of(people.arrays, who)
        self.wanted = set(options.select or PARTS)

    def profile(self) -> Profile:
        person, limit = self.person, self.options.limit
        simple: dict[str, Any] = {
            "totals": lambda: counts.totals(person),
            "years": lambda: counts.years(person),
            "metrics": lambda: standing.metrics(person),
            "standing": lambda: standing.standing(person),
            "topics": lambda: counts.topics(person, limit),
            "venues": lambda: counts.venues(person, limit),
            "places": lambda: counts.places(person),
        }
        found: dict[str, Any] = {name: make() for name, make in simple.items() if name in self.wanted}
        if "metrics" in self.wanted:
            found["cohort"] = standing.cohort(person)
        document, others = self._around()
        papers = self._papers(document)
        return Profile(document, self.people.engine.generation.id, **found, **papers, **others)

    def _papers(self, document: AuthorDocument) -> dict[str, Any]:
        """Lists of papers: (position, value) each, then all their documents at once."""
        chosen: dict[str, list[tuple[int, float]]] = {}
        if "most_cited" in self.wanted:
            chosen["most_cited"] = [row for row in self._best(self._citations()) if row[1]]
        if "most_central" in self.wanted:
            values = self.people.arrays.paper_metrics.get(self.options.central)
            chosen["most_central"] = [] if values is None else self._told_apart(values[self.person.papers])
        if "pinned" in self.wanted:
            cited = dict(zip(self.person.papers.tolist(), self._citations().tolist(), strict=True))
            chosen["pinned"] = [(position, cited[position]) for position in self._pinned(document) if position in cited]
        documents = self._documents({position for rows in chosen.values() for position, _ in rows})
        rows = {name: tuple(self._paper_row(documents[p], p, value) for p, value in of) for name, of in chosen.items()}
        return {**rows, "central_by": self.options.central} if "most_central" in rows else dict(rows)

    def _pinned(self, document: AuthorDocument) -> list[int]:
        found = (self.people.find("paper", paper) for paper in document.author.pinned)
        return list(dict.fromkeys(position for position in found if position is not None))

    def _citations(self) -> Any:
        cited = self.people.arrays.cited_by.offsets
        return (cited[self.person.papers + 1] - cited[self.person.papers]).astype(np.float64)

    def _told_apart(self, values: Any) -> list[tuple[int, float]]:
        """The best, or none where all papers have the same value, so that their order would say nothing."""
        known = values[~np.isnan(values)].astype(np.float64)
        return self._best(values.astype(np.float64)) if len(known) and known.min() < known.max() else []

    def _best(self, values: Any) -> list[tuple[int, float]]:
        values = np.where(np.isnan(values), -np.inf, values)
        order = np.lexsort((self.person.papers, -values))[: self.options.limit]
        return [(int(self.person.papers[place]), float(values[place])) for place in order if np.isfinite(values[place])]

    def _documents(self, positions: set[int]) -> dict[int, Any]:
        ordered = sorted(positions)
        return dict(zip(ordered, self.people.paper_documents(ordered), strict=True))

    def _paper_row(self, document: Any, position: int, value: float) -> PaperRow:
        paper, cited = document.paper, self.people.arrays.cited_by.offsets
        venue = paper.venue.name if paper.venue else None
        return PaperRow(
            paper.id, paper.title, paper.year, venue, int(cited[position + 1] - cited[position]), stored(value)
        )

    def _around(self) -> tuple[AuthorDocument, dict[str, Any]]:
        """The person, and lists of others."""
        person, limit = self.person, self.options.limit
        lists: dict[str, Any] = {
            "coauthors": lambda: around.coauthors(person, limit),
            "cited_by": lambda: around.cited_by(person, limit),
            "cites": lambda: around.cites(person, limit),
            "advisors": lambda: kinship.advisors(person)[:limit],
            "advisees": lambda: kinship.advisees(person)[:limit],
            "network": lambda: around.coauthors(person, self.options.network),
        }
        found = {name: make() for name, make in lists.items() if name in self.wanted}
        positions = sorted({person.who, *(entry.other for rows in found.values() for entry in rows)})
        documents = dict(zip(positions, self.people.author_documents(positions), strict=True))
        who = {position: (told.author.id, told.author.name.full) for position, told in documents.items()}
        made: dict[str, Any] = {
            name: tuple(self._row(entry, who[entry.other]) for entry in rows)
            for name, rows in found.items()
            if name != "network"
        }
        if "network" in found:
            made["network"] = self._network(found["network"], who)
        return documents[person.who], made

    def _row(self, entry: Alter | Tie | Guess, who: tuple[str, str]) -> CoauthorRow | CitingRow | KinRow:
        if isinstance(entry, Alter):
            return CoauthorRow(*who, entry.papers, year_or_none(entry.first), year_or_none(entry.last))
        if isinstance(entry, Tie):
            return CitingRow(*who, entry.citations, entry.papers)
        years = [year_or_none(year) for year in self.people.arrays.corpus.years[list(entry.papers)].tolist()]
        known = [year for year in years if year is not None]
        papers = tuple(self.people.arrays.paper_ids.take(entry.papers))
        confidence = round(entry.confidence, 3)
        return KinRow(*who, confidence, entry.rule, papers, entry.out_of, min(known), max(known))

    def _network(self, alters: list[Alter], who: dict[int, tuple[str, str]]) -> Network:
        people = tuple(self._row(alter, who[alter.other]) for alter in alters)
        links = around.network_links(self.person, alters)
        offsets = self.people.arrays.coauthors.links.offsets
        of_people = int(offsets[self.person.who + 1] - offsets[self.person.who])
        return Network(
            tuple(entry for entry in people if isinstance(entry, CoauthorRow)),
            tuple(NetworkLink(who[one][0], who[other][0], papers) for one, other, papers in links),
            of_people,
            around.network_cut(len(alters), of_people),
        )
