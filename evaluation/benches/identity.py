"""Telling people of one name apart: time, memory and quality, with average linkage by scikit-learn and SciPy beside.

Mentions are all authorships of the corpus, without ids, in blocks of first initial and family name (or those of a
benchmark folder of the task); and people of many names under one, which makes a single block of the size asked for.
"""

from __future__ import annotations

import tempfile
import time
from collections import Counter
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

from evaluation.clustering import clustering_measures
from evaluation.folder import Folder
from evaluation.identity_workload import (
    Workload,
    anonymous,
    identified_papers,
    labelled_workload,
    one_name,
    read_workload,
    workload,
    write_workload,
)
from evaluation.isolate import cores, run_isolated
from evaluation.peers.identity_peers import shared_coauthor
from evaluation.peers.linkage_peers import LINKAGES, OF_MATRICES, THRESHOLD, distances
from evaluation.registry import Bench, BenchOptions, Outcome, Row, embedded_only
from indexer.catalog import Catalog
from indexer.identity.disambiguation import Mention, MentionPaper, disambiguate
from indexer.identity.disambiguation.kernels import average_linkage
from indexer.sources.jsonl_convert import encode_line
from indexer.sources.registry import reader_for
from records.errors import EvaluationError
from records.progress import Progress

__all__ = ["BENCH", "IdentityBenchOptions", "catalog", "cluster", "link", "prepare"]

Ints: TypeAlias = npt.NDArray[np.int64]
Way: TypeAlias = Callable[[Sequence[MentionPaper], Sequence[Mention]], Ints]

WAYS: dict[str, Way] = {"disambiguate": disambiguate, "shared_coauthor": shared_coauthor, **LINKAGES}
_OURS = {"disambiguate": "", "large_block": "large_block:", "linkage": "linkage:"}
"""Our rows -> how their peers' rows begin."""
ROWS = (
    *WAYS,
    "catalog",
    *(name for ours in ("large_block", "linkage") for name in (ours, *(f"{ours}:{peer}" for peer in LINKAGES))),
)
_ALL, _LARGE, _CATALOG = "all.msgpack", "large.msgpack", "papers.jsonl"
_WARM_UP = 200


class IdentityBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the identity bench. ``large_block``: mentions of the single block (0: no such rows)."""

    large_block: int = 5_000


def run(options: IdentityBenchOptions, progress: Progress) -> Outcome:
    """Each row in a process of its own, on mentions written once."""
    embedded_only(options.engine)
    if options.large_block < 0:
        raise EvaluationError(f"large_block must be at least 0, not {options.large_block}")
    rows: list[Row] = []
    with tempfile.TemporaryDirectory(prefix="scholarcore-bench-") as folder:
        made = {name: getattr(options, name) for name in ("corpus", "papers", "seed", "large_block")}
        progress.start("mentions")
        there = run_isolated(f"{__name__}:prepare", {"folder": folder, **made}).value
        progress.finish()
        plan = [(name, "cluster", {"way": name, "file": _ALL}) for name in WAYS]
        if there["catalog"]:
            plan.append(("catalog", "catalog", {}))
        if there["large"]:
            for row, function, own in (("large_block", "cluster", "disambiguate"), ("linkage", "link", "ours")):
                plan.append((row, function, {"way": own, "file": _LARGE}))
                plan += [(f"{row}:{peer}", function, {"way": peer, "file": _LARGE}) for peer in LINKAGES]
        for name, function, arguments in plan:
            progress.start(name)
            done = run_isolated(f"{__name__}:{function}", {"folder": folder, **arguments}, threads=options.threads)
            rows.append({"name": name, **done.value, "peak_mib": done.peak_mib})
            progress.finish()
    _compare(rows)
    return Outcome(rows, {"cores": cores(), "versions": {name: version(name) for name in LINKAGES}})


def _compare(rows: list[Row]) -> None:
    """Ratios of our time to each peer's on the same mentions."""
    seconds = {row["name"]: row["seconds"] for row in rows}
    for row in rows:
        if row["name"] in _OURS:
            for peer in LINKAGES:
                row[f"ratio_to:{peer}"] = row["seconds"] / seconds[f"{_OURS[row['name']]}{peer}"]


