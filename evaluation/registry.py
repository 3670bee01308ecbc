"""Tasks and benches by name, and the one JSON object each run prints.

To add a task, write ``evaluation/tasks/<name>.py`` with a module-level ``TASK``::

    class ImportanceOptions(TaskOptions, frozen=True, kw_only=True):
        top: int = 1

    def run(folder: Folder, options: ImportanceOptions, progress: Progress) -> Outcome:
        papers = folder.papers()
        return Outcome(rows=[{"name": "default", "median_rank": 124.0, "top1_share": 0.5, "AUC": 0.9}])

    TASK = Task("importance", "how high known milestone papers rank", run, ImportanceOptions,
                keys=("median_rank", "top1_share", "AUC"))

To add a bench, write ``evaluation/benches/<name>.py`` with a module-level ``BENCH`` made of :class:`Bench` in the same
way; its ``run`` takes ``(options, progress)``. Nothing else has to be told: modules are found by their name and
imported only when they are asked for, so a peer library needed by one of them costs the others nothing.

What the registry does for all of them: options are checked against the declared structure (an unknown one is an error
that lists the valid ones), every row must have a ``name`` and, for tasks, every declared key, and numbers are made fit
for JSON: NumPy scalars become plain ones, quality figures are rounded to six decimals so that a second run prints the
same, and what is not finite becomes null.
"""

from __future__ import annotations

import importlib
import math
import pkgutil
import typing
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeAlias

import msgspec
import numpy as np

from evaluation import benches, tasks
from evaluation.folder import Folder
from records.errors import EvaluationError
from records.progress import NO_PROGRESS, Progress

__all__ = [
    "BENCHES",
    "TASKS",
    "Bench",
    "BenchOptions",
    "Outcome",
    "Row",
    "Task",
    "TaskOptions",
    "bench_names",
    "embedded_only",
    "get_bench",
    "get_task",
    "run_bench",
    "run_evaluation",
    "task_names",
]

TASKS: tuple[str, ...] = ("search", "experts", "reviewers", "identity", "collaborators", "importance")
"""Task names of the evaluation contract, whether this version has them or not."""

BENCHES: tuple[str, ...] = ("ranking", "search", "people", "assign", "identity", "api", "build")
"""Bench names of the evaluation contract, whether this version has them or not."""

Row: TypeAlias = dict[str, Any]
"""One row of the result: ``name`` and figures under the contract's keys, plus any further keys."""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a task or bench found. ``settings`` says under which conditions (all that is needed to repeat the run)."""

    rows: Sequence[Row]
    settings: Mapping[str, Any] = field(default_factory=dict)


class TaskOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options every task has. ``engine``: which engine answers; ``seed``: of whatever is drawn at random."""

    engine: str = "embedded"
    seed: int = 0


