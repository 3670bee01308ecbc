from __future__ import annotations

import math
import random
from collections.abc import Callable, Mapping, Sequence

import pytest

from evaluation.measures import SEARCH_KEYS, compare, per_query, summarise


def ndcg(ranked: Sequence[str], grades: Mapping[str, int], gain: Callable[[int], float]) -> float:
    gained = sum(gain(grades.get(paper, 0)) / math.log2(place + 2) for place, paper in enumerate(ranked[:10]))
    best = sorted((gain(grade) for grade in grades.values()), reverse=True)[:10]
    return gained / sum(value / math.log2(place + 2) for place, value in enumerate(best))


def average_precision(ranked: Sequence[str], grades: Mapping[str, int]) -> float:
    relevant = {paper for paper, grade in grades.items() if grade > 0}
    places = [place for place, paper in enumerate(ranked, 1) if paper in relevant]
    return sum(found / place for found, place in enumerate(places, 1)) / len(relevant)


def test_hand_computed() -> None:
    values = per_query({"q": ["x", "b", "a"]}, {"q": {"a": 3, "b": 1}})
    linear = (1 / math.log2(3) + 3 / 2) / (3 + 1 / math.log2(3))
    exponential = (1 / math.log2(3) + 7 / 2) / (7 + 1 / math.log2(3))
    assert values["nDCG@10"]["q"] == pytest.approx(linear)
    assert values["nDCG@10_exp"]["q"] == pytest.approx(exponential)
    assert values["MAP"]["q"] == pytest.approx((1 / 2 + 2 / 3) / 2)
    assert values["R@100"]["q"] == 1.0


def test_against_brute_force() -> None:
    draw = random.Random(3)
    papers = [f"p{n}" for n in range(150)]
    qrels = {f"q{n}": {p: draw.choice((0, 0, 1, 2, 3, 4)) for p in draw.sample(papers, 30)} for n in range(20)}
    ranking = {query: draw.sample(papers, 120) for query in qrels}
    values = per_query(ranking, qrels)
    for query, grades in qrels.items():
        ranked = ranking[query]
        relevant = {paper for paper, grade in grades.items() if grade > 0}
        assert values["nDCG@10"][query] == pytest.approx(ndcg(ranked, grades, float))
        assert values["nDCG@10_exp"][query] == pytest.approx(ndcg(ranked, grades, lambda grade: 2.0**grade - 1))
        assert values["MAP"][query] == pytest.approx(average_precision(ranked, grades))
        assert values["R@100"][query] == pytest.approx(len(relevant & set(ranked[:100])) / len(relevant))


def test_equal_scores_cannot_reorder_a_ranking() -> None:
    ranked = [f"p{n}" for n in range(300)]
    values = per_query({"a": ranked, "b": ranked[::-1]}, {"a": {"p0": 1}, "b": {"p0": 1}})
    assert values["MAP"] == {"a": 1.0, "b": pytest.approx(1 / 300)}


def test_which_queries_count() -> None:
    qrels = {"answered": {"a": 1}, "silent": {"a": 1}, "nothing relevant": {"a": 0}, "empty": {}}
    row = summarise(per_query({"answered": ["a"], "silent": [], "not judged": ["a"]}, qrels))
    assert row["queries"] == 2
    assert row["nDCG@10"] == 0.5


def test_relevant_papers_that_are_not_there_still_count() -> None:
    values = per_query({"q": ["a"]}, {"q": {"a": 1, "gone": 1}})
    assert values["R@100"]["q"] == 0.5


def test_grades_too_large_for_an_exponent() -> None:
    values = per_query({"q": ["a"]}, {"q": {"a": 100}})
    assert values["nDCG@10"]["q"] == 1.0
    assert math.isnan(values["nDCG@10_exp"]["q"])


def test_summary_has_the_contract_keys_and_an_interval() -> None:
    ranking = {f"q{n}": ["a" if n % 3 else "b", "c"] for n in range(60)}
    qrels = {query: {"a": 1} for query in ranking}
    row = summarise(per_query(ranking, qrels))
    assert {*SEARCH_KEYS, "queries"} <= set(row)
    low, high = row["nDCG@10_ci"]
    assert low < row["nDCG@10"] < high
    assert row == summarise(per_query(ranking, qrels))


def test_comparison_tells_a_difference_from_none() -> None:
    draw = random.Random(1)
    base = {f"q{n}": draw.random() for n in range(200)}
    better = {query: value + 0.05 + 0.1 * draw.random() for query, value in base.items()}
    noise = {query: value + draw.choice((-0.1, 0.1)) for query, value in base.items()}
    clear, unclear = compare(better, base), compare(noise, base)
    assert clear["delta"] == pytest.approx(0.1, abs=0.01)
    assert clear["ci"][0] > 0
    assert clear["p"] < 0.01
    assert unclear["p"] > 0.05
    assert compare(base, base)["p"] == 1.0
