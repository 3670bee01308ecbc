"""Experts for a need."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.links import link_header, page_links
from api.routes.deps import SessionDep, as_json
from api.schemas.experts import ExpertBody, ExpertParams, ExpertResponse
from api.schemas.problem import PROBLEM_RESPONSES
from search.experts import find_experts

__all__ = ["router"]

router = APIRouter(tags=["experts"], responses=PROBLEM_RESPONSES)


@router.get("/experts", response_model=ExpertResponse, summary="Experts for a query or for papers")
def experts(request: Request, session: SessionDep, params: Annotated[ExpertParams, Query()]) -> Response:
    """People by what they wrote about the need, each with the papers that made the score."""
    result = find_experts(session.people, params.request())
    links = page_links(request, result.next)
    return as_json(ExpertResponse.of(result, links), select=params.select, many=True, headers=link_header(links))


@router.post("/experts", response_model=ExpertResponse, summary="Experts for a pasted text")
def experts_for_texts(session: SessionDep, body: ExpertBody) -> Response:
    """The same for texts of any length: abstracts, calls for papers. The next page: the same body with `cursor`."""
    result = find_experts(session.people, body.request())
    return as_json(ExpertResponse.of(result), select=body.select, many=True)
