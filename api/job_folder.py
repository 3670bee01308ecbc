"""A folder of jobs that several processes share: each writes down its own, and every one can answer for all of them.

How a job stands is a file ``<id>.job``, written anew in one step at every change and, while the job is not over, every
:data:`BEAT` seconds; each form of its result is a file ``<id>.<name>``, there before the job says that it is done. To
cancel a job of another process is to leave a file ``<id>.cancel``. A job that is not over and gave no sign of life for
:data:`LOST` seconds has ended with its process. Clocks of machines that share a folder must agree to a few seconds.
"""

from __future__ import annotations

import os
import re
import secrets
import time
from collections.abc import Mapping
from contextlib import suppress
from enum import StrEnum
from pathlib import Path
from typing import Any

import msgspec

from records.errors import SettingsError

__all__ = ["BEAT", "LOST", "JobFolder", "JobRecord", "State"]

BEAT = 1.0
LOST = 30.0
_RECORD, _CANCEL = ".job", ".cancel"
_OURS = re.compile(r"\.[0-9a-f]{16}|[a-z0-9-]{1,32}\.[0-9a-f]{8}\.[\w-]{20}\.[a-z]+", re.ASCII)


class State(StrEnum):
    """Where a job is."""

    WAITING = "waiting"
    RUNNING = "running"
    CANCELLING = "cancelling"  # it ends at the next step
    CANCELLED = "cancelled"
    FAILED = "failed"
    DONE = "done"


class JobRecord(msgspec.Struct, frozen=True, kw_only=True):
    """How a job stands.

    ``created`` and ``ended`` are seconds since 1970. ``value``: objective and bound of the best solution so far.
    ``problem``: why it failed, as a problem document, None for a defect. ``lost``: it ended with its process.
    """

    id: str
    kind: str
    state: State
    created: float
    ended: float | None = None
    generation: str = ""
    stage: str = ""
    amount: int = 0
    total: int | None = None
    value: tuple[float, float] | None = None
    problem: dict[str, Any] | None = None
    retry_after: str | None = None
    formats: tuple[str, ...] = ()
    lost: bool = False


class JobFolder:
    """The files. Only the user this process runs as can read them: results are about people, and ids are secrets.

    Names are job ids that their caller has checked, never what somebody typed. ``keep_seconds``: files that nobody
    wrote for so long are swept away.

    :raises SettingsError: when nothing can be written there.
    """

    def __init__(self, folder: Path, keep_seconds: float = 3600.0) -> None:
        self._folder = folder
        self._keep_seconds = keep_seconds
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._write(".probe", b"")
            self._remove(".probe")
        except OSError as error:
            raise SettingsError(f"api.jobs_folder {folder} cannot be written: {error.strerror}") from error

    def put_results(self, identifier: str, results: Mapping[str, bytes]) -> None:
        """Write the forms of a result, before the job is told to be done."""
        for name, content in results.items():
            self._write(f"{identifier}.{name}", content)

    def put(self, record: JobRecord) -> None:
        """Write how a job stands."""
        self._write(record.id + _RECORD, msgspec.msgpack.encode(record))
        if record.ended is not None:
            self._remove(record.id + _CANCEL)

    def get(self, identifier: str) -> JobRecord | None:
        """How a job stands, None when nothing is known of it."""
        path = self._folder / (identifier + _RECORD)
        try:
            content, written = path.read_bytes(), path.stat().st_mtime
            record = msgspec.msgpack.decode(content, type=JobRecord)
        except (OSError, msgspec.DecodeError):  # of another version of ours, after an update
            return None
        if record.ended is None and time.time() - written > LOST:
            return msgspec.structs.replace(record, state=State.FAILED, ended=written, lost=True)
        if record.state is State.RUNNING and self.is_cancelled(identifier):
            return msgspec.structs.replace(record, state=State.CANCELLING)
        return record

    def result(self, identifier: str, name: str) -> bytes | None:
        """One form of the result of a job, as it was put."""
        try:
            return (self._folder / f"{identifier}.{name}").read_bytes()
        except OSError:
            return None

    def cancel(self, identifier: str) -> None:
        """Ask the process that has the job to cancel it."""
        self._write(identifier + _CANCEL, b"")

    def is_cancelled(self, identifier: str) -> bool:
        """Whether somebody asked for that."""
        return os.path.exists(self._folder / (identifier + _CANCEL))  # noqa: PTH110 - never raises, Path.exists may

    def forget(self, record: JobRecord) -> None:
        """Delete all about a job."""
        for end in (_RECORD, _CANCEL, *(f".{name}" for name in record.formats)):
            self._remove(record.id + end)

    def sweep(self) -> None:
        """Delete what nobody wrote for longer than jobs are kept, whichever process left it."""
        oldest = time.time() - max(self._keep_seconds, LOST)
        for name in _names(self._folder):
            path = self._folder / name
            with suppress(OSError):  # another process was faster
                if path.stat().st_mtime < oldest:
                    path.unlink()

    def _write(self, name: str, content: bytes) -> None:
        fresh = self._folder / f".{secrets.token_hex(8)}"
        try:
            with os.fdopen(os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
                file.write(content)
            fresh.replace(self._folder / name)
        except OSError:
            fresh.unlink(missing_ok=True)
            raise

    def _remove(self, name: str) -> None:
        (self._folder / name).unlink(missing_ok=True)


def _names(folder: Path) -> list[str]:
    """Files of jobs; whatever else lies there is not ours to touch."""
    try:
        return [path.name for path in folder.iterdir() if _OURS.fullmatch(path.name)]
    except OSError:  # away; there is nothing to sweep
        return []
