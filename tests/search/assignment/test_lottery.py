"""Randomised assignments keep their probabilities and every rule."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from records.errors import AssignmentError, InfeasibleError
from search.assignment import (
    Objective,
    Problem,
    SolveOptions,
    chances,
    check,
    draw,
    replace_reviewers,
    solve,
)
from tests.search.assignment.test_solve import problems


@settings(max_examples=40, deadline=None)
@given(problems(), st.sampled_from((0.4, 0.5, 0.9, 1.0)), st.integers(0, 5))
def test_every_draw_keeps_every_rule(problem: Problem, cap: float, seed: int) -> None:
    try:
        made = chances(problem, cap)
    except InfeasibleError:
        return
    assert (made.probability <= cap + 1e-9).all() or len(problem.fixed)
    assert made.expected <= made.best + 1e-4
    solution = draw(made, seed)
    assert check(problem, solution.pairs).passed
    possible = set(zip(made.paper.tolist(), made.reviewer.tolist(), strict=True))
    assert set(solution.pairs) <= possible
    assert draw(made, seed).pairs == solution.pairs


def test_draws_have_the_probabilities_of_the_linear_program() -> None:
    random = np.random.default_rng(3)
    affinity = random.random((6, 5)).round(2)
    senior = np.array([True, True, False, False, False])
    problem = Problem.of(affinity, demand=2, most=3, senior=senior, seniors=1)
    made = chances(problem, 0.6)
    cells = affinity.size
    rows, columns = np.indices(affinity.shape).reshape(2, -1)
    per_paper = (np.arange(6)[:, None] == rows).astype(float)
    per_reviewer = (np.arange(5)[:, None] == columns).astype(float)
    limits = np.vstack((per_reviewer, -per_paper * senior[columns]))
    lp = linprog(-affinity.reshape(cells), limits, [3.0] * 5 + [-1.0] * 6, per_paper, [2.0] * 6, (0, 0.6))
    assert made.expected == pytest.approx(-float(lp.fun or 0), abs=0.01)
    table = np.zeros(affinity.shape)
    table[made.paper, made.reviewer] = made.probability
    seen = np.zeros(affinity.shape)
    draws = 2000
    for seed in range(draws):
        solution = draw(made, seed)
        seen[solution.paper, solution.reviewer] += 1
    assert np.abs(seen / draws - table).max() < 5 * 0.5 / np.sqrt(draws)


def test_a_cap_of_one_is_the_plain_optimum() -> None:
    problem = Problem.of(np.random.default_rng(0).random((8, 7)), demand=3, most=4)
    made = chances(problem, 1.0)
    assert made.expected == pytest.approx(solve(problem).total, abs=1e-4)
    assert draw(made).pairs == solve(problem).pairs


def test_a_cap_that_is_too_strict_is_refused_with_the_smallest_that_works() -> None:
    problem = Problem.of(np.ones((2, 4)), demand=3, most=3)
    with pytest.raises(InfeasibleError, match=r"a cap of 0\.75 is the smallest"):
        chances(problem, 0.5)
    assert chances(problem, 0.75).expected == pytest.approx(6)
    with pytest.raises(InfeasibleError, match="whatever the cap"):
        chances(Problem.of(np.ones((2, 2)), demand=3), 0.5)
    with pytest.raises(AssignmentError, match=r"between 0\.001 and 1"):
        chances(problem, 0.0)


@pytest.mark.parametrize("seed", range(3))
def test_all_rules_together_on_a_larger_problem(seed: int) -> None:
    random = np.random.default_rng(seed)
    papers, reviewers = 60, 50
    problem = Problem.of(
        random.random((papers, reviewers)),
        demand=3,
        most=5,
        least=1,
        conflicts=random.random((papers, reviewers)) < 0.15,
        senior=random.random(reviewers) < 0.4,
        seniors=1,
        apart=[(int(i), int(j)) for i, j in random.integers(0, reviewers, (120, 2)) if i != j],
    )
    for options in (SolveOptions(time_limit=20), SolveOptions(objective=Objective.FAIR, time_limit=20)):
        assert check(problem, solve(problem, options).pairs).passed
    made = chances(problem, 0.6)
    assert np.bincount(made.paper, weights=made.probability) == pytest.approx(np.full(papers, 3))
    for draws in range(3):
        assert check(problem, draw(made, draws).pairs).passed
    gone = replace_reviewers(problem, solve(problem).pairs, reviewers=[3])
    assert 3 not in gone.solution.reviewer
