"""The page of collaborators: whom a person has not written with, and why they could."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import Field

from api.links import moved, path_of
from api.pages.forms import Count, Form, Text
from api.pages.render import PageRoute, changed, render
from api.resolve import author_id
from api.routes.deps import SessionDep
from records.errors import FilterError, QueryError
from search.collaborators import CollaboratorRequest, CollaboratorResult, find_collaborators

__all__ = ["router"]

_LISTED = 10
_LEAST_PAPERS = 3

router = APIRouter(route_class=PageRoute, include_in_schema=False)


class _Form(Form):
    not_met_within: Count = Field(default=None, ge=0, le=200)
    other_country: bool = False
    other_institution: bool = False
    career_from: Count = Field(default=None, ge=0, le=200)
    career_to: Count = Field(default=None, ge=0, le=200)
    active_since: Count = Field(default=None, ge=1000, le=9999)
    interdisciplinary: bool = False
    filter: Text = ""
    min_papers: Count = Field(default=_LEAST_PAPERS, ge=1, le=100_000)

    def request(self, author: str) -> CollaboratorRequest:
        """As the service takes it."""
        return CollaboratorRequest(
            author=author,
            not_met_within=self.not_met_within,
            other_country=self.other_country,
            other_institution=self.other_institution,
            career=(self.career_from, self.career_to),
            active_since=self.active_since,
            interdisciplinary=self.interdisciplinary,
            filter=self.filter,
            min_papers=self.min_papers or _LEAST_PAPERS,
            limit=_LISTED,
            cursor=self.cursor or None,
        )


@router.get("/author/{author:path}/collaborators")
def collaborators_page(request: Request, session: SessionDep, author: str, form: Annotated[_Form, Query()]) -> Response:
    """People a person could work with."""
    live = author_id(session.engine, author, session.people)
    if live != author:
        return moved(request, path_of("author", live, "collaborators"))
    document = session.people.author_documents([session.people.author(live)])[0]
    result: CollaboratorResult | None = None
    error: QueryError | None = None
    try:
        result = find_collaborators(session.people, form.request(live))
    except QueryError as wrong:  # shown where it can be put right
        error = wrong
    return render(
        "collaborators.html",
        400 if error else 200,
        author=document.author,
        form=form,
        result=result,
        error=error,
        wrong_filter=isinstance(error, FilterError),
        api=path_of("authors", live, "collaborators") + changed(form.parameters()),
        next=changed(form.parameters(), cursor=result.next) if result and result.next else "",
    )
