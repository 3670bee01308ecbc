"""Fairness to papers: raise the lowest total affinity of a paper, then the next lowest, and so on (leximin).

Maximising the lowest score is NP-hard, so this is a search with a bound. It starts from the assignment of the highest
total and exchanges reviewers between papers while that raises the lower of the two. For any weights that sum to 1 the
highest weighted total bounds the lowest score of every assignment. For the objective, and approximations with
guarantees: Stelmakh, Shah, Singh, PeerReview4All (JMLR 2021); Kobren, Saha, McCallum, Paper matching with local
fairness constraints (KDD 2019).
"""

from __future__ import annotations

from typing import Any

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import linprog

from search.assignment.columns import Remainder, Worth, best_pairs
from search.assignment.problem import Problem
from search.assignment.total import Deadline, best_total

__all__ = ["Exchange", "lowest_alone", "lowest_bound", "paper_scores"]

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]
_EPSILON = 1e-9


def paper_scores(problem: Problem, paper: Ints, reviewer: Ints) -> Floats:
    """Total affinity of each paper's reviewers, shape (papers,)."""
    worth = problem.affinity[paper, reviewer].astype(np.float64)
    return np.bincount(paper, weights=worth, minlength=problem.papers).astype(np.float64)  # whole numbers if empty


class Exchange:
    """Local search on an assignment that keeps every rule; each step raises the lower of the papers it touches.

    Steps for the lowest paper: take a reviewer with room instead of one of its own; trade one of its own with another
    paper; or take one from another paper that in turn takes one with room.
    """

    def __init__(self, problem: Problem, paper: Ints, reviewer: Ints) -> None:
        self.problem = problem
        self.worth = problem.affinity.astype(np.float64)
        self.has = np.zeros(problem.affinity.shape, dtype=np.bool_)
        self.has[paper, reviewer] = True
        self.scores = paper_scores(problem, paper, reviewer)
        self.load = np.bincount(reviewer, minlength=problem.reviewers)
        self.seniors = np.bincount(paper[problem.senior[reviewer]], minlength=problem.papers)
        self.fixed = np.zeros(problem.affinity.shape, dtype=np.bool_)
        self.fixed[problem.fixed[:, 0], problem.fixed[:, 1]] = True
        self.near: Bools | None = None
        if len(problem.apart):
            self.near = np.zeros((problem.reviewers, problem.reviewers), dtype=np.bool_)
            one, other = problem.apart.T
            self.near[one, other] = self.near[other, one] = True

    def pairs(self) -> tuple[Ints, Ints]:
        """The assignment, ascending."""
        paper, reviewer = np.nonzero(self.has)
        return paper, reviewer

    def run(self, deadline: Deadline, bound: float = np.inf) -> int:
        """Exchange until no paper can be raised, or time is over; returns the number of exchanges.

        The deadline's watch is told the lowest score whenever it rose, with ``bound``.
        """
        told = -np.inf
        settled = np.zeros(self.problem.papers, dtype=np.bool_)
        done = 0
        while not settled.all() and not deadline.over:
            if self.scores.min() > told:
                told = float(self.scores.min())
                deadline.watch.best(told, bound)
            open_scores = np.where(settled, np.inf, self.scores)
            lowest = int(np.argmin(open_scores))
            if self._raise(lowest):
                done += 1
            else:
                settled[lowest] = True
        return done

    def _raise(self, paper: int) -> bool:
        """The best exchange for ``paper``, if there is one."""
        best: tuple[float, int, int, int, int] | None = None
        for own in np.flatnonzero(self.has[paper] & ~self.fixed[paper]).tolist():
            gain = np.where(self._may_join(paper, own), self.worth[paper] - self.worth[paper, own], 0.0)
            for found in (self._with_room(paper, own, gain), self._by_trade(paper, own, gain)):
                if found is not None and (best is None or found[0] > best[0] + _EPSILON):
                    best = found
        if best is None or best[0] <= self.scores[paper] + _EPSILON:
            return False
        _, own, taken, other, given = best
        self._move(paper, own, taken)
        if other >= 0:
            self._move(other, taken, given)
        return True

    def _with_room(self, paper: int, own: int, gain: Floats) -> tuple[float, int, int, int, int] | None:
        if self.load[own] <= self.problem.least[own]:
            return None
        room = np.where(self.load < self.problem.most, gain, 0.0)
        taken = int(np.argmax(room))
        if room[taken] <= _EPSILON:
            return None
        return float(self.scores[paper] + room[taken]), own, taken, -1, -1

    def _by_trade(self, paper: int, own: int, gain: Floats) -> tuple[float, int, int, int, int] | None:
        """Take somebody from another paper, which gets ``own`` or somebody with room."""
        wanted = np.flatnonzero(gain > _EPSILON)
        other, place = np.nonzero(self.has[:, wanted] & ~self.fixed[:, wanted])
        if not len(other):
            return None
        taken = wanted[place]
        mine = self.scores[paper] + gain[taken]
        kept = self.scores[other] - self.worth[other, taken]
        after = np.minimum(mine, kept + self.worth[other, own])
        order = np.argsort(-after, kind="stable")
        best: tuple[float, int, int, int, int] | None = None
        for row in order[:64].tolist():
            if after[row] <= self.scores[paper] + _EPSILON:
                break
            if self._may_join(int(other[row]), int(taken[row]))[own]:
                best = float(after[row]), own, int(taken[row]), int(other[row]), own
                break
        if self.load[own] <= self.problem.least[own]:
            return best
        promising = np.argsort(-np.minimum(mine, kept), kind="stable")[:8]
        for row in promising.tolist():
            allowed = self._may_join(int(other[row]), int(taken[row])) & (self.load < self.problem.most)
            allowed[own] |= self._may_join(int(other[row]), int(taken[row]))[own]
            spare = np.where(allowed, self.worth[other[row]], -np.inf)
            given = int(np.argmax(spare))
            lower = float(min(mine[row], kept[row] + spare[given]))
            if best is None or lower > best[0] + _EPSILON:
                best = lower, own, int(taken[row]), int(other[row]), given
        return best

    def _may_join(self, paper: int, leaving: int) -> Bools:
        """Who may take the place of ``leaving`` at ``paper``, loads aside, shape (reviewers,)."""
        problem = self.problem
        may: Bools = ~(problem.conflicts[paper] | self.has[paper])
        if self.seniors[paper] - problem.senior[leaving] < problem.seniors[paper]:
            may &= problem.senior
        if self.near is not None:
            team = np.flatnonzero(self.has[paper])
            may &= ~self.near[team[team != leaving]].any(axis=0)
        return may

    def _move(self, paper: int, leaving: int, joining: int) -> None:
        self.has[paper, leaving], self.has[paper, joining] = False, True
        self.scores[paper] += self.worth[paper, joining] - self.worth[paper, leaving]
        self.load[leaving] -= 1
        self.load[joining] += 1
        self.seniors[paper] += int(self.problem.senior[joining]) - int(self.problem.senior[leaving])


