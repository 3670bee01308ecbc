"""Long work: bounded in number, time and size, with progress and the best so far; can be cancelled, is kept a while.

A job works in a thread of its own and borrows one session, so it stays on the generation it began with. It can be
stopped between steps; native code (one flow, one solve of HiGHS) is not interrupted, but keeps its own time limit.

Where several processes answer behind one address, a job's id says whose it is: ``<process>.<run>.<secret>``. With a
folder that they share (:mod:`api.job_folder`) any of them answers for all; without, the others say whose it is.
"""

from __future__ import annotations

import logging
import re
import secrets
import threading
import time
import zlib
from collections import deque
from collections.abc import Callable

import msgspec

from api.job import Job, JobLimits, JobStoppedError, Work, check_result
from api.job_folder import BEAT, JobFolder, JobRecord, State
from api.serving import Serving
from records.errors import (
    AssignmentError,
    BusyError,
    JobElsewhereError,
    JobLostError,
    NotFoundError,
    ScholarCoreError,
)

__all__ = ["Job", "JobLimits", "Jobs", "State"]

_ID = re.compile(r"([a-z0-9-]{1,32})\.([0-9a-f]{8})\.[\w-]{20}", re.ASCII)
_SWEEP_EVERY = 60  # beats
_log = logging.getLogger(__name__)


