from __future__ import annotations

import math
from dataclasses import replace
from itertools import combinations

import msgspec
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ranking.growth import growth
from ranking.views import Bounds
from records.errors import CursorError, NotFoundError, QueryError
from records.paper import Paper, Topic
from search.people import People
from search.rankings import PartnerRequest, TrendRequest, partners, topic_trends, trends
from search.rankings.partners import Counting, PartnerKind, PartnerPair
from search.rankings.trends import open_year
from tests.search.rankings.libraries import library, people_of, within


def _authors(paper: Paper) -> set[str | None]:
    return {authorship.author_id for authorship in paper.authorships}


@pytest.mark.parametrize("query", ["", "parsing"])
@pytest.mark.parametrize("bounds", [(None, None), (2003, 2006), (None, 2001)])
def test_years_are_counted_as_they_say(query: str, bounds: Bounds) -> None:
    for seed in range(25):
        papers, people = library(seed)
        chosen = [p for p in papers if not query or "arsing" in p.title]
        found = trends(people, TrendRequest(query=query, years=bounds))
        assert found.undated == sum(p.year is None for p in chosen)
        dated = [p for p in chosen if p.year is not None and within(p.year, bounds)]
        assert sum(one.papers for one in found.years) == len(dated)
        ids = {p.id for p in chosen if p.year is not None}
        for one in found.years:
            now = [p for p in chosen if p.year == one.year]
            assert one.papers == len(now)
            every = sum(p.year == one.year for p in papers)
            assert one.share == pytest.approx(len(now) / every if every else 0.0)
            citing = [p for p in papers if p.year == one.year]
            known = any(other != p.id for p in citing for other in p.references)
            cited = sum(len({*p.references} & ids - {p.id}) for p in citing)
            assert one.citations == (cited if known else None)
            wrote = {a for p in now for a in _authors(p)}
            before = {a for p in chosen if p.year is not None and p.year < one.year for a in _authors(p)}
            assert (one.people, one.new_people) == (len(wrote), len(wrote - before))


def _yearly(counts: dict[int, int], other: int = 0) -> People:
    papers = [
        Paper(f"p{year}:{number:03}", f"{'On parsing' if number < count else 'Else'} {number}", year=year)
        for year, count in counts.items()
        for number in range(count + other)
    ]
    return people_of(papers)


def test_growth_is_told_from_complete_years() -> None:
    people = _yearly({2018: 16, 2019: 24, 2020: 36, 2021: 54, 2022: 81, 2023: 3}, other=40)
    assert open_year(people) == 2023
    found = trends(people, TrendRequest(query="parsing"))
    assert found.growth_years == (2018, 2022)
    assert found.growth is not None
    assert found.growth.rate == pytest.approx(0.5, abs=1e-6)
    assert found.share_growth is not None
    assert found.share_growth.rate < found.growth.rate
    assert [one.year for one in found.years if not one.complete] == [2023]
    assert [warning.code for warning in found.warnings] == ["incomplete-years"]
    assert trends(people, TrendRequest()).share_growth is None


def test_years_from_the_build_on_are_open_and_strays_say_nothing() -> None:
    people = _yearly({2024: 200, 2025: 200, 2026: 200, 2028: 1})
    assert open_year(people) == 2026  # of the build
    assert open_year(_yearly({2020: 200, 2021: 200, 2023: 1})) == 2021


def test_no_growth_of_nothing() -> None:
    people = _yearly({2018: 4, 2019: 4})
    assert trends(people, TrendRequest(query="parsing")).growth is None
    nothing = trends(people, TrendRequest(query="nothing"))
    assert (nothing.years, nothing.growth, nothing.growth_years) == ((), None, (None, None))
    assert [warning.code for warning in nothing.warnings][-1] == "no-papers"


def _owners(paper: Paper, kind: PartnerKind) -> set[str]:
    places = [place for one in paper.authorships for place in one.affiliations]
    found = [one.country if kind == PartnerKind.COUNTRIES else one.institution_id for one in places]
    return {one for one in found if one}


def _all(people: People, request: PartnerRequest) -> list[PartnerPair]:
    pairs: list[PartnerPair] = []
    while True:
        page = partners(people, request)
        pairs.extend(page.pairs)
        if page.next is None:
            assert page.total == len(pairs)
            return pairs
        request = replace(request, cursor=page.next)


_YEARS = st.one_of(st.none(), st.integers(1999, 2010))
_PARTNERS = st.builds(
    PartnerRequest,
    kind=st.sampled_from(PartnerKind),
    query=st.sampled_from(["", "parsing"]),
    published=st.tuples(_YEARS, _YEARS).filter(lambda b: b[0] is None or b[1] is None or b[0] <= b[1]),
    by_year=st.booleans(),
    counting=st.sampled_from(Counting),
    min_papers=st.integers(1, 2),
    limit=st.just(3),
)


