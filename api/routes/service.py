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
    """The build that answers; 503 as long as there is none."""
    serving: Serving = request.app.state.serving
    ours, name = version("scholarcore"), request.app.state.jobs.process
    try:
        with serving.session() as session:
            generation = GenerationModel.of(session.engine.generation)
            engine = session.engine.name
            return as_json(Health(status="ready", version=ours, instance=name, engine=engine, generation=generation))
    except GenerationError:
        status = "empty"
    except EngineUnavailableError:
        status = "unavailable"
    answer = as_json(Health(status=status, version=ours, instance=name), headers={"Retry-After": "10"})
    answer.status_code = HTTPStatus.SERVICE_UNAVAILABLE
    return answer
