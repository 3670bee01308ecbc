"""People: by name, by id, and their papers."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.links import moved, path_of
from api.resolve import author_document, author_id
from api.routes.deps import OR_BIBTEX, SessionDep, as_json
from api.routes.papers import list_page
from api.schemas.author import AuthorList, AuthorModel
from api.schemas.params import AuthorSearchParams, ListParams, NoParams
from api.schemas.problem import PROBLEM_RESPONSES
from api.schemas.search import PaperList
from search.query.ast import Keyword, KeywordField

__all__ = ["router"]

router = APIRouter(tags=["authors"], responses=PROBLEM_RESPONSES)


@router.get("/authors", response_model=AuthorList, summary="Find people by name")
def find_authors(session: SessionDep, params: Annotated[AuthorSearchParams, Query()]) -> Response:
    """People with a name holding every word; accents and case do not matter, the last word may be a beginning."""
    found = session.engine.find_authors(params.name, params.limit)
    return as_json(AuthorList(results=[AuthorModel.of(document) for document in found]))


@router.get("/authors/{author:path}/papers", response_model=PaperList, summary="A person's papers", responses=OR_BIBTEX)
def author_papers(
    request: Request, session: SessionDep, author: str, params: Annotated[ListParams, Query()]
) -> Response:
    """Papers the person wrote, newest first unless sorted otherwise."""
    live = author_id(session.engine, author)
    if live != author:
        return moved(request, path_of("authors", live, "papers"))
    return list_page(request, session.engine, Keyword(KeywordField.AUTHOR_ID, (live,)), params)


@router.get(
    "/authors/{author:path}",
    response_model=AuthorModel,
    summary="One person",
    responses={308: {"description": "The person lives under another id: their own, after a merge or an ORCID."}},
)
def one_author(request: Request, session: SessionDep, author: str, _: Annotated[NoParams, Query()]) -> Response:
    """A person by our id or by `orcid:...`. An id that was merged away redirects to the one that lives on."""
    live = author_id(session.engine, author)
    if live != author:
        return moved(request, path_of("authors", live))
    return as_json(AuthorModel.of(author_document(session.engine, live)))
