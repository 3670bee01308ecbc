"""Templates, what they can call, and pages for errors."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from functools import lru_cache
from http import HTTPStatus
from typing import Any
from urllib.parse import urlencode

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, Response
from fastapi.routing import APIRoute
from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape
from markupsafe import Markup

from api.errors import problem_for
from api.links import path_of
from ranking.registry import Metric, metrics
from records.errors import QueryError, ScholarCoreError

__all__ = ["PageRoute", "changed", "render"]


@lru_cache(maxsize=1)
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("api.pages"),
        autoescape=select_autoescape(default=True),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["marked"] = _marked
    environment.filters["number"] = _number
    environment.globals["path_of"] = path_of
    environment.globals["metric"] = _metric
    return environment


def render(name: str, status: int = HTTPStatus.OK, /, **values: Any) -> HTMLResponse:
    """The page ``name`` with ``values``."""
    return HTMLResponse(_environment().get_template(name).render(values), status_code=status)


def changed(parameters: dict[str, str], **changes: str | None) -> str:
    """A query string: ``parameters`` with some set anew, or dropped where the new value is None or empty."""
    kept = {name: value for name, value in {**parameters, **changes}.items() if value}
    return f"?{urlencode(kept)}" if kept else "?"


class PageRoute(APIRoute):
    """A route whose errors are pages."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler, with typed errors rendered."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            try:
                return await inner(request)
            except RequestValidationError as error:
                said = "; ".join(f"{e['loc'][-1]}: {e['msg']}" for e in error.errors())
                return render(
                    "error.html", HTTPStatus.BAD_REQUEST, title="A parameter is wrong", detail=said, pointer=""
                )
            except ScholarCoreError as error:
                problem, headers = problem_for(error, request.url.path)
                pointer = error.pointer() if isinstance(error, QueryError) and error.text else ""
                page = render("error.html", problem.status, title=problem.title, detail=problem.detail, pointer=pointer)
                page.headers.update(headers)
                return page

        return handler


def _marked(fragment: str) -> Markup:
    """A highlight: the search service has escaped everything but its own ``<mark>``."""
    return Markup(fragment)  # noqa: S704 - see the docstring


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"


def _metric(name: str) -> Metric | None:
    return {metric.name: metric for metric in metrics()}.get(name)
