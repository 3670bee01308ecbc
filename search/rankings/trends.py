"""How a topic fares by year: papers, their share of the collection, citations and people; and how fast it grows."""

from __future__ import annotations

import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Corpus
from ranking.counts import citing_years
from ranking.growth import Growth, growth
from ranking.views import Bounds
from search.people import People
from search.rankings.scope import Scope, resolve_scope
from search.request import SearchWarning

__all__ = [
    "GROWTH_YEARS",
    "TopicTrend",
    "TopicTrends",
    "TrendRequest",
    "TrendYear",
    "Trends",
    "open_year",
    "topic_trends",
    "trends",
]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Counts = npt.NDArray[np.int64]

GROWTH_YEARS = 5
"""Complete years that growth is told from."""

_BARELY = 0.01  # a year with less than this share of the busiest year's papers says nothing of where a collection ends


@dataclass(frozen=True, slots=True)
class TrendRequest:
    """What to follow. ``topic`` and ``query`` as in :class:`~search.rankings.answers.RankingRequest`, none of them for
    the whole collection; ``years`` are those listed.
    """

    topic: str = ""
    query: str = ""
    years: Bounds = (None, None)


@dataclass(frozen=True, slots=True)
class TrendYear:
    """One year. ``share``: of the collection's papers of the year. ``citations``: by papers of the year, of papers of
    the topic from any year; None where no paper of that year cites any other, so that citations are not known.
    ``people`` wrote on the topic in the year, ``new_people`` of them for the first time. ``complete`` is False where
    more papers of the year may still come.
    """

    year: int
    papers: int
    share: float
    citations: int | None
    people: int
    new_people: int
    complete: bool


@dataclass(frozen=True, slots=True)
class Trends:
    """Every year from the first paper to the last. ``undated``: papers without a year, in none of them.

    ``growth`` of papers and ``share_growth`` of their share of the collection are yearly rates over the complete years
    ``growth_years``, None where there is too little to tell.
    """

    scope: Scope
    years: tuple[TrendYear, ...]
    undated: int
    growth_years: Bounds
    growth: Growth | None
    share_growth: Growth | None
    warnings: tuple[SearchWarning, ...] = ()
    generation: str = ""
    took_ms: float = 0.0


@dataclass(frozen=True, slots=True)
class TopicTrend:
    """A topic: all its papers, those of the growth years and their share of the collection's, and how the share grows
    (None where there is too little to tell).
    """

    topic: str
    papers: int
    recent: int
    share: float
    share_growth: Growth | None


@dataclass(frozen=True, slots=True)
class TopicTrends:
    """All topics, those first whose share surely grows most: by the low end of the interval, then by recent papers."""

    topics: tuple[TopicTrend, ...]
    growth_years: Bounds
    generation: str = ""


def open_year(people: People) -> int:
    """The first year that may be incomplete: that of the build or, before it, the last the collection reaches.

    Years with less than a hundredth of the papers of the busiest one do not count as reached (misprints, forthcoming).
    """
    built = int(people.engine.generation.created[:4] or 9999)
    years = people.arrays.corpus.years
    dated = years[years != NO_YEAR].astype(np.int64)
    if not len(dated):
        return built
    first = int(dated.min())
    counts = np.bincount(dated - first)
    return min(built, first + int(np.flatnonzero(counts >= _BARELY * counts.max())[-1]))


def trends(people: People, request: TrendRequest) -> Trends:
    """The years of a topic, of a query, or of the whole collection.

    :raises QueryError: when the query cannot be parsed.
    """
    began = time.perf_counter()
    corpus = people.arrays.corpus
    scope = resolve_scope(people, request.topic, request.query)
    papers = np.ones(corpus.papers, dtype=np.bool_) if scope.papers is None else scope.papers
    dated = papers & (corpus.years != NO_YEAR)
    first, last = _span(corpus, dated, request.years)
    open_from = open_year(people)
    papers_of, *others = _counts(corpus, dated, first, last)
    columns = [column.tolist() for column in (papers_of, *others)]
    citing = _by_year(citing_years(corpus), first, last) > 0
    shown = tuple(
        TrendYear(year, count, share, cited if citing[year - first] else None, authors, fresh, year < open_from)
        for year, count, share, cited, authors, fresh in zip(range(first, last + 1), *columns, strict=True)
    )
    bounds, grown, share = _growth(papers_of, _papers(corpus, corpus.years != NO_YEAR, first, last), first, open_from)
    return Trends(
        scope=scope,
        years=shown,
        undated=int((papers & (corpus.years == NO_YEAR)).sum()),
        growth_years=bounds,
        growth=grown,
        share_growth=None if scope.papers is None else share,
        warnings=(*scope.warnings, *_warnings(shown, scope)),
        generation=people.engine.generation.id,
        took_ms=(time.perf_counter() - began) * 1000,
    )


