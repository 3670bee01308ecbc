"""Assignments and committees as jobs, and conflicts of interest at once."""

from __future__ import annotations

import asyncio
import time
from http import HTTPStatus
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import Response
from pydantic import BaseModel, ConfigDict, Field
from starlette.concurrency import run_in_threadpool

from api.conference import assign_job, committee_job
from api.errors import ProblemResponse, problem_for
from api.job import Job, lost
from api.job_folder import JobRecord
from api.jobs import Jobs
from api.routes.deps import SessionDep, as_json
from api.schemas.conference import (
    AssignmentBody,
    CommitteeBody,
    ConflictBody,
    check_pairs,
    reviewer_records,
    submission_records,
)
from api.schemas.conference_results import AssignmentResult, CommitteeResult, ConflictResult, JobModel
from api.schemas.params import NoParams
from api.schemas.problem import PROBLEM_RESPONSES, Problem, response
from search.assignment.ties import conflicts_between

__all__ = ["JOB_PATHS", "router"]

JOB_PATHS = ("/assignments", "/committees", "/conflicts")
"""Routes that read long bodies."""

_BAD, _NONE, _LATER = PROBLEM_RESPONSES[400], PROBLEM_RESPONSES[404], PROBLEM_RESPONSES[503]
_TOO_LARGE = response("The body is longer than api.max_job_bytes.")
_LOST, _ELSEWHERE = (
    response("The server that worked on the job has ended, and the job with it."),
    response("Another server has the job, and shares no folder of jobs with this one; the detail says which."),
)
_LOCATION = {"Location": {"description": "The job.", "schema": {"type": "string"}}}
_POSTED: dict[int | str, dict[str, Any]] = {
    200: {"model": JobModel, "description": "The job, which ended within `wait` seconds.", "headers": _LOCATION},
    202: {"description": "The job, to be asked for at `Location`.", "headers": _LOCATION},
    400: _BAD,
    413: _TOO_LARGE,
    503: _LATER,
}

_ASKED: dict[int | str, dict[str, Any]] = {400: _BAD, 404: _NONE, 410: _LOST, 421: _ELSEWHERE, 503: _LATER}
_LOOK = 0.05  # seconds between two looks whether a job is over

router = APIRouter(tags=["committees"])


class WaitParams(BaseModel):
    """Whether to wait for the end."""

    model_config = ConfigDict(extra="forbid")

    wait: float = Field(
        default=0.0, ge=0.0, le=60.0, description="Seconds to wait for the job to end: then it is a 200, not a 202."
    )


class ResultParams(BaseModel):
    """How to write a result."""

    model_config = ConfigDict(extra="forbid")

    format: Literal["json", "csv", "html"] = Field(
        default="json", description="`json`; of assignments also `csv` (the pairs) and `html` (a report)."
    )


@router.post(
    "/assignments",
    status_code=202,
    response_model=JobModel,
    responses=_POSTED,
    summary="Assign reviewers to submissions",
)
async def assignments(
    request: Request, session: SessionDep, body: AssignmentBody, params: Annotated[WaitParams, Query()]
) -> Response:
    """Conflicts kept, every rule checked, a reason for every pair. Answers with a job."""
    del session  # there is something to work with
    jobs = _jobs(request)

    def post() -> Job:
        check_pairs(len(body.submissions), len(body.reviewers), jobs.limits.pairs, "api.jobs.pairs")
        return jobs.submit("assignment", assign_job(body, jobs.limits))

    return await _accepted(request, await run_in_threadpool(post), params.wait)


@router.post("/committees", status_code=202, response_model=JobModel, responses=_POSTED, summary="Compose a committee")
async def committees(
    request: Request, session: SessionDep, body: CommitteeBody, params: Annotated[WaitParams, Query()]
) -> Response:
    """Who covers the topics together under limits and targets, with alternates and costs. Answers with a job."""
    del session
    jobs = _jobs(request)

    def post() -> Job:
        topics = 10 * (len(body.topics) + len(body.submissions))
        check_pairs(topics, len(body.candidates), jobs.limits.pairs, "api.jobs.pairs; a topic counts 10")
        return jobs.submit("committee", committee_job(body, jobs.limits))

    return await _accepted(request, await run_in_threadpool(post), params.wait)


