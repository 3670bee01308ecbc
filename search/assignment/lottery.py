"""Randomised assignment: no pair is more likely than a cap, so nobody can count on getting a certain paper.

A linear program (here a flow in fractions) gives every pair a probability that maximises the expected total affinity
under the rules and the cap; then whole assignments are drawn that have exactly these probabilities and keep every
rule. Jecmen, Zhang, Liu, Shah, Conitzer, Fang, Mitigating manipulation in peer review via randomized reviewer
assignments (NeurIPS 2020); the rounding is that of Budish, Che, Kojima, Milgrom, Designing random allocation
mechanisms (American Economic Review 2013), for rules that nest.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError, InfeasibleError
from search.assignment.columns import Remainder, Worth
from search.assignment.problem import Problem
from search.assignment.solve import Solution, solution_of
from search.assignment.total import Best, Deadline, Lottery, best_total
from search.assignment.watch import NO_WATCH, Watch

__all__ = ["Chances", "chances", "draw"]

Ints = npt.NDArray[np.int64]
_UNIT = 1000
"""Probabilities are thousandths."""


@dataclass(frozen=True, slots=True, eq=False)
class Chances:
    """Probabilities of pairs. ``expected`` total affinity; ``best`` is what it would be without a cap, at most.

    ``paper``, ``reviewer``: pairs with a probability above 0; ``probability``: theirs, thousandths, shape (pairs,).
    """

    problem: Problem
    paper: Ints
    reviewer: Ints
    probability: npt.NDArray[np.float64]
    cap: float
    expected: float
    best: float
    _solved: Best


def chances(
    problem: Problem, cap: float, *, top: int = 100, time_limit: float | None = None, watch: Watch = NO_WATCH
) -> Chances:
    """The probabilities with the highest expected total affinity, each at most ``cap``. Fixed pairs have 1.

    :raises AssignmentError: for a cap outside (0, 1].
    :raises InfeasibleError: when no such probabilities exist, with the smallest cap that would do.
    """
    if not 0 < cap <= 1 or round(cap * _UNIT) < 1:
        raise AssignmentError(f"the highest probability of a pair must lie between 0.001 and 1, not {cap}")
    deadline = Deadline.after(time_limit, watch)
    best = _solve(problem, round(cap * _UNIT), top, deadline)
    if best is None:
        raise InfeasibleError(_too_strict(problem, cap, top, watch))
    plain = best_total(Worth(problem), Remainder.of(problem), top, deadline)
    fixed_paper, fixed_reviewer = problem.fixed.T
    paper = np.concatenate((best.paper, fixed_paper)).astype(np.int64)
    reviewer = np.concatenate((best.reviewer, fixed_reviewer)).astype(np.int64)
    probability = np.concatenate((best.amount / _UNIT, np.ones(len(fixed_paper))))
    expected = float((probability * problem.affinity[paper, reviewer]).sum())
    highest = plain.bound + float(problem.affinity[fixed_paper, fixed_reviewer].sum())
    return Chances(problem, paper, reviewer, probability, cap, expected, max(highest, expected), best)


def draw(chosen: Chances, seed: int = 0) -> Solution:
    """One assignment at random with the probabilities of ``chosen``; the same for the same ``seed``."""
    started = time.monotonic()
    problem, best = chosen.problem, chosen._solved
    taken = _Rounding(problem, best).run(np.random.default_rng(seed))
    fixed_paper, fixed_reviewer = problem.fixed.T
    paper = np.concatenate((best.paper[taken], fixed_paper)).astype(np.int64)
    reviewer = np.concatenate((best.reviewer[taken], fixed_reviewer)).astype(np.int64)
    seconds = time.monotonic() - started
    return solution_of(problem, (paper, reviewer), bound=chosen.best, seconds=seconds)


def _solve(problem: Problem, most: int, top: int, deadline: Deadline) -> Best | None:
    remainder = Remainder.of(problem)
    rules = remainder.rules
    if min(x.min(initial=0) for x in (rules.demand, rules.juniors, rules.most - rules.least)) < 0:
        return None
    best = best_total(Worth(problem), remainder, top, deadline, lottery=Lottery(_UNIT, most))
    return best if best.complete else None


def _too_strict(problem: Problem, cap: float, top: int, watch: Watch) -> str:
    plain = replace(problem, affinity=np.zeros_like(problem.affinity))
    low, high = round(cap * _UNIT), _UNIT
    if _solve(plain, high, top, Deadline(watch=watch)) is None:
        return "no assignment keeps every rule, whatever the cap: solve without a cap to see which rules clash"
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _solve(plain, middle, top, Deadline(watch=watch)) is None else (low, middle)
    return f"no probabilities of at most {cap:g} keep every rule: a cap of {high / _UNIT:g} is the smallest that does"


class _Rounding:
    """Random whole flow from a fractional one: along cycles of fractional arcs, in units, so that nothing drifts.

    Nodes: papers, reviewers, a node for the juniors of each paper, hubs, and a sink. A node has no or at least two
    fractional arcs, so every walk over them closes a cycle; pushing flow around it, one way or the other with the
    probabilities that keep every expectation, makes at least one arc whole.
    """

    def __init__(self, problem: Problem, best: Best) -> None:
        papers, reviewers = problem.papers, problem.reviewers
        paper, reviewer = best.paper.astype(np.int64), best.reviewer.astype(np.int64)
        junior = ~problem.senior[reviewer] & (problem.seniors[paper] > 0)
        side = np.where(junior, papers + reviewers + paper, paper)
        first_hub = 2 * papers + reviewers
        inside = best.hub >= 0
        above = np.where(inside, first_hub + best.hub, side)
        sink = np.full(len(paper), first_hub + int(best.hub.max(initial=-1)) + 1)
        self.pairs = len(paper)
        parts = [
            (above, papers + reviewer, best.amount),
            _summed(side[inside], above[inside], best.amount[inside]),
            _summed(paper[junior], side[junior], best.amount[junior]),
            _summed(papers + reviewer, sink, best.amount),
        ]
        self.tail, self.head, amount = (np.concatenate([part[i] for part in parts]).tolist() for i in range(3))
        self.amount: list[int] = amount
        self.arcs: dict[int, list[int]] = {}
        for arc, flow in enumerate(amount):
            if flow % _UNIT:
                self.arcs.setdefault(self.tail[arc], []).append(arc)
                self.arcs.setdefault(self.head[arc], []).append(arc)

    def run(self, random: np.random.Generator) -> npt.NDArray[np.bool_]:
        """Which pairs are taken, shape (pairs,)."""
        for start in list(self.arcs):
            path: list[int] = []  # arcs walked from ``start``
            nodes, place = [start], {start: 0}
            while (arc := self._next(nodes[-1], path[-1] if path else -1)) is not None:
                path.append(arc)
                node = self.head[arc] if self.tail[arc] == nodes[-1] else self.tail[arc]
                if node not in place:
                    place[node] = len(nodes)
                    nodes.append(node)
                    continue
                begin = place[node]
                self._push(path[begin:], nodes[begin:], random)
                for gone in nodes[begin + 1 :]:
                    del place[gone]
                del path[begin:], nodes[begin + 1 :]
        taken: npt.NDArray[np.bool_] = np.array(self.amount[: self.pairs], dtype=np.int64) == _UNIT
        return taken

    def _next(self, node: int, came_by: int) -> int | None:
        """A fractional arc at ``node`` other than the one walked; whole ones are forgotten on the way."""
        arcs = self.arcs.get(node, [])
        while arcs and not self.amount[arcs[-1]] % _UNIT:
            arcs.pop()
        for arc in reversed(arcs):
            if arc != came_by and self.amount[arc] % _UNIT:
                return arc
        return None

    def _push(self, cycle: list[int], nodes: list[int], random: np.random.Generator) -> None:
        """Change the flow around a cycle by as much as makes an arc whole, up or down."""
        signs = [1 if self.tail[arc] == node else -1 for arc, node in zip(cycle, nodes, strict=True)]
        over = [self.amount[arc] % _UNIT for arc in cycle]
        up = min(_UNIT - o if sign > 0 else o for o, sign in zip(over, signs, strict=True))
        down = min(o if sign > 0 else _UNIT - o for o, sign in zip(over, signs, strict=True))
        step = up if random.integers(up + down) < down else -down
        for arc, sign in zip(cycle, signs, strict=True):
            self.amount[arc] += sign * step


def _summed(tail: Ints, head: Ints, amount: Ints) -> tuple[Ints, Ints, Ints]:
    """Arcs that stand several times as one each."""
    ends, where = np.unique(np.stack((tail, head)), axis=1, return_inverse=True)
    total = np.bincount(where.ravel(), weights=amount, minlength=ends.shape[1]).astype(np.int64)
    return ends[0], ends[1], total
