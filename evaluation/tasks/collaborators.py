"""Collaborators: people who wrote together for the first time after a year, foreseen from the papers up to it."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.collaborator_folder import CollaboratorProblem, read_problem
from evaluation.folder import Folder
from evaluation.measures import interval
from evaluation.registry import Outcome, Row, Task, TaskOptions, embedded_only
from records.errors import EvaluationError
from records.progress import Progress
from search.collaborators.defaults import default_model
from search.collaborators.finder import Scene, rank
from search.collaborators.learning import Learning, learn
from search.collaborators.profiles import texts_of
from search.collaborators.signals import NEAR

__all__ = ["TASK", "CollaboratorsOptions"]

KEYS = ("R@20", "R@100", "MRR")
BASELINES = {"adamic_adar": ("adamic_adar",), "common_neighbours": ("common",), "walk": ("walk_2", "walk_3")}
"""Row -> the measures of nearness whose sum it ranks everybody by."""

Rank = Callable[[int], npt.NDArray[np.int64]]


class CollaboratorsOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the collaborators task.

    ``corpus``: the papers, when they are not in the folder: a benchmark folder or anything the readers read.
    ``model``: "learned" from the corpus' own past up to the folder's ``train_until``, or "shipped". ``queries``: ask
    for so many people only, evenly spread (0: all).
    """

    corpus: str | None = None
    model: str = "learned"
    queries: int = 0


@dataclass(slots=True)
class _Tally:
    """Hits of one row, one entry a query."""

    values: dict[str, list[float]]
    recall: list[float]

    @classmethod
    def empty(cls) -> _Tally:
        return cls({key: [] for key in KEYS}, [])

    def add(self, ranked: npt.NDArray[np.int64], wanted: npt.NDArray[np.int64]) -> None:
        hits = np.isin(ranked, wanted)
        places = np.flatnonzero(hits)
        self.values["R@20"].append(float(hits[:20].sum()) / len(wanted))
        self.values["R@100"].append(float(hits[:100].sum()) / len(wanted))
        self.values["MRR"].append(1.0 / (1 + int(places[0])) if len(places) else 0.0)
        self.recall.append(float(len(places)) / len(wanted))

    def row(self, name: str, seed: int) -> Row:
        row: Row = {"name": name}
        for key, found in self.values.items():
            row[key] = float(np.mean(found))
            row[f"{key}_ci"] = interval(np.array(found), seed)
        return row | {"candidate_recall": float(np.mean(self.recall)), "queries": len(self.recall)}


def run(folder: Folder, options: CollaboratorsOptions, progress: Progress) -> Outcome:
    """Rank every query author's candidates, by the product and by the baselines."""
    embedded_only(options.engine)
    if options.model not in {"learned", "shipped"}:
        raise EvaluationError(f"model must be 'learned' or 'shipped', not {options.model!r}")
    seconds: dict[str, float] = {}
    began = time.perf_counter()
    problem = read_problem(folder, options.corpus)
    seconds["read"] = time.perf_counter() - began
    began = time.perf_counter()
    texts = texts_of(problem.texts)
    learning = Learning(
        horizon=problem.horizon, least=problem.least, most_authors=problem.most_authors, seed=options.seed
    )
    learned = learn(problem.people, texts, problem.until, learning, progress) if options.model == "learned" else None
    model = learned or default_model()
    seconds["learn"] = time.perf_counter() - began
    scene = Scene.at(problem.people, texts, problem.until, most_authors=problem.most_authors)
    eligible = scene.ties.people[:, 0] >= problem.least
    rows = {name: _Tally.empty() for name in ("default", *BASELINES)}
    asked = _asked(problem, options.queries)
    pools: list[int] = []
    began = time.perf_counter()
    progress.start("rank", len(asked))
    for author in asked:
        wanted, allowed = problem.wanted[author], eligible & ~scene.met(author)
        near = scene.near(author)
        ranked = rank(scene, model, near, allowed).positions
        pools.append(len(ranked))
        rows["default"].add(ranked, wanted)
        for name, measures in BASELINES.items():
            rows[name].add(_by(near[[NEAR.index(one) for one in measures]].sum(axis=0), allowed), wanted)
        progress.advance()
    progress.finish()
    seconds["rank"] = time.perf_counter() - began
    settings: dict[str, Any] = {
        **problem.settings,
        "candidates": int(eligible.sum()),
        "candidates_ranked": {"mean": float(np.mean(pools)), "most": max(pools)},
        "learned_from": model.learned_from,
        "seconds": seconds,
        "notes": {what: count for what, count in sorted(folder.notes.items()) if count},
    }
    return Outcome([tally.row(name, options.seed) for name, tally in rows.items()], settings)


def _asked(problem: CollaboratorProblem, most: int) -> list[int]:
    authors = sorted(problem.wanted)
    if most <= 0 or most >= len(authors):
        return authors
    return [authors[place] for place in np.linspace(0, len(authors) - 1, most).astype(int).tolist()]


def _by(values: npt.NDArray[np.float32], allowed: npt.NDArray[np.bool_]) -> npt.NDArray[np.int64]:
    """Everybody allowed with a value above 0, best first, ties by position."""
    some = np.flatnonzero(allowed & (values > 0))
    order: npt.NDArray[np.int64] = some[np.argsort(-values[some], kind="stable")]
    return order


TASK = Task(
    "collaborators",
    "first collaborations after a year, foreseen from the papers up to it",
    run,
    CollaboratorsOptions,
    keys=(*KEYS, "candidate_recall", "queries"),
    rows=("default", *BASELINES),
)
