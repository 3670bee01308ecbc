"""The independent check of an assignment: every rule counted again from the pairs, by none of the code that solves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from records.errors import AssignmentError
from search.assignment.problem import Problem

__all__ = ["Check", "check", "require"]


@dataclass(frozen=True, slots=True)
class Check:
    """How many times each rule is broken, and the first case of each in words."""

    broken: dict[str, int]
    examples: dict[str, str]

    @property
    def passed(self) -> bool:
        """Whether every rule is kept."""
        return not any(self.broken.values())


def check(problem: Problem, pairs: Iterable[tuple[int, int]]) -> Check:
    """Count what ``pairs`` (paper, reviewer) break: demand, loads, conflicts, seniors, apart, fixed, doubles, range."""
    cases = list(_cases(problem, [(int(p), int(r)) for p, r in pairs]))
    rules = ("range", "double", "demand", "highest load", "least load", "conflict", "senior", "apart", "fixed")
    counts = Counter(rule for rule, _ in cases)
    examples: dict[str, str] = {}
    for rule, text in cases:
        examples.setdefault(rule, text)
    return Check({rule: counts[rule] for rule in rules}, examples)


def require(problem: Problem, pairs: Iterable[tuple[int, int]]) -> Check:
    """:func:`check`.

    :raises AssignmentError: when a rule is broken: a solver is wrong, and its answer must not be used.
    """
    found = check(problem, pairs)
    if not found.passed:
        raise AssignmentError("the assignment breaks rules: " + "; ".join(found.examples.values()))
    return found


def _cases(problem: Problem, pairs: list[tuple[int, int]]) -> Iterable[tuple[str, str]]:
    papers, reviewers = problem.affinity.shape
    inside = [(p, r) for p, r in pairs if 0 <= p < papers and 0 <= r < reviewers]
    for paper, reviewer in sorted({*pairs} - {*inside}):
        yield "range", f"there is no pair {paper}, {reviewer}"
    for (paper, reviewer), count in Counter(inside).items():
        if count > 1:
            yield "double", f"paper {paper} has reviewer {reviewer} {count} times"
        if problem.conflicts[paper, reviewer]:
            yield "conflict", f"paper {paper} has reviewer {reviewer} in conflict"
    teams: dict[int, set[int]] = {paper: set() for paper in range(papers)}
    for paper, reviewer in inside:
        teams[paper].add(reviewer)
    yield from _paper_cases(problem, teams)
    yield from _reviewer_cases(problem, Counter(reviewer for _, reviewer in inside))
    for paper, reviewer in problem.fixed.tolist():
        if reviewer not in teams[paper]:
            yield "fixed", f"paper {paper} lacks reviewer {reviewer}, who is fixed"


def _reviewer_cases(problem: Problem, loads: Counter[int]) -> Iterable[tuple[str, str]]:
    for reviewer in range(problem.reviewers):
        if loads[reviewer] > problem.most[reviewer]:
            yield (
                "highest load",
                f"reviewer {reviewer} has {loads[reviewer]} papers of {problem.most[reviewer]} at most",
            )
        if loads[reviewer] < problem.least[reviewer]:
            yield (
                "least load",
                f"reviewer {reviewer} has {loads[reviewer]} papers of {problem.least[reviewer]} at least",
            )


def _paper_cases(problem: Problem, teams: dict[int, set[int]]) -> Iterable[tuple[str, str]]:
    apart: dict[int, set[int]] = {}
    for one, other in problem.apart.tolist():
        apart.setdefault(one, set()).add(other)
    for paper, team in teams.items():
        if len(team) != problem.demand[paper]:
            yield "demand", f"paper {paper} has {len(team)} reviewers of {problem.demand[paper]}"
        seniors = sum(bool(problem.senior[reviewer]) for reviewer in team)
        if seniors < problem.seniors[paper]:
            yield "senior", f"paper {paper} has {seniors} senior reviewers of {problem.seniors[paper]}"
        for one in team:
            for other in sorted(apart.get(one, set()) & team):
                yield "apart", f"paper {paper} has {one} and {other}, who must be apart"
