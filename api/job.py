"""One job: what it is told on its way, when it stops, and how it stands."""

from __future__ import annotations

import threading
import time
import zlib
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from api.errors import problem_for
from api.job_folder import JobRecord, State
from api.serving import Session
from records.errors import AssignmentError, JobError, JobLostError, ScholarCoreError

__all__ = ["Job", "JobLimits", "JobStoppedError", "Work", "check_result", "lost"]

Work = Callable[[Session, "Job"], dict[str, str]]
"""Makes the result in every format: name of the format -> text."""


@dataclass(frozen=True, slots=True, kw_only=True)
class JobLimits:
    """``at_work`` at a time; ``kept`` in all, the oldest ended ones dropped first; ended ones for ``keep_seconds``.

    ``seconds``: of one job. ``pairs``: submissions x reviewers, or candidates x topics x 10. ``papers``: of all
    reviewers together. ``result_bytes``: of one result, compressed.
    """

    at_work: int = 1
    kept: int = 20
    keep_seconds: float = 3600.0
    seconds: float = 600.0
    pairs: int = 2_000_000
    papers: int = 100_000
    result_bytes: int = 16_777_216
    conflict_pairs: int = 500_000


class JobStoppedError(Exception):
    """Somebody cancelled the job."""


@dataclass(eq=False)
class Job:
    """One job: it listens to progress (:class:`~records.progress.Progress`) and watches solves. Made by :class:`Jobs`.

    ``error`` says why it failed, None for a defect. ``best``: value and bound of the best solution so far.
    """

    kind: str
    work: Work | None
    seconds: float
    clock: Callable[[], float]
    id: str
    state: State = State.WAITING
    created: float = field(default_factory=time.time)
    ended: float | None = None
    generation: str = ""
    stage: str = ""
    amount: int = 0
    total: int | None = None
    value: tuple[float, float] | None = None
    error: ScholarCoreError | None = None
    results: dict[str, bytes] = field(default_factory=dict)
    ended_at: float = 0.0
    stop: threading.Event = field(default_factory=threading.Event)
    over: threading.Event = field(default_factory=threading.Event)
    _until: float = 0.0
    _preparing: bool = True

    def begin(self, generation: str) -> None:
        """The work begins, and its time."""
        self.generation = generation
        self._until = self.clock() + self.seconds

    def left(self) -> float:
        """Seconds left for the solve; from now on time is the solver's own business."""
        self.check()
        self._preparing = False
        return max(0.05, self._until - self.clock())

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins."""
        self.stage, self.amount, self.total = stage, 0, total
        self.check()

    def advance(self, count: int = 1) -> None:
        """More of the stage is done."""
        self.amount += count
        self.check()

    def finish(self) -> None:
        """The stage has ended."""

    def check(self) -> None:
        """Stop here if the job was cancelled, or time is over before there is a solution."""
        if self.stop.is_set():
            raise JobStoppedError
        if self._preparing and self.clock() > self._until:
            raise AssignmentError(
                f"time ran out after {self.seconds:g} seconds, before solving began ({self.stage or 'at the start'}): "
                "send less at once, or ask for fewer papers of each person (`recent`)"
            )

    def best(self, value: float, bound: float) -> None:
        """A better solution."""
        self.value = value, bound

    def result(self, name: str) -> str:
        """The result in a format.

        :raises ScholarCoreError: why it failed.
        :raises JobError: when there is no result, or not in this format.
        """
        if self.error is not None:
            raise self.error
        check_result(self.record(), name)
        return zlib.decompress(self.results[name]).decode()

    def record(self) -> JobRecord:
        """How it stands now."""
        problem = retry_after = None
        if self.error is not None:
            with suppress(ScholarCoreError):  # one that no request can cause: a defect
                told, headers = problem_for(self.error, f"/jobs/{self.id}")
                problem, retry_after = told.model_dump(mode="json", exclude_none=True), headers.get("Retry-After")
        return JobRecord(
            id=self.id,
            kind=self.kind,
            state=self.state,
            created=self.created,
            ended=self.ended,
            generation=self.generation,
            stage=self.stage,
            amount=self.amount,
            total=self.total,
            value=self.value,
            problem=problem,
            retry_after=retry_after,
            formats=tuple(self.results),
        )


def check_result(record: JobRecord, name: str) -> None:
    """Make sure that there is a result in the format ``name``.

    :raises JobError: saying why there is none.
    """
    if record.lost:
        raise lost()
    if record.state is State.FAILED:
        raise JobError("the job failed by a defect of ScholarCore; the server's log says more")
    if record.state is not State.DONE:
        raise JobError(f"the job is {record.state.value}; a job has a result once it is done")
    if name not in record.formats:
        raise JobError(f"there is no {name} of this result; there are: {', '.join(record.formats)}")


def lost() -> JobLostError:
    """Why a job whose process has ended has no result."""
    return JobLostError("the server that worked on this job has ended, and the job with it: post it again")