def topic_trends(people: People) -> TopicTrends:
    """Every topic's share of the collection over the last complete years, and how it grows."""
    arrays = people.arrays
    corpus, names = arrays.corpus, list(arrays.topic_names)
    generation = people.engine.generation.id
    known = corpus.years != NO_YEAR
    if corpus.fields is None or not known.any():
        return TopicTrends((), (None, None), generation)
    last = open_year(people) - 1
    first = max(last - GROWTH_YEARS + 1, int(corpus.years[known].min()))
    every = _papers(corpus, known, first, last).astype(np.float64)
    inside = known & (corpus.years >= first) & (corpus.years <= last) & (corpus.fields >= 0)
    cells = corpus.fields[inside].astype(np.int64) * len(every) + (corpus.years[inside] - first)
    counts = np.bincount(cells, minlength=len(names) * len(every)).reshape(len(names), len(every))
    totals = np.bincount(corpus.fields[corpus.fields >= 0], minlength=len(names))
    found = [
        TopicTrend(
            name,
            int(totals[topic]),
            int(counts[topic].sum()),
            float(counts[topic].sum() / max(every.sum(), 1.0)),
            growth(counts[topic].astype(np.float64), every),
        )
        for topic, name in enumerate(names)
    ]
    found.sort(key=lambda one: (-one.share_growth.low if one.share_growth else np.inf, -one.recent, one.topic))
    return TopicTrends(tuple(found), (first, last) if len(every) else (None, None), generation)


def _span(corpus: Corpus, dated: Mask, asked: Bounds) -> tuple[int, int]:
    """First and last year to list; an empty span where there is nothing."""
    years = corpus.years[dated]
    if not len(years):
        return 0, -1
    first, last = int(years.min()), int(years.max())
    return max(first, asked[0] or first), min(last, last if asked[1] is None else asked[1])


def _counts(corpus: Corpus, dated: Mask, first: int, last: int) -> tuple[Counts, Floats, Counts, Counts, Counts]:
    """Papers, share, citations, people and new people of each year from ``first`` to ``last``."""
    papers = _papers(corpus, dated, first, last)
    every = _papers(corpus, corpus.years != NO_YEAR, first, last)
    citing = citing_years(corpus)[dated[corpus.citations.indices]]
    people, fresh = _people(corpus, dated, first, last)
    return papers, papers / np.maximum(every, 1), _by_year(citing, first, last), people, fresh


def _papers(corpus: Corpus, marks: Mask, first: int, last: int) -> Counts:
    return _by_year(corpus.years[marks], first, last)


def _by_year(years: npt.NDArray[np.int16], first: int, last: int) -> Counts:
    inside = years[(years >= first) & (years <= last)].astype(np.int64)
    return np.bincount(inside - first, minlength=max(last - first + 1, 0))


def _people(corpus: Corpus, dated: Mask, first: int, last: int) -> tuple[Counts, Counts]:
    links = dated[corpus.authors.row_of_links()]
    years = corpus.years[corpus.authors.row_of_links()[links]].astype(np.int64)
    authors = corpus.authors.indices[links].astype(np.int64)
    order = np.lexsort((years, authors))
    years, authors = years[order], authors[order]
    fresh = np.ones(len(authors), dtype=np.bool_)
    fresh[1:] = authors[1:] != authors[:-1]
    distinct = fresh.copy()
    distinct[1:] |= years[1:] != years[:-1]
    return tuple(_by_year(years[marks].astype(np.int16), first, last) for marks in (distinct, fresh))  # type: ignore[return-value] # two marks, two counts


def _growth(papers: Counts, every: Counts, first: int, open_from: int) -> tuple[Bounds, Growth | None, Growth | None]:
    end = min(first + len(papers), open_from) - first
    start = max(end - GROWTH_YEARS, 0)
    if end - start < 1:
        return (None, None), None, None
    counted, total = papers[start:end].astype(np.float64), every[start:end].astype(np.float64)
    return (first + start, first + end - 1), growth(counted), growth(counted, total)


def _warnings(years: tuple[TrendYear, ...], scope: Scope) -> list[SearchWarning]:
    if not scope.count:
        return [SearchWarning("no-papers", "no paper of this collection lies in this scope")]
    late = [str(one.year) for one in years if not one.complete]
    if not late:
        return []
    message = f"more papers of {', '.join(late)} may still come, so growth is told from the years before"
    return [SearchWarning("incomplete-years", message)]
