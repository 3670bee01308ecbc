"""The application: routes over whatever engine it is given."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from starlette.concurrency import run_in_threadpool
from starlette.middleware.cors import CORSMiddleware

from api import errors
from api.job import JobLimits
from api.job_folder import JobFolder
from api.jobs import Jobs
from api.middleware import RequestLimit, SecurityHeaders
from api.routes import authors, collaborators, conference, experts, papers, rankings, service
from api.schemas.problem import Problem
from api.serving import Serving

__all__ = ["create_app"]

_DESCRIPTION = """Academic search over your own collection. Every list pages by cursor without a wall, totals stay the
same from page to page, and every error is a problem document (RFC 9457) that says what to do."""


def create_app(
    serving: Serving,
    *,
    cors_origins: Sequence[str] = (),
    max_request_bytes: int = 1_048_576,
    max_job_bytes: int = 16_777_216,
    job_limits: JobLimits | None = None,
    job_folder: Path | None = None,
    instance: str = "",
    pages: bool = True,
) -> FastAPI:
    """The API, and the web pages unless ``pages`` is off, answering from ``serving``, which it closes when it stops.

    ``cors_origins``: web origins whose pages may read the API. ``max_request_bytes``: longer requests are refused.
    ``max_job_bytes``: the same for assignments, committees and conflicts, which come with many texts. ``job_folder``:
    where servers behind one address tell each other of their jobs. ``instance`` begins the ids of this one's jobs.

    :raises SettingsError: when ``job_folder`` cannot be written.
    """
    limits = job_limits or JobLimits()
    folder = None if job_folder is None else JobFolder(job_folder, limits.keep_seconds)
    jobs = Jobs(serving, limits, process=instance, folder=folder)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        jobs.open()
        yield
        await run_in_threadpool(jobs.close)
        serving.close()

    app = FastAPI(
        title="ScholarCore",
        version=version("scholarcore"),
        description=_DESCRIPTION,
        license_info={"name": "MIT"},
        docs_url=None,  # the interactive pages load scripts from elsewhere
        redoc_url=None,
        separate_input_output_schemas=False,
        lifespan=lifespan,
    )
    app.openapi = lambda: _description(app)  # type: ignore[method-assign] # as FastAPI's documentation has it
    app.state.serving = serving
    app.state.jobs = jobs
    errors.install(app)
    if pages:
        from api.pages import mount  # noqa: PLC0415 - a server without pages needs no templates

        mount(app)
    for router in (
        papers.router,
        collaborators.router,
        authors.router,
        experts.router,
        rankings.router,
        conference.router,
        service.router,
    ):
        app.include_router(router)
    if cors_origins:
        app.add_middleware(CORSMiddleware, allow_origins=list(cors_origins), allow_methods=["GET", "POST", "DELETE"])
    app.add_middleware(RequestLimit, limit=max_request_bytes, larger=dict.fromkeys(conference.JOB_PATHS, max_job_bytes))
    app.add_middleware(SecurityHeaders)
    return app


def _description(app: FastAPI) -> dict[str, Any]:
    """The OpenAPI document, with our errors in the place of the framework's."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            description=app.description,
            license_info=app.license_info,
            routes=app.routes,
            separate_input_output_schemas=False,
        )
        schemas = document["components"]["schemas"]
        for unused in ("HTTPValidationError", "ValidationError"):
            schemas.pop(unused, None)
        schemas["Problem"] = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
        for methods in document["paths"].values():
            for operation in methods.values():
                operation["responses"].pop("422", None)
        app.openapi_schema = document
    return app.openapi_schema
