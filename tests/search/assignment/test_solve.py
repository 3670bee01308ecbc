"""Assignments against brute force and integer programming, and what must hold for every instance."""

from __future__ import annotations

from itertools import combinations, product
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment

from records.errors import AssignmentError, InfeasibleError
from search.assignment import Diagnosis, Objective, Problem, SolveOptions, check, solve

FAIR = SolveOptions(objective=Objective.FAIR)


def _all_assignments(problem: Problem) -> list[list[tuple[int, int]]]:
    """Every assignment that keeps all rules, by trying all."""
    teams = [
        list(combinations(range(problem.reviewers), int(problem.demand[paper]))) for paper in range(problem.papers)
    ]
    found = []
    for choice in product(*teams):
        pairs = [(paper, reviewer) for paper, team in enumerate(choice) for reviewer in team]
        if check(problem, pairs).passed:
            found.append(pairs)
    return found


def _scores(problem: Problem, pairs: list[tuple[int, int]]) -> list[float]:
    scores = [0.0] * problem.papers
    for paper, reviewer in pairs:
        scores[paper] += float(problem.affinity[paper, reviewer])
    return scores


@st.composite
def problems(draw: st.DrawFn, rich: bool = True) -> Problem:
    papers, reviewers = draw(st.integers(1, 4)), draw(st.integers(1, 5))
    cells = papers * reviewers
    affinity = draw(st.lists(st.integers(0, 20), min_size=cells, max_size=cells))
    conflicts = draw(st.lists(st.sampled_from((False, False, False, True)), min_size=cells, max_size=cells))
    demand = draw(st.lists(st.integers(0, 2), min_size=papers, max_size=papers))
    most = draw(st.lists(st.integers(0, 3), min_size=reviewers, max_size=reviewers))
    rules: dict[str, Any] = {}
    table = np.array(conflicts).reshape(papers, reviewers)
    if rich:
        rules["least"] = [min(one, draw(st.sampled_from((0, 0, 0, 1)))) for one in most]
        rules["senior"] = draw(st.lists(st.booleans(), min_size=reviewers, max_size=reviewers))
        rules["seniors"] = [min(one, draw(st.sampled_from((0, 0, 1)))) for one in demand]
        pairs = list(combinations(range(reviewers), 2))
        rules["apart"] = draw(st.lists(st.sampled_from(pairs), max_size=3)) if pairs else []
        free = [(int(p), int(r)) for p, r in zip(*np.nonzero(~table), strict=True)]
        rules["fixed"] = draw(st.lists(st.sampled_from(free), max_size=1)) if free else []
    scores = np.array(affinity).reshape(papers, reviewers) / 20
    return Problem.of(scores, demand=demand, most=most, conflicts=table, **rules)


@settings(max_examples=100, deadline=None)
@given(problems(), st.integers(1, 5))
def test_the_best_of_all_or_infeasible(problem: Problem, top: int) -> None:
    every = _all_assignments(problem)
    options = SolveOptions(top=top)
    if not every:
        with pytest.raises(InfeasibleError) as caught:
            solve(problem, options)
        diagnosis = caught.value.diagnosis
        assert isinstance(diagnosis, Diagnosis)
        assert diagnosis.proven
        return
    solution = solve(problem, options)
    assert check(problem, solution.pairs).passed
    best = max(sum(_scores(problem, pairs)) for pairs in every)
    assert solution.total == pytest.approx(best, abs=1e-4)
    assert solution.bound >= best - 1e-4
    assert solution.gap <= 1e-4


@settings(max_examples=40, deadline=None)
@given(problems())
def test_fair_keeps_rules_and_bounds_the_lowest(problem: Problem) -> None:
    every = _all_assignments(problem)
    if not every:
        with pytest.raises(InfeasibleError):
            solve(problem, FAIR)
        return
    solution = solve(problem, FAIR)
    assert check(problem, solution.pairs).passed
    best = max(min(_scores(problem, pairs)) for pairs in every)
    assert solution.bound >= best - 1e-4
    assert solution.lowest <= best + 1e-4
    assert solution.lowest >= solve(problem).lowest - 1e-6


@settings(max_examples=40, deadline=None)
@given(problems(), st.data())
def test_a_further_conflict_never_raises_the_objective(problem: Problem, data: st.DataObject) -> None:
    try:
        before = solve(problem, SolveOptions(top=1)).total
    except InfeasibleError:
        before = -np.inf
    fixed = {tuple(pair) for pair in problem.fixed.tolist()}
    free = [pair for pair in np.ndindex(problem.affinity.shape) if tuple(pair) not in fixed]
    if not free:
        return
    more = problem.conflicts.copy()
    more[data.draw(st.sampled_from(free))] = True
    stricter = Problem.of(
        problem.affinity,
        demand=problem.demand,
        most=problem.most,
        least=problem.least,
        conflicts=more,
        senior=problem.senior,
        seniors=problem.seniors,
        apart=problem.apart.tolist(),
        fixed=problem.fixed.tolist(),
    )
    try:
        after = solve(stricter, SolveOptions(top=1)).total
    except InfeasibleError:
        after = -np.inf
    assert after <= before + 1e-4


@settings(max_examples=40, deadline=None)
@given(problems())
def test_every_relaxation_named_works(problem: Problem) -> None:
    if _all_assignments(problem):
        return
    with pytest.raises(InfeasibleError) as caught:
        solve(problem)
    diagnosis = caught.value.diagnosis
    assert isinstance(diagnosis, Diagnosis)
    assert diagnosis.clash in str(caught.value)
    for relaxation in diagnosis.relaxations:
        assert relaxation.amount > 0
        _check_relaxation(problem, relaxation.rule, relaxation.amount, relaxation.pairs)


