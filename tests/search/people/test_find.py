"""People found, against looking at every name of everyone."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import GenerationError, QueryError
from records.paper import Paper
from search.people import People
from search.people.filters import people_mask
from search.people.find import AuthorRequest, complete_name, find_people, parse_people_sort
from search.text import prepare
from tests.search.people.houses import in_memory, written
from tests.search.people.worlds import people as arrays_of
from tests.search.people.worlds import world

_GIVEN = st.sampled_from(("Ana", "Anna Maria", "A.", "Bo", "Bo-Yan", "Chris", "Christine"))
_FAMILY = st.sampled_from(("Li", "Lin", "Berg", "Bergström", "Christ"))
_NAMES = st.builds("{} {}".format, _GIVEN, _FAMILY)


@st.composite
def _papers(draw: st.DrawFn) -> list[Paper]:
    bylines = draw(st.lists(st.lists(st.tuples(st.integers(0, 4), _NAMES), max_size=3, unique_by=lambda a: a[0])))
    made = enumerate(bylines)
    return [written(f"p{i:03}", *((f"a{who}", name) for who, name in byline)) for i, byline in made]


def _words(form: str) -> set[str]:
    joined = {prepare(chunk).replace(" ", "") for chunk in form.split()}
    digraphs = set(prepare(form.replace("ö", "oe")).split())
    return set(prepare(form).split()) | joined | digraphs


def _bears(form: str, typed: list[str]) -> bool:
    held = _words(form)
    *before, last = typed
    begun = any(word.startswith(last) for word in held)
    return begun and all(any(h.startswith(w) for h in held) if len(w) == 1 else w in held for w in before)


@settings(deadline=None)
@given(
    _papers(), st.lists(st.sampled_from(("ana", "an", "b", "yan", "boyan", "li", "bergstroem", "chris")), max_size=3)
)
def test_exactly_those_with_a_name_of_every_word(papers: list[Paper], typed: list[str]) -> None:
    people = in_memory(papers)
    forms: dict[str, set[str]] = {}
    for paper in papers:
        for one in paper.authorships:
            forms.setdefault(str(one.author_id), set()).add(one.name.full)
    expected = {who for who, printed in forms.items() if not typed or any(_bears(f, typed) for f in printed)}
    result = find_people(people, AuthorRequest(name=" ".join(typed), limit=100, similar=False))
    assert {hit.document.author.id for hit in result.hits} == expected
    assert result.total == len(expected)


@settings(deadline=None)
@given(st.text(max_size=12), st.text(max_size=12), st.text(max_size=12))
def test_anything_may_be_typed(name: str, affiliation: str, identifier: str) -> None:
    people = in_memory(world(7))
    asked = AuthorRequest(name=name, affiliation=affiliation, identifier=identifier)
    result = find_people(people, asked)
    assert len(result.hits) == min(10, result.total)
    assert len(complete_name(people, name, 3)) <= 3


def test_a_filter_and_the_total_agree() -> None:
    people = in_memory(world(11), seed=3)
    for text in ("h_index:>=1", "papers:>1,country:DE", "h_index:!>=0"):
        assert find_people(people, AuthorRequest(filter=text)).total == people_mask(text, people.arrays).sum()


def test_the_best_fit_comes_first_unless_others_wrote_much_more() -> None:
    papers = [written(f"p{i}", ("a:many", "Ana Maria Berg")) for i in range(9)]
    people = in_memory([written("o1", ("a:one", "Ana Berg")), *papers, written("q1", ("a:part", "Ana Bergman"))])
    ids = [hit.document.author.id for hit in find_people(people, AuthorRequest(name="ana berg")).hits]
    assert ids == ["a:many", "a:one", "a:part"]
    scores = [hit.score for hit in find_people(people, AuthorRequest(name="ana berg")).hits]
    assert scores[0] == pytest.approx((0.75 + 0.25 * 2 / 3) * np.log2(11))
    assert scores[1] == pytest.approx(np.log2(3))


def test_citations_sort_by_the_metric_when_there_is_one() -> None:
    arrays = arrays_of(world(1))
    with pytest.raises(QueryError, match="cannot sort people by 'citations'"):
        parse_people_sort("citations", arrays)
    metrics = {"author_citations": np.zeros(arrays.authors, dtype=np.float32)}
    arrays = dataclasses.replace(arrays, author_metrics=metrics)
    assert parse_people_sort("Citations:asc", arrays).key == "author_citations"


def test_a_generation_without_names_says_to_build_again() -> None:
    people = in_memory(world(2))
    people.engine.kept.pop("names")  # type: ignore[attr-defined]
    with pytest.raises(GenerationError, match="build again"):
        find_people(People(people.engine), AuthorRequest(name="a"))
