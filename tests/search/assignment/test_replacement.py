"""Replacing reviewers disturbs as little as can be."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from records.errors import AssignmentError, InfeasibleError
from search.assignment import Problem, check, greedy, replace_reviewers, solve
from tests.search.assignment.test_solve import _all_assignments, problems


@settings(max_examples=40, deadline=None)
@given(problems())
def test_as_few_pairs_change_as_possible(problem: Problem) -> None:
    if len(problem.apart) or not _all_assignments(problem):
        return
    before = solve(problem).pairs
    fixed = {tuple(pair) for pair in problem.fixed.tolist()}
    free = [pair for pair in before if pair not in fixed]
    if not free:
        return
    conflicts = problem.conflicts.copy()
    conflicts[free[0]] = True
    stricter = Problem.of(
        problem.affinity,
        demand=problem.demand,
        most=problem.most,
        least=problem.least,
        conflicts=conflicts,
        senior=problem.senior,
        seniors=problem.seniors,
        fixed=problem.fixed.tolist(),
    )
    every = _all_assignments(stricter)
    if not every:
        with pytest.raises(InfeasibleError):
            replace_reviewers(problem, before, declined=[free[0]])
        return
    found = replace_reviewers(problem, before, declined=[free[0]])
    assert check(stricter, found.solution.pairs).passed
    kept = max(len(set(pairs) & set(before)) for pairs in every)
    assert len(set(found.solution.pairs) & set(before)) == kept
    assert set(found.solution.pairs) == set(before) - {free[0]} - set(found.removed) | set(found.added)


def test_nothing_else_changes_when_somebody_has_room() -> None:
    affinity = np.random.default_rng(0).random((30, 20))
    problem = Problem.of(affinity, demand=3, most=6)
    before = solve(problem).pairs
    found = replace_reviewers(problem, before, reviewers=[4])
    gone = [pair for pair in before if pair[1] == 4]
    assert found.removed == ()
    assert len(found.added) == len(gone)
    assert all(reviewer != 4 for _, reviewer in found.solution.pairs)
    assert {paper for paper, _ in found.added} == {paper for paper, _ in gone}


def test_what_cannot_be_replaced_is_refused() -> None:
    problem = Problem.of(np.ones((2, 2)), demand=1, most=1, fixed=[(0, 0)])
    with pytest.raises(AssignmentError, match="cannot drop out"):
        replace_reviewers(problem, [(0, 0), (1, 1)], reviewers=[0])
    with pytest.raises(AssignmentError, match="no reviewer 7"):
        replace_reviewers(problem, [(0, 0), (1, 1)], reviewers=[7])
    with pytest.raises(InfeasibleError):
        replace_reviewers(problem, [(0, 0), (1, 1)], reviewers=[1])


def test_greedy_takes_the_best_pairs_first() -> None:
    problem = Problem.of([[0.9, 0.8], [0.7, 0.1]], demand=1, most=1)
    paper, reviewer = greedy(problem)
    assert list(zip(paper.tolist(), reviewer.tolist(), strict=True)) == [(0, 0), (1, 1)]
    assert solve(problem).total > 0.9 + 0.1
