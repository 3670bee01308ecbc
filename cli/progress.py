"""Progress on stderr: bars where a person looks on, a plain line now and then where a log does."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

from cli.interrupts import check

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.progress import Progress as Bars
    from rich.progress import TaskID

    from records.progress import Progress

__all__ = ["BarProgress", "LineProgress", "showing_progress"]

_WORTH_A_LINE = 0.2  # seconds


class LineProgress:
    """One line when a stage ends, unless it was over at once, and every ``seconds`` while it goes on."""

    def __init__(self, out: IO[str], *, seconds: float = 10.0, clock: Callable[[], float] = time.monotonic) -> None:
        self._out = out
        self._seconds = seconds
        self._clock = clock
        self._stage = ""
        self._total: int | None = None
        self._done = 0
        self._began = self._said = 0.0

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins."""
        check()
        self.finish()
        self._stage, self._total, self._done = stage, total, 0
        self._began = self._said = self._clock()

    def advance(self, count: int = 1) -> None:
        """Say how far it is, if that was not said lately."""
        check()
        self._done += count
        now = self._clock()
        if self._stage and now - self._said >= self._seconds:
            self._said = now
            self._say(now, "", self._left(now))

    def finish(self) -> None:
        """The stage has ended."""
        now = self._clock()
        if self._stage and (now - self._began >= _WORTH_A_LINE or self._said > self._began):
            self._say(now, "done, ")
        self._stage = ""

    def _left(self, now: float) -> str:
        """How long the rest takes, at the pace so far."""
        if not self._done or self._total is None or self._total <= self._done:
            return ""
        return f", about {(now - self._began) * (self._total / self._done - 1):.0f} s left"

    def _say(self, now: float, word: str, end: str = "") -> None:
        of = f" of {self._total:,}" if self._total is not None else ""
        amount = f"{self._done:,}{of}, " if self._done or self._total else ""
        self._out.write(f"{self._stage}: {word}{amount}{now - self._began:.1f} s{end}\n")
        self._out.flush()


class BarProgress:
    """A bar a stage, on a rich progress display."""

    def __init__(self, bars: Bars) -> None:
        self._bars = bars
        self._task: TaskID | None = None

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins."""
        check()
        self.finish()
        self._task = self._bars.add_task(stage, total=total)

    def advance(self, count: int = 1) -> None:
        """Move the bar."""
        check()
        if self._task is not None:
            self._bars.advance(self._task, count)

    def finish(self) -> None:
        """The stage has ended: the bar stands full."""
        if self._task is None:
            return
        task = next(t for t in self._bars.tasks if t.id == self._task)
        self._bars.update(self._task, total=task.completed, completed=task.completed)
        self._bars.stop_task(self._task)
        self._task = None


@contextmanager
def showing_progress() -> Iterator[Progress]:
    """The listener that fits where stderr goes; closes the stage that is open at the end."""
    if not sys.stderr.isatty():
        lines = LineProgress(sys.stderr)
        yield lines
        lines.finish()
        return
    from rich.console import Console
    from rich.progress import (
        BarColumn,
        MofNCompleteColumn,
        Progress,
        TextColumn,
        TimeElapsedColumn,
        TimeRemainingColumn,
    )

    times = (TimeElapsedColumn(), TimeRemainingColumn())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), *times)
    with Progress(*columns, console=Console(stderr=True)) as display:
        bars = BarProgress(display)
        yield bars
        bars.finish()
