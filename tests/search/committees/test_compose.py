"""Committees against all possible panels, and what is said about them."""

from __future__ import annotations

from itertools import combinations, permutations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import AssignmentError, InfeasibleError
from search.committees import Candidates, Limit, Request, broken_rules, compose, coverage


def _value(candidates: Candidates, request: Request, panel: tuple[int, ...]) -> float:
    total = weight = 0.0
    for topic, column in zip(candidates.topics, candidates.expertise.T, strict=True):
        best = sorted((float(column[member]) for member in panel), reverse=True)[: request.redundancy]
        total += request.weights.get(topic, 1.0) * sum(best) / request.redundancy
        weight += request.weights.get(topic, 1.0)
    return total / weight


def _seatings(candidates: Candidates, request: Request, panel: tuple[int, ...]) -> list[dict[int, int]]:
    """Every way to seat the panel."""
    wanted = [at for at, topic in enumerate(candidates.topics) for _ in range(request.seats.get(topic, 0))]
    return [dict(zip(order, wanted, strict=True)) for order in permutations(panel, len(wanted))] or [{}]


def _all_panels(candidates: Candidates, request: Request) -> list[tuple[int, ...]]:
    panels = combinations(range(len(candidates.ids)), request.size)
    return [
        panel
        for panel in panels
        if any(
            not broken_rules(candidates, request, np.array(panel), seats)
            for seats in _seatings(candidates, request, panel)
        )
    ]


@st.composite
def requests(draw: st.DrawFn) -> tuple[Candidates, Request]:
    n, t = draw(st.integers(2, 6)), draw(st.integers(1, 3))
    table = draw(st.lists(st.integers(0, 10), min_size=n * t, max_size=n * t))
    countries = draw(st.lists(st.sampled_from(("DE", "FR", None)), min_size=n, max_size=n))
    attributes: list[dict[str, str]] = [{} if c is None else {"country": c} for c in countries]
    ids = tuple(f"c{i}" for i in range(n))
    candidates = Candidates.of(ids, tuple(f"t{i}" for i in range(t)), np.array(table) / 10, attributes)
    limits = draw(st.lists(st.sampled_from(_LIMITS), max_size=2, unique=True))
    request = Request(
        size=draw(st.integers(1, min(n, 3))),
        redundancy=draw(st.integers(1, 2)),
        weights=draw(st.sampled_from(({}, {"t0": 3.0}))),
        seats=draw(st.sampled_from(({}, {"t0": 1}))),
        limits=tuple(limits),
        include=frozenset(draw(st.lists(st.sampled_from(ids), max_size=1))),
        exclude=frozenset(draw(st.lists(st.sampled_from(ids), max_size=1))),
    )
    return candidates, request


_LIMITS = (Limit("country", most=1), Limit("country", "DE", least=1), Limit("country", "FR", most=0))


@settings(max_examples=40, deadline=None)
@given(requests())
def test_the_best_of_all_panels_or_infeasible(given_: tuple[Candidates, Request]) -> None:
    candidates, request = given_
    panels = _all_panels(candidates, request)
    if not panels:
        with pytest.raises(InfeasibleError):
            compose(candidates, request)
        return
    found = compose(candidates, request)
    panel = tuple(candidates.ids.index(member.candidate) for member in found.members)
    assert panel in panels
    best = max(_value(candidates, request, one) for one in panels)
    assert found.value == pytest.approx(best, abs=1e-5)
    assert found.value == pytest.approx(_value(candidates, request, panel))
    assert found.bound >= best - 1e-5
    assert all(cost is not None and cost >= 0 for cost in found.costs.values())
    for member, at in zip(found.members, panel, strict=True):
        for alternate in member.alternates:
            other = tuple(sorted({*panel} - {at} | {candidates.ids.index(alternate.candidate)}))
            assert other in panels
            assert alternate.loss == pytest.approx(found.value - _value(candidates, request, other))


def _table(**given: Any) -> Candidates:
    expertise = [[1.0, 0.0], [0.9, 0.0], [0.0, 0.8], [0.0, 0.7], [0.5, 0.5]]
    attributes = [{"country": c} for c in ("DE", "DE", "DE", "FR", "FR")]
    return Candidates.of(("a", "b", "c", "d", "e"), ("graphs", "speech"), expertise, attributes, **given)


def test_topics_are_covered_together_and_constraints_have_a_price() -> None:
    free = compose(_table(), Request(size=2, redundancy=1))
    assert [member.candidate for member in free.members] == ["a", "c"]
    assert free.coverage == {"graphs": 1.0, "speech": 0.8}
    assert free.members[0].covers == ("graphs",)
    assert free.members[0].alternates[0].candidate == "b"
    assert free.members[0].alternates[0].loss == pytest.approx(0.05)
    mixed = compose(_table(), Request(size=2, redundancy=1, limits=(Limit("country", most=1),)))
    assert [member.candidate for member in mixed.members] == ["a", "d"]
    assert mixed.costs == {"each country: at most 1": pytest.approx(0.05)}
    assert all(alternate.candidate in {"b", "c"} for alternate in mixed.members[0].alternates)


def test_seats_are_for_one_topic_each() -> None:
    found = compose(_table(), Request(size=3, seats={"graphs": 1, "speech": 2}))
    assert sorted(member.seat or "" for member in found.members) == ["graphs", "speech", "speech"]
    table = _table()
    graphs = [table.expertise[table.ids.index(one.candidate), table.topics.index("graphs")] for one in found.members]
    sitting = [one.seat == "graphs" for one in found.members]
    speech = [table.expertise[table.ids.index(one.candidate), table.topics.index("speech")] for one in found.members]
    others = [graphs[at] + sum(speech[other] for other in range(3) if other != at) for at in range(3)]
    assert others[sitting.index(True)] == pytest.approx(max(others))
    fixed = compose(_table(), Request(size=2, include=frozenset({"e"}), exclude=frozenset({"a"})))
    assert {"e"} < {member.candidate for member in fixed.members} <= {"b", "c", "d", "e"}
    assert next(member for member in fixed.members if member.candidate == "e").alternates == ()


def test_what_cannot_be_is_said() -> None:
    limits = (Limit("country", "IT", least=1), Limit("country", "DE", most=1))
    with pytest.raises(InfeasibleError, match="there is one without: country IT: at least 1"):
        compose(_table(), Request(size=2, limits=limits))
    with pytest.raises(InfeasibleError, match="there are 5 candidates"):
        compose(_table(), Request(size=6))
    for wrong in (
        {"size": 0},
        {"size": 1, "include": frozenset({"z"})},
        {"size": 1, "seats": {"maths": 1}},
        {"size": 1, "weights": {"graphs": -1.0}},
        {"size": 1, "weights": {"graphs": 0.0, "speech": 0.0}},
    ):
        with pytest.raises(AssignmentError):
            compose(_table(), Request(**wrong))
    with pytest.raises(AssignmentError, match="none twice"):
        Candidates.of(("a", "a"), ("t",), [[1], [1]])
    with pytest.raises(AssignmentError, match="finite"):
        Candidates.of(("a",), ("t",), [[np.nan]])


def test_coverage_is_the_mean_of_the_best() -> None:
    assert coverage(_table(), np.array([0, 1, 4]), 2).tolist() == pytest.approx([0.95, 0.25])
