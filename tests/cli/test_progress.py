from __future__ import annotations

import contextlib
import io
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from rich.console import Console
from rich.progress import Progress as Bars

from cli.interrupts import watching
from cli.progress import BarProgress, LineProgress


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_lines_come_now_and_then_and_at_the_end() -> None:
    out, clock = io.StringIO(), Clock()
    progress = LineProgress(out, seconds=10, clock=clock)
    progress.start("embed", 3000)
    for _ in range(30):
        clock.now += 1
        progress.advance(100)
    progress.finish()
    progress.finish()
    assert out.getvalue().splitlines() == [
        "embed: 1,000 of 3,000, 10.0 s, about 20 s left",
        "embed: 2,000 of 3,000, 20.0 s, about 10 s left",
        "embed: 3,000 of 3,000, 30.0 s",
        "embed: done, 3,000 of 3,000, 30.0 s",
    ]


def test_a_stage_that_begins_ends_the_one_before() -> None:
    out, clock = io.StringIO(), Clock()
    progress = LineProgress(out, clock=clock)
    progress.start("read")
    progress.advance(5)
    clock.now = 2
    progress.start("rank")
    progress.finish()  # over at once: no line
    assert out.getvalue().splitlines() == ["read: done, 5, 2.0 s"]


def test_advance_outside_a_stage_says_nothing() -> None:
    out = io.StringIO()
    LineProgress(out, seconds=0).advance(3)
    assert out.getvalue() == ""


def test_bars_end_full() -> None:
    with Bars(console=Console(file=io.StringIO())) as bars:
        progress = BarProgress(bars)
        progress.advance(1)
        progress.start("embed", 10)
        progress.advance(4)
        progress.start("rank")
        progress.finish()
        tasks = [(task.description, task.completed, task.total, task.finished) for task in bars.tasks]
    assert tasks == [("embed", 4, 4, True), ("rank", 0, 0, True)]


def test_an_interrupt_that_python_forgot_stops_the_next_step() -> None:
    progress = LineProgress(io.StringIO())
    with watching():
        progress.start("embed", 10)
        with contextlib.suppress(KeyboardInterrupt):  # as a destructor or a weak reference's callback would
            signal.raise_signal(signal.SIGINT)
        with pytest.raises(KeyboardInterrupt):
            progress.advance()
    progress.advance()


def test_a_second_interrupt_ends_the_process() -> None:
    program = (
        "import contextlib, signal\n"
        "from cli.interrupts import watching\n"
        "with watching():\n"
        "    with contextlib.suppress(KeyboardInterrupt):\n"
        "        signal.raise_signal(signal.SIGINT)\n"
        "    signal.raise_signal(signal.SIGINT)\n"
    )
    root = Path(__file__).resolve().parents[2]
    assert subprocess.run([sys.executable, "-c", program], check=False, cwd=root, timeout=60).returncode == 130
