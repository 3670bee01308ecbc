"""Counts by year, topic and venue, and the totals they add up to."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.cohorts import last_citing_year
from ranking.corpus import NO_YEAR
from ranking.derive import MANY_AUTHORS
from search.people import DatedLinks, StringList, row, rows_of
from search.profiles.model import PlaceRow, TopicRow, TopicYear, Totals, VenueRow, YearRow
from search.profiles.person import Person, ranked, year_or_none

__all__ = ["main_topic", "places", "topics", "totals", "venues", "years"]

Ints = npt.NDArray[np.int64]


def totals(person: Person) -> Totals:
    """See :class:`~search.profiles.model.Totals`."""
    arrays, papers = person.arrays, person.papers
    authors = arrays.corpus.authors
    independent = person.independent
    citing = np.unique(person.citing)
    references, _ = rows_of(arrays.corpus.citations, papers)
    undated = person.citing_years == NO_YEAR
    crowd = authors.offsets[papers + 1] - authors.offsets[papers]
    return Totals(
        papers=len(papers),
        undated_papers=int((person.years == NO_YEAR).sum()),
        crowded_papers=int((crowd > MANY_AUTHORS).sum()),
        citations=len(person.citing),
        self_citations=int(person.self_cited.sum()),
        independent_citations=int(independent.sum()),
        undated_citations=int(undated.sum()),
        undated_independent_citations=int((undated & independent).sum()),
        citing_papers=len(citing),
        citing_people=_others(person, citing),
        references=len(references),
        cited_people=_others(person, np.unique(references)),
        coauthors=len(row(arrays.coauthors.links, person.who)),
        first_year=year_or_none(arrays.first_years[person.who]),
        last_year=year_or_none(arrays.last_years[person.who]),
        cited_until=year_or_none(last_citing_year(arrays.corpus)),
    )


def _others(person: Person, papers: npt.NDArray[np.int32]) -> int:
    people, _ = rows_of(person.arrays.corpus.authors, papers)
    found = np.unique(people)
    return len(found) - int(np.isin(person.who, found))


def years(person: Person) -> tuple[YearRow, ...]:
    """Every year from the first to the last in which something happened, also those in which nothing did."""
    seen = np.concatenate([person.years, person.citing_years])
    seen = seen[seen != NO_YEAR].astype(np.int64)
    if not len(seen):
        return ()
    first, count = int(seen.min()), int(seen.max() - seen.min()) + 1
    papers = _by_year(person.years, first, count)
    citations = _by_year(person.citing_years, first, count)
    independent = _by_year(person.citing_years[person.independent], first, count)
    rows = zip(papers.tolist(), citations.tolist(), independent.tolist(), strict=True)
    return tuple(YearRow(first + place, *row) for place, row in enumerate(rows))


def _by_year(years: npt.NDArray[np.int16], first: int, count: int) -> Ints:
    return np.bincount(years[years != NO_YEAR].astype(np.int64) - first, minlength=count)


def topics(person: Person, limit: int) -> tuple[TopicRow, ...]:
    """The topics with most papers."""
    fields = person.arrays.corpus.fields
    if fields is None:
        return ()
    labels = fields[person.papers]
    found, counts = np.unique(labels[labels >= 0], return_counts=True)
    rows = []
    for place in ranked(counts, found)[:limit].tolist():
        of_topic = person.years[labels == found[place]]
        when, papers = np.unique(of_topic[of_topic != NO_YEAR], return_counts=True)
        by_year = tuple(TopicYear(*pair) for pair in zip(when.tolist(), papers.tolist(), strict=True))
        first, last = (by_year[0].year, by_year[-1].year) if by_year else (None, None)
        name = person.arrays.topic_names[int(found[place])]
        rows.append(TopicRow(name, int(counts[place]), first, last, by_year))
    return tuple(rows)


def main_topic(person: Person) -> str | None:
    """The topic of most papers, the first of ties; None when none is known."""
    found = topics(person, 1)
    return found[0].topic if found else None


def venues(person: Person, limit: int) -> tuple[VenueRow, ...]:
    """The venues with most papers."""
    labels = person.arrays.corpus.venues[person.papers]
    found, inverse, counts = np.unique(labels, return_inverse=True, return_counts=True)
    bounds = person.bounds(inverse, len(found))
    order = [place for place in ranked(counts, found).tolist() if found[place] >= 0][:limit]
    names = person.arrays.venue_names.take(found[order])
    return tuple(VenueRow(name, int(counts[place]), *bounds[place]) for name, place in zip(names, order, strict=True))


def places(person: Person) -> tuple[PlaceRow, ...]:
    """Institutions and countries, those seen last first."""
    arrays = person.arrays
    institutions = _places("institution", person, arrays.affiliated, arrays.institution_ids, arrays.institution_names)
    return institutions + _places("country", person, arrays.lived, arrays.countries, arrays.countries)


def _places(kind: str, person: Person, seen: DatedLinks, ids: StringList, names: StringList) -> tuple[PlaceRow, ...]:
    part = slice(seen.links.offsets[person.who], seen.links.offsets[person.who + 1])
    found = seen.links.indices[part]
    spans = zip(seen.first[part].tolist(), seen.last[part].tolist(), strict=True)
    rows = [
        PlaceRow(kind, identifier, name, year_or_none(first), year_or_none(last))
        for identifier, name, (first, last) in zip(ids.take(found), names.take(found), spans, strict=True)
    ]
    return tuple(sorted(rows, key=lambda place: (-(place.last_year or 0), -(place.first_year or 0), place.id)))
