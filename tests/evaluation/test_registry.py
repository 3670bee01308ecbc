from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import bench_names, registry, run_bench, run_evaluation, task_names
from evaluation.registry import BENCHES, TASKS, Bench, BenchOptions, Outcome, Task, TaskOptions
from records.errors import EvaluationError
from tests.evaluation.folders import write_folder


class Options(TaskOptions, frozen=True, kw_only=True):
    depth: int = 3
    modes: tuple[str, ...] = ()


def plug_in(monkeypatch: pytest.MonkeyPatch, rows: list[dict[str, Any]], keys: tuple[str, ...] = ("MAP",)) -> None:
    def run(folder: object, options: Options, progress: object) -> Outcome:
        return Outcome(rows, {"depth seen": options.depth, "path": Path("x")})

    task = Task("toy", "a toy", run, Options, keys)
    monkeypatch.setattr(registry, "get_task", lambda name: task)


def test_what_is_there_is_in_the_contract() -> None:
    assert set(task_names()) <= set(TASKS)
    assert set(bench_names()) <= set(BENCHES)
    for name in task_names():
        assert registry.get_task(name).summary
    for name in bench_names():
        assert registry.get_bench(name).summary


def test_unknown_and_missing_names_list_what_there_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(EvaluationError, match="task 'serach' is unknown; available: "):
        run_evaluation("serach", tmp_path)
    with pytest.raises(EvaluationError, match=r"bench '\.\./x' is unknown; available: "):
        run_bench("../x")
    monkeypatch.setattr(registry, "task_names", lambda: ("search",))
    with pytest.raises(EvaluationError, match="task 'experts' is not available in this version; available: search"):
        run_evaluation("experts", tmp_path)


def test_result_is_the_contracts_object(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, [{"MAP": np.float32(0.25), "name": "default", "ci": [np.float64(1 / 3), float("nan")]}])
    options = {"depth": "5", "engine": None, "modes": "lexical, vector"}
    result = run_evaluation("toy", write_folder(tmp_path / "data"), options)
    assert list(result) == ["task", "data", "settings", "rows"]
    assert (result["task"], result["data"]) == ("toy", "data")
    assert result["settings"] == {
        "engine": "embedded",
        "seed": 0,
        "depth": 5,
        "modes": ["lexical", "vector"],
        "depth seen": 5,
        "path": "x",
    }
    assert result["rows"] == [{"name": "default", "MAP": 0.25, "ci": [0.333333, None]}]
    assert next(iter(result["rows"][0])) == "name"
    json.dumps(result, allow_nan=False)


def test_options_are_checked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, [{"name": "default", "MAP": 1.0}])
    with pytest.raises(EvaluationError, match=r"task 'toy' has no option 'dpeth'; it has: .*depth"):
        run_evaluation("toy", tmp_path, {"dpeth": 3})
    with pytest.raises(EvaluationError, match=r"task 'toy': .*depth"):
        run_evaluation("toy", tmp_path, {"depth": "deep"})


def test_a_row_without_a_declared_key_is_a_programming_error(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    plug_in(monkeypatch, [{"name": "default"}])
    with pytest.raises(ValueError, match="row 'default' lacks MAP"):
        run_evaluation("toy", tmp_path)


def test_bench_result(monkeypatch: pytest.MonkeyPatch) -> None:
    bench = Bench("toy", "a toy", lambda options, progress: Outcome([{"name": "x", "papers": options.papers}]))
    monkeypatch.setattr(registry, "get_bench", lambda name: bench)
    result = run_bench("toy", {"papers": 50})
    assert result["task"] == "toy"
    assert result["data"] == "demo-50"
    assert result["rows"] == [{"name": "x", "papers": 50}]
    assert result["settings"]["threads"] == BenchOptions().threads
