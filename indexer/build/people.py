"""The arrays of people of a build: what :class:`search.people.PeopleArrays` holds, out of the catalog."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import numpy.typing as npt
from msgspec.structs import replace

from indexer.build.corpus import places_of
from indexer.catalog import CatalogArrays
from indexer.topics import Topics
from ranking.cohorts import peer_groups, percentiles, tied
from ranking.corpus import Corpus
from ranking.registry import Entity, get
from records.paper import Paper
from search.people import PeopleArrays
from search.people.gather import Gatherer

__all__ = ["PeopleMaker", "percentile_columns"]

_Columns = Mapping[str, npt.NDArray[np.float64]]


class PeopleMaker:
    """Takes the papers a build writes, in their order, and makes the arrays of people at the end.

    ``topics``: our own, which papers get that have none; then they are the fields of ``corpus``.
    """

    def __init__(self, arrays: CatalogArrays, corpus: Corpus, topics: Topics | None = None) -> None:
        self._arrays = arrays
        self._corpus = corpus
        self._topics = topics
        self._gathered = Gatherer(arrays.institution_ids.to_pylist())
        self._next = 0
        self._bylines = np.searchsorted(arrays.byline_paper, np.arange(len(arrays.paper_ids) + 1)).tolist()

    def add(self, papers: Sequence[Paper]) -> list[Paper]:
        """Take the next papers; as they are, or with a topic of our own."""
        arrays = self._arrays
        venues = arrays.venues[self._next : self._next + len(papers)].tolist()
        first = self._bylines[self._next]
        authors = arrays.byline_author[first : self._bylines[self._next + len(papers)]].tolist()
        for row, (paper, venue) in enumerate(zip(papers, venues, strict=True), self._next):
            begin, end = self._bylines[row] - first, self._bylines[row + 1] - first
            self._gathered.add(paper, venue, authors[begin:end])
        start = self._next
        self._next += len(papers)
        if self._topics is None:
            return list(papers)
        return [replace(paper, topics=self._topics.of(row)) for row, paper in enumerate(papers, start)]

    def make(self, of_papers: _Columns, of_authors: _Columns) -> PeopleArrays:
        """All arrays, once every paper was taken."""
        arrays, corpus, gathered = self._arrays, self._corpus, self._gathered
        topics = self._topics
        topic_names = gathered.topic_names(arrays.topic_ids.to_pylist()) if topics is None else topics.names
        return PeopleArrays.make(
            corpus,
            arrays.paper_ids.to_pylist(),
            arrays.author_ids.to_pylist(),
            places=places_of(arrays),
            **gathered.places(corpus.n_authors),
            venue_names=gathered.venue_names(arrays.n_venues),
            topic_names=topic_names,
            institution_ids=arrays.institution_ids.to_pylist(),
            institution_names=arrays.institution_names.to_pylist(),
            paper_metrics=_float32(of_papers),
            paper_percentiles=percentile_columns(corpus, Entity.PAPER, of_papers),
            author_metrics=_float32(of_authors),
            author_percentiles=percentile_columns(corpus, Entity.AUTHOR, of_authors),
        )


def percentile_columns(corpus: Corpus, entity: Entity, columns: _Columns) -> dict[str, npt.NDArray[np.float32]]:
    """Percentiles among peers (:func:`ranking.cohorts.peer_groups`) by metric, 100 being best.

    NaN without a value, and where all peers have the same, which tells nothing of any of them.

    Values of metrics of which less is better are ranked from the other end.
    """
    groups = peer_groups(corpus, entity=entity)
    found = {}
    for name, values in columns.items():
        known = ~np.isnan(values)
        ranked = values[known] if get(name).higher_is_better else -values[known]
        found[name] = np.full(len(values), np.nan, dtype=np.float32)
        percents = percentiles(ranked, groups[known])
        percents[tied(ranked, groups[known])] = np.nan
        found[name][known] = percents
    return found


def _float32(columns: _Columns) -> dict[str, npt.NDArray[np.float32]]:
    return {name: values.astype(np.float32) for name, values in columns.items()}