def lowest_bound(problem: Problem, remainder: Remainder, reached: float, top: int, deadline: Deadline) -> float:
    """No assignment has a lowest paper score above this.

    First what each paper would get if it chose alone; where that is above ``reached``, the linear program of the
    highest lowest score over the candidates, whose prices of the papers weigh a total that bounds it over all pairs.
    """
    bound = lowest_alone(problem, remainder)
    if bound <= reached + 1e-6 * max(1.0, abs(reached)) or deadline.over or not problem.papers:
        return bound
    weights = _prices(problem, remainder, top, deadline)
    if weights is None:
        return bound
    paper, reviewer = problem.fixed.T
    fixed = float((weights[paper] * problem.affinity[paper, reviewer]).sum())
    best = best_total(Worth(problem, weights), remainder, top, deadline)
    return min(bound, best.bound + fixed)


def lowest_alone(problem: Problem, remainder: Remainder) -> float:
    """The lowest score that a paper would have if each chose alone: no assignment has a higher lowest score."""
    return float(_alone(problem, remainder).min(initial=np.inf))


def _alone(problem: Problem, remainder: Remainder) -> Floats:
    """The score of each paper with the best reviewers allowed for it, loads aside; fixed pairs stay."""
    worth = np.where(remainder.blocked, -np.inf, problem.affinity.astype(np.float64))
    demand = remainder.rules.demand
    width = min(int(demand.max(initial=0)), problem.reviewers)
    best = -np.sort(-worth, axis=1)[:, :width]
    scores: Floats = np.where(np.arange(width)[None, :] < demand[:, None], best, 0.0).sum(axis=1)
    paper, reviewer = problem.fixed.T
    scores += np.bincount(paper, weights=problem.affinity[paper, reviewer], minlength=problem.papers)
    return scores


def _prices(problem: Problem, remainder: Remainder, top: int, deadline: Deadline) -> Floats | None:
    """Weights of the papers, summing to 1, from the linear program that maximises the lowest score."""
    paper, reviewer = best_pairs(Worth(problem), remainder.blocked, top)
    rules, pairs, papers = remainder.rules, len(paper), problem.papers
    at, one = np.arange(pairs), np.ones(pairs)
    demand = sparse.csr_array((one, (paper, at)), shape=(papers, pairs + 1))
    load = sparse.csr_array((one, (reviewer, at)), shape=(problem.reviewers, pairs + 1))
    worth: Any = np.concatenate((-problem.affinity[paper, reviewer].astype(np.float64), np.ones(papers)))
    rows, columns = np.concatenate((paper, np.arange(papers))), np.concatenate((at, np.full(papers, pairs)))
    lowest = sparse.csr_array((worth, (rows, columns)), shape=(papers, pairs + 1))
    taken, by = problem.fixed.T
    fixed = np.bincount(taken, weights=problem.affinity[taken, by], minlength=papers)
    cost = np.zeros(pairs + 1)
    cost[-1] = -1
    limit = {} if deadline.at is None else {"time_limit": max(0.1, deadline.at - deadline.clock())}
    bounds = [(0.0, 1.0)] * pairs + [(None, None)]
    solver: Any = linprog  # its stubs know no sparse matrices
    made = solver(
        cost,
        A_ub=sparse.vstack((load, lowest)),
        b_ub=np.concatenate((rules.most, fixed)),
        A_eq=demand,
        b_eq=rules.demand,
        bounds=bounds,
        method="highs-ipm",
        options=limit,
    )
    if made.status != 0:
        return None
    weights = np.maximum(-made.ineqlin.marginals[problem.reviewers :], 0)
    total = float(weights.sum())
    return weights / total if total > 0 else None