@given(st.integers(0, 60), _PARTNERS)
@settings(deadline=None, max_examples=80)
def test_pairs_are_counted_as_they_say(seed: int, request: PartnerRequest) -> None:
    papers, people = library(seed)
    inside = [p for p in papers if within(p.year, request.published) and (not request.query or "arsing" in p.title)]
    full: dict[tuple[str, str, int | None], list[int]] = {}
    for paper in inside:
        owners = sorted(_owners(paper, request.kind))
        for a, b in combinations(owners, 2):
            full.setdefault((a, b, paper.year if request.by_year else None), []).append(len(owners))
    totals: dict[tuple[str, str], int] = {}
    for (a, b, _), sizes in full.items():
        totals[a, b] = totals.get((a, b), 0) + len(sizes)
    pairs = _all(people, request)
    expected = {key: sizes for key, sizes in full.items() if totals[key[:2]] >= request.min_papers}
    assert {(one.first, one.second, one.year): one.papers for one in pairs} == {k: len(v) for k, v in expected.items()}
    for one in pairs:
        sizes = full[one.first, one.second, one.year]
        assert one.fractional == pytest.approx(sum(1 / (size - 1) for size in sizes))
        same = [p for p in inside if not request.by_year or p.year == one.year]
        of_each = [sum(name in _owners(p, request.kind) for p in same) for name in (one.first, one.second)]
        assert one.salton == pytest.approx(one.papers / math.sqrt(math.prod(of_each)))
    if request.counting == Counting.FULL:
        order = [totals[one.first, one.second] for one in pairs]
        assert order == sorted(order, reverse=True)
    page = partners(people, request)
    assert (page.papers, page.placed) == (len(inside), sum(bool(_owners(p, request.kind)) for p in inside))
    for member in page.members:
        own = [len(_owners(p, request.kind)) for p in inside if member.id in _owners(p, request.kind)]
        assert (member.papers, member.joint) == (len(own), sum(size > 1 for size in own))
        assert member.fractional == pytest.approx(sum(1 / size for size in own))


def test_partners_of_one_country() -> None:
    for seed in range(10):
        _, people = library(seed)
        if "DE" not in list(people.arrays.countries):
            continue
        pairs = _all(people, PartnerRequest(of="de"))
        assert [one for one in _all(people, PartnerRequest()) if "DE" in (one.first, one.second)] == pairs
    with pytest.raises(NotFoundError, match="country"):
        partners(library(1)[1], PartnerRequest(of="ZZ"))
    with pytest.raises(NotFoundError, match="institution"):
        partners(library(1)[1], PartnerRequest(PartnerKind.INSTITUTIONS, of="nowhere"))


def test_partners_that_cannot_be_read_are_refused() -> None:
    _, people = library(23)
    with pytest.raises(QueryError, match="limit"):
        partners(people, PartnerRequest(limit=0))
    page = partners(people, PartnerRequest(limit=1))
    assert page.next is not None
    with pytest.raises(CursorError):
        partners(people, PartnerRequest(limit=1, by_year=True, cursor=page.next))


def test_papers_from_nowhere_are_said_to_be() -> None:
    papers, _ = library(3)
    placeless = people_of([msgspec.structs.replace(paper, authorships=()) for paper in papers])
    for kind in PartnerKind:
        found = partners(placeless, PartnerRequest(kind))
        assert (found.total, found.pairs, found.placed) == (0, (), 0)
        assert [warning.code for warning in found.warnings] == ["not-placed"]


def test_topics_are_listed_by_how_surely_they_grow() -> None:
    sizes = {
        "steady": [40] * 5,
        "rising": [20, 30, 45, 68, 101],
        "falling": [80, 60, 45, 34, 25],
        "tiny": [0, 1, 0, 1, 2],
    }
    papers = [
        Paper(f"p{2015 + year}{name}{n:03}", "T", year=2015 + year, topics=(Topic(name),))
        for name, counts in sizes.items()
        for year, count in enumerate([*counts, 10])
        for n in range(count)
    ]
    found = topic_trends(people_of(sorted(papers, key=lambda paper: paper.id)))
    assert found.growth_years == (2015, 2019)
    assert found.topics[0].topic == "rising"
    by_name = {one.topic: one for one in found.topics}
    assert {name: one.recent for name, one in by_name.items()} == {name: sum(counts) for name, counts in sizes.items()}
    assert by_name["rising"].papers == sum(sizes["rising"]) + 10
    every = [sum(year) for year in zip(*sizes.values(), strict=True)]
    assert by_name["falling"].share == pytest.approx(sum(sizes["falling"]) / sum(every))
    assert by_name["falling"].share_growth == growth(np.array(sizes["falling"], float), np.array(every, float))
    lows = [one.share_growth.low for one in found.topics if one.share_growth]
    assert lows == sorted(lows, reverse=True)


def test_no_topics_no_trends_of_them() -> None:
    assert topic_trends(_yearly({2018: 4})).topics == ()
