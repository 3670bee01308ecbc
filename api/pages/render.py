"""Templates, what they can call, and pages for errors."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import lru_cache
from http import HTTPStatus
from importlib.resources import files
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
from search.query.filters import quote_value

__all__ = ["MetricRow", "PageRoute", "changed", "metric_rows", "render", "style_sheet"]


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
    environment.filters["percent"] = _percent
    environment.filters["capitalized"] = _capitalized
    environment.globals["path_of"] = path_of
    environment.globals["metric"] = _metric
    environment.globals["style_version"] = hashlib.blake2b(style_sheet().encode(), digest_size=6).hexdigest()
    environment.globals["address"] = lambda path, **parameters: path + changed(parameters)
    environment.globals["search"] = lambda field, value: "/" + changed({"filter": f"{field}:{quote_value(value)}"})
    return environment


def style_sheet() -> str:
    """The text of the style sheet."""
    return files("api.pages").joinpath("static/style.css").read_text("utf-8")


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
                    "error.html", HTTPStatus.BAD_REQUEST, title="A parameter is wrong", detail=said, error=None
                )
            except ScholarCoreError as error:
                problem, headers = problem_for(error, request.url.path)
                shown = error if isinstance(error, QueryError) else None
                page = render("error.html", problem.status, title=problem.title, detail=problem.detail, error=shown)
                page.headers.update(headers)
                return page

        return handler


@dataclass(frozen=True, slots=True)
class MetricRow:
    """A number of a person and its percentile, as tables show it."""

    name: str
    value: float
    percentile: float | None


def metric_rows(values: Mapping[str, float], percentiles: Mapping[str, float]) -> list[MetricRow]:
    """``values`` in order of name."""
    return [MetricRow(name, value, percentiles.get(name)) for name, value in sorted(values.items())]


def _marked(fragment: str) -> Markup:
    """A highlight: the search service has escaped everything but its own ``<mark>``."""
    return Markup(fragment)  # noqa: S704 - see the docstring


def _number(value: float) -> str:
    return f"{value:,.0f}" if float(value).is_integer() else f"{value:.4g}"


def _percent(share: float) -> str:
    """A share: whole percents, more digits the smaller it is."""
    size = abs(share)
    digits = 0 if size >= 0.0995 or not size else 1 if size >= 0.00995 else 2
    return f"{share * 100:.{digits}f}%"


def _capitalized(sentence: str) -> str:
    """``sentence`` begun like one, unless it begins with a name such as half_life."""
    return sentence[:1].upper() + sentence[1:] if sentence.partition(" ")[0].isalpha() else sentence


def _metric(name: str) -> Metric | None:
    return {metric.name: metric for metric in metrics()}.get(name)
