"""Long work: bounded in number, time and size, with progress and the best so far; can be cancelled, is kept a while.

A job works in a thread of its own and borrows one session, so it stays on the generation it began with. It can be
stopped between steps; native code (one flow, one solve of HiGHS) is not interrupted, but keeps its own time limit.
"""

from __future__ import annotations

import secrets
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from api.serving import Serving, Session
from records.errors import AssignmentError, BusyError, JobError, NotFoundError, ScholarCoreError

__all__ = ["Job", "JobLimits", "Jobs", "State"]

Work = Callable[[Session, "Job"], dict[str, str]]
"""Makes the result in every format: name of the format -> text."""


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"  # it ends at the next step
    CANCELLED = "cancelled"
    FAILED = "failed"
    DONE = "done"


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


class _StopError(Exception):
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
    id: str = field(default_factory=lambda: secrets.token_urlsafe(15))
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
            raise _StopError
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
        if self.state is not State.DONE:
            raise JobError(f"the job is {self.state.value}; a job has a result once it is done")
        if name not in self.results:
            raise JobError(f"there is no {name} of this result; there are: {', '.join(self.results)}")
        return zlib.decompress(self.results[name]).decode()


class Jobs:
    """The jobs of one server. Thread-safe."""

    def __init__(
        self, serving: Serving, limits: JobLimits | None = None, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self.limits = limits or JobLimits()
        self._serving = serving
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._threads: set[threading.Thread] = set()
        self._closed = False

    def submit(self, kind: str, work: Work, seconds: float | None = None) -> Job:
        """Begin ``work``, or let it wait for its turn. ``seconds``: its own limit, if lower than that of the server.

        :raises BusyError: when there are as many unfinished jobs as may be, or the server stops.
        """
        most = self.limits.seconds if seconds is None else min(seconds, self.limits.seconds)
        job = Job(kind, work, most, self._clock)
        with self._lock:
            if self._closed:
                raise BusyError("the server is stopping")
            self._forget()
            self._jobs[job.id] = job
            self._waiting.append(job)
            if len(self._threads) < self.limits.at_work:
                thread = threading.Thread(target=self._run, name="job", daemon=True)  # exit must not wait for a solver
                self._threads.add(thread)
                thread.start()
        return job

    def get(self, identifier: str) -> Job:
        """A job.

        :raises NotFoundError: when there is none, or no longer.
        """
        with self._lock:
            self._expire()
            job = self._jobs.get(identifier)
        if job is None:
            raise NotFoundError("job", identifier)
        return job

    def cancel(self, identifier: str) -> Job:
        """Cancel a job that waits or works; drop one that has ended.

        :raises NotFoundError: when there is none, or no longer.
        """
        job = self.get(identifier)
        with self._lock:
            job.stop.set()
            if job.state is State.WAITING:
                self._waiting.remove(job)
                self._end(job, State.CANCELLED)
            elif job.state is State.RUNNING:
                job.state = State.CANCELLING
            elif job.ended is not None:
                self._jobs.pop(identifier, None)
        return job

    def open(self) -> None:
        """Take jobs (again)."""
        with self._lock:
            self._closed = False

    def close(self, timeout: float = 5.0) -> None:
        """Cancel everything and wait up to ``timeout`` seconds for the work to end. Idempotent."""
        with self._lock:
            self._closed = True
            for job in self._waiting:
                self._end(job, State.CANCELLED)
            self._waiting.clear()
            for job in self._jobs.values():
                job.stop.set()
                job.state = State.CANCELLING if job.state is State.RUNNING else job.state
            threads = list(self._threads)
        until = time.monotonic() + timeout
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))

    def _expire(self) -> None:
        oldest = self._clock() - self.limits.keep_seconds
        for job in [job for job in self._jobs.values() if job.ended is not None and job.ended_at <= oldest]:
            del self._jobs[job.id]

    def _forget(self) -> None:
        """Make room for one more."""
        self._expire()
        if len(self._jobs) >= self.limits.kept:
            ended = [job for job in self._jobs.values() if job.ended is not None]
            if not ended:
                raise BusyError(f"there are {len(self._jobs)} unfinished jobs, and no more are taken: try again later")
            del self._jobs[min(ended, key=lambda job: job.ended_at).id]

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended, job.ended_at, job.work = state, time.time(), self._clock(), None
        job.over.set()

    def _run(self) -> None:
        """Work on one job after the other until none waits."""
        try:
            while (job := self._next()) is not None:
                self._work(job)
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _next(self) -> Job | None:
        with self._lock:
            if not self._waiting:
                self._threads.discard(threading.current_thread())  # at once: a job that comes now needs a new thread
                return None
            job = self._waiting.popleft()
            job.state = State.RUNNING
            return job

    def _work(self, job: Job) -> None:
        state = State.FAILED  # a defect leaves it so, and goes to the log of the thread
        work = job.work
        try:
            with self._serving.session() as session:
                job.begin(session.engine.generation.id)
                made = {} if work is None else work(session, job)
                job.results = {name: zlib.compress(text.encode()) for name, text in made.items()}
            size = sum(map(len, job.results.values()))
            if size > self.limits.result_bytes:
                job.results = {}
                raise AssignmentError(f"the result has {size} bytes, and {self.limits.result_bytes} are kept at most")
            state = State.DONE
        except _StopError:
            state = State.CANCELLED
        except ScholarCoreError as error:
            job.error = error.with_traceback(None)  # frames would keep the whole problem in memory
            job.error.__cause__ = job.error.__context__ = None
        finally:
            with self._lock:
                self._end(job, state)
