"""Papers: search, one by id, what cites it and what it cites."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response

from api.links import link_header, moved, page_links, path_of
from api.resolve import paper_document, paper_id
from api.routes.deps import OR_BIBTEX, SessionDep, as_bibtex, as_json, wants_bibtex
from api.schemas.paper import PaperDetail
from api.schemas.params import ListParams, PaperParams, PaperSearchParams, cursor_of
from api.schemas.problem import PROBLEM_RESPONSES
from api.schemas.search import PaperList, SearchResponse
from search.engine import Engine, PaperQuery, SearchPage
from search.people.standing import paper_standing
from search.query.ast import Everything, Keyword, KeywordField, Node

__all__ = ["list_page", "router"]

router = APIRouter(tags=["papers"], responses=PROBLEM_RESPONSES)


@router.get("/papers", response_model=SearchResponse, summary="Search papers", responses=OR_BIBTEX)
def search_papers(request: Request, session: SessionDep, params: Annotated[PaperSearchParams, Query()]) -> Response:
    """Find papers by words, by meaning or by both, with filters, facets, sorting, highlights and pages without end."""
    result = session.search.search(params.request())
    links = page_links(request, result.next)
    headers = link_header(links)
    if wants_bibtex(request, params.format):
        return as_bibtex([hit.paper for hit in result.hits], headers)
    return as_json(SearchResponse.of(result, links), select=params.select, many=True, headers=headers)


@router.get(
    "/papers/{paper:path}/citations", response_model=PaperList, summary="Papers that cite a paper", responses=OR_BIBTEX
)
def citations(request: Request, session: SessionDep, paper: str, params: Annotated[ListParams, Query()]) -> Response:
    """Papers of the collection that cite it, newest first unless sorted otherwise."""
    live = paper_id(session.engine, paper)
    if live != paper:
        return moved(request, path_of("papers", live, "citations"))
    where = Keyword(KeywordField.REFERENCE, (live,))
    return list_page(request, session.engine, where, params)


@router.get(
    "/papers/{paper:path}/references",
    response_model=PaperList,
    summary="Papers that a paper cites",
    responses=OR_BIBTEX,
)
def references(request: Request, session: SessionDep, paper: str, params: Annotated[ListParams, Query()]) -> Response:
    """Papers of the collection that it cites, newest first unless sorted otherwise."""
    live = paper_id(session.engine, paper)
    if live != paper:
        return moved(request, path_of("papers", live, "references"))
    cited = paper_document(session.engine, live).paper.references
    return list_page(request, session.engine, Keyword(KeywordField.ID, cited) if cited else None, params)


@router.get(
    "/papers/{paper:path}",
    response_model=PaperDetail,
    summary="One paper",
    responses={
        **OR_BIBTEX,
        308: {"description": "The paper lives under another id: its own, after a merge or an external id."},
    },
)
def one_paper(request: Request, session: SessionDep, paper: str, params: Annotated[PaperParams, Query()]) -> Response:
    """A paper by our id or by an external one (`doi:10.1000/1`). An id that was merged away redirects.

    With its percentiles within field and year, and its citations by year.
    """
    live = paper_id(session.engine, paper)
    if live != paper:
        return moved(request, path_of("papers", live))
    document = paper_document(session.engine, live)
    if wants_bibtex(request, params.format):
        return as_bibtex([document.paper])
    return as_json(PaperDetail.standing(document, paper_standing(session.people, live)), select=params.select)


def list_page(request: Request, engine: Engine, where: Node | None, params: ListParams) -> Response:
    """A page of the papers under ``where``; None means that there are none."""
    if where is None:
        page = SearchPage((), 0)
    else:
        page = engine.search(
            PaperQuery(Everything(), where, params.order(), params.limit, after=cursor_of(params.cursor))
        )
    links = page_links(request, page.next)
    headers = link_header(links)
    if wants_bibtex(request, params.format):
        return as_bibtex([hit.document.paper for hit in page.hits if hit.document], headers)
    return as_json(PaperList.of(page, links), select=params.select, many=True, headers=headers)
