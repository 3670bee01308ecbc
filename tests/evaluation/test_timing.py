from __future__ import annotations

from functools import partial

import pytest

from evaluation.timing import StageRecorder, time_calls


def test_percentiles_of_calls() -> None:
    seen: list[int] = []
    now = 0.0

    def call(number: int) -> None:
        nonlocal now
        seen.append(number)
        now += 1.0 if number == 99 else 0.001

    figures = time_calls([partial(call, n) for n in range(-3, 100)], warm_up=3, clock=lambda: now)
    assert seen == list(range(-3, 100))
    assert figures["calls"] == 100
    assert figures["p50_ms"] == pytest.approx(1)
    assert figures["p99_ms"] == pytest.approx(1 + 0.01 * 999)  # between the last but one and the last
    assert figures["per_second"] == pytest.approx(100 / 1.099)


def test_stages_add_up_by_name() -> None:
    now = iter([0.0, 2.0, 2.0, 5.0, 7.0, 8.0])
    recorder = StageRecorder(clock=lambda: next(now))
    recorder.advance(5)  # before any stage: nobody's
    recorder.start("read", 10)
    recorder.advance()
    recorder.start("write")  # ends the one before
    recorder.advance(3)
    recorder.finish()
    recorder.finish()
    recorder.start("read")
    recorder.advance(2)
    recorder.finish()
    assert [(s.name, s.seconds, s.units) for s in recorder.stages.values()] == [("read", 3.0, 3), ("write", 3.0, 3)]
