"""Why there is no assignment: which rules clash, and the smallest relaxation of each kind that works.

Every relaxation named was tried and has an assignment. Sizes are the smallest: loads and seniors by bisection, reviews
to do without and conflicts to waive as flows of least cost.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from search.assignment.columns import Remainder, Worth
from search.assignment.milp import MOST_PAIRS, exact_total
from search.assignment.problem import Problem
from search.assignment.total import Best, Deadline, best_total
from search.assignment.watch import NO_WATCH, Watch

__all__ = ["Diagnosis", "Relaxation", "diagnose"]

Ints = npt.NDArray[np.int64]
_TOP = 100
_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Relaxation:
    """A change of one kind of rule after which there is an assignment.

    ``rule``: "highest load", "least load", "demand", "senior", "conflict", "apart" or "fixed". ``amount``: by how much
    (each load, reviews done without, ...). ``papers``, ``reviewers`` or ``pairs`` are those it is about.
    """

    rule: str
    amount: int
    text: str
    papers: tuple[int, ...] = ()
    pairs: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """``proven``: there is no assignment (False: none was found). ``clash``: rules that contradict each other.

    ``papers`` and ``reviewers`` are those the clash is about; ``names`` are those of the problem.
    """

    proven: bool
    clash: str
    papers: tuple[int, ...]
    reviewers: tuple[int, ...]
    relaxations: tuple[Relaxation, ...]
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def summary(self) -> str:
        """All of it in one sentence or two."""
        found = "no assignment keeps every rule" if self.proven else "no assignment that keeps every rule was found"
        options = "; or ".join(relaxation.text for relaxation in self.relaxations)
        advice = f"It works if you {options}" if options else "No single kind of rule is why"
        return f"{found}: {self.clash}. {advice}."


def diagnose(problem: Problem, *, proven: bool, watch: Watch = NO_WATCH) -> Diagnosis:
    """What is wrong with ``problem``, which has no assignment."""
    deadline = Deadline.after(_SECONDS, watch)
    clash, papers, reviewers = _clash(problem)
    finders = (_highest, _least, _demand, _senior, _conflicts, _apart, _fixed)
    found = []
    for finder in finders:
        relaxation = None if deadline.over else finder(problem, deadline)
        if relaxation is not None:
            found.append(relaxation)
    return Diagnosis(proven, clash, papers, reviewers, tuple(found), problem.names)


def _try(problem: Problem, deadline: Deadline, worth: Worth | None = None) -> Best | None:
    """An assignment of ``problem``, None when there is none."""
    remainder = Remainder.of(problem)
    rules = remainder.rules
    if min(x.min(initial=0) for x in (rules.demand, rules.juniors, rules.most - rules.least)) < 0:
        return None
    plain = worth or Worth(replace(problem, affinity=np.zeros_like(problem.affinity)))
    best = best_total(plain, remainder, _TOP, deadline)
    if not best.proven and len(problem.apart) and int((~remainder.blocked).sum()) <= MOST_PAIRS:
        exact = exact_total(plain, remainder, deadline)
        best = best if exact is None else exact
    return best if best.complete else None


def _smallest(highest: int, works: Callable[[int], bool]) -> int | None:
    """The smallest number from 1 to ``highest`` that works, if any, where larger ones work when smaller ones do."""
    if highest < 1 or not works(highest):
        return None
    low, high = 0, highest
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if works(middle) else (middle, high)
    return high


def _highest(problem: Problem, deadline: Deadline) -> Relaxation | None:
    def raised(by: int) -> Problem:
        return replace(problem, most=problem.most + by)

    by = _smallest(problem.papers, lambda by: _try(raised(by), deadline) is not None)
    if by is None:
        return None
    return Relaxation("highest load", by, f"raise every highest load by {by}")


def _least(problem: Problem, deadline: Deadline) -> Relaxation | None:
    def lowered(by: int) -> Problem:
        return replace(problem, least=np.maximum(problem.least - by, 0))

    by = _smallest(int(problem.least.max(initial=0)), lambda by: _try(lowered(by), deadline) is not None)
    return None if by is None else Relaxation("least load", by, f"lower every least load by {by} (none below 0)")


def _demand(problem: Problem, deadline: Deadline) -> Relaxation | None:
    """As few reviews fewer as possible; a paper's seniors go down with its demand."""
    remainder = Remainder.of(problem)
    rules = remainder.rules
    if min(x.min(initial=0) for x in (rules.demand, rules.juniors, rules.most - rules.least)) < 0 or len(problem.apart):
        return None
    best = best_total(Worth(replace(problem, affinity=np.zeros_like(problem.affinity))), remainder, _TOP, deadline)
    demand = problem.demand - best.unmet
    fewer = replace(problem, demand=demand, seniors=np.minimum(problem.seniors, demand))
    if best.idle.any() or not best.unmet.any():
        return None
    if _try(fewer, deadline) is None:
        # Papers kept their number of juniors, so seniors must go down as far.
        seniors = np.maximum(problem.seniors - best.unmet, 0)
        fewer = replace(fewer, seniors=seniors)
        if _try(fewer, deadline) is None:
            return None
    short, where = int(best.unmet.sum()), np.flatnonzero(best.unmet)
    text = f"do without {short} review{'s' * (short != 1)}, of {_listed(problem, where)}"
    return Relaxation("demand", short, text, papers=tuple(where.tolist()))


