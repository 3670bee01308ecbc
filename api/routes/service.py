"""The service itself: completions, the metrics it knows, and its health."""

from __future__ import annotations

from http import HTTPStatus
from importlib.metadata import version
from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.routes.deps import SessionDep, as_json
from api.schemas.params import NoParams, SuggestParams
from api.schemas.problem import PROBLEM_RESPONSES
from api.schemas.search import SuggestionList
from api.schemas.service import GenerationModel, Health, MetricList, MetricModel
from api.serving import Serving
from ranking.registry import metrics
from records.errors import EngineUnavailableError, GenerationError
from search.people.find import complete_name

__all__ = ["router"]

router = APIRouter(tags=["service"], responses={400: PROBLEM_RESPONSES[400]})


@router.get(
    "/suggest",
    response_model=SuggestionList,
    summary="Complete what was typed",
    responses={503: PROBLEM_RESPONSES[503]},
)
def suggest(session: SessionDep, params: Annotated[SuggestParams, Query()]) -> Response:
    """Titles, people, venues and terms that begin with what was typed; or people alone."""
    if params.kind == "author":
        return as_json(SuggestionList.of(complete_name(session.people, params.q, params.limit)))
    return as_json(SuggestionList.of(session.engine.suggest(params.q, params.limit)))


@router.get("/metrics", response_model=MetricList, summary="What the numbers mean")
def metric_list(_: Annotated[NoParams, Query()]) -> Response:
    """Every metric with its unit, a description for a tooltip, and where it is from."""
    return as_json(MetricList(results=[MetricModel.of(metric) for metric in metrics()]))


@router.get(
    "/health",
    response_model=Health,
    summary="Whether searches can be answered",
    responses={503: {"model": Health, "description": "Nothing was built yet, or the engine cannot answer now."}},
)
def health(request: Request, _: Annotated[NoParams, Query()]) -> Response:
    """Asks the engine, and names the build that answers; 503 as long as there is none, or no answer."""
    serving: Serving = request.app.state.serving
    told = Health(status="ready", version=version("scholarcore"), instance=request.app.state.jobs.process)
    try:
        session, lacking = serving.check()
    except (GenerationError, EngineUnavailableError) as error:
        told.status = "empty" if isinstance(error, GenerationError) else "unavailable"
        told.detail = str(error)
        answer = as_json(told, headers={"Retry-After": "10"})
        answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
        return answer
    told.engine, told.generation = session.engine.name, GenerationModel.of(session.engine.generation)
    if lacking is not None:
        told.status, told.detail = "partial", lacking
    return as_json(told)
