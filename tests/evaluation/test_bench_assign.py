from __future__ import annotations

from typing import Any

import pytest

from evaluation.benches import assign as bench
from evaluation.benches.assign import ROWS, affinities
from evaluation.isolate import Measured
from evaluation.registry import run_bench
from records.errors import EvaluationError


def _here(_: str, arguments: dict[str, Any], *, threads: int) -> Measured:
    assert threads == 1
    return Measured(bench.assign(**arguments), 0.0, 0.0)


def test_rows_agree_where_they_solve_the_same_problem(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run_isolated", _here)
    size = {"papers": 40, "reviewers": 30, "fair_papers": 40, "fair_reviewers": 30, "top": 10}
    result = run_bench("assign", size)
    rows = {row["name"]: row for row in result["rows"]}
    assert tuple(rows) == ROWS
    ours = rows["assign"]
    assert ours["gap"] == 0.0
    assert ours["broken_rules"] == rows["assign fair"]["broken_rules"] == 0
    assert ours["total"] >= rows["scipy linprog"]["total"] - 1e-3
    assert ours["total"] >= rows["assign fair"]["total"] - 1e-3
    assert rows["assign fair"]["lowest"] >= ours["lowest"]
    assert rows["assign fair"]["bound"] >= rows["assign fair"]["lowest"]
    # Copies of one reviewer on one paper make the peer's problem easier than the real one.
    assert rows["scipy linear_sum_assignment"]["total"] >= rows["assign small"]["total"] - 1e-3
    assert "ratio_to:scipy linprog" in ours


def test_affinities_are_the_same_every_time() -> None:
    assert (affinities(5, 4, 0) == affinities(5, 4, 0)).all()
    assert (affinities(5, 4, 0) != affinities(5, 4, 1)).any()
    with pytest.raises(EvaluationError, match="takes no corpus"):
        run_bench("assign", {"corpus": "x"})
