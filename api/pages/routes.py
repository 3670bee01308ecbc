"""The pages: search, a paper; people have :mod:`api.pages.people`."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, FastAPI, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.links import moved, path_of
from api.pages import collaborators, experts, people, rankings
from api.pages.facets import FACETS, facet_links
from api.pages.render import PageRoute, changed, render, style_sheet
from api.resolve import paper_document, paper_id
from api.routes.deps import SessionDep
from records.errors import FilterError, QueryError
from search.engine import Engine, Hit, PaperQuery, SearchPage, Sort
from search.people.standing import paper_standing
from search.query.ast import Everything, Keyword, KeywordField, Node
from search.request import Mode, SearchRequest, SearchResult

__all__ = ["mount"]

_SORTS = (("relevance", "Best match"), ("citations", "Most cited"), ("date", "Newest"), ("date:asc", "Oldest"))
_MODES = ((Mode.HYBRID, "words and meaning"), (Mode.LEXICAL, "words"), (Mode.VECTOR, "meaning"))
_LISTED = 10

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class _Form(BaseModel):
    """The search form. Unknown parameters are ignored: links to pages get decorated by other programs."""

    q: str = ""
    filter: str = ""
    mode: Mode = Mode.HYBRID
    sort: str = Field(default="relevance", max_length=100)
    cursor: str = Field(default="", max_length=4096)
    explain: bool = False

    def parameters(self) -> dict[str, str]:
        """What links on the page carry on; defaults are left out, and so is the place in the list."""
        given = {"q": self.q, "filter": self.filter, "mode": self.mode.value, "sort": self.sort}
        plain = {"mode": Mode.HYBRID.value, "sort": "relevance"}
        kept = {name: value for name, value in given.items() if value != plain.get(name, "")}
        return {**kept, "explain": "true"} if self.explain else kept


@router.get("/")
def search_page(session: SessionDep, form: Annotated[_Form, Query()]) -> Response:
    """The search form, and what it found."""
    info = session.engine.generation
    if not (form.q or form.filter):
        return _search(form, None, info.papers, info.authors)
    request = SearchRequest(
        text=form.q,
        filter=form.filter,
        mode=form.mode,
        sort=form.sort,
        cursor=form.cursor or None,
        facets=FACETS,
        highlight=True,
        explain=form.explain,
    )
    try:
        result = session.search.search(request)
    except QueryError as error:  # shown where it can be put right
        return _search(form, None, info.papers, info.authors, error)
    return _search(form, result, info.papers, info.authors)


def _search(
    form: _Form, result: SearchResult | None, papers: int, authors: int, error: QueryError | None = None
) -> Response:
    parameters = form.parameters()
    facets = facet_links(result.facets, parameters) if result else ()
    return render(
        "search.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        wrong_filter=isinstance(error, FilterError),
        facets=facets,
        papers=papers,
        authors=authors,
        sorts=_SORTS,
        modes=_MODES,
        next=changed(parameters, cursor=result.next) if result and result.next else "",
        without_filter=changed(parameters, filter=None),
    )


@router.get("/paper/{paper:path}")
def paper_page(request: Request, session: SessionDep, paper: str) -> Response:
    """One paper."""
    engine = session.engine
    live = paper_id(engine, paper)
    if live != paper:
        return moved(request, path_of("paper", live))
    document = paper_document(engine, live)
    cited = document.paper.references
    return render(
        "paper.html",
        paper=document.paper,
        metrics=document.metrics,
        standing=paper_standing(session.people, live),
        citations=_list(engine, Keyword(KeywordField.REFERENCE, (live,)), Sort("citations")),
        references=_list(engine, Keyword(KeywordField.ID, cited), Sort("citations")) if cited else SearchPage((), 0),
        hits=_documents,
    )


@router.get("/static/style.css")
def style() -> Response:
    """The style sheet."""
    return Response(style_sheet(), media_type="text/css", headers={"Cache-Control": "max-age=3600"})


def _list(engine: Engine, where: Node, sort: Sort, limit: int = _LISTED, after: str | None = None) -> SearchPage:
    return engine.search(PaperQuery(Everything(), where, sort, limit, after))


def _documents(page: SearchPage) -> list[Hit]:
    return [hit for hit in page.hits if hit.document is not None]


def mount(app: FastAPI) -> None:
    """Add the pages to ``app``, before the API's routes: some share an address."""
    for one in (router, collaborators.router, people.router, experts.router, rankings.router, rankings.shared):
        app.include_router(one)
