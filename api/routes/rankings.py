"""Rankings by any metric, trends of topics, and who publishes with whom."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.formats import table
from api.links import link_header, page_links
from api.routes.deps import SessionDep, as_json
from api.schemas.params import NoParams
from api.schemas.problem import PROBLEM_RESPONSES
from api.schemas.ranking_params import CollaborationParams, Ranked, RankingParams, TableFormat, TrendParams
from api.schemas.rankings import (
    Collaborations,
    PairModel,
    RankedRowModel,
    RankingResponse,
    TopicTrendsResponse,
    TrendsResponse,
    TrendYearModel,
)
from search.rankings import partners, rankings_of, topic_trends, trends
from search.rankings.partners import PartnerKind

__all__ = ["router"]

router = APIRouter(tags=["rankings"], responses=PROBLEM_RESPONSES)

_OR_CSV: dict[int | str, dict[str, Any]] = {
    200: {"content": {table.MEDIA_TYPE: {"schema": {"type": "string"}}}, "description": "JSON, or CSV if asked for."}
}


@router.get("/rankings/{entity}", response_model=RankingResponse, summary="The best by any metric", responses=_OR_CSV)
def ranking(
    request: Request, session: SessionDep, entity: Ranked, params: Annotated[RankingParams, Query()]
) -> Response:
    """Papers, authors, venues or institutions by a metric, in a topic and a window, each with its percentile."""
    found = rankings_of(session.people).rank(params.request(entity))
    links = page_links(request, found.next)
    answer = RankingResponse.of(found, links)
    return _answer(answer, answer.results, RankedRowModel, params.format, link_header(links))


@router.get("/trends", response_model=TrendsResponse, summary="A topic by year", responses=_OR_CSV)
def trend(session: SessionDep, params: Annotated[TrendParams, Query()]) -> Response:
    """Papers, share of the collection, citations and people of a topic or query by year, and how fast it grows."""
    answer = TrendsResponse.of(trends(session.people, params.request()))
    return _answer(answer, answer.results, TrendYearModel, params.format, {})


@router.get("/trends/topics", response_model=TopicTrendsResponse, summary="Topics that rise and fall")
def topics(session: SessionDep, _: Annotated[NoParams, Query()]) -> Response:
    """Every topic with its share of the collection over the last complete years, those first that surely grow most."""
    return as_json(TopicTrendsResponse.of(topic_trends(session.people)))


@router.get(
    "/collaborations/{kind}", response_model=Collaborations, summary="Who publishes with whom", responses=_OR_CSV
)
def collaborations(
    request: Request, session: SessionDep, kind: PartnerKind, params: Annotated[CollaborationParams, Query()]
) -> Response:
    """Pairs of countries or institutions with joint papers, counted fully and fractionally, by year if wanted."""
    found = partners(session.people, params.request(kind))
    links = page_links(request, found.next)
    answer = Collaborations.of(found, links)
    return _answer(answer, answer.results, PairModel, params.format, link_header(links))


def _answer(
    whole: BaseModel, rows: Sequence[BaseModel], row: type[BaseModel], chosen: TableFormat, headers: dict[str, str]
) -> Response:
    if chosen == TableFormat.JSON:
        return as_json(whole, headers=headers)
    return Response(table.as_csv(rows, row), media_type=f"{table.MEDIA_TYPE}; charset=utf-8", headers=headers)
