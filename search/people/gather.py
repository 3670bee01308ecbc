"""What only papers themselves say, gathered one by one: names of venues and topics, and who was where and when."""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypedDict

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency
from records.paper import Paper, Topic
from search.people.links import DatedLinks
from search.text import title_key

__all__ = ["Gathered", "Gatherer", "bylines", "main_topic", "most_printed", "topic_key", "venue_key"]

_MOST = int(np.iinfo(np.int16).max)


class Gathered(TypedDict):
    """Keywords of :meth:`search.people.arrays.PeopleArrays.make`."""

    affiliated: DatedLinks
    lived: DatedLinks
    paper_countries: Adjacency
    countries: list[str]


def venue_key(paper: Paper) -> str | None:
    """What tells venues apart: the source's id, or the folded name; None for a paper without a venue."""
    if paper.venue is None:
        return None
    return paper.venue.id or title_key(paper.venue.name) or paper.venue.name or None


def topic_key(topic: Topic) -> str:
    """What tells topics apart."""
    return topic.id or topic.name


def main_topic(paper: Paper) -> Topic | None:
    """The topic a source is surest of, the first of ties."""
    return max(paper.topics, key=lambda topic: topic.score, default=None)


def most_printed(names: Mapping[str, int]) -> str:
    """The most frequent of counted printings, of ties the first by alphabet."""
    return min(names, key=lambda name: (-names[name], name))


@dataclass(init=False, slots=True)
class _Stays:
    """Links of people to places, one entry a mention: 10 bytes."""

    people: array[int]
    places: array[int]
    years: array[int]

    def __init__(self) -> None:
        self.people, self.places, self.years = array("i"), array("i"), array("h")

    def add(self, person: int, place: int, year: int) -> None:
        self.people.append(person)
        self.places.append(place)
        self.years.append(year)

    def links(self, rank: npt.NDArray[np.int32], people: int) -> DatedLinks:
        """As links; ``rank`` maps the codes of places to their final ones."""
        years = np.array(self.years, dtype=np.int16)
        places = rank[np.array(self.places, dtype=np.int32)]
        return DatedLinks.of(np.array(self.people, dtype=np.int32), places, years, years, (people, len(rank)))


class Gatherer:
    """Takes papers in ascending order of id. ``institutions``: ids of all institutions on them, in their order."""

    def __init__(self, institutions: Iterable[str]) -> None:
        self._institutions = {identifier: code for code, identifier in enumerate(institutions)}
        self._countries: dict[str, int] = {}
        self._venues: dict[int, Counter[str]] = {}
        self._topics: dict[str, Counter[str]] = {}
        self._affiliated, self._lived = _Stays(), _Stays()
        self._paper_rows, self._paper_countries = array("i"), array("i")
        self._papers = 0

    def add(self, paper: Paper, venue: int, authors: Sequence[int]) -> None:
        """Take the next paper: with the code of its venue (-1: none) and the people of its byline in order."""
        if paper.venue is not None and venue >= 0:
            self._venues.setdefault(venue, Counter())[paper.venue.name] += 1
        for topic in paper.topics:
            self._topics.setdefault(topic_key(topic), Counter())[topic.name] += 1
        year = NO_YEAR if paper.year is None else paper.year
        for authorship, author in zip(paper.authorships, authors, strict=True):
            for affiliation in authorship.affiliations:
                if affiliation.institution_id is not None:
                    self._affiliated.add(author, self._institutions[affiliation.institution_id], year)
                if affiliation.country:
                    country = self._countries.setdefault(affiliation.country, len(self._countries))
                    self._lived.add(author, country, year)
                    self._paper_rows.append(self._papers)
                    self._paper_countries.append(country)
        self._papers += 1

    def venue_names(self, count: int) -> list[str]:
        """The most frequent printing of each venue by code, "" where no paper printed one."""
        return [most_printed(self._venues[code]) if code in self._venues else "" for code in range(count)]

    def topic_names(self, keys: Iterable[str]) -> list[str]:
        """The most frequent printing of each topic by key (see :func:`topic_key`), the key where there is none."""
        return [most_printed(self._topics[key]) if key in self._topics else key for key in keys]

    def places(self, people: int) -> Gathered:
        """Who was where, for so many ``people``; countries ascend."""
        countries = sorted(self._countries)
        rank = np.empty(len(countries), dtype=np.int32)
        rank[[self._countries[country] for country in countries]] = np.arange(len(countries), dtype=np.int32)
        same = np.arange(len(self._institutions), dtype=np.int32)
        seen = rank[np.array(self._paper_countries, dtype=np.int32)]
        rows = np.array(self._paper_rows, dtype=np.int32)
        return {
            "affiliated": self._affiliated.links(same, people),
            "lived": self._lived.links(rank, people),
            "paper_countries": Adjacency.from_pairs(rows, seen, (self._papers, len(countries))),
            "countries": countries,
        }


def bylines(
    papers: npt.NDArray[np.integer],
    authors: npt.NDArray[np.integer],
    places: npt.NDArray[np.integer],
    shape: tuple[int, int],
) -> tuple[Adjacency, npt.NDArray[np.int16]]:
    """Paper -> authors, and the place of each link; somebody who stands twice on a paper has the first place.

    ``papers``, ``authors``, ``places``: one entry an authorship, shape (authorships,); ``shape``: (papers, people).
    """
    keys = papers.astype(np.int64) * max(shape[1], 1) + authors
    order = np.lexsort((places, keys))
    keys = keys[order]
    first = np.ones(len(keys), dtype=np.bool_)
    first[1:] = keys[1:] != keys[:-1]
    found = np.minimum(places[order[first]], _MOST).astype(np.int16)
    return Adjacency.from_pairs(papers, authors, shape), found