def _check_relaxation(problem: Problem, rule: str, amount: int, pairs: tuple[tuple[int, int], ...]) -> None:
    given: dict[str, Any] = {
        "demand": problem.demand,
        "most": problem.most,
        "least": problem.least,
        "conflicts": problem.conflicts.copy(),
        "senior": problem.senior,
        "seniors": problem.seniors,
        "apart": problem.apart.tolist(),
        "fixed": problem.fixed.tolist(),
    }
    for less in (0, 1):  # as named it works; by one less it does not
        changed = dict(given)
        if rule == "highest load":
            changed["most"] = problem.most + amount - less
        elif rule == "least load":
            changed["least"] = np.maximum(problem.least - (amount - less), 0)
        elif rule == "senior":
            changed["seniors"] = np.maximum(problem.seniors - (amount - less), 0)
        elif rule == "conflict":
            changed["conflicts"] = problem.conflicts.copy()
            for pair in pairs[: len(pairs) - less]:
                changed["conflicts"][pair] = False
        else:
            return
        works = bool(_all_assignments(Problem.of(problem.affinity, **changed)))
        assert works == (less == 0)


def test_as_scipy_on_larger_tables() -> None:
    random = np.random.default_rng(0)
    affinity = random.random((40, 60)).astype(np.float32)
    solution = solve(Problem.of(affinity, demand=1, most=1), SolveOptions(top=3))
    rows, columns = linear_sum_assignment(affinity, maximize=True)
    assert solution.total == pytest.approx(float(affinity[rows, columns].sum()), abs=1e-3)
    assert solution.gap == 0.0


def test_two_runs_are_one() -> None:
    affinity = np.random.default_rng(1).random((60, 40)).round(1)
    for options in (SolveOptions(top=5), FAIR):
        runs = [solve(Problem.of(affinity, demand=3, most=6), options).pairs for _ in range(2)]
        assert runs[0] == runs[1]


def test_fair_raises_the_lowest_paper() -> None:
    # Both want reviewer 0; the total gives paper 0 its two best and leaves paper 1 with nothing.
    affinity = [[1.0, 1.0, 0.35, 0.3], [0.6, 0.5, 0.0, 0.0]]
    problem = Problem.of(affinity, demand=2, most=1)
    total, fair = solve(problem), solve(problem, FAIR)
    assert total.lowest < fair.lowest
    assert fair.pairs == [(0, 2), (0, 3), (1, 0), (1, 1)]
    assert fair.bound >= fair.lowest == pytest.approx(0.65)


def test_what_clashes_is_said_in_numbers() -> None:
    conflicts = np.zeros((3, 4), dtype=bool)
    conflicts[:2, 1:] = True  # papers 0 and 1 may only have reviewer 0
    with pytest.raises(InfeasibleError) as caught:
        solve(Problem.of(np.ones((3, 4)), demand=1, most=1, conflicts=conflicts))
    diagnosis = caught.value.diagnosis
    assert isinstance(diagnosis, Diagnosis)
    assert diagnosis.clash == "papers 0, 1 need 2 reviews, and the 1 reviewer who may do them can do 1"
    relaxed = {relaxation.rule: relaxation for relaxation in diagnosis.relaxations}
    assert relaxed["highest load"].amount == 1
    assert relaxed["demand"].amount == 1
    assert relaxed["conflict"].amount == 1


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"demand": -1}, "not be negative"),
        ({"demand": [1]}, "one number or 2"),
        ({"demand": 1.5}, "whole number"),
        ({"least": 4, "most": 2}, "above the highest"),
        ({"seniors": 3, "demand": 2}, "needs 3 senior"),
        ({"conflicts": np.zeros((1, 1))}, "have shape"),
        ({"apart": [(1, 1)]}, "kept apart from"),
        ({"fixed": [(0, 9)]}, "outside"),
        ({"fixed": [(0, 0)], "conflicts": np.ones((2, 3))}, "fixed together"),
        ({"senior": [True]}, "3 flags"),
    ],
)
def test_what_makes_no_problem_is_refused(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(AssignmentError, match=message):
        Problem.of(np.zeros((2, 3)), **changes)


def test_numbers_that_are_none_are_refused() -> None:
    with pytest.raises(AssignmentError, match="finite"):
        Problem.of([[np.inf]])
    with pytest.raises(AssignmentError, match="of 1 dimensions"):
        Problem.of([1.0])
    with pytest.raises(AssignmentError, match="at least 1"):
        SolveOptions(top=0)
    with pytest.raises(AssignmentError, match="above 0"):
        SolveOptions(time_limit=0)


@settings(max_examples=40, deadline=None)
@given(problems(), st.integers(1, 5))
def test_without_time_there_is_still_a_checked_answer_with_a_bound(problem: Problem, top: int) -> None:
    every = _all_assignments(problem)
    for objective in Objective:
        options = SolveOptions(top=top, time_limit=1e-9, objective=objective)
        if not every:
            with pytest.raises(InfeasibleError):
                solve(problem, options)
            continue
        try:
            solution = solve(problem, options)
        except InfeasibleError as error:  # reviewers kept apart need more than one round
            assert len(problem.apart)
            assert "was found" in str(error)  # noqa: PT017 - nothing was raised on purpose here
            continue
        assert check(problem, solution.pairs).passed
        assert not solution.finished or solution.gap == 0
        totals = [sum(_scores(problem, pairs)) for pairs in every]
        lowest = [min(_scores(problem, pairs)) for pairs in every]
        assert solution.bound >= max(totals if objective is Objective.TOTAL else lowest) - 1e-4
