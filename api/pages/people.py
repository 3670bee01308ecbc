"""The pages of people: finding them, and one person's profile."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, Field

from api.links import moved, path_of
from api.pages.charts import citation_bars, paper_bars, ring
from api.pages.render import PageRoute, changed, render
from api.resolve import author_id
from api.routes.deps import SessionDep
from records.errors import FilterError, QueryError
from search.engine import PaperQuery, Sort
from search.people.find import AuthorRequest, AuthorResult, find_people
from search.profiles import ProfileOptions, profile
from search.query.ast import Everything, Keyword, KeywordField

__all__ = ["router"]

_SORTS = (
    ("relevance", "Best match"),
    ("papers", "Most papers"),
    ("citations", "Most cited"),
    ("h_index", "Highest h-index"),
    ("last_year", "Latest paper"),
)
_LISTED = 20

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class _Form(BaseModel):
    """The form. Unknown parameters are ignored: links to pages get decorated by other programs."""

    name: str = Field(default="", max_length=300)
    affiliation: str = Field(default="", max_length=300)
    filter: str = ""
    sort: str = Field(default="relevance", max_length=100)
    cursor: str = Field(default="", max_length=4096)

    def parameters(self) -> dict[str, str]:
        """What links on the page carry on; defaults are left out, and so is the place in the list."""
        given = {"name": self.name, "affiliation": self.affiliation, "filter": self.filter, "sort": self.sort}
        return {key: value for key, value in given.items() if value and (key, value) != ("sort", "relevance")}


@router.get("/people")
def people_page(session: SessionDep, form: Annotated[_Form, Query()]) -> Response:
    """People by name, affiliation and filter."""
    if not form.parameters():
        return _people(form, None)
    request = AuthorRequest(
        name=form.name,
        affiliation=form.affiliation,
        filter=form.filter,
        sort=form.sort,
        limit=_LISTED,
        cursor=form.cursor or None,
    )
    try:
        return _people(form, find_people(session.people, request))
    except QueryError as error:  # shown where it can be put right
        return _people(form, None, error)


def _people(form: _Form, result: AuthorResult | None, error: QueryError | None = None) -> Response:
    return render(
        "people.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        wrong_filter=isinstance(error, FilterError),
        sorts=_SORTS,
        next=changed(form.parameters(), cursor=result.next) if result and result.next else "",
    )


@router.get("/author/{author:path}")
def author_page(
    request: Request, session: SessionDep, author: str, cursor: Annotated[str | None, Query(max_length=4096)] = None
) -> Response:
    """One person: the profile, and their papers page by page."""
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("author", live))
    found = profile(session.people, live, ProfileOptions(network=30))
    where = Keyword(KeywordField.AUTHOR_ID, (live,))
    papers = session.engine.search(PaperQuery(Everything(), where, Sort("date"), _LISTED, cursor))
    years = found.years or ()
    return render(
        "author.html",
        author=found.document.author,
        profile=found,
        papers=papers,
        hits=[hit for hit in papers.hits if hit.document is not None],
        papers_chart=paper_bars(years),
        citations_chart=citation_bars(years),
        author_metrics={row.name: row.value for row in found.metrics or ()},
        ring=ring(found.network) if found.network else None,
        next=changed({}, cursor=papers.next) if papers.next else "",
    )
