"""The pages of rankings, of trends, and of who publishes with whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated

from fastapi import APIRouter, Query
from fastapi.responses import Response
from pydantic import Field

from api.pages.charts import trend_bars, trend_shares
from api.pages.forms import Count, Form, SharedRoute, Text, Years, topics
from api.pages.render import PageRoute, changed, render
from api.routes.deps import SessionDep
from api.schemas.ranking_params import Ranked, make_window, read_parameters
from ranking.registry import Metric, metrics
from records.errors import FilterError, NotFoundError, QueryError
from search.people import People
from search.rankings import (
    PartnerRequest,
    Partners,
    RankingRequest,
    TopicTrends,
    TrendRequest,
    find_metric,
    parse_years,
    partners,
    rankings_of,
    topic_trends,
    trends,
)
from search.rankings.partners import Counting, PartnerKind
from search.rankings.trends import TopicTrend

__all__ = ["router", "shared"]

_LISTED = 25
_MOST_ROWS = 200
_MOVING = 12

router = APIRouter(route_class=PageRoute, include_in_schema=False)
shared = APIRouter(route_class=SharedRoute, include_in_schema=False)


class _Scope(Form):
    topic: str = Field(default="", max_length=1000)
    q: Text = ""


class _RankingForm(_Scope):
    entity: Ranked = Ranked.AUTHORS
    metric: str = Field(default="", max_length=100)
    published: Years = ""
    cited: Years = ""
    within: Count = Field(default=None, ge=0, le=1000)
    self_citations: bool = True
    filter: Text = ""
    min_papers: Count = Field(default=1, ge=1)
    parameter: str = Field(default="", max_length=1000)

    def request(self) -> RankingRequest:
        """As the service takes it."""
        return RankingRequest(
            entity=self.entity.entity,
            metric=self.metric,
            window=make_window(self.published, self.cited, self.within, self_citations=self.self_citations),
            parameters=read_parameters([one for one in self.parameter.replace(",", " ").split() if one]),
            topic=self.topic,
            query=self.q,
            filter=self.filter if self.entity in (Ranked.AUTHORS, Ranked.PAPERS) else "",
            min_papers=self.min_papers or 1,
            limit=_LISTED,
            cursor=self.cursor or None,
        )

    def as_data(self, form: str) -> str:
        """The address of the same rows in the API."""
        given = {name: value for name, value in self.parameters().items() if name not in ("entity", "parameter")}
        address = f"/rankings/{self.entity.value}{changed(given, limit=str(_MOST_ROWS), format=form)}"
        pairs = self.parameter.replace(",", " ").split()
        return address + "".join("&" + changed({"parameter": pair})[1:] for pair in pairs)

    def beginning_anew(self, entity: Ranked) -> str:
        """The address of the ranking of other things in the same scope and window."""
        dropped = dict.fromkeys(("metric", "filter", "parameter", "min_papers"))
        return f"/rankings{changed(self.parameters(), entity=entity.value, **dropped)}"


@router.get("/rankings")
def rankings_page(session: SessionDep, form: Annotated[_RankingForm, Query()]) -> Response:
    """The best by a metric."""
    result, error, chosen = None, None, _metric_of(form)
    try:
        result = rankings_of(session.people).rank(form.request())
        chosen = result.metric
    except QueryError as wrong:  # shown where it can be put right
        error = wrong
    return render(
        "rankings.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        wrong_filter=isinstance(error, FilterError),
        chosen=chosen,
        columns=_columns(form.entity, chosen),
        metrics=sorted(metrics(form.entity.entity), key=lambda one: one.title.casefold()),
        entities=[(one, form.beginning_anew(one)) for one in Ranked],
        topics=topics(session.people),
        csv=form.as_data("csv"),
        json=form.as_data("json"),
        next=changed(form.parameters(), cursor=result.next) if result and result.next else "",
    )


def _columns(entity: Ranked, chosen: Metric) -> list[tuple[str, str]]:
    """Fields of a row shown beside the metric, without the metric itself."""
    prefix = f"{entity.entity.value}_"
    told = chosen.name.removeprefix(prefix)
    every = [("papers", "Papers"), ("citations", "Citations"), ("h_index", "h-index")]
    return [(name, title) for name, title in (every[1:2] if entity is Ranked.PAPERS else every) if name != told]


def _metric_of(form: _RankingForm) -> Metric:
    """The metric asked for, or the usual one."""
    try:
        return find_metric(form.entity.entity, form.metric)
    except QueryError:  # told by the ranking
        return find_metric(form.entity.entity, "")


class _TrendForm(_Scope):
    years: Years = ""


@shared.get("/trends")
def trends_page(session: SessionDep, form: Annotated[_TrendForm, Query()]) -> Response:
    """A topic, a query or everything by year; and the topics that rise and fall."""
    result, error = None, None
    try:
        request = TrendRequest(topic=form.topic, query=form.q, years=parse_years(form.years, "years"))
        result = trends(session.people, request)
    except QueryError as wrong:  # shown where it can be put right
        error = wrong
    moving = topic_trends(session.people)
    years = result.years if result else ()
    limited = result is not None and result.scope.papers is not None
    return render(
        "trends.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        papers_chart=trend_bars(years),
        shares_chart=trend_shares(years) if limited else None,
        rising=_rising(moving),
        falling=_falling(moving),
        moving=moving,
        topics=topics(session.people),
        csv=f"/trends{changed(form.parameters(), format='csv')}",
        json=f"/trends{changed(form.parameters(), format='json')}",
    )


def _rising(moving: TopicTrends) -> Sequence[TopicTrend]:
    """Topics whose share surely grows."""
    return [one for one in moving.topics if one.share_growth and one.share_growth.low > 0][:_MOVING]


def _falling(moving: TopicTrends) -> Sequence[TopicTrend]:
    """Topics whose share surely shrinks, those first that shrink most."""
    found = [(one.share_growth.high, one) for one in moving.topics if one.share_growth and one.share_growth.high < 0]
    return [one for _, one in sorted(found, key=lambda pair: (pair[0], pair[1].topic))][:_MOVING]


class _PartnerForm(_Scope):
    kind: PartnerKind = PartnerKind.COUNTRIES
    of: str = Field(default="", max_length=500)
    published: Years = ""
    by_year: bool = False
    counting: Counting = Counting.FULL
    min_papers: Count = Field(default=1, ge=1)

    def request(self) -> PartnerRequest:
        """As the service takes it."""
        return PartnerRequest(
            kind=self.kind,
            of=self.of,
            topic=self.topic,
            query=self.q,
            published=parse_years(self.published, "published"),
            by_year=self.by_year,
            counting=self.counting,
            min_papers=self.min_papers or 1,
            limit=_LISTED,
            cursor=self.cursor or None,
        )

    def as_data(self, form: str) -> str:
        """The address of the same rows in the API."""
        given = {name: value for name, value in self.parameters().items() if name != "kind"}
        return f"/collaborations/{self.kind.value}{changed(given, limit=str(_MOST_ROWS), format=form)}"


@router.get("/countries")
def countries_page(session: SessionDep, form: Annotated[_PartnerForm, Query()]) -> Response:
    """Countries, or institutions, that publish together."""
    result, error = None, None
    try:
        result = _partners(session.people, form)
    except QueryError as wrong:  # shown where it can be put right
        error = wrong
    return render(
        "countries.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        kinds=[(kind, f"/countries{changed(form.parameters(), kind=kind.value, of=None)}") for kind in PartnerKind],
        countings=tuple(Counting),
        topics=topics(session.people),
        csv=form.as_data("csv"),
        json=form.as_data("json"),
        next=changed(form.parameters(), cursor=result.next) if result and result.next else "",
        only=lambda member: changed(form.parameters(), of=member),
    )


def _partners(people: People, form: _PartnerForm) -> Partners:
    try:
        return partners(people, form.request())
    except NotFoundError as missing:
        raise QueryError(str(missing)) from missing
