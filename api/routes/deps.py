"""What routes ask for: a session of their own, and answers in the shape that was asked for."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, Any

from fastapi import Depends, Request
from fastapi.responses import Response
from pydantic import BaseModel

from api.formats import bibtex
from api.schemas.params import Format, split
from api.serving import Serving, Session
from records.paper import Paper

__all__ = ["OR_BIBTEX", "SessionDep", "as_bibtex", "as_json", "wants_bibtex"]


def _session(request: Request) -> Iterator[Session]:
    serving: Serving = request.app.state.serving
    with serving.session() as session:
        yield session


OR_BIBTEX: dict[int | str, dict[str, Any]] = {
    200: {
        "content": {bibtex.MEDIA_TYPE: {"schema": {"type": "string"}}},
        "description": "JSON, or BibTeX if asked for.",
    }
}
"""For ``responses=`` of routes that also write BibTeX."""

SessionDep = Annotated[Session, Depends(_session)]


def wants_bibtex(request: Request, chosen: Format | None) -> bool:
    """Whether the ``format`` parameter, or failing that the Accept header, asks for BibTeX."""
    if chosen is not None:
        return chosen is Format.BIBTEX
    accepted = (part.partition(";")[0].strip().lower() for part in request.headers.get("accept", "").split(","))
    return any(media in {bibtex.MEDIA_TYPE, "text/x-bibtex"} for media in accepted)


def as_bibtex(papers: list[Paper], headers: dict[str, str] | None = None) -> Response:
    """Papers as a bibliography."""
    return Response(bibtex.bibtex(papers), media_type=f"{bibtex.MEDIA_TYPE}; charset=utf-8", headers=headers)


def as_json(
    model: BaseModel, *, select: str | None = None, many: bool = False, headers: dict[str, str] | None = None
) -> Response:
    """``model``, written once; ``select`` keeps only these fields, of each of its results where it is a list."""
    chosen = set(split(select))
    if not chosen:
        text = model.model_dump_json()
    elif many:
        everything: dict[str, Any] = dict.fromkeys(type(model).model_fields, True)
        text = model.model_dump_json(include={**everything, "results": {"__all__": chosen}})
    else:
        text = model.model_dump_json(include=chosen)
    return Response(text, media_type="application/json", headers=headers)
