"""Addresses: paths of things, pages of lists, redirects of ids that were merged away."""

from __future__ import annotations

from urllib.parse import quote, urlencode

from fastapi import Request
from fastapi.responses import RedirectResponse, Response

from api.schemas.search import Links

__all__ = ["link_header", "moved", "page_links", "path_of"]


def path_of(collection: str, identifier: str, *rest: str) -> str:
    """``/papers/<id>/citations``, with what is not safe in a path escaped."""
    return "/".join(["", collection, quote(identifier, safe=":/"), *rest])


def page_links(request: Request, next_cursor: str | None) -> Links:
    """This page's path with its query, and the next page's."""
    path = quote(request.url.path, safe=":/")
    parameters = [(k, v) for k, v in request.query_params.multi_items() if k != "cursor"]
    here = request.url.query
    following = f"{path}?{urlencode([*parameters, ('cursor', next_cursor)])}" if next_cursor else None
    return Links(self=f"{path}?{here}" if here else path, next=following)


def link_header(links: Links) -> dict[str, str]:
    """The ``Link`` header (RFC 8288) of a page."""
    return {"Link": f'<{links.next}>; rel="next"'} if links.next else {}


def moved(request: Request, path: str) -> Response:
    """A permanent redirect to ``path`` that keeps the query."""
    query = request.url.query
    return RedirectResponse(f"{path}?{query}" if query else path, status_code=308)
