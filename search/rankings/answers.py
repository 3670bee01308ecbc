"""What a ranking is asked and answers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from ranking.registry import Entity, Metric
from ranking.views import EVERYTHING, Window
from search.rankings.scope import Scope
from search.request import SearchWarning

__all__ = ["Counted", "RankedRow", "Ranking", "RankingRequest"]


@dataclass(frozen=True, slots=True)
class RankingRequest:
    """Who or what is best by a metric.

    ``metric`` is a name of the registry, for authors, venues and institutions also without what it begins with
    ("citations" is "author_citations"); "" is the usual one. ``topic`` and ``query`` limit the papers (see
    :func:`~search.rankings.scope.resolve_scope`), ``filter`` which rows are listed: the filter grammar of people for
    authors, that of papers for papers. ``min_papers``: owners with fewer papers in the window are not listed.
    ``cursor`` is the ``next`` of the page before. With ``patient`` also metrics are computed that take minutes.
    """

    entity: Entity
    metric: str = ""
    window: Window = EVERYTHING
    parameters: Mapping[str, float] = field(default_factory=dict)
    topic: str = ""
    query: str = ""
    filter: str = ""
    min_papers: int = 1
    limit: int = 10
    cursor: str | None = None
    patient: bool = False


@dataclass(frozen=True, slots=True)
class RankedRow:
    """One row. Equal values share the best ``rank`` among them; among those the more cited come first, then by id.

    ``percentile``: percent of the ``peers`` with a lower value, ties and itself half; None where all have the same.
    Peers of a paper are papers of its field and year; of others those of the same main field and first year that have
    papers in the window (:func:`ranking.cohorts.peer_groups` joins years of which there are few).
    ``papers``, ``citations`` and ``h_index`` are those of the window (``papers`` and ``h_index`` None for a paper),
    the years those of all papers. ``authors`` are the names on a paper; ``where`` is its venue, or where a person was
    last.
    """

    rank: int
    id: str
    label: str
    value: float
    percentile: float | None
    peers: int
    citations: int
    papers: int | None = None
    h_index: int | None = None
    first_year: int | None = None
    last_year: int | None = None
    authors: tuple[str, ...] = ()
    where: str = ""


@dataclass(frozen=True, slots=True)
class Counted:
    """What the numbers rest on: papers in the scope and published in the window, and citations of them in it.

    ``cited_until``: the last year of a paper that cites another one of the collection, in or out of the window; what is
    cited later is not known here. None when nothing cites anything.
    """

    papers: int
    citations: int
    cited_until: int | None


@dataclass(frozen=True, slots=True)
class Ranking:
    """One page. ``total`` is how many are ranked, the same on every page; ``parameters`` are all the metric's."""

    metric: Metric
    parameters: Mapping[str, float]
    window: Window
    scope: Scope
    counted: Counted
    total: int
    rows: tuple[RankedRow, ...]
    next: str | None
    warnings: tuple[SearchWarning, ...] = ()
    generation: str = ""
    took_ms: float = 0.0
