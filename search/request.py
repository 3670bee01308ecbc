"""What callers of paper search say and get: the one shape behind the API, the command line and the pages."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from records.paper import Paper
from search.engine import FacetResult

__all__ = ["Mode", "PaperHit", "SearchRequest", "SearchResult", "SearchWarning"]


class Mode(StrEnum):
    """How papers are found: by their words, by the nearness of their vectors, or both (the default)."""

    HYBRID = "hybrid"
    LEXICAL = "lexical"
    VECTOR = "vector"


@dataclass(frozen=True, slots=True)
class SearchRequest:
    """One search. ``text`` is in the query language, ``filter`` in the filter grammar (``year:2005-2012``).

    ``sort`` is ``relevance``, ``citations``, ``date`` or a metric name, with ``:asc`` or ``:desc`` behind it if wanted
    (descending by default). ``facets`` are facet fields, ``field`` or ``field:size``. ``cursor`` is the ``next`` of the
    page before.
    """

    text: str = ""
    filter: str = ""
    mode: Mode = Mode.HYBRID
    sort: str = "relevance"
    limit: int = 10
    cursor: str | None = None
    facets: tuple[str, ...] = ()
    highlight: bool = False
    explain: bool = False


@dataclass(frozen=True, slots=True)
class SearchWarning:
    """What the caller should know about what was really searched. ``code`` is stable, ``message`` is for people."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class PaperHit:
    """A found paper. ``highlights`` maps a field to fragments with ``<mark>`` around matches (other text is escaped).

    ``explanation`` maps named parts ("lexical", "vector", "exact title", "bm25:graph") to numbers; filled on demand.
    """

    id: str
    rank: int  # 1-based over all pages
    score: float
    paper: Paper
    metrics: Mapping[str, float] = field(default_factory=dict)
    highlights: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    explanation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchResult:
    """One page. ``interpretation`` is the query as it was understood, written back in the query language.

    ``total`` counts all papers that match and is the same on every page.
    """

    hits: tuple[PaperHit, ...]
    total: int
    next: str | None
    facets: tuple[FacetResult, ...] = ()
    warnings: tuple[SearchWarning, ...] = ()
    interpretation: str = ""
    mode: Mode = Mode.HYBRID
    generation: str = ""
    took_ms: float = 0.0
