"""Asking again: which failures pass by themselves, and how long to wait for that ("full jitter")."""

from __future__ import annotations

import logging
import random
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from elastic_transport import ApiError, TlsError, TransportError

from records.errors import EngineUnavailableError

__all__ = ["LONGEST_PAUSE", "Pause", "passes", "patiently", "status_of"]

_FIRST_PAUSE = 0.25
LONGEST_PAUSE = 30.0  # seconds

_Answer = TypeVar("_Answer")
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Pause:
    """How to wait: replaced in tests."""

    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    draw: Callable[[float, float], float] = random.uniform

    def before(self, attempt: int, told: float | None) -> None:
        """Wait before repeating for the ``attempt``-th time; at least as long as the server ``told``."""
        share = self.draw(0.0, min(LONGEST_PAUSE, _FIRST_PAUSE * 2.0**attempt))
        self.sleep(min(LONGEST_PAUSE, max(share, told or 0.0)))


def status_of(error: ApiError | TransportError) -> int:
    """The status of the server's answer, 0 when there was none."""
    return error.meta.status if isinstance(error, ApiError) else 0


def passes(error: ApiError | TransportError) -> bool:
    """Whether a failure may pass: no connection or answer, too many requests, or a fault of the server or a gateway."""
    status = status_of(error)
    return status in (408, 429) or status >= 500 or (status == 0 and not isinstance(error, TlsError))


def patiently(ask: Callable[[], _Answer], patience: float, pause: Pause | None = None) -> _Answer:
    """``ask()``, which may be repeated, until it succeeds, or fails in a way that does not pass.

    :raises EngineUnavailableError: when it still fails after ``patience`` seconds.
    """
    pause = pause or Pause()
    began, attempt = pause.clock(), 0
    while True:
        try:
            return ask()
        except EngineUnavailableError as error:
            cause = error.__cause__
            passing = isinstance(cause, ApiError | TransportError) and passes(cause)
            if not passing or pause.clock() - began > patience:
                raise
            _log.warning("asked again: %s", error)
        pause.before(attempt, None)
        attempt += 1
