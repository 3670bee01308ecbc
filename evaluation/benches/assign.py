"""Reviewer assignment: time, memory and gap to the linear program's bound, with greedy and scipy in the same run."""

from __future__ import annotations

import time
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linear_sum_assignment, linprog

from evaluation.isolate import cores, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row
from records.errors import EvaluationError
from records.progress import Progress
from search.assignment import Objective, Problem, SolveOptions, check, greedy, solve
from search.assignment.columns import Remainder, Worth, best_pairs

__all__ = ["BENCH", "AssignBenchOptions", "affinities", "assign"]

ROWS = ("assign", "greedy", "scipy linprog", "assign fair", "assign small", "scipy linear_sum_assignment")
_TOPICS = 25


class AssignBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the assign bench.

    The rows ``assign``, ``greedy`` and ``scipy linprog`` have ``papers`` x ``reviewers``, the fair one and the small
    ones ``fair_papers`` x ``fair_reviewers``; ``linprog_seconds`` bounds the peer.
    """

    papers: int = 5_000
    reviewers: int = 4_000
    fair_papers: int = 1_000
    fair_reviewers: int = 800
    top: int = 100
    demand: int = 4
    load: int = 6
    linprog_seconds: float = 120.0


def affinities(papers: int, reviewers: int, seed: int) -> npt.NDArray[np.float32]:
    """Affinities of a made-up conference: a few topics of unequal size, a few for each text and reviewer, and noise."""
    random = np.random.default_rng(seed)
    weight = 1 / np.arange(1, _TOPICS + 1)
    mixes = []
    for count in (papers, reviewers):
        mix = random.gamma(0.2 * weight * _TOPICS / weight.sum() + 0.02, size=(count, _TOPICS)).astype(np.float32)
        mixes.append(mix / np.maximum(np.linalg.norm(mix, axis=1, keepdims=True), 1e-6))
    noise = random.random((papers, reviewers), dtype=np.float32)
    made: npt.NDArray[np.float32] = (0.8 * (mixes[0] @ mixes[1].T) + 0.2 * noise).astype(np.float32)
    return made


def run(options: AssignBenchOptions, progress: Progress) -> Outcome:
    """Each row in a process of its own."""
    if options.corpus is not None:
        raise EvaluationError("the assign bench makes up its affinities; it takes no corpus")
    large = {"papers": options.papers, "reviewers": options.reviewers}
    small = {"papers": options.fair_papers, "reviewers": options.fair_reviewers}
    shared = {"top": options.top, "demand": options.demand, "load": options.load, "seed": options.seed}
    sizes = {"assign fair": small, "assign small": small, "scipy linear_sum_assignment": small}
    rows: list[Row] = []
    progress.start("assign", len(ROWS))
    for name in ROWS:
        arguments = {**sizes.get(name, large), **shared, "name": name, "limit": options.linprog_seconds}
        measured = run_isolated(f"{__name__}:assign", arguments, threads=options.threads)
        rows.append({"name": name, **measured.value, "peak_mib": measured.peak_mib})
        progress.advance()
    progress.finish()
    _compare(rows)
    return Outcome(rows, {"cores": cores(), "data": f"made-up-{options.papers}x{options.reviewers}"})


def _compare(rows: list[Row]) -> None:
    """Ratios of our time to the peer's on the same problem, where the peer finished."""
    by_name = {row["name"]: row for row in rows}
    for ours, peers in (("assign", ("greedy", "scipy linprog")), ("assign small", ("scipy linear_sum_assignment",))):
        for peer in peers:
            if by_name[peer]["total"] is not None:
                by_name[ours][f"ratio_to:{peer}"] = by_name[ours]["seconds"] / by_name[peer]["seconds"]


def assign(
    *, name: str, papers: int, reviewers: int, top: int, demand: int, load: int, seed: int, limit: float
) -> dict[str, Any]:
    """One row: solve the made-up problem by the means ``name``. Compiled code is loaded before the clock starts."""
    affinity = affinities(papers, reviewers, seed)
    problem = Problem.of(affinity, demand=demand, most=load)
    solve(Problem.of(affinity[:3, :12], demand=1, most=1))
    started, busy = time.perf_counter(), time.process_time()
    result = _ROWS[name](problem, top, limit)
    seconds, cpu = time.perf_counter() - started, time.process_time() - busy
    return {"seconds": seconds, "cpu_seconds": cpu, "papers": papers, "reviewers": reviewers, **result}


def _ours(objective: Objective) -> Any:
    def run(problem: Problem, top: int, limit: float) -> dict[str, Any]:
        del limit
        found = solve(problem, SolveOptions(objective=objective, top=top))
        bounds = {"bound": found.bound, "gap": found.gap, "broken_rules": sum(found.check.broken.values())}
        return {"total": found.total, "lowest": found.lowest, **bounds}

    return run


def _scores(problem: Problem, paper: Any, reviewer: Any) -> dict[str, Any]:
    worth = problem.affinity[paper, reviewer].astype(np.float64)
    scores = np.bincount(paper, weights=worth, minlength=problem.papers)
    broken = check(problem, zip(paper.tolist(), reviewer.tolist(), strict=True)).broken
    return {"total": float(worth.sum()), "lowest": float(scores.min()), "broken_rules": sum(broken.values())}


def _greedy(problem: Problem, top: int, limit: float) -> dict[str, Any]:
    del top, limit
    return _scores(problem, *greedy(problem))


def _linprog(problem: Problem, top: int, limit: float) -> dict[str, Any]:
    """HiGHS by scipy over the same candidates. Its solution is whole by itself: the matrix is totally unimodular."""
    paper, reviewer = best_pairs(Worth(problem), Remainder.of(problem).blocked, top)
    one, at = np.ones(len(paper)), np.arange(len(paper))
    solver: Any = linprog
    found = solver(
        -problem.affinity[paper, reviewer].astype(np.float64),
        A_ub=sparse.csr_array((one, (reviewer, at)), shape=(problem.reviewers, len(paper))),
        b_ub=problem.most,
        A_eq=sparse.csr_array((one, (paper, at)), shape=(problem.papers, len(paper))),
        b_eq=problem.demand,
        bounds=(0, 1),
        method="highs",
        options={"time_limit": limit},
    )
    if found.status != 0:
        return {"total": None, "note": f"not finished: {found.message}"[:120]}
    taken = found.x > 0.5
    return _scores(problem, paper[taken], reviewer[taken])


def _linear_sum(problem: Problem, top: int, limit: float) -> dict[str, Any]:
    """scipy's Hungarian method over copies of papers and reviewers; it may give a paper one reviewer twice."""
    del top, limit
    rows = np.repeat(np.arange(problem.papers), problem.demand)
    columns = np.repeat(np.arange(problem.reviewers), problem.most)
    row, column = linear_sum_assignment(problem.affinity[rows][:, columns], maximize=True)
    return _scores(problem, rows[row], columns[column])


_ROWS: dict[str, Any] = {
    "assign": _ours(Objective.TOTAL),
    "greedy": _greedy,
    "scipy linprog": _linprog,
    "assign fair": _ours(Objective.FAIR),
    "assign small": _ours(Objective.TOTAL),
    "scipy linear_sum_assignment": _linear_sum,
}

BENCH = Bench(
    "assign", "reviewer assignment: time, memory and gap, beside greedy and scipy", run, AssignBenchOptions, rows=ROWS
)