class BenchOptions(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Options every bench has.

    ``papers`` is the size of the generated corpus; ``corpus`` a real one to use instead (a benchmark folder, or
    anything the readers read). ``threads`` bounds the cores a row may use (0: all).
    """

    papers: int = 20_000
    corpus: str | None = None
    engine: str = "embedded"
    threads: int = 1
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Task:
    """A task's declaration. ``keys``: figures every row has; ``rows``: those a run without options prints."""

    name: str
    summary: str
    run: Callable[[Folder, Any, Progress], Outcome]
    options: type[TaskOptions] = TaskOptions
    keys: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Bench:
    """A bench's declaration. ``rows``: those a run without options prints."""

    name: str
    summary: str
    run: Callable[[Any, Progress], Outcome]
    options: type[BenchOptions] = BenchOptions
    rows: tuple[str, ...] = ()


def embedded_only(engine: str) -> None:
    """For what only the embedded engine answers.

    :raises EvaluationError: when another engine is asked for.
    """
    if engine != "embedded":
        raise EvaluationError(f"engine {engine!r} is not available in this version; available: embedded")


def task_names() -> tuple[str, ...]:
    """Tasks this version has, by name."""
    return _modules(tasks.__path__)


def bench_names() -> tuple[str, ...]:
    """Benches this version has, by name."""
    return _modules(benches.__path__)


def get_task(name: str) -> Task:
    """The task called ``name``.

    :raises EvaluationError: when there is none; the message lists those there are.
    """
    _check_name("task", name, task_names(), TASKS)
    task = importlib.import_module(f"evaluation.tasks.{name}").TASK
    if not isinstance(task, Task) or task.name != name:
        raise TypeError(f"evaluation.tasks.{name}.TASK must be a Task named {name!r}")
    return task


def get_bench(name: str) -> Bench:
    """The bench called ``name``.

    :raises EvaluationError: when there is none; the message lists those there are.
    """
    _check_name("bench", name, bench_names(), BENCHES)
    bench = importlib.import_module(f"evaluation.benches.{name}").BENCH
    if not isinstance(bench, Bench) or bench.name != name:
        raise TypeError(f"evaluation.benches.{name}.BENCH must be a Bench named {name!r}")
    return bench


def run_evaluation(
    task: str, folder: Path | str, options: Mapping[str, Any] | None = None, *, progress: Progress = NO_PROGRESS
) -> dict[str, Any]:
    """Run a task on a benchmark folder: ``{"task", "data", "settings", "rows"}``, ready for ``json.dumps``.

    Options that are None count as not given.

    :raises EvaluationError: unknown task or option, or the folder lacks what the task needs.
    """
    declared = get_task(task)
    checked = _options(f"task {task!r}", declared.options, options)
    opened = Folder.open(folder)
    outcome = declared.run(opened, checked, progress)
    rows = [_row(row, declared.keys) for row in outcome.rows]
    settings = {**msgspec.to_builtins(checked), **outcome.settings}
    return {"task": task, "data": opened.name, "settings": _json(settings), "rows": rows}


def run_bench(
    what: str, options: Mapping[str, Any] | None = None, *, progress: Progress = NO_PROGRESS
) -> dict[str, Any]:
    """Run a bench: ``{"task", "data", "settings", "rows"}``, ready for ``json.dumps``.

    Options that are None count as not given.

    :raises EvaluationError: unknown bench or option, or a corpus that cannot be read.
    """
    declared = get_bench(what)
    checked = _options(f"bench {what!r}", declared.options, options)
    outcome = declared.run(checked, progress)
    rows = [_row(row, ()) for row in outcome.rows]
    settings = {**msgspec.to_builtins(checked), **outcome.settings}
    data = Path(checked.corpus).resolve().name if checked.corpus else f"demo-{checked.papers}"
    return {"task": what, "data": outcome.settings.get("data", data), "settings": _json(settings), "rows": rows}


def _modules(path: Sequence[str]) -> tuple[str, ...]:
    found = (module.name for module in pkgutil.iter_modules(path))
    return tuple(sorted(name for name in found if not name.startswith("_")))


def _check_name(kind: str, name: str, have: tuple[str, ...], contract: tuple[str, ...]) -> None:
    if name in have:
        return
    what = "is not available in this version" if name in contract else "is unknown"
    raise EvaluationError(f"{kind} {name!r} {what}; available: {', '.join(have) or 'none'}")


def _options(owner: str, declared: type[Any], given: Mapping[str, Any] | None) -> Any:
    values = {key: value for key, value in (given or {}).items() if value is not None}
    valid = declared.__struct_fields__
    unknown = sorted(set(values) - set(valid))
    if unknown:
        raise EvaluationError(f"{owner} has no option {', '.join(map(repr, unknown))}; it has: {', '.join(valid)}")
    lists = {item.name for item in msgspec.structs.fields(declared) if typing.get_origin(item.type) is tuple}
    plain = {key: _plain(value, key in lists) for key, value in values.items()}
    try:
        return msgspec.convert(plain, declared, strict=False)
    except msgspec.ValidationError as error:
        raise EvaluationError(f"{owner}: {error}") from error


def _plain(value: Any, is_list: bool) -> Any:
    """A value as the command line or a caller gives it, in the types the option structures convert from."""
    if is_list and isinstance(value, str):
        return [part.strip() for part in value.split(",") if part.strip()]
    return str(value) if isinstance(value, Path) else value


def _row(row: Row, keys: tuple[str, ...]) -> Row:
    missing = [key for key in ("name", *keys) if key not in row]
    if missing:
        raise ValueError(f"row {row.get('name')!r} lacks {', '.join(missing)}")
    return {"name": row["name"], **{key: _json(value) for key, value in row.items() if key != "name"}}


def _json(value: Any) -> Any:
    """``value`` in the types JSON has; see the module docstring for rounding."""
    if isinstance(value, np.generic):
        value = value.item()
    if isinstance(value, float):
        return round(value, 6) if math.isfinite(value) else None
    if isinstance(value, np.ndarray):
        value = value.tolist()
    if isinstance(value, Mapping):
        return {str(key): _json(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_json(item) for item in value]
    if isinstance(value, Path):
        return str(value)
    return value
