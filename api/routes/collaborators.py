"""Collaborators: people somebody has not written with yet."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.links import link_header, moved, page_links, path_of
from api.resolve import author_id
from api.routes.deps import SessionDep, as_json
from api.schemas.collaborators import CollaboratorBody, CollaboratorParams, CollaboratorResponse
from api.schemas.problem import PROBLEM_RESPONSES
from search.collaborators import find_collaborators

__all__ = ["router"]

router = APIRouter(tags=["collaborators"], responses=PROBLEM_RESPONSES)


@router.get(
    "/authors/{author:path}/collaborators",
    response_model=CollaboratorResponse,
    summary="Whom a person could work with",
    responses={308: {"description": "The person lives under another id: their own, after a merge or an external id."}},
)
def collaborators(
    request: Request, session: SessionDep, author: str, params: Annotated[CollaboratorParams, Query()]
) -> Response:
    """People they have not written with, each with the path of co-authors, topics, citations and recent work."""
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("authors", live, "collaborators"))
    result = find_collaborators(session.people, params.request(live))
    links = page_links(request, result.next)
    return as_json(CollaboratorResponse.of(result, links), select=params.select, many=True, headers=link_header(links))


@router.post("/collaborators", response_model=CollaboratorResponse, summary="Collaborators for a pasted profile")
def collaborators_for_profile(session: SessionDep, body: CollaboratorBody) -> Response:
    """The same for somebody who is only described, or by id. The next page: the same body with `cursor`."""
    result = find_collaborators(session.people, body.request())
    return as_json(CollaboratorResponse.of(result), select=body.select, many=True)
