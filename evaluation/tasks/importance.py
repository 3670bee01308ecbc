"""Importance: how high papers known to matter rank by every paper metric, among all papers and among their year's."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt

from evaluation.folder import Folder
from evaluation.graphs import corpus_of
from evaluation.registry import Outcome, Row, Task, TaskOptions
from ranking import registry
from ranking.corpus import Corpus
from ranking.registry import Entity, Metric
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress

__all__ = ["TASK", "ImportanceOptions"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]

LABELS = ("labels.tsv", "best_papers.tsv")
"""Files a folder may keep its labels in."""

DEFAULT_METRIC = "citations_rescaled"
"""The metric that ranks papers by importance when nobody chooses one."""


class ImportanceOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the importance task.

    ``labels``: a table of paper, grade and (ignored) year; papers with a grade above 0 are the ones that matter.
    Without it, ``labels.tsv`` or ``best_papers.tsv`` of the folder. ``metric``: what the row ``default`` ranks by.
    """

    labels: str | None = None
    metric: str = DEFAULT_METRIC


def run(folder: Folder, options: ImportanceOptions, progress: Progress) -> Outcome:
    """Rank the folder's papers by every paper metric."""
    papers = folder.papers()
    corpus, report = corpus_of(papers)
    labelled = _labelled(papers, _labels(folder, options.labels), folder)
    metrics = registry.metrics(Entity.PAPER)
    names = [metric.name for metric in metrics]
    if options.metric not in names:
        raise EvaluationError(f"metric {options.metric!r} is unknown; paper metrics: {', '.join(names)}")
    progress.start("metrics", len(metrics))
    rows = {}
    for metric in metrics:
        rows[metric.name] = _row(metric, corpus, labelled)
        progress.advance()
    progress.finish()
    settings = {
        "papers": corpus.papers,
        "labelled": int(labelled.sum()),
        "graph": report.as_dict(),
        "notes": dict(folder.notes),
    }
    return Outcome([{**rows[options.metric], "name": "default"}, *rows.values()], settings)


def _labels(folder: Folder, given: str | None) -> Iterator[tuple[str, float, str]]:
    """Paper, grade and where it stands, for each line of the labels."""
    if given is None:
        name = next((name for name in LABELS if folder.find(name)), LABELS[0])
        owner = folder
    else:
        path = Path(given)
        owner, name = Folder.open(path.parent), path.name
    for where, cells in owner.table(name, 2, number=1):
        try:
            yield cells[0], float(cells[1]), where
        except ValueError as error:
            raise EvaluationError(f"{where}: the grade must be a number, not {cells[1]!r}") from error


def _labelled(papers: list[Paper], labels: Iterator[tuple[str, float, str]], folder: Folder) -> Bools:
    place = {paper.id: position for position, paper in enumerate(papers)}
    marks = np.zeros(len(papers), dtype=np.bool_)
    for paper, grade, _ in labels:
        if grade <= 0:
            continue
        if paper in place:
            marks[place[paper]] = True
        else:
            folder.notes["labelled papers that are not in the folder"] += 1
    if not marks.any() or marks.all():
        raise EvaluationError(
            f"{folder.path}: {int(marks.sum())} of {len(marks)} papers are labelled; need some, not all"
        )
    return marks


def _row(metric: Metric, corpus: Corpus, labelled: Bools) -> Row:
    values = metric.compute(corpus)
    if not metric.higher_is_better:
        values = -values
    years = corpus.years.astype(np.int64)
    overall, within = _summary(values, np.zeros_like(years), labelled), _summary(values, years, labelled)
    return {"name": metric.name, **overall, **{f"{key}_in_year": value for key, value in within.items()}}


def _summary(values: Floats, groups: npt.NDArray[np.int64], labelled: Bools) -> dict[str, float]:
    """Ranks of the labelled papers within their group, 1 the best, ties sharing their mean; and pairs won (AUC).

    AUC is over pairs of a labelled and an unlabelled paper of the same group, a tie being half a win.
    """
    ranks, shares, won, pairs = [], [], 0.0, 0
    for group in np.unique(groups[labelled]):
        inside = groups == group
        good, rest = values[inside & labelled], np.sort(values[inside & ~labelled])
        everyone = np.sort(values[inside])
        above = len(everyone) - np.searchsorted(everyone, good, side="right")
        ties = len(everyone) - above - np.searchsorted(everyone, good, side="left")
        rank = above + (ties + 1) / 2.0
        ranks.append(rank)
        shares.append(rank <= max(1.0, 0.01 * len(everyone)))
        lower, upper = np.searchsorted(rest, good, side="left"), np.searchsorted(rest, good, side="right")
        won += float((lower + upper).sum()) / 2.0
        pairs += len(good) * len(rest)
    return {
        "median_rank": float(np.median(np.concatenate(ranks))),
        "top1_share": float(np.mean(np.concatenate(shares))),
        "AUC": won / pairs if pairs else float("nan"),
    }


TASK = Task(
    "importance",
    "how high papers known to matter rank by every paper metric",
    run,
    ImportanceOptions,
    keys=("median_rank", "top1_share", "AUC"),
    rows=("default", "citations", "pagerank"),
)
