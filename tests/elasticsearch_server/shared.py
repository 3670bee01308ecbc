"""One server for every test process of this user, whoever comes first starts it; it stops when the last has gone.

Whoever uses the server holds a shared lock on a file; the kernel takes it back however a process ends. A small process
beside the server stops it, and removes its data, as soon as it gets the lock alone.
"""

from __future__ import annotations

import fcntl
import json
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from tests.elasticsearch_server.distribution import cache_folder, distribution, locked
from tests.elasticsearch_server.node import Node

__all__ = ["SharedServer", "hold", "keep", "use_server"]

_LINGER = 3.0  # seconds without users
_ROOT = Path(__file__).resolve().parents[2]

_keepers: list[subprocess.Popen[bytes]] = []
"""They outlive this process, which is no mistake to be warned of."""


@dataclass(frozen=True, slots=True)
class SharedServer:
    """A server to test with. Keep the object as long as it is used; take index names that begin with :attr:`prefix`."""

    url: str
    prefix: str
    held: IO[str] | None = None

    def close(self) -> None:
        """Leave the server to others."""
        if self.held is not None:
            self.held.close()


@contextmanager
def hold(port: int | None = None) -> Iterator[str]:
    """Start the shared server on ``port`` if there is none, and be its user; gives its address."""
    with locked(cache_folder() / "start.lock"):
        held = _held()
        url = _running() or _begin(port)
    with held:
        yield url


def use_server() -> SharedServer:
    """The server in ``ELASTICSEARCH_URL``, or else the shared one, started if need be. The prefix is new each time.

    :raises RuntimeError: when there is none and none can be started: a failure of the tests, never a reason to skip.
    """
    prefix = f"test-{uuid.uuid4().hex[:10]}"
    given = os.environ.get("ELASTICSEARCH_URL")
    if given:
        return SharedServer(given, prefix)
    distribution()
    with locked(cache_folder() / "start.lock"):
        held = _held()
        url = _running() or _begin(None)
    return SharedServer(url, prefix, held)


def _held() -> IO[str]:
    held = (cache_folder() / "users.lock").open("a")
    fcntl.flock(held, fcntl.LOCK_SH)  # waits while one is being stopped
    return held


def _state_file() -> Path:
    return cache_folder() / "server.json"


def _running() -> str | None:
    try:
        url = str(json.loads(_state_file().read_text("utf-8"))["url"])
        with urllib.request.urlopen(f"{url}/_cluster/health", timeout=30) as answer:  # noqa: S310 - our own address
            return url if answer.status == 200 else None
    except (OSError, ValueError, KeyError, urllib.error.URLError):
        return None


def _begin(port: int | None) -> str:
    _state_file().unlink(missing_ok=True)
    output = cache_folder() / "server.log"
    with output.open("wb") as log:
        keeper = subprocess.Popen(
            [sys.executable, "-m", "tests.elasticsearch_server", "--keep", *([f"--port={port}"] if port else [])],
            cwd=_ROOT,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )
    _keepers.append(keeper)
    while (url := _running()) is None:
        if keeper.poll() is not None:
            raise RuntimeError(f"no test server: {output.read_text('utf-8', 'replace')[-3000:]}")
        time.sleep(0.2)
    return url


def keep(port: int | None = None) -> None:
    """Run the server until nobody uses it; what the process beside it does."""
    node = Node("shared", port=port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        node.start()
        new = _state_file().with_suffix(".new")
        new.write_text(json.dumps({"url": node.url, "pid": node.pid, "keeper": os.getpid()}), "utf-8")
        new.replace(_state_file())
        with (cache_folder() / "users.lock").open("a") as users:
            while not _alone(users):
                time.sleep(_LINGER)
            _state_file().unlink(missing_ok=True)
            node.remove()  # before the lock is let go: who comes next starts another
    finally:
        node.remove()


def _alone(users: IO[str]) -> bool:
    try:
        fcntl.flock(users, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
