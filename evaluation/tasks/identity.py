"""Identity: which mentions of a name are one person."""

from __future__ import annotations

import random
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.clustering import IDENTITY_KEYS, clustering_measures, pair_counts, pairwise_f1
from evaluation.folder import Folder
from evaluation.identity_folder import IdentityProblem, read_identity
from evaluation.measures import compare, interval
from evaluation.peers.identity_peers import RULES
from evaluation.registry import Outcome, Row, Task, TaskOptions, embedded_only
from indexer.identity.disambiguation import disambiguate, fit_pair_model
from records.errors import EvaluationError
from records.progress import Progress

__all__ = ["TASK", "IdentityOptions"]

Ints = npt.NDArray[np.int64]


class IdentityOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the identity task. No engine takes part: who is who is decided before a generation is written.

    ``folds``: parts of the blocks for the row that learns from labels, each part told apart by what the others teach
    (0: no such row). ``worst``: how many of the blocks the default does worst on are told.
    """

    folds: int = 5
    worst: int = 10


def run(folder: Folder, options: IdentityOptions, progress: Progress) -> Outcome:
    """Tell the folder's mentions apart: as the product does, having learned from labels, and by simple rules."""
    embedded_only(options.engine)
    if options.folds < 0 or options.folds == 1 or options.worst < 0:
        raise EvaluationError("folds must be 0 or at least 2, and worst at least 0")
    problem = read_identity(folder, options.seed)
    ways: dict[str, Callable[[], Ints]] = {"default": lambda: disambiguate(problem.papers, problem.mentions)}
    folds = min(options.folds, len({mention.block for mention in problem.mentions}))
    if folds > 1:
        ways[f"trained:{folds}-fold"] = lambda: _cross_validated(problem, folds, options.seed)
    for name, rule in RULES.items():
        ways[name] = lambda rule=rule: rule(problem.papers, problem.mentions)  # type: ignore[misc]
    scoring = _Scoring(problem)
    rows: list[Row] = []
    seconds: dict[str, float] = {}
    for name, way in ways.items():
        progress.start(name)
        began = time.perf_counter()
        labels = way()
        seconds[name] = time.perf_counter() - began
        rows.append(scoring.row(name, labels, options.seed))
        progress.finish()
    settings: dict[str, Any] = {
        "papers": len(problem.papers),
        "mentions": len(problem.mentions),
        "comparisons": scoring.comparisons(options.seed),
        "worst_blocks": scoring.worst("default", options.worst),
        "seconds": seconds,
        "notes": {what: count for what, count in sorted(folder.notes.items()) if count},
    }
    return Outcome(rows, settings)


def _cross_validated(problem: IdentityProblem, folds: int, seed: int) -> Ints:
    """Labels of all mentions, those of each part of the blocks by a model of the labels in the other parts."""
    names = sorted({mention.block for mention in problem.mentions})
    random.Random(seed).shuffle(names)  # noqa: S311 - repeatable, not secret
    part = {name: at % folds for at, name in enumerate(names)}
    found = np.zeros(len(problem.mentions), dtype=np.int64)
    for fold in range(folds):
        teaching = [
            (problem.mentions[at], author)
            for at, author in zip(problem.labelled.tolist(), problem.authors, strict=True)
            if part[problem.mentions[at].block] != fold
        ]
        model = fit_pair_model(problem.papers, [mention for mention, _ in teaching], [author for _, author in teaching])
        asked = np.array([at for at, m in enumerate(problem.mentions) if part[m.block] == fold], dtype=np.int64)
        found[asked] = disambiguate(problem.papers, [problem.mentions[at] for at in asked.tolist()], model)
    return found


class _Scoring:
    """Labels against the truth, by row; remembers each row's blocks."""

    def __init__(self, problem: IdentityProblem) -> None:
        self._labelled = problem.labelled
        blocks = [problem.mentions[at].block for at in problem.labelled.tolist()]
        self._names, self._blocks = np.unique(blocks, return_inverse=True)
        self._true: Ints = np.unique(problem.authors, return_inverse=True)[1]
        self._found: dict[str, Ints] = {}
        self._f1: dict[str, dict[str, float]] = {}

    def row(self, name: str, labels: Ints, seed: int) -> Row:
        found = labels[self._labelled]
        counts = pair_counts(self._blocks, found, self._true)
        some = np.flatnonzero(counts.all)
        f1 = pairwise_f1(counts)[some]
        self._found[name] = found
        self._f1[name] = dict(zip(self._names[some].tolist(), f1.tolist(), strict=True))
        row: Row = {"name": name, **clustering_measures(self._blocks, found, self._true)}
        row["pairwise_macro_f1_ci"] = interval(f1, seed) if len(f1) else None
        return row

    def comparisons(self, seed: int) -> list[dict[str, Any]]:
        """The default beside every other row: the mean difference in F1 over the same blocks."""
        ours = self._f1["default"]
        others = [name for name in self._f1 if name != "default" and ours]
        return [{"row": "default", "against": name, **compare(ours, self._f1[name], seed=seed)} for name in others]

    def worst(self, name: str, most: int) -> list[dict[str, Any]]:
        """The blocks with the lowest F1, ties by name: how many mentions, authors and clusters, and pairs."""
        counts = pair_counts(self._blocks, self._found[name], self._true)
        chosen = sorted(self._f1[name], key=lambda block: (self._f1[name][block], block))[:most]
        told = []
        for block, at in zip(chosen, np.searchsorted(self._names, chosen).tolist(), strict=True):
            inside = self._blocks == at
            both, found, true = int(counts.both[at]), int(counts.found[at]), int(counts.true[at])
            told.append(
                {
                    "block": block,
                    "f1": self._f1[name][block],
                    "precision": both / found if found else float("nan"),
                    "recall": both / true if true else float("nan"),
                    "mentions": int(inside.sum()),
                    "authors": len(np.unique(self._true[inside])),
                    "clusters": len(np.unique(self._found[name][inside])),
                }
            )
        return told


TASK = Task(
    "identity",
    "which mentions of a name are one person",
    run,
    IdentityOptions,
    keys=IDENTITY_KEYS,
    rows=("default", *RULES),
)
