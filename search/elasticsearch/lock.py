"""One build at a time: a lock that says who holds it, and that a dead holder loses.

The holder writes the lock anew every quarter of its lease, each time only if nobody else wrote it in between. A lock is
taken over when its holder is a process of this machine that is gone, or when it was not renewed for a lease by the
clock and then stays unchanged for half of one while it is watched, so that clocks that differ do no harm.
"""

from __future__ import annotations

import os
import socket
import threading
import time
import uuid
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from records.errors import EngineError, GenerationError
from search.elasticsearch.registry import Registry

__all__ = ["BuildLock"]

_BEATS = 4  # a lease
_POLLS = 8  # a lease, while a lock is watched


class BuildLock:
    """Holds the lock until :meth:`release`.

    :raises GenerationError: when another live build holds it.
    """

    def __init__(self, registry: Registry, lease: float, *, sleep: Callable[[float], None] = time.sleep) -> None:
        self._registry = registry
        self._lease = lease
        self._sleep = sleep
        self._content: dict[str, Any] = {
            "owner": uuid.uuid4().hex,
            "machine": _machine(),
            "host": socket.gethostname(),
            "pid": os.getpid(),
            "since": _now(),
            "lease": lease,
        }
        self._lost = threading.Event()
        self._ended = threading.Event()
        self._writing = threading.Lock()
        self._at = self._acquire()
        self._beat = threading.Thread(target=self._keep, name="build lock", daemon=True)
        self._beat.start()

    def _acquire(self) -> tuple[int, int]:
        registry = self._registry
        while True:
            made = registry.create_lock(self._renewed())
            if made is not None:
                return made
            found = registry.read_lock()
            if found is None:
                continue
            content, at = found
            if content["owner"] == self._content["owner"]:
                return at  # it was made, but the answer was lost
            if not _is_gone(content):
                self._refuse_if_fresh(content)
                self._watch(content, at)
            made = registry.replace_lock(self._renewed(), at)
            if made is not None:
                return made

    def _refuse_if_fresh(self, content: Any) -> None:
        age = (datetime.now(UTC) - datetime.fromisoformat(content["renewed"])).total_seconds()
        if age <= float(content["lease"]):
            raise GenerationError(
                f"process {content['pid']} on {content['host']} is building since {content['since']}; wait for it to "
                f"end, or end it (a build that died without a word is replaced {content['lease']:g} seconds later)"
            )

    def _watch(self, content: Any, at: tuple[int, int]) -> None:
        lease = float(content["lease"])
        for _ in range(_POLLS // 2 + 1):
            self._sleep(lease / _POLLS)
            now = self._registry.read_lock()
            if now is not None and now[1] != at:
                raise GenerationError(
                    f"process {content['pid']} on {content['host']} is building since {content['since']}; its clock "
                    "and this machine's differ"
                )

    def _renewed(self) -> dict[str, Any]:
        return {**self._content, "renewed": _now()}

    def _keep(self) -> None:
        while not self._ended.wait(self._lease / _BEATS):
            try:
                self._renew()
            except EngineError:
                continue  # the cluster is away; whether the lock is still ours is seen when it is back
            if self._lost.is_set():
                return

    def _renew(self) -> None:
        with self._writing:
            if self._ended.is_set() or self._lost.is_set():
                return
            at = self._registry.replace_lock(self._renewed(), self._at)
            if at is None:
                self._adopt()
            else:
                self._at = at

    def _adopt(self) -> None:
        """A renewal whose answer was lost on the way is ours, too."""
        found = self._registry.read_lock()
        if found is not None and found[0]["owner"] == self._content["owner"]:
            self._at = found[1]
        else:
            self._lost.set()

    def check(self) -> None:
        """Make sure that the lock is still ours, now.

        :raises GenerationError: when another build took it over.
        """
        self._renew()
        if self._lost.is_set():
            raise GenerationError(
                "another build took over because this one gave no sign of life; this one is void, the current "
                "generation stays"
            )

    def release(self) -> None:
        """Give the lock up. Idempotent."""
        if self._ended.is_set():
            return
        self._ended.set()
        self._beat.join()
        with self._writing:
            if not self._lost.is_set():
                self._registry.delete_lock(self._at)


def _machine() -> str:
    """What tells machines, and containers with process numbers of their own, apart; empty where nothing does."""
    try:
        boot = Path("/proc/sys/kernel/random/boot_id").read_text("ascii").strip()
        return f"{socket.gethostname()} {boot} {Path('/proc/self/ns/pid').readlink()}"
    except OSError:
        return ""


def _is_gone(content: Any) -> bool:
    """Whether the holder was a process of this machine and is no more."""
    if not content["machine"] or content["machine"] != _machine():
        return False
    try:
        os.kill(int(content["pid"]), 0)
    except ProcessLookupError:
        return True
    except PermissionError:
        return False
    return False


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
