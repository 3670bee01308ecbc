"""Solving an assignment problem: the objective, the time there is, and what comes back with its proof."""

from __future__ import annotations

import time
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError, InfeasibleError
from records.progress import NO_PROGRESS, Progress
from search.assignment.check import Check, require
from search.assignment.columns import Remainder, Worth
from search.assignment.diagnosis import diagnose
from search.assignment.fair import Exchange, lowest_alone, lowest_bound, paper_scores
from search.assignment.milp import MOST_PAIRS, exact_total
from search.assignment.problem import Problem
from search.assignment.total import Best, Deadline, best_total
from search.assignment.watch import NO_WATCH, Watch

__all__ = ["Objective", "Solution", "SolveOptions", "solution_of", "solve"]

Ints = npt.NDArray[np.int64]


class Objective(StrEnum):
    """What is maximised."""

    TOTAL = "total"  # the sum of affinities
    FAIR = "fair"  # the lowest sum of a paper, then the next lowest, ...


@dataclass(frozen=True, slots=True, kw_only=True)
class SolveOptions:
    """How to solve. ``top``: candidates of a paper to begin with (more are taken up where prices ask for them).

    ``time_limit``: seconds after which the best assignment so far is taken. One flow is not interrupted. ``watch`` is
    told of better assignments and can stop the solve between steps.
    """

    objective: Objective = Objective.TOTAL
    top: int = 100
    time_limit: float | None = None
    watch: Watch = NO_WATCH

    def __post_init__(self) -> None:
        if self.top < 1:
            raise AssignmentError(f"candidates of a paper must be at least 1, not {self.top}")
        if self.time_limit is not None and self.time_limit <= 0:
            raise AssignmentError(f"the time limit must be above 0 seconds, not {self.time_limit}")


@dataclass(frozen=True, slots=True, eq=False)
class Solution:
    """An assignment that was checked: pairs in order of paper and reviewer.

    ``bound``: no assignment has a higher ``total`` (or, when ``objective`` is fair, a higher ``lowest`` score of a
    paper): the value of the linear program, or above it. ``finished`` is False when time ran out.
    """

    paper: Ints
    reviewer: Ints
    objective: Objective
    total: float
    lowest: float
    bound: float
    finished: bool
    seconds: float
    check: Check

    @property
    def value(self) -> float:
        """What was maximised."""
        return self.total if self.objective is Objective.TOTAL else self.lowest

    @property
    def gap(self) -> float:
        """How far ``value`` may be below the best there is, as a share of the bound; 0: proven best."""
        short = self.bound - self.value
        return 0.0 if short <= 1e-6 * max(1.0, abs(self.bound)) else short / max(abs(self.bound), 1e-12)

    @property
    def pairs(self) -> list[tuple[int, int]]:
        """(paper, reviewer), ascending."""
        return list(zip(self.paper.tolist(), self.reviewer.tolist(), strict=True))


_DEFAULT = SolveOptions()


def solve(problem: Problem, options: SolveOptions = _DEFAULT, progress: Progress = NO_PROGRESS) -> Solution:
    """The best assignment. Deterministic unless time runs out.

    :raises InfeasibleError: when no assignment keeps every rule; it carries a :class:`Diagnosis`.
    """
    started = time.monotonic()
    deadline = Deadline.after(options.time_limit, options.watch)
    progress.start("assign", problem.papers)
    remainder = Remainder.of(problem)
    best = _best(problem, remainder, options, deadline)
    if best is None or not best.complete:
        progress.finish()
        raise _infeasible(problem, proven=best is None or best.proven, watch=options.watch)
    paper, reviewer = with_fixed(problem, best)
    finished, bound = best.finished, best.bound + _fixed_worth(problem)
    progress.advance(problem.papers)
    if options.objective is Objective.FAIR:
        progress.start("raise the lowest papers", problem.papers)
        exchange = Exchange(problem, paper, reviewer)
        exchange.run(deadline, lowest_alone(problem, remainder))
        paper, reviewer = exchange.pairs()
        lowest = float(exchange.scores.min(initial=np.inf))
        bound = lowest_bound(problem, remainder, lowest, options.top, deadline)
        finished = finished and not deadline.over
    progress.finish()
    seconds = time.monotonic() - started
    pairs = paper, reviewer
    return solution_of(problem, pairs, objective=options.objective, bound=bound, finished=finished, seconds=seconds)


def solution_of(
    problem: Problem,
    pairs: tuple[Ints, Ints],
    *,
    objective: Objective = Objective.TOTAL,
    bound: float,
    finished: bool = True,
    seconds: float,
) -> Solution:
    """The checked solution of ``pairs``.

    :raises AssignmentError: when it breaks a rule.
    """
    order = np.lexsort((pairs[1], pairs[0]))
    paper, reviewer = pairs[0][order].astype(np.int64), pairs[1][order].astype(np.int64)
    found = require(problem, zip(paper.tolist(), reviewer.tolist(), strict=True))
    scores = paper_scores(problem, paper, reviewer)
    lowest = float(scores.min()) if problem.papers else 0.0
    total = float(scores.sum())
    value = total if objective is Objective.TOTAL else lowest
    return Solution(paper, reviewer, objective, total, lowest, max(bound, value), finished, seconds, found)


def with_fixed(problem: Problem, best: Best) -> tuple[Ints, Ints]:
    """The pairs found and the fixed ones."""
    paper, reviewer = problem.fixed.T
    return np.concatenate((best.paper, paper)).astype(np.int64), np.concatenate((best.reviewer, reviewer)).astype(
        np.int64
    )


def _fixed_worth(problem: Problem) -> float:
    paper, reviewer = problem.fixed.T
    return float(problem.affinity[paper, reviewer].astype(np.float64).sum())


def _best(problem: Problem, remainder: Remainder, options: SolveOptions, deadline: Deadline) -> Best | None:
    """By flows; by integer programming where they gave up pairs to keep reviewers apart and it is small enough."""
    rules = remainder.rules
    if min(x.min(initial=0) for x in (rules.demand, rules.juniors, rules.most - rules.least)) < 0:
        return None
    worth, fixed = Worth(problem), _fixed_worth(problem)

    def found(value: float, bound: float) -> None:
        if options.objective is Objective.TOTAL:
            options.watch.best(value + fixed, bound + fixed)

    best = best_total(worth, remainder, options.top, deadline, found=found)
    if best.proven or not len(problem.apart) or int((~remainder.blocked).sum()) > MOST_PAIRS:
        return best
    exact = exact_total(worth, remainder, deadline)
    return best if exact is None else exact


def _infeasible(problem: Problem, *, proven: bool, watch: Watch) -> InfeasibleError:
    diagnosis = diagnose(problem, proven=proven, watch=watch)
    return InfeasibleError(diagnosis.summary, diagnosis)
