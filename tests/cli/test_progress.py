from __future__ import annotations

import io

from rich.console import Console
from rich.progress import Progress as Bars

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
        "embed: 1,000 of 3,000, 10.0 s",
        "embed: 2,000 of 3,000, 20.0 s",
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
