"""Somebody drops out: fill the places, and leave everything else as it is as far as the rules allow."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError, InfeasibleError
from search.assignment.columns import Remainder, Worth
from search.assignment.diagnosis import diagnose
from search.assignment.problem import Problem
from search.assignment.solve import Solution, solution_of, with_fixed
from search.assignment.total import Deadline, best_total

__all__ = ["Replacement", "replace_reviewers"]

Ints = npt.NDArray[np.int64]
Pair = tuple[int, int]
_BONUS = 100.0
"""A kept pair is worth so many times the largest affinity: no gain elsewhere pays for moving one."""


@dataclass(frozen=True, slots=True, eq=False)
class Replacement:
    """The new assignment, and what is different: pairs ``added``, and ``removed`` beside those that had to go."""

    solution: Solution
    added: tuple[Pair, ...]
    removed: tuple[Pair, ...]


def replace_reviewers(
    problem: Problem,
    pairs: Iterable[Pair],
    *,
    reviewers: Iterable[int] = (),
    declined: Iterable[Pair] = (),
    top: int = 100,
    time_limit: float | None = None,
) -> Replacement:
    """Fill the places of ``reviewers`` who drop out altogether and of single pairs that were ``declined``.

    As few other pairs as possible change; among such assignments the one with the highest total affinity is taken.

    :raises AssignmentError: when ``pairs`` do not fit the problem, or what drops out is fixed.
    :raises InfeasibleError: when nobody can take the places.
    """
    started = time.monotonic()
    gone, refused = sorted(set(reviewers)), sorted(set(declined))
    changed = _without(problem, gone, refused)
    kept = [pair for pair in pairs if pair[1] not in gone and pair not in refused]
    rows = np.array(kept, dtype=np.int64).reshape(-1, 2)
    if len(rows) and ((rows < 0) | (rows >= (problem.papers, problem.reviewers))).any():
        raise AssignmentError("the assignment to change names papers or reviewers that the problem does not have")
    keys = np.sort(rows[:, 0] * problem.reviewers + rows[:, 1])
    bonus = _BONUS * max(float(np.abs(problem.affinity).max(initial=0.0)), 1e-9)
    worth = Worth(changed, kept=keys, bonus=bonus)
    remainder = Remainder.of(changed)
    rules = remainder.rules
    if min(x.min(initial=0) for x in (rules.demand, rules.juniors, rules.most - rules.least)) < 0:
        raise _nobody(changed, proven=True)
    # Kept pairs dwarf affinities, so worths are rounded finer by as much.
    best = best_total(worth, remainder, top, Deadline.after(time_limit), steps=int(_BONUS) * 1_000_000)
    if not best.complete:
        raise _nobody(changed, proven=best.proven)
    paper, reviewer = with_fixed(changed, best)
    bound = best_total(Worth(changed), remainder, top, Deadline.after(time_limit)).bound + _fixed(changed)
    solution = solution_of(changed, (paper, reviewer), bound=bound, seconds=time.monotonic() - started)
    now, before = set(solution.pairs), set(kept)
    return Replacement(solution, tuple(sorted(now - before)), tuple(sorted(before - now)))


def _without(problem: Problem, gone: list[int], refused: list[Pair]) -> Problem:
    """The problem in which those who drop out have no load and refused pairs are conflicts."""
    most, least, conflicts = problem.most.copy(), problem.least.copy(), problem.conflicts.copy()
    if gone and (min(gone) < 0 or max(gone) >= problem.reviewers):
        raise AssignmentError(f"there is no reviewer {next(g for g in gone if not 0 <= g < problem.reviewers)}")
    most[gone] = least[gone] = 0
    for paper, reviewer in refused:
        conflicts[paper, reviewer] = True
    fixed = {(int(p), int(r)) for p, r in problem.fixed}
    if any(reviewer in gone or (paper, reviewer) in refused for paper, reviewer in fixed):
        raise AssignmentError("a fixed pair cannot drop out; take it off the fixed pairs first")
    return replace(problem, most=most, least=least, conflicts=conflicts)


def _fixed(problem: Problem) -> float:
    paper, reviewer = problem.fixed.T
    return float(problem.affinity[paper, reviewer].astype(np.float64).sum())


def _nobody(problem: Problem, *, proven: bool) -> InfeasibleError:
    found = diagnose(problem, proven=proven)
    return InfeasibleError(found.summary, found)
