"""Timing: percentiles of repeated calls, and the stages of long work by listening to its progress."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

__all__ = ["Stage", "StageRecorder", "time_calls"]


def time_calls(
    calls: Sequence[Callable[[], object]], *, warm_up: int = 10, clock: Callable[[], float] = time.perf_counter
) -> dict[str, Any]:
    """Run every call once, the first ``warm_up`` of them unmeasured. None twice: a cache would answer.

    Returns ``p50_ms``, ``p99_ms``, ``per_second`` (one caller, one after the other) and ``calls``.
    """
    for call in calls[:warm_up]:
        call()
    measured = calls[warm_up:]
    spent = np.empty(len(measured))
    for position, call in enumerate(measured):
        started = clock()
        call()
        spent[position] = clock() - started
    p50, p99 = np.percentile(spent, (50, 99)) * 1000
    return {
        "p50_ms": float(p50),
        "p99_ms": float(p99),
        "per_second": float(len(measured) / spent.sum()),
        "calls": len(measured),
    }


@dataclass(slots=True)
class Stage:
    """One stage of long work: how long it took (seconds) and how many units it went through."""

    name: str
    seconds: float = 0.0
    units: int = 0


@dataclass(slots=True)
class StageRecorder:
    """A :class:`records.progress.Progress` that keeps what it hears. A stage that comes again adds to itself."""

    stages: dict[str, Stage] = field(default_factory=dict)
    clock: Callable[[], float] = time.perf_counter
    _current: Stage | None = None
    _started: float = 0.0

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins."""
        del total
        self.finish()
        self._current = self.stages.setdefault(stage, Stage(stage))
        self._started = self.clock()

    def advance(self, count: int = 1) -> None:
        """``count`` more units are done."""
        if self._current is not None:
            self._current.units += count

    def finish(self) -> None:
        """The current stage has ended."""
        if self._current is not None:
            self._current.seconds += self.clock() - self._started
            self._current = None
