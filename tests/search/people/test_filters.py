"""The filter grammar for people, against evaluating every condition person by person from the records."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import FilterError
from records.paper import Paper
from search.people import PeopleArrays
from search.people.filters import people_fields, people_mask
from search.query import quote_value
from tests.search.people.worlds import people, world, worlds


class _Person:
    """What the records say of one person, found by looking through all of them."""

    def __init__(self, author: str, papers: list[Paper], arrays: PeopleArrays) -> None:
        self.id = author
        own = [p for p in papers if any(a.author_id == author for a in p.authorships)]
        self.years = [p.year for p in own if p.year is not None]
        seen = [(p.year or -1, x) for p in own for a in p.authorships if a.author_id == author for x in a.affiliations]
        self.countries = {x.country for _, x in seen}
        latest = max((year for year, _ in seen), default=0)
        last = {c: max(year for year, x in seen if x.country == c) for c in self.countries}
        self.latest = {c for c, year in last.items() if year == latest}
        self.institutions = {x.institution_id for _, x in seen}
        self.topics = {p.topics[0].name.casefold() for p in own if p.topics}
        self.venues = {p.venue.name.casefold() for p in own if p.venue}
        self.papers = len(own)
        self.coauthors = len({a.author_id for p in own for a in p.authorships} - {author})
        row = arrays.author_ids.find(author)
        self.h_index = float(arrays.author_metrics["h_index"][row])
        self.percentile = float(arrays.author_percentiles["h_index"][row])

    def sets(self) -> dict[str, set[str]]:
        return {
            "id": {self.id},
            "country": {str(c) for c in self.countries},
            "country.latest": {str(c) for c in self.latest},
            "institution.id": {str(i) for i in self.institutions},
            "topic": self.topics,
            "venue": self.venues,
        }

    def numbers(self) -> dict[str, float]:
        return {
            "first_year": min(self.years, default=math.nan),
            "last_year": max(self.years, default=math.nan),
            "papers": self.papers,
            "coauthors": self.coauthors,
            "h_index": self.h_index,
            "percentile.h_index": self.percentile,
        }


_Asked = tuple[str, Callable[[_Person], bool], dict[str, set[str]]]
"""A condition, for whom it holds, and the names of topics and venues in it."""

_VALUES = {
    "id": ("a0", "a1", "a2", "nobody"),
    "country": ("DE", "at", "JP", "ZZ"),
    "country.latest": ("DE", "at", "JP", "ZZ"),
    "institution.id": ("i:DE0", "i:AT1", "i:nothing"),
    "topic": ("parsing", "MACHINE translation", "nothing"),
    "venue": ("acl", "A, B", "CL"),
}
_YEARS = ("first_year", "last_year")
_BOUNDS = st.integers(0, 5).map(float)


def _ranges(low: float, high: float) -> list[tuple[str, Callable[[float], bool]]]:
    low, high = sorted((low, high))
    a, b = f"{low:g}", f"{high:g}"
    return [
        (a, lambda x: x == low),
        (f"{a}-{b}", lambda x: low <= x <= high),
        (f"{a}..{b}", lambda x: low <= x <= high),
        (f">{a}", lambda x: x > low),
        (f">={a}", lambda x: x >= low),
        (f"<{b}", lambda x: x < high),
        (f"<={b}", lambda x: x <= high),
        (f"{a}-", lambda x: x >= low),
    ]


@st.composite
def _conditions(draw: st.DrawFn) -> _Asked:
    negated = draw(st.booleans())
    if draw(st.booleans()):
        name = draw(st.sampled_from(sorted(_VALUES)))
        chosen = draw(st.lists(st.sampled_from(_VALUES[name]), min_size=1, max_size=3))
        exact = name in ("id", "institution.id")
        folded = {v if exact else v.upper() if name.startswith("country") else v.casefold() for v in chosen}
        text = f"{name}:{'!' * negated}{'|'.join(map(quote_value, chosen))}"
        return text, lambda person: bool(person.sets()[name] & folded) != negated, {name: folded}
    name = draw(st.sampled_from((*_YEARS, "papers", "coauthors", "h_index", "percentile.h_index")))
    low, high = draw(_BOUNDS), draw(_BOUNDS)
    scale = {"percentile.h_index": 20.0}.get(name, 1.0)
    shift = 2000.0 if name in _YEARS else 0.0
    chosen_ranges = draw(st.lists(st.sampled_from(range(8)), min_size=1, max_size=2))
    made = _ranges(low * scale + shift, high * scale + shift)
    text = f"{name}:{'!' * negated}{'|'.join(made[i][0] for i in chosen_ranges)}"
    return text, lambda person: any(made[i][1](person.numbers()[name]) for i in chosen_ranges) != negated, {}


@settings(deadline=None)  # the first call compiles
@given(worlds(), st.lists(_conditions(), max_size=3), st.integers(0, 9))
def test_filters_hold_for_whom_the_records_say(papers: list[Paper], asked: list[_Asked], seed: int) -> None:
    arrays = people(papers, seed)
    text = ",".join(text for text, _, _ in asked)
    known = {
        "topic": {p.topics[0].name.casefold() for p in papers if p.topics},
        "venue": {p.venue.name.casefold() for p in papers if p.venue},
    }
    if any(names.get(field, set()) - known[field] for _, _, names in asked for field in known):
        with pytest.raises(FilterError, match=r"(topic|venue): "):
            people_mask(text, arrays)
        return
    mask = people_mask(text, arrays)
    persons = [_Person(author, papers, arrays) for author in arrays.author_ids]
    assert mask.tolist() == [all(holds(person) for _, holds, _ in asked) for person in persons]
    assert mask.dtype == np.bool_


@pytest.mark.parametrize("text", ["", "  ", "\t\n"])
def test_a_blank_filter_lets_everyone_pass(text: str) -> None:
    arrays = people(world(1))
    assert people_mask(text, arrays).all()
    assert len(people_mask(text, arrays)) == arrays.authors


@pytest.mark.parametrize(
    ("text", "column", "message"),
    [
        ("hindex:3", 0, "there is no filter 'hindex' of people; the filters are .*country.latest.*h_index"),
        ("papers:>1,percentile.g:3", 10, "there is no filter 'percentile.g'"),
        ("country:Germany", 8, "two-letter"),
        ("country.latest:D1", 15, "two-letter"),
        ("papers:many", 7, "papers: 'many' is not a number"),
        ("papers:9..2", 7, "backwards"),
        ("papers:", 7, "a value of papers is missing"),
        ("papers", 0, "a field and a colon"),
        ('venue:"A', 6, "not closed"),
        ("id:a|!b", 5, "in front of all"),
        ("papers:>1,", 10, "a field and a colon"),
        ("title:word", 0, "no filter 'title' of people"),
    ],
)
def test_a_wrong_filter_is_refused_where_it_is_wrong(text: str, column: int, message: str) -> None:
    with pytest.raises(FilterError, match=message) as caught:
        people_mask(text, people(world(1)))
    assert caught.value.column == column
    assert caught.value.text == text


def test_a_misspelt_field_is_guessed() -> None:
    with pytest.raises(FilterError) as caught:
        people_mask("hindex:3", people(world(1)))
    assert caught.value.hint == "did you mean h_index?"


@settings(deadline=None)
@given(st.text(max_size=40))
def test_any_text_is_a_mask_or_a_filter_error(text: str) -> None:
    arrays = people(world(3))
    column, answered = 0, arrays.authors
    try:
        answered = len(people_mask(text, arrays))
    except FilterError as error:
        column = error.column
    assert answered == arrays.authors
    assert 0 <= column <= len(text)


def test_huge_bounds_and_stored_precision() -> None:
    arrays = people(world(5))
    arrays.author_metrics["h_index"][:] = 0.1
    assert people_mask("h_index:0.1", arrays).all()
    assert not people_mask("h_index:>0.1", arrays).any()
    assert not people_mask("h_index:>1e300", arrays).any()
    assert people_mask("H_Index:<1e300", arrays).all()


def test_the_fields_are_listed() -> None:
    fields = people_fields(people(world(1)))
    assert fields == sorted(fields)
    assert {"country", "country.latest", "h_index", "percentile.h_index", "papers"} <= set(fields)
