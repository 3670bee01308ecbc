"""Rankings: who or what is best by a metric, in a topic and a window of years."""

from __future__ import annotations

import difflib
import hashlib
import json
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import numpy.typing as npt

from ranking.cohorts import last_citing_year
from ranking.corpus import NO_YEAR
from ranking.registry import Entity, Metric, get, metrics
from ranking.views import within_years
from records.errors import CursorError, QueryError
from records.progress import NO_PROGRESS, Progress
from search.options import check_limit
from search.people import People
from search.people.filters import people_mask
from search.plan import decode_cursor, encode_cursor
from search.rankings.answers import Counted, Ranking, RankingRequest
from search.rankings.rows import Columns, make_rows
from search.rankings.scope import Scope, resolve_scope
from search.rankings.values import Values, View
from search.request import SearchWarning

__all__ = ["USUAL", "Rankings", "check_parameters", "find_metric", "rankings_of"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

USUAL = {
    Entity.PAPER: "citations",
    Entity.AUTHOR: "h_index",
    Entity.VENUE: "venue_h_index",
    Entity.INSTITUTION: "institution_h_index",
}
"""The metric of a ranking that names none."""

_CITATIONS = {
    Entity.AUTHOR: "author_citations",
    Entity.VENUE: "venue_citations",
    Entity.INSTITUTION: "institution_citations",
}
_PAPERS = {Entity.AUTHOR: "papers", Entity.VENUE: "venue_papers", Entity.INSTITUTION: "institution_papers"}


def find_metric(entity: Entity, name: str) -> Metric:
    """The metric of ``entity`` called ``name``, or ``<entity>_<name>``; the usual one for "".

    :raises QueryError: when there is none; the message lists those there are.
    """
    known = {metric.name: metric for metric in metrics(entity)}
    for candidate in (name.strip().lower() or USUAL[entity], f"{entity.value}_{name.strip().lower()}"):
        if candidate in known:
            return known[candidate]
    near = difflib.get_close_matches(name, known, n=1)
    raise QueryError(
        f"there is no metric {name[:60]!r} of {entity.value}s; there are {', '.join(known)}",
        text=name,
        hint=f"did you mean {near[0]}?" if near else None,
    )


def check_parameters(metric: Metric, given: Mapping[str, float]) -> dict[str, float]:
    """``given`` with the defaults of what is not given.

    :raises QueryError: for an unknown parameter, or a value out of range.
    """
    known = {parameter.name: parameter for parameter in metric.parameters}
    unknown = sorted(set(given) - set(known))
    if unknown:
        have = ", ".join(f"{p.name} ({p.low:g} to {p.high:g})" for p in metric.parameters) or "none"
        raise QueryError(f"{metric.name} has no parameter {', '.join(unknown)}; it has: {have}")
    try:
        return {name: one.check(given.get(name, one.default)) for name, one in known.items()}
    except ValueError as error:
        raise QueryError(f"{metric.name}: {error}") from error


def rankings_of(people: People) -> Rankings:
    """The rankings of a generation's people; what was computed is kept for as long as ``people`` lives."""
    with _opening:
        values = _opened.get(people)
        if values is None:
            values = _opened[people] = Values(people.arrays)
    return Rankings(people, values)


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request, read. ``inside`` marks the papers in its scope and window."""

    request: RankingRequest
    metric: Metric
    parameters: Mapping[str, float]
    scope: Scope
    inside: Mask

    @property
    def told(self) -> str:
        """A digest of what decides the order of rows."""
        request, window = self.request, self.request.window
        told = json.dumps(
            [
                [request.entity, self.metric.name, sorted(self.parameters.items())],
                [window.published, window.cited, window.within, window.self_citations],
                [request.topic, request.query, request.filter, request.min_papers],
            ]
        )
        return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


@dataclass(frozen=True, slots=True)
class _Ordered:
    """Who is listed, best first; ``counted`` marks the entities percentiles compare with (None: all)."""

    columns: Columns
    counted: Mask | None
    order: Positions


class Rankings:
    """Rankings of one generation. Thread-safe; what was computed is kept in ``values``, up to 256 MiB of it."""

    def __init__(self, people: People, values: Values | None = None) -> None:
        self._people = people
        self._arrays = people.arrays
        self._values = Values(self._arrays) if values is None else values

    def rank(self, request: RankingRequest, progress: Progress = NO_PROGRESS) -> Ranking:
        """A page of a ranking.

        :raises QueryError: for a metric, parameter, limit, topic or query that cannot be read (:class:`FilterError` for
            the filter).
        :raises CursorError: when the cursor is malformed or belongs to another ranking or generation.
        """
        began = time.perf_counter()
        asked = self._read(request)
        start = self._start(asked)
        found = self._ordered(asked, progress)
        page = found.order[start : start + request.limit]
        end, total = start + len(page), len(found.order)
        ranks = _ranks(found.columns.value[found.order], start, end, descending=asked.metric.higher_is_better)
        rows = make_rows(self._people, asked.metric, page, found.columns, ranks=ranks, counted=found.counted)
        counted = self._counted(asked)
        worthless = total > 0 and not found.columns.value[found.order[0]]
        return Ranking(
            metric=asked.metric,
            parameters=asked.parameters,
            window=request.window,
            scope=asked.scope,
            counted=counted,
            total=total,
            rows=rows,
            next=encode_cursor(self._people.engine.generation.id, asked.told, [end]) if end < total else None,
            warnings=(*asked.scope.warnings, *self._warnings(asked, counted, worthless=worthless)),
            generation=self._people.engine.generation.id,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def _read(self, request: RankingRequest) -> _Asked:
        check_limit(request.limit)
        metric = find_metric(request.entity, request.metric)
        parameters = check_parameters(metric, request.parameters)
        if request.entity in (Entity.VENUE, Entity.INSTITUTION) and request.filter.strip():
            raise QueryError(
                f"{request.entity.value}s cannot be filtered; limit their papers with a topic or a query instead",
                text=request.filter,
            )
        filters = request.filter if request.entity == Entity.PAPER else ""
        scope = resolve_scope(self._people, request.topic, request.query, filters)
        inside = within_years(self._arrays.corpus.years, request.window.published)
        return _Asked(request, metric, parameters, scope, inside if scope.papers is None else inside & scope.papers)

    def _start(self, asked: _Asked) -> int:
        cursor = asked.request.cursor
        if cursor is None:
            return 0
        match decode_cursor(cursor, self._people.engine.generation.id, asked.told, exists=lambda _: True):
            case [int(start)] if start >= 0:
                return start
            case _:
                raise CursorError("the cursor's position does not fit its ranking; start again without one")

    def _papers_view(self, asked: _Asked) -> View:
        """What papers are measured in: their numbers do not depend on which other papers are listed."""
        return View(self._arrays, asked.request.window.of_citations, Scope(None, self._arrays.papers))

    def _ordered(self, asked: _Asked, progress: Progress) -> _Ordered:
        request, of_papers = asked.request, asked.request.entity == Entity.PAPER
        view = self._papers_view(asked) if of_papers else View(self._arrays, request.window, asked.scope)
        value = self._values.of(asked.metric, view, asked.parameters, patient=request.patient, progress=progress)

        def column(name: str) -> Floats:
            return np.nan_to_num(self._values.of(get(name), view))

        if of_papers:
            columns, counted = Columns(value, column("citations")), None
        else:
            papers, h_index = column(_PAPERS[request.entity]), column(USUAL[request.entity])
            columns = Columns(value, column(_CITATIONS[request.entity]), papers, h_index)
            counted = papers > 0
        key = ("order", asked.told, asked.scope.key)
        order = self._values.kept.get(
            key, lambda: _order(columns, self._listed(asked, columns), descending=asked.metric.higher_is_better)
        )
        return _Ordered(columns, counted, order)

    def _listed(self, asked: _Asked, columns: Columns) -> Mask:
        if columns.papers is None:
            return asked.inside
        listed: Mask = columns.papers >= max(asked.request.min_papers, 1)
        if asked.request.entity == Entity.AUTHOR:
            listed &= people_mask(asked.request.filter, self._arrays)
        return listed

    def _counted(self, asked: _Asked) -> Counted:
        cited = self._values.of(get("citations"), self._papers_view(asked))
        until = int(self._values.kept.get("cited until", lambda: np.array([last_citing_year(self._arrays.corpus)]))[0])
        cited_until = None if until == NO_YEAR else until
        return Counted(int(asked.inside.sum()), int(cited[asked.inside].sum()), cited_until)

    def _warnings(self, asked: _Asked, counted: Counted, *, worthless: bool) -> list[SearchWarning]:
        if asked.request.entity == Entity.INSTITUTION and not self._arrays.corpus.n_institutions:
            return [SearchWarning("no-institutions", "no paper of this collection names an institution by id")]
        if not counted.papers:
            return [SearchWarning("no-papers", "no paper of this collection lies in this scope and window")]
        if worthless and not counted.citations:
            until = "nothing is" if counted.cited_until is None else f"only papers up to {counted.cited_until} are"
            message = f"none of these papers is cited within the window; {until} known to cite any"
            return [SearchWarning("no-citations", message)]
        return []


def _ranks(ordered: Floats, start: int, end: int, *, descending: bool) -> Positions:
    """Ranks of the values from ``start`` to ``end`` of a list in order: 1 + how many are better."""
    ascending = -ordered if descending else ordered
    ranks: Positions = 1 + np.searchsorted(ascending, ascending[start:end])
    return ranks


def _order(columns: Columns, listed: Mask, *, descending: bool) -> Positions:
    """Those listed that have a value, best first, then most cited, then by position."""
    chosen = np.flatnonzero(listed & ~np.isnan(columns.value))
    values = columns.value[chosen]
    return chosen[np.lexsort((chosen, -columns.citations[chosen], -values if descending else values))]


_opening = threading.Lock()
# Values, not rankings: those would hold the people and so keep them alive.
_opened: WeakKeyDictionary[People, Values] = WeakKeyDictionary()