class Jobs:
    """The jobs of one server process. Thread-safe.

    ``process``: what it is called in the ids of its jobs. ``folder``: jobs of all processes that share it.
    """

    def __init__(
        self,
        serving: Serving,
        limits: JobLimits | None = None,
        clock: Callable[[], float] = time.monotonic,
        *,
        process: str = "",
        folder: JobFolder | None = None,
    ) -> None:
        self.limits = limits or JobLimits()
        self.process = process or secrets.token_hex(4)
        self._run_id = secrets.token_hex(4)
        self._folder = folder
        self._serving = serving
        self._clock = clock
        self._lock = threading.Lock()
        self._jobs: dict[str, Job] = {}
        self._waiting: deque[Job] = deque()
        self._threads: set[threading.Thread] = set()
        self._closed = False
        self._stopped = threading.Event()
        self._beat: threading.Thread | None = None

    def submit(self, kind: str, work: Work, seconds: float | None = None) -> Job:
        """Begin ``work``, or let it wait for its turn. ``seconds``: its own limit, if lower than that of the server.

        :raises BusyError: when there are as many unfinished jobs as may be, or the server stops.
        """
        most = self.limits.seconds if seconds is None else min(seconds, self.limits.seconds)
        job = Job(kind, work, most, self._clock, id=f"{self.process}.{self._run_id}.{secrets.token_urlsafe(15)}")
        with self._lock:
            if self._closed:
                raise BusyError("the server is stopping")
            self._forget()
            self._tell(job)
            self._jobs[job.id] = job
            self._waiting.append(job)
            if len(self._threads) < self.limits.at_work:
                thread = threading.Thread(target=self._run, name="job", daemon=True)  # exit must not wait for a solver
                self._threads.add(thread)
                thread.start()
        return job

    def get(self, identifier: str) -> Job:
        """A job of this process.

        :raises NotFoundError: when there is none, or no longer.
        """
        with self._lock:
            self._expire()
            job = self._jobs.get(identifier)
        if job is None:
            raise NotFoundError("job", identifier)
        return job

    def find(self, identifier: str) -> JobRecord:
        """How a job stands, also of another process with which a folder is shared.

        :raises NotFoundError: when there is none, or no longer.
        :raises JobLostError: when it ended with its process.
        :raises JobElsewhereError: when another process has it, and nothing is shared with that.
        """
        try:
            return self.get(identifier).record()
        except NotFoundError:
            parts = _ID.fullmatch(identifier)
            if parts is None or parts[2] == self._run_id:
                raise
            if self._folder is not None:
                record = self._folder.get(identifier)
                if record is None:
                    raise
                return record
        if parts[1] == self.process:
            raise JobLostError(
                f"server {self.process} was started anew since, and its jobs ended with it: post this one again"
            )
        raise JobElsewhereError(
            f"server {parts[1]} has this job, if it still runs; this is {self.process}. Ask that one: whoever runs "
            "several servers routes requests by the first part of the id, or has them share api.jobs_folder"
        )

    def result(self, identifier: str, name: str) -> str:
        """The result of a job in a format; errors are those of :meth:`find` and :meth:`Job.result`."""
        record = self.find(identifier)
        with self._lock:
            job = self._jobs.get(identifier)
        if job is not None:
            return job.result(name)
        check_result(record, name)
        content = None if self._folder is None else self._folder.result(identifier, name)
        if content is None:
            raise NotFoundError("job", identifier)  # forgotten in between
        return zlib.decompress(content).decode()

    def cancel(self, identifier: str) -> JobRecord:
        """Cancel a job that waits or works; drop one that has ended. Errors are those of :meth:`find`."""
        record = self.find(identifier)
        with self._lock:
            job = self._jobs.get(identifier)
            if job is not None:
                return self._cancel(job)
        if self._folder is not None:
            try:
                if record.ended is not None:
                    self._folder.forget(record)
                else:
                    self._folder.cancel(identifier)
                    record = msgspec.structs.replace(record, state=State.CANCELLING)
            except OSError as error:
                raise BusyError(f"the folder of jobs cannot be written: {error.strerror}") from error
        return record

    def _cancel(self, job: Job) -> JobRecord:
        job.stop.set()
        if job.state is State.WAITING:
            self._waiting.remove(job)
            self._end(job, State.CANCELLED)
        elif job.state is State.RUNNING:
            job.state = State.CANCELLING
            self._tell(job)
        elif job.ended is not None:
            self._drop(job)
        return job.record()

    def open(self) -> None:
        """Take jobs (again)."""
        with self._lock:
            self._closed = False
            if self._folder is not None and self._beat is None:
                self._stopped.clear()
                self._beat = threading.Thread(target=self._keep_beat, args=(self._folder,), name="jobs", daemon=True)
                self._beat.start()

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
        self._stopped.set()
        if self._beat is not None:
            self._beat.join()
            self._beat = None

    def _keep_beat(self, folder: JobFolder) -> None:
        """Tell other processes that our jobs live, and hear which of them they want cancelled."""
        beats = 0
        while not self._stopped.wait(BEAT):
            beats += 1
            with self._lock:
                for job in [job for job in self._jobs.values() if job.ended is None]:
                    if not job.stop.is_set() and folder.is_cancelled(job.id):
                        self._cancel(job)
                    else:
                        self._tell(job)
            if beats % _SWEEP_EVERY == 0:
                folder.sweep()

    def _share(self, change: Callable[[JobFolder], None]) -> None:
        """Change the folder. One that cannot be written must not end a job: its own server still has it."""
        if self._folder is None:
            return
        try:
            change(self._folder)
        except OSError as error:
            _log.error("other servers cannot be told of a job: %s", error.strerror)

    def _tell(self, job: Job) -> None:
        self._share(lambda folder: folder.put(job.record()))

    def _drop(self, job: Job) -> None:
        self._jobs.pop(job.id, None)
        self._share(lambda folder: folder.forget(job.record()))

    def _expire(self) -> None:
        oldest = self._clock() - self.limits.keep_seconds
        for job in [job for job in self._jobs.values() if job.ended is not None and job.ended_at <= oldest]:
            self._drop(job)

    def _forget(self) -> None:
        """Make room for one more."""
        self._expire()
        if len(self._jobs) >= self.limits.kept:
            ended = [job for job in self._jobs.values() if job.ended is not None]
            if not ended:
                raise BusyError(f"there are {len(self._jobs)} unfinished jobs, and no more are taken: try again later")
            self._drop(min(ended, key=lambda job: job.ended_at))

    def _end(self, job: Job, state: State) -> None:
        job.state, job.ended, job.ended_at, job.work = state, time.time(), self._clock(), None
        self._tell(job)
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
            self._tell(job)
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
            self._share(lambda folder: folder.put_results(job.id, job.results))
            state = State.DONE
        except JobStoppedError:
            state = State.CANCELLED
        except ScholarCoreError as error:
            job.error = error.with_traceback(None)  # frames would keep the whole problem in memory
            job.error.__cause__ = job.error.__context__ = None
        finally:
            with self._lock:
                self._end(job, state)
