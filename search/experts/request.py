"""What callers of expert finding say and get: the one shape behind the API, the command line and evaluations."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.request import SearchWarning

__all__ = ["Aspect", "AspectCover", "Coverage", "Evidence", "Expert", "ExpertRequest", "ExpertResult", "Place"]


@dataclass(frozen=True, slots=True)
class ExpertRequest:
    """Who knows about this?

    ``query`` is in the query language; ``texts`` are read as plain text (an abstract, a call for papers); ``papers``
    are ids. At least one of them must be given. ``filter`` says who may be listed (grammar of
    :func:`search.people.filters.people_mask`), ``paper_filter`` which papers count (that of paper search:
    ``year:2015-``). ``exclude``: ids of people who are not listed; ``exclude_authors``: nor are the authors of
    ``papers``. ``half_life``: years after which a paper counts half (None: age does not matter). ``sort``: relevance,
    or what people can be sorted by, which reorders the most relevant ones. ``evidence``: papers shown with a person.
    ``coverage``: say which aspects of the need each person covers.
    """

    query: str = ""
    texts: tuple[str, ...] = ()
    papers: tuple[str, ...] = ()
    filter: str = ""
    paper_filter: str = ""
    exclude: tuple[str, ...] = ()
    exclude_authors: bool = False
    half_life: float | None = None
    sort: str = "relevance"
    limit: int = 10
    cursor: str | None = None
    evidence: int = 5
    coverage: bool = False


@dataclass(frozen=True, slots=True)
class Evidence:
    """A paper behind a person's score and the ``share`` of the score it makes, in [0, 1].

    ``relevance``: its own, 1 for the most relevant paper; 0 for one that counts only by its authors' other papers.
    ``lexical`` and ``vector``: how many standard deviations it lies above the pool's mean in both halves.
    """

    id: str
    title: str
    year: int | None
    share: float
    relevance: float
    lexical: float
    vector: float | None
    words: tuple[str, ...] = ()  # of the need, in title or abstract


@dataclass(frozen=True, slots=True)
class Place:
    """The latest affiliation as printed, the country, and the last year it was seen."""

    affiliation: str = ""
    country: str | None = None
    year: int | None = None


@dataclass(frozen=True, slots=True)
class AspectCover:
    """How well a person covers an aspect: ``strength`` in (0, 1], 1 for whoever covers it best, and by which paper."""

    aspect: int
    strength: float
    paper: str
    title: str


@dataclass(frozen=True, slots=True)
class Expert:
    """One person.

    ``score`` is the share of the walk that ends with the person, and the sum of ``parts``: "own papers" (what their
    relevant papers bring) and "through co-authors" (what flows to their papers from those of others). ``relevant`` is
    the number of relevant papers they wrote. ``topics``: share of the score by main topic of the paper.
    ``percentiles`` are within field and career age, by metric.
    """

    id: str
    rank: int  # 1-based over all pages
    name: str
    score: float
    parts: Mapping[str, float]
    relevant: int
    papers: int
    first_year: int | None
    last_year: int | None
    place: Place
    evidence: tuple[Evidence, ...]
    topics: Mapping[str, float]
    metrics: Mapping[str, float]
    percentiles: Mapping[str, float]
    covers: tuple[AspectCover, ...] = ()
    query_author: bool = False  # wrote one of the papers asked with


@dataclass(frozen=True, slots=True)
class Aspect:
    """A part of the need, how many relevant papers the pool has about it, and the ids of the listed who cover it."""

    text: str
    papers: int
    experts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Coverage:
    """The aspects, and the share of them that somebody on this page covers, in [0, 1]."""

    aspects: tuple[Aspect, ...]
    covered: float


@dataclass(frozen=True, slots=True)
class ExpertResult:
    """One page. ``total`` counts everybody found, the same on every page. ``pool``: papers that were compared,
    ``relevant``: those of them that count.
    """

    experts: tuple[Expert, ...]
    total: int
    next: str | None
    needs: tuple[str, ...]
    pool: int
    relevant: int
    coverage: Coverage | None = None
    warnings: tuple[SearchWarning, ...] = ()
    generation: str = ""
    took_ms: float = 0.0
