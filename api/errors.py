"""One table from our typed errors to HTTP answers, as ``application/problem+json`` (RFC 9457).

Anything that is not in the table is a defect: it is logged, and answered with a bare 500 that tells nothing of our
insides.
"""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse, Response
from starlette.exceptions import HTTPException

from api.schemas.problem import DiagnosisModel, Problem
from records.errors import (
    AssignmentError,
    BusyError,
    CursorError,
    EngineError,
    EngineUnavailableError,
    FilterError,
    GenerationError,
    InfeasibleError,
    JobElsewhereError,
    JobError,
    JobLostError,
    NotFoundError,
    QueryError,
    RecordError,
    ScholarCoreError,
)
from search.assignment import Diagnosis

__all__ = ["ERROR_TABLE", "ErrorRule", "ProblemResponse", "install", "problem_for"]

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class ErrorRule:
    """How one type of error is answered. ``code`` ends the problem's type, a stable name for programs."""

    error: type[ScholarCoreError]
    status: HTTPStatus
    code: str
    title: str


ERROR_TABLE: tuple[ErrorRule, ...] = (  # the first row whose type fits decides, so subclasses come first
    ErrorRule(FilterError, HTTPStatus.BAD_REQUEST, "filter", "The filter cannot be read"),
    ErrorRule(QueryError, HTTPStatus.BAD_REQUEST, "query", "The query cannot be read"),
    ErrorRule(CursorError, HTTPStatus.BAD_REQUEST, "cursor", "The cursor is not valid here"),
    ErrorRule(RecordError, HTTPStatus.BAD_REQUEST, "value", "A value cannot be read"),
    ErrorRule(InfeasibleError, HTTPStatus.CONFLICT, "infeasible", "No assignment keeps every rule"),
    ErrorRule(AssignmentError, HTTPStatus.BAD_REQUEST, "assignment", "The assignment cannot be set up"),
    ErrorRule(JobElsewhereError, HTTPStatus.MISDIRECTED_REQUEST, "job-elsewhere", "Another process has the job"),
    ErrorRule(JobLostError, HTTPStatus.GONE, "job-lost", "The job ended with its process"),
    ErrorRule(JobError, HTTPStatus.CONFLICT, "job", "The job has no such result"),
    ErrorRule(BusyError, HTTPStatus.SERVICE_UNAVAILABLE, "busy", "There is too much to do"),
    ErrorRule(NotFoundError, HTTPStatus.NOT_FOUND, "not-found", "There is nothing with this id"),
    ErrorRule(GenerationError, HTTPStatus.SERVICE_UNAVAILABLE, "no-generation", "There is nothing to search yet"),
    ErrorRule(EngineUnavailableError, HTTPStatus.SERVICE_UNAVAILABLE, "unavailable", "The engine cannot answer now"),
    ErrorRule(EngineError, HTTPStatus.BAD_REQUEST, "engine", "The engine refuses the request"),
)

_RETRY_WITHOUT_GENERATION = 10  # seconds; a build takes at least that long


class ProblemResponse(JSONResponse):
    """A problem document."""

    media_type = "application/problem+json"


def problem_for(error: ScholarCoreError, instance: str) -> tuple[Problem, dict[str, str]]:
    """The problem document for ``error`` and the headers that go with it.

    :raises ScholarCoreError: ``error`` itself, when no row of the table is about it.
    """
    rule = next((row for row in ERROR_TABLE if isinstance(error, row.error)), None)
    if rule is None:
        raise error
    problem = _problem(rule.status, rule.code, rule.title, str(error), instance)
    headers: dict[str, str] = {}
    if isinstance(error, QueryError):
        problem = problem.model_copy(update={"query": error.text, "column": error.column, "hint": error.hint})
    elif isinstance(error, InfeasibleError) and isinstance(error.diagnosis, Diagnosis):
        problem = problem.model_copy(update={"diagnosis": DiagnosisModel.of(error.diagnosis)})
    elif isinstance(error, EngineUnavailableError | BusyError):
        headers["Retry-After"] = str(max(1, round(error.retry_after)))
    elif isinstance(error, GenerationError):
        headers["Retry-After"] = str(_RETRY_WITHOUT_GENERATION)
    return problem, headers


def install(app: FastAPI) -> None:
    """Answer every error of ``app`` with a problem document."""
    app.add_exception_handler(ScholarCoreError, _on_typed_error)
    app.add_exception_handler(RequestValidationError, _on_invalid_request)
    app.add_exception_handler(HTTPException, _on_http_error)
    app.add_exception_handler(Exception, _on_defect)


def _problem(status: HTTPStatus, code: str, title: str, detail: str, instance: str) -> Problem:
    return Problem(
        type=f"urn:scholarcore:problem:{code}", title=title, status=int(status), detail=detail, instance=instance
    )


def _answer(problem: Problem, headers: Mapping[str, str] | None = None) -> ProblemResponse:
    return ProblemResponse(
        problem.model_dump(exclude_none=True), status_code=problem.status, headers=dict(headers or {})
    )


def _on_typed_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, ScholarCoreError)  # noqa: S101 - it is registered for this type
    try:
        problem, headers = problem_for(error, request.url.path)
    except ScholarCoreError:
        return _on_defect(request, error)
    if problem.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        _log.warning("%s: %s", request.url.path, error)
    return _answer(problem, headers)


def _on_invalid_request(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - it is registered for this type
    details = list(error.errors())
    unknown = [str(e["loc"][-1]) for e in details if e["type"] == "extra_forbidden"]
    valid = _query_parameters(request)
    messages = [f"{_place(e['loc'])}: {e['msg']}" for e in details if e["type"] != "extra_forbidden"]
    if unknown:
        messages.insert(0, f"unknown query parameters: {', '.join(unknown)}; valid are {', '.join(valid) or 'none'}")
    problem = _problem(
        HTTPStatus.BAD_REQUEST, "parameter", "A parameter is wrong", "; ".join(messages), request.url.path
    )
    return _answer(problem.model_copy(update={"valid": list(valid) if unknown else None}))


def _place(location: Sequence[Any]) -> str:
    return ".".join(str(part) for part in location[1:]) or str(location[0])


def _query_parameters(request: Request) -> tuple[str, ...]:
    """What the matched route takes in its query string, read from its own declaration."""
    dependant = getattr(request.scope.get("route"), "dependant", None)
    names: list[str] = []
    for parameter in getattr(dependant, "query_params", ()):
        fields = getattr(parameter.field_info.annotation, "model_fields", None)
        names.extend(fields if fields is not None else [parameter.alias])
    return tuple(sorted(names))


def _on_http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - it is registered for this type
    status = HTTPStatus(error.status_code)
    code = status.name.lower().replace("_", "-")
    if status is HTTPStatus.REQUEST_ENTITY_TOO_LARGE:
        code = "too-large"
    return _answer(_problem(status, code, status.phrase, str(error.detail), request.url.path), error.headers)


def _on_defect(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    status = HTTPStatus.INTERNAL_SERVER_ERROR
    detail = "This is a defect of ScholarCore; the server's log says more."
    return _answer(_problem(status, "defect", status.phrase, detail, request.url.path))
