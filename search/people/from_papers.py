"""The arrays of people straight from paper records: for collections that never saw a catalog, and for tests."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from ranking.clean import clean_citations
from ranking.corpus import NO_YEAR, Adjacency, Corpus
from records.errors import GraphError
from records.paper import Affiliation, Authorship, Paper
from search.people.arrays import PeopleArrays
from search.people.gather import Gatherer, bylines, main_topic, most_printed, topic_key, venue_key

__all__ = ["people_of_papers"]


def people_of_papers(papers: Sequence[Paper]) -> PeopleArrays:
    """The arrays of ``papers``, which must come in ascending order of id. Authors without an id go by their full name.

    They are those of a build of the same papers, but for metrics and percentiles.

    :raises GraphError: when ids do not ascend.
    """
    ids = [paper.id for paper in papers]
    if any(one >= following for one, following in pairwise(ids)):
        raise GraphError("papers must come in ascending order of id, each id once")
    years = np.array([NO_YEAR if paper.year is None else paper.year for paper in papers], dtype=np.int16)
    people = _Codes(_author(one) for paper in papers for one in paper.authorships)
    venue_keys = [venue_key(paper) for paper in papers]
    topic_keys = [None if (topic := main_topic(paper)) is None else topic_key(topic) for paper in papers]
    venues, topics = _Codes(filter(None, venue_keys)), _Codes(filter(None, topic_keys))
    institutions = _Codes(x.institution_id for x in _affiliations(papers) if x.institution_id is not None)
    authors, places = _bylines(papers, people)
    of_venue = venues.labels(venue_keys)
    gathered = Gatherer(institutions.names)
    for paper, venue in zip(papers, of_venue.tolist(), strict=True):
        gathered.add(paper, venue, [people.of[_author(one)] for one in paper.authorships])
    corpus = Corpus(
        citations=_citations(papers, ids, years),
        authors=authors,
        years=years,
        venues=of_venue,
        n_venues=len(venues.names),
        institutions=_institutions(papers, institutions) if institutions.names else None,
        fields=topics.labels(topic_keys) if topics.names else None,
        n_fields=len(topics.names),
    )
    return PeopleArrays.make(
        corpus,
        ids,
        people.names,
        places=places,
        **gathered.places(len(people.names)),
        venue_names=gathered.venue_names(len(venues.names)),
        topic_names=gathered.topic_names(topics.names),
        institution_ids=institutions.names,
        institution_names=_institution_names(papers, institutions),
    )


@dataclass(init=False, slots=True)
class _Codes:
    """Numbers for names, in their order."""

    names: list[str]
    of: dict[str, int]

    def __init__(self, names: Iterable[str]) -> None:
        self.names = sorted(set(names))
        self.of = {name: code for code, name in enumerate(self.names)}

    def labels(self, names: Iterable[str | None]) -> npt.NDArray[np.int32]:
        """The number of each name, -1 for None."""
        return np.array([-1 if name is None else self.of[name] for name in names], dtype=np.int32)


def _author(authorship: Authorship) -> str:
    return authorship.author_id or authorship.name.full


def _affiliations(papers: Iterable[Paper]) -> Iterable[Affiliation]:
    return (x for paper in papers for authorship in paper.authorships for x in authorship.affiliations)


def _institutions(papers: Sequence[Paper], codes: _Codes) -> Adjacency:
    pairs = [
        (row, codes.of[x.institution_id])
        for row, paper in enumerate(papers)
        for x in _affiliations((paper,))
        if x.institution_id is not None
    ]
    rows, columns = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return Adjacency.from_pairs(rows, columns, (len(papers), len(codes.names)))


def _institution_names(papers: Iterable[Paper], codes: _Codes) -> list[str]:
    printed: dict[str, Counter[str]] = {identifier: Counter() for identifier in codes.names}
    for affiliation in _affiliations(papers):
        if affiliation.institution_id is not None:
            printed[affiliation.institution_id][affiliation.text] += 1
    return [most_printed(printed[identifier]) for identifier in codes.names]


def _citations(papers: Sequence[Paper], ids: Sequence[str], years: npt.NDArray[np.int16]) -> Adjacency:
    place = {paper_id: position for position, paper_id in enumerate(ids)}
    pairs = [(position, place.get(other, -1)) for position, paper in enumerate(papers) for other in paper.references]
    citing, cited = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return clean_citations(citing, cited, len(papers), years=years)[0]


def _bylines(papers: Sequence[Paper], people: _Codes) -> tuple[Adjacency, npt.NDArray[np.int16]]:
    entries = [
        (row, people.of[_author(authorship)], place)
        for row, paper in enumerate(papers)
        for place, authorship in enumerate(paper.authorships)
    ]
    rows, columns, places = np.array(entries, dtype=np.int64).reshape(-1, 3).T
    return bylines(rows, columns, places, (len(papers), len(people.names)))
