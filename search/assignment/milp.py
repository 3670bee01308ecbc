"""The exact answer by integer programming (HiGHS), for what flows cannot say: keeping apart across other rules."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, milp

from search.assignment.columns import Remainder, Worth
from search.assignment.total import Best, Deadline

__all__ = ["MOST_PAIRS", "exact_total"]

MOST_PAIRS = 60_000
"""Beyond so many allowed pairs the integer program takes longer than anybody waits."""

Ints = npt.NDArray[np.int64]
_INFEASIBLE = 2


def exact_total(worth: Worth, remainder: Remainder, deadline: Deadline) -> Best | None:
    """The best assignment over all allowed pairs; None when time ran out before one was proven or found.

    Rules about meetings are added where they are broken, until none is. ``Best.proven`` with ``unmet`` set says that
    there is no assignment at all.
    """
    problem, rules = worth.problem, remainder.rules
    paper, reviewer = np.nonzero(~remainder.blocked)
    apart: dict[int, set[int]] = {}
    for one, other in problem.apart.tolist():
        apart.setdefault(one, set()).add(other)
        apart.setdefault(other, set()).add(one)
    value = worth.of(paper, reviewer)
    cuts: list[tuple[int, int]] = []
    rounds = 0
    while True:
        rounds += 1
        limit: Any = {} if deadline.at is None else {"time_limit": max(0.05, deadline.at - deadline.clock())}
        rows = _rules(paper, reviewer, remainder, cuts)
        found = milp(
            -value,
            integrality=np.ones(len(value), dtype=np.int64),
            bounds=Bounds(0, 1),
            constraints=rows,
            options=limit,
        )
        none = np.empty(0, dtype=np.int32)
        if found.status == _INFEASIBLE:
            idle = np.zeros(problem.reviewers, dtype=np.int64)
            unmet = np.maximum(rules.demand, 1)
            return Best(none, none, none.astype(np.int64), none, -np.inf, unmet, idle, True, True, rounds)
        if found.x is None:
            return None
        chosen = np.flatnonzero(found.x > 0.5)
        new = _meetings(paper, reviewer, chosen, apart)
        if not new:
            break
        if deadline.over:
            return None
        cuts += new
    bound = float(-found.mip_dual_bound) if found.mip_dual_bound is not None else float(value[chosen].sum())
    amount = np.ones(len(chosen), dtype=np.int64)
    hub = np.full(len(chosen), -1, dtype=np.int32)
    zero = np.zeros(problem.papers, dtype=np.int64), np.zeros(problem.reviewers, dtype=np.int64)
    pairs = paper[chosen].astype(np.int32), reviewer[chosen].astype(np.int32)
    return Best(*pairs, amount, hub, bound, *zero, found.status == 0, found.status == 0, rounds)


def _rules(paper: Ints, reviewer: Ints, remainder: Remainder, cuts: list[tuple[int, int]]) -> list[LinearConstraint]:
    rules, (papers, reviewers) = remainder.rules, remainder.blocked.shape
    at, one = np.arange(len(paper)), np.ones(len(paper))
    junior = ~rules.senior[reviewer]

    def rows(row: Ints, column: Ints, count: int) -> sparse.csr_array:
        return sparse.csr_array((one[: len(row)], (row, column)), shape=(count, len(paper)))

    made = [
        LinearConstraint(rows(paper, at, papers), rules.demand, rules.demand),
        LinearConstraint(rows(reviewer, at, reviewers), rules.least, rules.most),
        LinearConstraint(rows(paper[junior], at[junior], papers), -np.inf, rules.juniors),
    ]
    if cuts:
        pairs = np.array(cuts, dtype=np.int64)
        numbers = np.repeat(np.arange(len(cuts)), 2)
        twice = sparse.csr_array((np.ones(2 * len(cuts)), (numbers, pairs.ravel())), shape=(len(cuts), len(paper)))
        made.append(LinearConstraint(twice, -np.inf, 1))
    return made


def _meetings(paper: Ints, reviewer: Ints, chosen: Ints, apart: dict[int, set[int]]) -> list[tuple[int, int]]:
    """Columns of chosen pairs that put two reviewers together who must be apart."""
    starts = np.searchsorted(paper[chosen], np.unique(paper[chosen])).tolist()
    met = []
    for begin, end in pairwise([*starts, len(chosen)]):
        team = chosen[begin:end].tolist()
        met += [
            (one, other)
            for place, one in enumerate(team)
            for other in team[place + 1 :]
            if int(reviewer[other]) in apart.get(int(reviewer[one]), ())
        ]
    return met
