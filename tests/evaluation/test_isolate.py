from __future__ import annotations

import pytest

from evaluation.isolate import cores, peak_mib, run_isolated
from records.errors import EvaluationError


def allocate(mib: int) -> int:
    return sum(bytearray(b"x" * (mib * 1024 * 1024))[:: 1024 * 1024]) // ord("x")


def refuse() -> None:
    raise EvaluationError("not like this")


def leave() -> None:
    raise SystemExit(3)


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
