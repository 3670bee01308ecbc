"""What makes a rank readable: names, years, papers and citations beside the value."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.cohorts import peer_groups, percentiles, tied
from ranking.corpus import NO_YEAR, Adjacency
from ranking.registry import Entity, Metric
from ranking.shared import authored, institution_papers, venue_papers
from search.engine import AuthorDocument, PaperDocument
from search.people import People
from search.rankings.answers import RankedRow

__all__ = ["Columns", "make_rows", "owned_by", "standing"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Columns:
    """One value an entity each; ``papers`` and ``h_index`` are None for papers."""

    value: Floats
    citations: Floats
    papers: Floats | None = None
    h_index: Floats | None = None


def owned_by(people: People, entity: Entity) -> Adjacency:
    """Owner -> papers, all of them."""
    owned = {Entity.AUTHOR: authored, Entity.VENUE: venue_papers, Entity.INSTITUTION: institution_papers}
    return owned[entity](people.arrays.corpus)


def standing(people: People, metric: Metric, values: Floats, rows: Positions, counted: Mask | None) -> list[Floats]:
    """Percentile, 100 being best, and number of peers (itself included) of each of ``rows`` among those ``counted``.

    The percentile is NaN where all peers have the same value, as who is alone has.
    """
    labels = peer_groups(people.arrays.corpus, entity=metric.entity)
    wanted = np.isin(labels, labels[rows]) & ~np.isnan(values)
    if counted is not None:
        wanted &= counted
    among = np.flatnonzero(wanted)
    percents = percentiles(values[among] if metric.higher_is_better else -values[among], labels[among])
    percents[tied(values[among], labels[among])] = np.nan
    distinct, sizes = np.unique(labels[among], return_counts=True)
    peers = sizes[np.searchsorted(distinct, labels[rows])]
    return [percents[np.searchsorted(among, rows)], peers.astype(np.float64)]


def make_rows(
    people: People, metric: Metric, rows: Positions, columns: Columns, *, ranks: Positions, counted: Mask | None
) -> tuple[RankedRow, ...]:
    """The entities at positions ``rows``; ``counted`` as in :func:`standing`."""
    percents, peers = standing(people, metric, columns.value, rows, counted)
    described = _described(people, metric.entity, rows)
    made = []
    for place, row in enumerate(rows.tolist()):
        fixed = described[place]
        made.append(
            RankedRow(
                rank=int(ranks[place]),
                id=fixed.id,
                label=fixed.label,
                value=float(columns.value[row]),
                percentile=None if np.isnan(percents[place]) else float(percents[place]),
                peers=int(peers[place]),
                citations=int(columns.citations[row]),
                papers=None if columns.papers is None else int(columns.papers[row]),
                h_index=None if columns.h_index is None else int(columns.h_index[row]),
                first_year=fixed.first_year,
                last_year=fixed.last_year,
                authors=fixed.authors,
                where=fixed.where,
            )
        )
    return tuple(made)


@dataclass(frozen=True, slots=True)
class _Described:
    id: str
    label: str
    first_year: int | None
    last_year: int | None
    authors: tuple[str, ...] = ()
    where: str = ""


def _described(people: People, entity: Entity, rows: Positions) -> list[_Described]:
    arrays = people.arrays
    if entity == Entity.PAPER:
        ids = arrays.paper_ids.take(rows)
        return [_paper(one, found) for one, found in zip(ids, people.engine.papers(ids), strict=True)]
    if entity == Entity.AUTHOR:
        ids = arrays.author_ids.take(rows)
        years = zip(_years(arrays.first_years[rows]), _years(arrays.last_years[rows]), strict=True)
        found = people.engine.authors(ids)
        return [_author(one, document, *span) for one, document, span in zip(ids, found, years, strict=True)]
    venue = entity == Entity.VENUE
    labels = (arrays.venue_names if venue else arrays.institution_names).take(rows)
    ids = labels if venue else arrays.institution_ids.take(rows)
    spans = _spans(owned_by(people, entity), arrays.corpus.years, rows)
    return [_Described(one, label or one, *span) for one, label, span in zip(ids, labels, spans, strict=True)]


def _paper(paper_id: str, document: PaperDocument | None) -> _Described:
    if document is None:
        return _Described(paper_id, paper_id, None, None)
    paper = document.paper
    authors = tuple(authorship.name.full for authorship in paper.authorships)
    return _Described(
        paper_id, paper.title, paper.year, paper.year, authors, "" if paper.venue is None else paper.venue.name
    )


def _author(author_id: str, document: AuthorDocument | None, first: int | None, last: int | None) -> _Described:
    if document is None:
        return _Described(author_id, author_id, first, last)
    seen = max(document.author.affiliations, key=lambda one: (one.last_year or 0, one.papers), default=None)
    return _Described(author_id, document.author.name.full, first, last, where="" if seen is None else seen.text)


def _years(years: npt.NDArray[np.int16]) -> list[int | None]:
    return [None if year == NO_YEAR else int(year) for year in years.tolist()]


def _spans(owned: Adjacency, years: npt.NDArray[np.int16], rows: Positions) -> Sequence[tuple[int | None, int | None]]:
    spans: list[tuple[int | None, int | None]] = []
    for row in rows.tolist():
        dated = years[owned.indices[owned.offsets[row] : owned.offsets[row + 1]]]
        dated = dated[dated != NO_YEAR]
        spans.append((int(dated.min()), int(dated.max())) if len(dated) else (None, None))
    return spans