def prepare(*, folder: str, corpus: str | None, papers: int, seed: int, large_block: int) -> dict[str, Any]:
    """Write the mentions of a corpus, those of the large block, and the papers for a catalog.

    Returns the mentions of the large block (``large``: none in a corpus that identifies nobody) and whether there are
    papers for a catalog: a benchmark folder of this task has mentions of its own instead.
    """
    if corpus is not None and Path(corpus).is_dir() and Folder.open(corpus).find("signatures.jsonl"):
        work, read = labelled_workload(Folder.open(corpus), seed), []
    else:
        read = list(identified_papers(corpus, papers, seed))
        work = workload(read)
    if not work.mentions:
        raise EvaluationError("the corpus has no authors: there is nobody to tell apart")
    large = one_name(work, large_block, seed)
    write_workload(work, Path(folder, _ALL))
    write_workload(large, Path(folder, _LARGE))
    with Path(folder, _CATALOG).open("wb") as file:
        file.writelines(encode_line(anonymous(paper)) + b"\n" for paper in read)
    return {"large": len(large.mentions), "catalog": bool(read)}


def cluster(*, folder: str, way: str, file: str) -> dict[str, Any]:
    """One row: the mentions of ``file`` told apart ``way``. Compiled code is loaded before the clock starts."""
    work = read_workload(Path(folder, file))
    tell = WAYS[way]
    few = work.mentions[:_WARM_UP]
    known = {mention.paper for mention in few}
    tell([paper for paper in work.papers if paper.id in known], few)
    started = time.perf_counter()
    labels = tell(work.papers, work.mentions)
    return _figures(work, labels, time.perf_counter() - started)


def link(*, folder: str, way: str, file: str) -> dict[str, Any]:
    """One row: average linkage by itself, over the peers' distances between all mentions of a block."""
    work = read_workload(Path(folder, file))
    tell = _average_linkage if way == "ours" else OF_MATRICES[way]
    everybody = list(range(len(work.mentions)))
    ((_, matrix),) = distances(work.papers, work.mentions, [everybody])
    tell(matrix[:_WARM_UP, :_WARM_UP].copy())
    started = time.perf_counter()
    labels = tell(matrix)
    return _figures(work, labels, time.perf_counter() - started)


def _average_linkage(matrix: npt.NDArray[np.float32]) -> Ints:
    return average_linkage(matrix, np.ones(len(matrix)), THRESHOLD)


def catalog(*, folder: str) -> dict[str, Any]:
    """Who is who in a catalog of the same papers: the derivation's stage of that name."""
    work = read_workload(Path(folder, _ALL))
    with Catalog.open(Path(folder, "catalog.duckdb")) as opened:
        opened.import_source(reader_for("jsonl"), Path(folder, _CATALOG))
        report = opened.derive()
        found = {
            f"{paper.id.partition(':')[2]}#{authorship.position}": authorship.author_id
            for batch in opened.papers()
            for paper in batch
            for authorship in paper.authorships
        }
    # What was merged into another record has no place of its own and stays by itself.
    people = [found.get(mention.id) or f"#{mention.id}" for mention in work.mentions]
    labels: Ints = np.unique(people, return_inverse=True)[1]
    return {**_figures(work, labels, report.seconds["identity"]), "derive_seconds": sum(report.seconds.values())}


def _figures(work: Workload, labels: Ints, seconds: float) -> dict[str, Any]:
    """Sizes, pace, and quality over the mentions whose person is known."""
    sizes = Counter(mention.block for mention in work.mentions)
    known = np.array([at for at, person in enumerate(work.people) if person], dtype=np.int64)
    row: dict[str, Any] = {
        "seconds": seconds,
        "per_second": len(work.mentions) / seconds,
        "papers": len(work.papers),
        "mentions": len(work.mentions),
        "blocks": len(sizes),
        "largest_block": max(sizes.values()),
    }
    if len(known):
        blocks = np.unique([work.mentions[at].block for at in known.tolist()], return_inverse=True)[1]
        people = np.unique([work.people[at] for at in known.tolist()], return_inverse=True)[1]
        measures = clustering_measures(blocks, labels[known], people)
        row |= {key: value for key, value in measures.items() if key not in ("mentions", "blocks")}
        row["known"] = len(known)
    return row


BENCH = Bench(
    "identity",
    "telling people of one name apart: time, memory and quality, beside scikit-learn and SciPy",
    run,
    IdentityBenchOptions,
    rows=ROWS,
)
