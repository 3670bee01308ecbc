"""The page of experts: a need or a pasted text, and people with the papers that speak for them."""

from __future__ import annotations

from dataclasses import dataclass
from http import HTTPStatus
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from fastapi.responses import RedirectResponse, Response
from pydantic import Field

from api.pages.forms import Count, Form, SharedRoute, Text, read_body
from api.pages.render import MetricRow, changed, metric_rows, render
from api.routes.deps import SessionDep
from api.schemas.params import split
from records.errors import FilterError, QueryError
from search.experts import AspectCover, Expert, ExpertRequest, ExpertResult, find_experts

__all__ = ["router"]

LONGEST_QUERY = 300
"""Characters of a need that is read as a query; what is longer, or has several lines, is a plain text."""

_LONGEST_ADDRESS = 2_000
_LISTED = 10
_SORTS = (
    ("relevance", "Most relevant"),
    ("h_index", "Highest h-index"),
    ("citations", "Most cited"),
    ("papers", "Most papers"),
    ("last_year", "Latest paper"),
)

router = APIRouter(route_class=SharedRoute, include_in_schema=False)


class _Form(Form):
    q: str = Field(default="", max_length=200_000)
    paper: Text = ""
    exclude_authors: bool = False
    filter: Text = ""
    paper_filter: Text = ""
    half_life: Count = Field(default=None, gt=0, le=1000)
    sort: str = Field(default="relevance", max_length=100)
    coverage: bool = False

    @property
    def long(self) -> bool:
        """Whether the need is read as a plain text."""
        need = self.q.strip()
        return len(need) > LONGEST_QUERY or "\n" in need

    def request(self) -> ExpertRequest:
        """As the service takes it."""
        need = self.q.strip()
        return ExpertRequest(
            query="" if self.long else need,
            texts=(need,) if self.long else (),
            papers=split(self.paper),
            exclude_authors=self.exclude_authors and bool(split(self.paper)),
            filter=self.filter,
            paper_filter=self.paper_filter,
            half_life=self.half_life,
            sort=self.sort,
            coverage=self.coverage or self.long,
            limit=_LISTED,
            cursor=self.cursor or None,
        )


@dataclass(frozen=True, slots=True)
class _Covered:
    """An aspect of the need, and who on the page covers it, best first."""

    text: str
    papers: int
    by: tuple[tuple[Expert, AspectCover], ...]


@router.get("/experts")
def experts_page(session: SessionDep, form: Annotated[_Form, Query()]) -> Response:
    """The form, and whom it found."""
    return _answer(session, form, posted=False)


async def _posted(request: Request) -> _Form:
    return await read_body(request, _Form)


@router.post("/experts")
def experts_for_form(session: SessionDep, form: Annotated[_Form, Depends(_posted)]) -> Response:
    """The same for a text of any length; what fits into an address moves there, so that it can be kept and shared."""
    address = f"/experts{changed(form.parameters())}"
    if not form.long and not form.cursor and len(address) <= _LONGEST_ADDRESS:
        return RedirectResponse(address, status_code=HTTPStatus.SEE_OTHER)
    return _answer(session, form, posted=True)


def _answer(session: SessionDep, form: _Form, *, posted: bool) -> Response:
    if not (form.q.strip() or split(form.paper)):
        return _page(form, posted=posted)
    try:
        return _page(form, find_experts(session.people, form.request()), posted=posted)
    except QueryError as error:  # shown where it can be put right
        return _page(form, error=error, posted=posted)


def _page(
    form: _Form, result: ExpertResult | None = None, *, error: QueryError | None = None, posted: bool
) -> Response:
    following = result.next if result else None
    return render(
        "experts.html",
        400 if error else 200,
        form=form,
        result=result,
        error=error,
        wrong_filter=isinstance(error, FilterError),
        covered=_covered(result) if result else (),
        metrics={expert.id: _metrics(expert) for expert in result.experts} if result else {},
        sorts=_SORTS,
        longest=LONGEST_QUERY,
        next=changed(form.parameters(), cursor=following) if following and not posted else "",
        next_fields={**form.parameters(), "cursor": following} if following and posted else {},
    )


def _covered(result: ExpertResult) -> tuple[_Covered, ...]:
    if result.coverage is None:
        return ()
    found: list[_Covered] = []
    for number, aspect in enumerate(result.coverage.aspects):
        by = [(expert, one) for expert in result.experts for one in expert.covers if one.aspect == number]
        by.sort(key=lambda pair: -pair[1].strength)
        found.append(_Covered(aspect.text, aspect.papers, tuple(by)))
    return tuple(found)


def _metrics(expert: Expert) -> list[MetricRow]:
    return metric_rows(expert.metrics, expert.percentiles)
