"""The arrays of people straight from paper records: for collections that never saw a catalog, and for tests."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ranking.clean import clean_citations
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from records.errors import GraphError
from records.paper import Authorship, Paper
from search.people.arrays import PeopleArrays
from search.people.links import DatedLinks

__all__ = ["people_of_papers"]


def people_of_papers(papers: Sequence[Paper]) -> PeopleArrays:
    """The arrays of ``papers``, which must come in ascending order of id. Authors without an id go by their full name.

    :raises GraphError: when ids do not ascend.
    """
    ids = [paper.id for paper in papers]
    if any(one >= following for one, following in pairwise(ids)):
        raise GraphError("papers must come in ascending order of id, each id once")
    years = np.array([NO_YEAR if paper.year is None else paper.year for paper in papers], dtype=np.int16)
    people = _Codes(_author(one) for paper in papers for one in paper.authorships)
    authors, places = _bylines(papers, people)
    venues = _Codes(paper.venue.name for paper in papers if paper.venue)
    topics = _Codes(topic for paper in papers if (topic := _main_topic(paper)))
    institutions, countries = _Codes(_institutions(papers)), _Codes(_countries(papers))
    corpus = Corpus(
        citations=_citations(papers, ids, years),
        authors=authors,
        years=years,
        venues=_labels([paper.venue.name if paper.venue else None for paper in papers], venues),
        n_venues=len(venues.names),
        institutions=_links([list(_institutions((paper,))) for paper in papers], institutions),
        fields=_labels([_main_topic(paper) for paper in papers], topics) if topics.names else None,
        n_fields=len(topics.names),
    )
    return PeopleArrays.make(
        corpus,
        ids,
        people.names,
        places=places,
        affiliated=_seen(papers, people, institutions, country=False),
        lived=_seen(papers, people, countries, country=True),
        paper_countries=_links([list(_countries((paper,))) for paper in papers], countries),
        venue_names=venues.names,
        topic_names=topics.names,
        institution_ids=institutions.names,
        institution_names=institutions.names,
        countries=countries.names,
    )


@dataclass(init=False, slots=True)
class _Codes:
    """Numbers for names, in their order."""

    names: list[str]
    of: dict[str, int]

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))
        self.of = {name: code for code, name in enumerate(self.names)}


def _author(authorship: Authorship) -> str:
    return authorship.author_id or authorship.name.full


def _institutions(papers: Iterable[Paper]) -> Iterable[str]:
    return (x.institution_id for p in papers for a in p.authorships for x in a.affiliations if x.institution_id)


def _countries(papers: Iterable[Paper]) -> Iterable[str]:
    return (x.country for p in papers for a in p.authorships for x in a.affiliations if x.country)


def _main_topic(paper: Paper) -> str | None:
    return max(paper.topics, key=lambda topic: topic.score).name if paper.topics else None


def _labels(names: Sequence[str | None], codes: _Codes) -> npt.NDArray[np.int32]:
    return np.array([-1 if name is None else codes.of[name] for name in names], dtype=np.int32)


def _links(rows: Sequence[Sequence[str]], codes: _Codes) -> Adjacency:
    pairs = [(row, codes.of[name]) for row, names in enumerate(rows) for name in names]
    row, column = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Adjacency.from_pairs(row, column, (len(rows), len(codes.names)))


def _citations(papers: Sequence[Paper], ids: Sequence[str], years: npt.NDArray[np.int16]) -> Adjacency:
    place = {paper_id: position for position, paper_id in enumerate(ids)}
    pairs = [(position, place.get(other, -1)) for position, paper in enumerate(papers) for other in paper.references]
    citing, cited = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return clean_citations(citing, cited, len(papers), years=years)[0]


def _bylines(papers: Sequence[Paper], people: _Codes) -> tuple[Adjacency, npt.NDArray[np.int16]]:
    found: dict[tuple[int, int], int] = {}
    for row, paper in enumerate(papers):
        for place, authorship in enumerate(paper.authorships):
            found.setdefault((row, people.of[_author(authorship)]), place)
    rows, columns = np.array(list(found), dtype=np.int64).reshape(-1, 2).T
    links = Adjacency.from_pairs(rows, columns, (len(papers), len(people.names)))
    places = [place for _, place in sorted(found.items())]
    return links, np.array(places, dtype=np.int16)


def _seen(papers: Sequence[Paper], people: _Codes, codes: _Codes, *, country: bool) -> DatedLinks:
    rows, columns, years = [], [], []
    for paper in papers:
        for authorship in paper.authorships:
            for affiliation in authorship.affiliations:
                name = affiliation.country if country else affiliation.institution_id
                if name:
                    rows.append(people.of[_author(authorship)])
                    columns.append(codes.of[name])
                    years.append(NO_YEAR if paper.year is None else paper.year)
    when = np.array(years, dtype=np.int16)
    shape = len(people.names), len(codes.names)
    return DatedLinks.of(np.array(rows, dtype=np.int32), np.array(columns, dtype=np.int32), when, when, shape)
