from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ranking.corpus import Adjacency
from search.experts.spread import Bylines, above, cut, diffuse, neighbour_graph, sharpen, standardise, threshold, walk

SCORES = st.lists(st.floats(-50, 50, allow_nan=False), min_size=2, max_size=30)


def _unit(rows: int, seed: int = 3) -> np.ndarray:
    made = np.random.default_rng(seed).normal(size=(rows, 5)).astype(np.float32)
    unit: np.ndarray = made / np.linalg.norm(made, axis=1, keepdims=True)
    return unit


def test_standardised_scores_have_mean_0_and_deviation_1() -> None:
    found = standardise(np.array([1.0, 2.0, 6.0]))
    assert found.mean() == pytest.approx(0)
    assert found.std() == pytest.approx(1)
    assert standardise(np.array([4.0, 4.0])).tolist() == [0, 0]
    assert len(standardise(np.empty(0))) == 0


@given(SCORES)
def test_the_threshold_is_the_split_with_the_least_variance_within(values: list[float]) -> None:
    scores = np.array(values)
    if np.ptp(scores) < 1e-6:
        return
    cut = threshold(scores)

    def within(low: np.ndarray, high: np.ndarray) -> float:
        return float(((low - low.mean()) ** 2).sum() + ((high - high.mean()) ** 2).sum())

    ordered = np.sort(scores)
    best = min(within(ordered[:i], ordered[i:]) for i in range(1, len(ordered)))
    low, high = scores[scores <= cut], scores[scores > cut]
    if len(low) and len(high):  # equal scores are never parted, so a split between them is none
        assert within(low, high) <= best + 1e-6 * (1 + best) or len(np.unique(scores)) < len(scores)


def test_what_is_above_two_clear_classes_is_the_upper_one() -> None:
    found = above(np.array([0.0, 0.1, 0.2, 5.0, 5.5]))
    assert (found > 0).tolist() == [False, False, False, True, True]
    assert found[4] > found[3]


def test_the_lower_of_two_clear_classes_above_the_threshold_is_cut_off() -> None:
    far, near, meant = np.linspace(-0.2, 0.2, 60), np.linspace(4.8, 5.2, 15), np.linspace(7.8, 8.2, 6)
    scores = np.concatenate((far, near, meant))
    assert 0.2 < threshold(scores) < 4.8
    assert 5.2 < cut(scores) < 7.8
    assert np.flatnonzero(above(scores)).tolist() == list(range(75, 81))


@pytest.mark.parametrize("upper", [np.linspace(4, 8, 40), np.array([5.0] * 4 + [8.0] * 4), np.full(30, 6.0)])
def test_even_or_few_or_equal_scores_above_the_threshold_are_not_parted(upper: np.ndarray) -> None:
    scores = np.concatenate((np.linspace(-1, 1, 80), upper))
    assert cut(scores) == threshold(scores)
    assert (above(scores) > 0).sum() == len(upper)


@given(SCORES)
def test_a_cut_is_never_below_the_threshold_and_keeps_something(values: list[float]) -> None:
    scores = np.array(values)
    assert cut(scores) >= threshold(scores)
    assert (above(scores) > 0).any()


def test_sharpened_scores_keep_their_order_and_stretch_the_top() -> None:
    scores = np.array([-4.0, 0.0, 4.0])
    found = sharpen(scores, 0.5)
    tops = np.exp(0.5 * standardise(scores))
    assert found == pytest.approx((tops - tops.mean()) / tops.std())
    assert found[2] - found[1] > found[1] - found[0] > 0
    assert sharpen(np.full(4, 2.0), 0.5).tolist() == [0, 0, 0, 0]


def test_scores_that_do_not_differ_are_all_above() -> None:
    assert (above(np.array([2.0, 2.0, 2.0])) > 0).all()
    assert (above(np.array([2.0])) > 0).all()