def _senior(problem: Problem, deadline: Deadline) -> Relaxation | None:
    def lowered(by: int) -> Problem:
        return replace(problem, seniors=np.maximum(problem.seniors - by, 0))

    by = _smallest(int(problem.seniors.max(initial=0)), lambda by: _try(lowered(by), deadline) is not None)
    return (
        None if by is None else Relaxation("senior", by, f"ask for {by} senior reviewer{'s' * (by != 1)} fewer a paper")
    )


def _conflicts(problem: Problem, deadline: Deadline) -> Relaxation | None:
    """As few conflicts waived as possible."""
    if not problem.conflicts.any():
        return None
    without = replace(
        problem, conflicts=np.zeros_like(problem.conflicts), affinity=-problem.conflicts.astype(np.float32)
    )
    best = _try(without, deadline, Worth(without))
    if best is None:
        return None
    waived = problem.conflicts[best.paper, best.reviewer]
    pairs = tuple(zip(best.paper[waived].tolist(), best.reviewer[waived].tolist(), strict=True))
    text = f"waive {len(pairs)} conflict{'s' * (len(pairs) != 1)}: " + _some(
        f"paper {problem.paper_name(p)} and reviewer {problem.reviewer_name(r)}" for p, r in pairs
    )
    return Relaxation("conflict", len(pairs), text, pairs=pairs) if pairs else None


def _apart(problem: Problem, deadline: Deadline) -> Relaxation | None:
    if not len(problem.apart) or _try(replace(problem, apart=problem.apart[:0]), deadline) is None:
        return None
    return Relaxation("apart", len(problem.apart), "let reviewers who are to be kept apart share a paper")


def _fixed(problem: Problem, deadline: Deadline) -> Relaxation | None:
    if not len(problem.fixed) or _try(replace(problem, fixed=problem.fixed[:0]), deadline) is None:
        return None
    return Relaxation("fixed", len(problem.fixed), "give up the fixed pairs")


def _clash(problem: Problem) -> tuple[str, tuple[int, ...], tuple[int, ...]]:
    """Rules that contradict each other, as a count that anybody can repeat (Hall's condition), if there is one."""
    everyone = tuple(range(problem.papers)), tuple(range(problem.reviewers))
    need, room, floor = int(problem.demand.sum()), int(problem.most.sum()), int(problem.least.sum())
    if need > room:
        return f"the papers need {need} reviews and the reviewers may do {room}", *everyone
    if floor > need:
        return f"the reviewers must do {floor} reviews and the papers need {need}", *everyone
    free = ~problem.conflicts
    short = np.flatnonzero(free.sum(axis=1) < problem.demand)
    if len(short):
        one = int(short[0])
        name, able = problem.paper_name(one), int(free[one].sum())
        text = f"paper {name} needs {problem.demand[one]} reviewers and {able} are free of conflict"
        return text, tuple(short.tolist()), ()
    idle = np.flatnonzero((free & (problem.demand > 0)[:, None]).sum(axis=0) < problem.least)
    if len(idle):
        one = int(idle[0])
        name, floor = problem.reviewer_name(one), int(problem.least[one])
        text = f"reviewer {name} must do {floor} reviews and is free of conflict with fewer papers"
        return text, (), tuple(idle.tolist())
    for demand, allowed, what in (
        (problem.demand, free, "reviews"),
        (problem.seniors, free & problem.senior[None, :], "senior reviews"),
    ):
        found = _crowded(demand, allowed, problem.most)
        if found is not None:
            papers, reviewers, needed, capacity = found
            text = f"{_listed(problem, papers)} need{'s' * (len(papers) == 1)} {needed} {what}, and the "
            text += f"{len(reviewers)} reviewer{'s' * (len(reviewers) != 1)} who may do them can do {capacity}"
            return text, tuple(papers.tolist()), tuple(reviewers.tolist())
    return "several kinds of rules only clash together", (), ()


def _crowded(demand: Ints, allowed: npt.NDArray[np.bool_], most: Ints) -> tuple[Ints, Ints, int, int] | None:
    """Papers that need more than their reviewers can do: what an unmet paper reaches by exchanges in a largest flow."""
    reviewers = allowed.shape[1]
    zero = np.zeros(allowed.shape, dtype=np.float32)
    plain = Problem.of(zero, demand=demand, most=most, conflicts=~allowed)
    best = best_total(Worth(plain), Remainder.of(plain), _TOP, Deadline())
    if not best.unmet.any():
        return None
    has = np.zeros(allowed.shape, dtype=np.bool_)
    has[best.paper, best.reviewer] = True
    reached, seen = best.unmet > 0, np.zeros(reviewers, dtype=np.bool_)
    while True:
        new_seen = seen | (allowed & ~has & reached[:, None]).any(axis=0)
        new_reached = reached | (has & new_seen[None, :]).any(axis=1)
        if (new_seen == seen).all() and (new_reached == reached).all():
            break
        reached, seen = new_reached, new_seen
    who = np.flatnonzero(reached)
    able = allowed[who].sum(axis=0)
    capacity = np.minimum(able, most)
    return who, np.flatnonzero(able), int(demand[who].sum()), int(capacity.sum())


def _listed(problem: Problem, papers: Ints) -> str:
    names = [problem.paper_name(paper) for paper in papers.tolist()]
    return f"paper{'s' * (len(names) != 1)} {_some(names)}"


def _some(given: Iterable[str]) -> str:
    texts = list(given)
    return ", ".join(texts[:5]) + (f" and {len(texts) - 5} more" if len(texts) > 5 else "")
