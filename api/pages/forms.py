"""What the forms of pages share: blank fields, bodies of long forms, the marks of pages that share an address."""

from __future__ import annotations

from collections.abc import Callable, Coroutine
from typing import Annotated, Any, TypeVar
from urllib.parse import parse_qs

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from pydantic import BaseModel, BeforeValidator, Field, ValidationError
from starlette.datastructures import Headers
from starlette.routing import Match
from starlette.types import Scope

from api.pages.render import PageRoute
from records.errors import QueryError
from search.people import People

__all__ = ["MOST_TOPICS", "Count", "Cursor", "Form", "SharedRoute", "Text", "Years", "read_body", "topics"]

MOST_TOPICS = 500
"""Topics that a field offers; with more of them the browser's list is no help."""

_LONGEST = 1_048_576
_FORM = "application/x-www-form-urlencoded"


def _blank(value: object) -> object:
    return None if isinstance(value, str) and not value.strip() else value


Text = Annotated[str, Field(max_length=10_000)]
Years = Annotated[str, Field(max_length=40)]
Cursor = Annotated[str, Field(max_length=4096)]
Count = Annotated[int | None, BeforeValidator(_blank)]
"""A number that may be left blank."""


class Form(BaseModel):
    """A form. Unknown parameters are ignored: links to pages get decorated by other programs."""

    cursor: Cursor = ""

    def parameters(self) -> dict[str, str]:
        """What links on the page carry on; defaults are left out, and so is the place in the list."""
        kept: dict[str, str] = {}
        for name, field in type(self).model_fields.items():
            value = getattr(self, name)
            if name == "cursor" or value == field.default or value is None:
                continue
            kept[name] = str(value).lower() if isinstance(value, bool) else str(value)
        return kept


_Form = TypeVar("_Form", bound=BaseModel)


class SharedRoute(PageRoute):
    """A page at an address of the API: browsers get the page, by what they accept or the form they send.

    A ``format`` in the query is the API's.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler; caches keep its answers apart from the API's."""
        inner = super().get_route_handler()

        async def handler(request: Request) -> Response:
            answer = await inner(request)
            answer.headers["Vary"] = "Accept"
            return answer

        return handler

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """As any route, but for requests that are not a browser's."""
        return super().matches(scope) if scope["type"] == "http" and _by_browser(scope) else (Match.NONE, {})


def _by_browser(scope: Scope) -> bool:
    headers = Headers(scope=scope)
    if scope["method"] == "POST":
        return headers.get("content-type", "").partition(";")[0].strip().lower() == _FORM
    accepted = {part.partition(";")[0].strip().lower() for part in headers.get("accept", "").split(",")}
    return "text/html" in accepted and b"format" not in parse_qs(scope["query_string"])


async def read_body(request: Request, model: type[_Form]) -> _Form:
    """The form in a body.

    :raises QueryError: when it is longer than a form may be.
    :raises RequestValidationError: when a value is wrong.
    """
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > _LONGEST:
            raise QueryError(f"at most {_LONGEST:,} bytes are read")
    given = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True)
    try:
        return model.model_validate({name: values[-1] for name, values in given.items()})
    except ValidationError as error:
        raise RequestValidationError([{**one, "loc": ("body", *one["loc"])} for one in error.errors()]) from error


def topics(people: People) -> list[str]:
    """Topics to choose from, in order; none when there are too many."""
    names = people.arrays.topic_names
    return sorted(names, key=str.casefold) if len(names) <= MOST_TOPICS else []