@router.post(
    "/conflicts",
    response_model=ConflictResult,
    responses={400: _BAD, 413: _TOO_LARGE, 503: _LATER},
    summary="Conflicts of interest between reviewers and submissions",
)
def conflicts(request: Request, session: SessionDep, body: ConflictBody) -> Response:
    """Each with its kind, certainty and evidence, and everybody who could not be identified."""
    most = _jobs(request).limits.conflict_pairs
    check_pairs(len(body.submissions), len(body.reviewers), most, "api.jobs.conflict_pairs")
    report = conflicts_between(
        submission_records(body.submissions),
        reviewer_records(body.reviewers),
        people=session.people,
        policy=body.value(),
        conflicts=[(pair.submission, pair.reviewer) for pair in body.conflicts],
    )
    return as_json(ConflictResult.of(report, session.engine.generation.id))


@router.get("/jobs/{job}", response_model=JobModel, responses=_ASKED, summary="How a job stands")
def job_state(request: Request, job: str, _: Annotated[NoParams, Query()]) -> Response:
    """State, progress, and the best solution so far with its gap."""
    return _answer(request, _jobs(request).find(job))


@router.delete("/jobs/{job}", response_model=JobModel, responses=_ASKED, summary="Cancel a job")
def cancel_job(request: Request, job: str, _: Annotated[NoParams, Query()]) -> Response:
    """One that works stops at its next step (`cancelling` until then); one that has ended is forgotten."""
    return _answer(request, _jobs(request).cancel(job))


@router.get(
    "/jobs/{job}/result",
    response_model=AssignmentResult | CommitteeResult,
    responses={
        200: {
            "content": {"text/csv": {"schema": {"type": "string"}}, "text/html": {"schema": {"type": "string"}}},
            "description": "The result in the format asked for.",
        },
        400: response("A parameter is wrong, or the job failed because its input is."),
        404: _NONE,
        410: _LOST,
        421: _ELSEWHERE,
        409: response("There is no result (yet), or no assignment keeps every rule: then with `diagnosis`."),
        503: _LATER,
    },
    summary="The result of a job",
)
def job_result(request: Request, job: str, params: Annotated[ResultParams, Query()]) -> Response:
    """JSON, or for assignments the pairs as CSV or a report (HTML)."""
    jobs = _jobs(request)
    found = jobs.find(job)
    if (problem := _problem(request, found)) is not None:
        headers = {} if found.retry_after is None else {"Retry-After": found.retry_after}
        return ProblemResponse(problem.model_dump(exclude_none=True), status_code=problem.status, headers=headers)
    text = jobs.result(job, params.format)
    if params.format == "json":
        return Response(text, media_type="application/json")
    headers = {
        "Content-Disposition": f'attachment; filename="assignment.{params.format}"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'",
    }
    return Response(text, media_type=f"text/{params.format}", headers=headers)


def _jobs(request: Request) -> Jobs:
    jobs: Jobs = request.app.state.jobs
    return jobs


async def _accepted(request: Request, job: Job, wait: float) -> Response:
    until = time.monotonic() + wait
    while not job.over.is_set() and time.monotonic() < until:  # noqa: ASYNC110 - a thread ends it, not this loop
        await asyncio.sleep(_LOOK)
    answer = _answer(request, job.record())
    answer.status_code = HTTPStatus.OK if wait and job.over.is_set() else HTTPStatus.ACCEPTED
    answer.headers["Location"] = f"/jobs/{job.id}"
    return answer


def _answer(request: Request, job: JobRecord) -> Response:
    return as_json(JobModel.of(job, _problem(request, job)))


def _problem(request: Request, job: JobRecord) -> Problem | None:
    if job.lost:
        return problem_for(lost(), request.url.path)[0]
    return None if job.problem is None else Problem(**{**job.problem, "instance": request.url.path})