def test_neighbours_are_the_nearest_either_way() -> None:
    vectors = _unit(9)
    known = np.array([True] * 8 + [False])
    dense = neighbour_graph(vectors, known, 2).toarray()
    cosines = vectors @ vectors.T
    joined = np.zeros((9, 9), dtype=bool)
    for one in range(8):
        others = sorted((other for other in range(8) if other != one), key=lambda o: -cosines[one, o])
        joined[one, others[:2]] = True
    joined |= joined.T
    joined[8, 8] = True  # without a vector: alone
    assert ((dense > 0) == joined).all()
    assert dense.sum(axis=1) == pytest.approx(np.ones(9))


@pytest.mark.parametrize("count", [0, 1, 2])
def test_few_papers_with_vectors_make_a_graph_too(count: int) -> None:
    known = np.arange(3) < count
    dense = neighbour_graph(_unit(3), known, 10).toarray()
    assert dense.sum(axis=1) == pytest.approx(np.ones(3))


def test_diffusion_goes_to_the_closed_form() -> None:
    graph = neighbour_graph(_unit(12), np.ones(12, dtype=bool), 3)
    scores = np.random.default_rng(1).normal(size=12)
    exact = np.linalg.solve(np.eye(12) - 0.7 * graph.toarray(), 0.3 * scores)
    assert diffuse(graph, scores, 0.7, 200) == pytest.approx(exact)
    assert diffuse(graph, scores, 0.7, 0) == pytest.approx(scores)


AUTHORS = Adjacency.from_pairs(
    np.array([0, 0, 1, 2, 2, 2, 3, 5]), np.array([1, 4, 1, 0, 1, 2, 3, 2]), (6, 5)
)  # paper 4 has no authors


def _dense_walk(pool: list[int], weights: np.ndarray, restart: float) -> tuple[np.ndarray, np.ndarray]:
    links = np.zeros((len(pool), 5))
    for row, paper in enumerate(pool):
        links[row, AUTHORS.indices[AUTHORS.offsets[paper] : AUTHORS.offsets[paper + 1]]] = 1
    down = np.divide(
        links, links.sum(1, keepdims=True), out=np.zeros_like(links), where=links.sum(1, keepdims=True) > 0
    )
    up = np.divide(links, links.sum(0), out=np.zeros_like(links), where=links.sum(0) > 0)
    start = weights / weights.sum()
    papers = np.linalg.solve(np.eye(len(pool)) - (1 - restart) * up @ down.T, restart * start)
    return papers, down.T @ papers


def test_the_walk_goes_to_the_closed_form() -> None:
    pool = [0, 1, 2, 4, 5]
    weights = np.array([3.0, 1.0, 0.0, 2.0, 0.5])
    bylines = Bylines.of(AUTHORS, np.array(pool))
    papers, people = _dense_walk(pool, weights, 0.3)
    mass = walk(bylines, weights, 0.3, 200)
    assert mass == pytest.approx(papers)
    assert bylines.people.tolist() == [0, 1, 2, 4]
    assert bylines.to_people(mass) == pytest.approx(people[[0, 1, 2, 4]])


def test_nothing_is_lost_on_the_walk_but_at_papers_without_authors() -> None:
    bylines = Bylines.of(AUTHORS, np.array([0, 1, 2, 3, 5]))
    mass = walk(bylines, np.array([1.0, 2.0, 0.0, 0.0, 4.0]), 0.3, 20)
    assert mass.sum() == pytest.approx(1)
    assert bylines.to_people(mass).sum() == pytest.approx(1)


def test_a_walk_from_nowhere_reaches_nobody() -> None:
    bylines = Bylines.of(AUTHORS, np.array([0, 1]))
    assert walk(bylines, np.zeros(2), 0.3, 20).tolist() == [0, 0]
    empty = Bylines.of(AUTHORS, np.empty(0, dtype=np.int64))
    assert len(walk(empty, np.empty(0), 0.3, 20)) == 0
    assert len(empty.to_people(np.empty(0))) == 0


def test_more_of_a_subject_is_more_of_the_walk() -> None:
    authors = Adjacency.from_pairs(np.array([0, 1, 2]), np.array([0, 0, 1]), (3, 2))
    bylines = Bylines.of(authors, np.arange(3))
    one, other = bylines.to_people(walk(bylines, np.ones(3), 0.3, 20))
    assert one == pytest.approx(2 * other)
    assert one + other == pytest.approx(1)
