from __future__ import annotations

import pytest

from evaluation.isolate import cores, peak_mib, report, run_isolated
from evaluation.timing import StageRecorder
from records.errors import EvaluationError


def allocate(mib: int) -> int:
    return sum(bytearray(b"x" * (mib * 1024 * 1024))[:: 1024 * 1024]) // ord("x")


def refuse() -> None:
    raise EvaluationError("not like this")


def leave() -> None:
    raise SystemExit(3)


def work(steps: int) -> int:
    for step in range(steps):
        report(step)
    return steps


class Impatient(StageRecorder):
    """Somebody who interrupts what takes long."""

    def advance(self, count: int = 1) -> None:
        raise KeyboardInterrupt


def test_progress_of_the_child_is_heard() -> None:
    heard = StageRecorder()
    heard.start("work")
    done = run_isolated("tests.evaluation.test_isolate:work", {"steps": 5_000}, progress=heard)
    heard.finish()
    assert done.value == 5_000
    assert heard.stages["work"].units == sum(range(5_000))
    report(7)  # here: nobody hears it


def test_an_interruption_ends_the_child() -> None:
    with pytest.raises(KeyboardInterrupt):
        run_isolated("tests.evaluation.test_isolate:work", {"steps": 10_000_000}, progress=Impatient())


def test_peak_memory_is_the_childs_own() -> None:
    ballast = bytearray(b"x" * (300 * 1024 * 1024))  # of the parent: must not show in the children
    small = run_isolated("tests.evaluation.test_isolate:allocate", {"mib": 1})
    large = run_isolated("tests.evaluation.test_isolate:allocate", {"mib": 100})
    assert (small.value, large.value) == (1, 100)
    assert small.peak_mib < len(ballast) / 1024 / 1024 < peak_mib()
    assert 90 < large.peak_mib - small.peak_mib < 250
    assert large.seconds > 0


def test_cores_are_bound() -> None:
    assert run_isolated("evaluation.isolate:cores", {}, threads=1).value == 1
    assert run_isolated("evaluation.isolate:cores", {}).value == cores()


def test_errors_come_back() -> None:
    with pytest.raises(EvaluationError, match="EvaluationError: not like this"):
        run_isolated("tests.evaluation.test_isolate:refuse", {})
    with pytest.raises(EvaluationError, match="exit code 3"):
        run_isolated("tests.evaluation.test_isolate:leave", {})
    with pytest.raises(EvaluationError, match="within 0 s"):
        run_isolated("evaluation.isolate:cores", {}, timeout=0.01)
