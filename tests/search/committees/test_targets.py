"""Targets that may be missed, weighed against coverage, against all possible panels."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import AssignmentError
from search.committees import Candidates, Limit, Request, Target, compose, coverage
from search.committees.request import parse_target

COUNTRIES = ("DE", "FR", None)
LIMITS = (
    Limit("country", most=1),
    Limit("country", "DE", least=2),
    Limit("country", "FR", least=1, most=1),
    Limit("country", "IT", least=1),  # nobody is from there
)


def _objective(candidates: Candidates, request: Request, panel: tuple[int, ...]) -> float:
    value = float(coverage(candidates, np.array(panel), request.redundancy).mean())
    for target in request.targets:
        limit = target.limit
        countries = [candidates.attributes[member].get("country") for member in panel]
        known = {one["country"] for one in candidates.attributes if "country" in one}
        for country in known if limit.value is None else {limit.value}:
            count = countries.count(country)
            value -= target.penalty * max(0, limit.least - count)
            value -= target.penalty * max(0, count - (len(panel) if limit.most is None else limit.most))
    return value


@settings(max_examples=40, deadline=None)
@given(st.data())
def test_coverage_less_penalties_is_the_best_of_all_panels(data: st.DataObject) -> None:
    n, t = data.draw(st.integers(2, 6)), data.draw(st.integers(1, 2))
    table = data.draw(st.lists(st.integers(0, 10), min_size=n * t, max_size=n * t))
    countries = data.draw(st.lists(st.sampled_from(COUNTRIES), min_size=n, max_size=n))
    attributes: list[dict[str, str]] = [{} if c is None else {"country": c} for c in countries]
    ids, topics = [f"c{i}" for i in range(n)], [f"t{i}" for i in range(t)]
    candidates = Candidates.of(ids, topics, np.array(table) / 10, attributes)
    targets = data.draw(st.lists(st.builds(Target, st.sampled_from(LIMITS), st.sampled_from((0.0, 0.02, 0.3)))))[:3]
    request = Request(size=data.draw(st.integers(1, min(n, 3))), redundancy=1, targets=tuple(targets))
    found = compose(candidates, request)
    panel = tuple(ids.index(member.candidate) for member in found.members)
    best = max(_objective(candidates, request, one) for one in combinations(range(n), request.size))
    mine = _objective(candidates, request, panel)
    assert mine == pytest.approx(best, abs=2e-5)
    assert found.value - found.penalty == pytest.approx(mine)
    assert found.bound >= best - 2e-5
    assert found.penalty == pytest.approx(sum(met.penalty for met in found.targets))
    assert len(found.targets) == len(targets)
    for met, target in zip(found.targets, targets, strict=True):
        assert met.penalty == pytest.approx(met.off * target.penalty)


def _two_sided(penalty: float) -> tuple[Candidates, Request]:
    attributes = [{"seniority": "senior"}, {"seniority": "senior"}, {"seniority": "junior"}]
    candidates = Candidates.of(("a", "b", "c"), ("t",), [[1.0], [0.9], [0.5]], attributes)
    target = Target(Limit("seniority", "junior", least=1), penalty)
    return candidates, Request(size=2, redundancy=2, targets=(target,))


def test_a_target_is_kept_when_missing_it_costs_more() -> None:
    kept = compose(*_two_sided(0.3))
    assert {member.candidate for member in kept.members} == {"a", "c"}
    assert (kept.penalty, kept.targets[0].off) == (0, 0)
    assert kept.targets[0].cost == pytest.approx(0.2)  # 0.95 instead of 0.75
    missed = compose(*_two_sided(0.1))
    assert {member.candidate for member in missed.members} == {"a", "b"}
    assert (missed.targets[0].off, missed.penalty, missed.targets[0].cost) == (1, 0.1, 0)
    assert missed.value == pytest.approx(0.95)
    swap = {other.candidate: other.loss for other in missed.members[1].alternates}
    assert swap == {"c": pytest.approx(0.1)}  # 0.2 of coverage less the 0.1 of the target


def test_targets_as_people_write_them() -> None:
    assert parse_target("country<=2@0.1") == Target(Limit("country", None, 0, 2), 0.1)
    assert parse_target("seniority:junior=2") == Target(Limit("seniority", "junior", 2, 2), 0.05)
    for text in ("country", "country<=2@x", "country<=2@-1", "country<=2@inf", "country<=2@nan"):
        with pytest.raises(AssignmentError):
            parse_target(text)
    candidates, request = _two_sided(-1.0)
    with pytest.raises(AssignmentError, match="penalty"):
        compose(candidates, request)
