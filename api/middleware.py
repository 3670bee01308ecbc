"""What every request and answer passes through: size limits and security headers."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import ProblemResponse
from api.schemas.problem import Problem

__all__ = ["SECURITY_HEADERS", "RequestLimit", "SecurityHeaders"]

SECURITY_HEADERS: dict[str, str] = {
    # Pages use our own style sheet and plain forms: no script, no frame, nothing from elsewhere.
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}


class SecurityHeaders:
    """Adds :data:`SECURITY_HEADERS` to every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through ``app``."""

        async def send_with_headers(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                for name, value in SECURITY_HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        await self._app(scope, receive, send_with_headers if scope["type"] == "http" else send)


class RequestLimit:
    """Refuses requests with a body, or a path with query, of more than ``limit`` bytes, announced or not.

    ``larger``: limits of bodies of other routes, by path.
    """

    def __init__(self, app: ASGIApp, limit: int, larger: Mapping[str, int] | None = None) -> None:
        self._app = app
        self._limit = limit
        self._larger = larger or {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer through ``app``, or with 413 or 414."""
        status = self._refusal(scope) if scope["type"] == "http" else None
        if status is None:
            await self._app(scope, self._counted(scope, receive), send)
            return
        problem = Problem(
            type="urn:scholarcore:problem:too-large",
            title=status.phrase,
            status=int(status),
            detail=self._told(scope),
            instance=scope["path"][:200],
        )
        answer = ProblemResponse(problem.model_dump(exclude_none=True), status_code=status)
        await answer(scope, receive, send)

    def _most(self, scope: Scope) -> int:
        return self._larger.get(scope["path"], self._limit)

    def _told(self, scope: Scope) -> str:
        return f"at most {self._most(scope)} bytes are read"

    def _counted(self, scope: Scope, receive: Receive) -> Receive:
        """``receive`` that refuses to go on where a body that was not announced gets too long."""
        if scope["type"] != "http":
            return receive
        read = 0

        async def counted() -> Message:
            nonlocal read
            message = await receive()
            read += len(message.get("body", b""))
            if read > self._most(scope):
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, self._told(scope))
            return message

        return counted

    def _refusal(self, scope: Scope) -> HTTPStatus | None:
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > self._limit:
            return HTTPStatus.REQUEST_URI_TOO_LONG
        announced = Headers(scope=scope).get("content-length", "0")
        if not (announced.isascii() and announced.isdigit()) or int(announced[:20]) > self._most(scope):
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE
        return None
