"""People: found, by id, their papers and their profiles."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.links import link_header, moved, page_links, path_of
from api.resolve import author_document, author_id
from api.routes.deps import OR_BIBTEX, SessionDep, as_json
from api.routes.papers import list_page
from api.schemas.author import AuthorList, AuthorModel
from api.schemas.params import AuthorSearchParams, ListParams, NoParams, ProfileParams
from api.schemas.problem import PROBLEM_RESPONSES
from api.schemas.profile import ProfileModel, parts_shown
from api.schemas.search import PaperList
from search.people.find import find_people
from search.profiles import profile
from search.query.ast import Keyword, KeywordField

__all__ = ["router"]

router = APIRouter(tags=["authors"], responses=PROBLEM_RESPONSES)


@router.get("/authors", response_model=AuthorList, summary="Find people")
def find_authors(request: Request, session: SessionDep, params: Annotated[AuthorSearchParams, Query()]) -> Response:
    """People by name, id or affiliation, filtered and sorted, in pages without end.

    Accents, case and the order of words do not matter; the last word may be a beginning, a single letter an initial.
    """
    result = find_people(session.people, params.request())
    links = page_links(request, result.next)
    return as_json(AuthorList.found(result, links), headers=link_header(links))


@router.get("/authors/{author:path}/papers", response_model=PaperList, summary="A person's papers", responses=OR_BIBTEX)
def author_papers(
    request: Request, session: SessionDep, author: str, params: Annotated[ListParams, Query()]
) -> Response:
    """Papers the person wrote, newest first unless sorted otherwise."""
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("authors", live, "papers"))
    return list_page(request, session.engine, Keyword(KeywordField.AUTHOR_ID, (live,)), params)


@router.get(
    "/authors/{author:path}/profile",
    response_model=ProfileModel,
    summary="Everything about one person",
    responses={308: {"description": "The person lives under another id: their own, after a merge or an external id."}},
)
def author_profile(
    request: Request, session: SessionDep, author: str, params: Annotated[ProfileParams, Query()]
) -> Response:
    """Counts by year, metrics with percentiles, topics, papers, venues, and the people around a person.

    Who advised whom is a guess from bylines, with what it rests on. Parts that were not asked for are left out.
    """
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("authors", live, "profile"))
    options = params.options()
    return as_json(ProfileModel.of(profile(session.people, live, options)), select=parts_shown(options.select))


@router.get(
    "/authors/{author:path}",
    response_model=AuthorModel,
    summary="One person",
    responses={308: {"description": "The person lives under another id: their own, after a merge or an ORCID."}},
)
def one_author(request: Request, session: SessionDep, author: str, _: Annotated[NoParams, Query()]) -> Response:
    """A person by our id or an external one (`orcid:...`). An id that was merged away redirects."""
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("authors", live))
    return as_json(AuthorModel.of(author_document(session.engine, live)))
