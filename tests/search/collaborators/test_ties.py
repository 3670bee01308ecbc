"""Ties and nearness against dense linear algebra and counting by hand."""

from __future__ import annotations

from collections import defaultdict
from itertools import combinations
from math import exp, log, sqrt

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings

from records.paper import Paper
from search.collaborators.finder import Scene
from search.collaborators.profiles import profiles_of, texts_of
from search.collaborators.signals import NEAR, Field, nearness
from search.collaborators.ties import PEOPLE_FACTS, Ties, ties_of
from search.people import people_of_papers
from tests.search.collaborators.memory import paper
from tests.search.people.worlds import worlds

NOW = 2008
Dense = npt.NDArray[np.float64]


def _seen(papers: list[Paper], most: int = 15) -> list[tuple[int, list[str]]]:
    """Age and byline of the papers that tie."""
    bylines = ((one.year, [str(a.author_id) for a in one.authorships]) for one in papers)
    return [(NOW - year, who) for year, who in bylines if year is not None and year <= NOW and len(who) <= most]


def _together(papers: list[Paper], ids: list[str], fade: float) -> Dense:
    dense = np.zeros((len(ids), len(ids)))
    for age, who in _seen(papers):
        for one, other in combinations(who, 2):
            a, b = ids.index(one), ids.index(other)
            weight = exp(-age / fade) / sqrt(len(who) - 1)
            dense[a, b] += weight
            dense[b, a] += weight
    return dense


def _stochastic(dense: Dense) -> Dense:
    total = dense.sum(axis=1, keepdims=True)
    return dense / np.where(total > 0, total, 1)


def _ties(papers: list[Paper]) -> tuple[Ties, list[str], Field]:
    people = people_of_papers(papers)
    ties, texts = ties_of(people, NOW), texts_of(one.title for one in papers)
    words = profiles_of(people, texts, NOW)
    return ties, list(people.author_ids), Field.of(ties, words, profiles_of(people, texts, NOW, fade=2.0))


@given(worlds())
@settings(max_examples=15, deadline=None)
def test_walks_are_powers_of_the_stochastic_matrix(papers: list[Paper]) -> None:
    _, ids, field = _ties(papers)
    step, slow = (_stochastic(_together(papers, ids, fade)) for fade in (2.0, 6.0))
    newest = _stochastic(_together(papers, ids, 1.0))
    wanted = {
        "walk_2": step @ step,
        "walk_3": step @ step @ step,
        "walk_4": step @ step @ step @ step,
        "slow_walk_2": slow @ slow,
        "slow_walk_3": slow @ slow @ slow,
        "last_walk_2": newest @ newest,
        "last_walk_3": newest @ newest @ newest,
    }
    for author in range(len(ids)):
        near = nearness(field, author)
        for name, dense in wanted.items():
            expected = dense[author].copy()
            expected[author] = 0
            np.testing.assert_allclose(near[NEAR.index(name)], expected, rtol=1e-4, atol=1e-6, err_msg=name)


@given(worlds())
@settings(max_examples=15, deadline=None)
def test_neighbourhood_measures_count_common_coauthors(papers: list[Paper]) -> None:
    _, ids, field = _ties(papers)
    met: dict[str, set[str]] = defaultdict(set)
    for _, who in _seen(papers):
        for one in who:
            met[one] |= set(who) - {one}
    for author, one in enumerate(ids):
        near = nearness(field, author)
        for position, other in enumerate(ids):
            common = met[one] & met[other] if one != other else set()
            expected = {
                "common": len(common),
                "adamic_adar": sum(1 / log(max(len(met[b]), 2)) for b in common),
                "allocation": sum(1 / len(met[b]) for b in common),
            }
            for name, value in expected.items():
                assert near[NEAR.index(name), position] == pytest.approx(value, rel=1e-4), name


@given(worlds())
@settings(max_examples=15, deadline=None)
def test_facts_of_people_are_counts(papers: list[Paper]) -> None:
    ties, ids, _ = _ties(papers)
    dated = [one for one in papers if one.year is not None and one.year <= NOW]
    for position, author in enumerate(ids):
        years = [one.year or 0 for one in dated if author in {a.author_id for a in one.authorships}]
        facts = dict(zip(PEOPLE_FACTS, ties.people[position].tolist(), strict=True))
        assert facts["papers"] == len(years)
        assert facts["papers_2"] == sum(year > NOW - 2 for year in years)
        assert facts["papers_4"] == sum(year > NOW - 4 for year in years)
        assert facts["silent"] == (NOW - max(years) + 1 if years else 0)
        assert facts["career"] == (NOW - min(years) + 1 if years else 0)


def test_nothing_after_the_year_is_seen() -> None:
    papers = [paper(1, 2005, "ann bob", "Parsing"), paper(2, 2009, "ann cid", "Speech"), paper(3, None, "bob cid")]
    earlier, ids, _ = _ties(papers)
    assert earlier.met.sum() == 2
    assert earlier.people[ids.index("cid")].max() == 0


def test_events_and_venues_and_citations() -> None:
    papers = [
        paper(1, 2008, "ann", "One", "ACL"),
        paper(2, 2008, "bob", "Two", "ACL", references="1"),
        paper(3, 2007, "cid", "Three", "ACL"),
        paper(4, 2008, "dan", "Four", "CL", references="1"),
    ]
    _, ids, field = _ties(papers)
    near = dict(zip(NEAR, nearness(field, ids.index("ann")), strict=True))
    assert near["events"][ids.index("bob")] > 0
    assert near["events"][ids.index("cid")] == 0  # the same venue in another year is another event
    assert near["venues"][ids.index("cid")] > 0
    assert near["venues"][ids.index("dan")] == 0
    assert [name for name in ids if near["cited"][ids.index(name)] > 0] == ["bob", "dan"]
    assert not near["cites"].any()
    coupled = dict(zip(NEAR, nearness(field, ids.index("bob")), strict=True))["coupling"]
    assert coupled[ids.index("dan")] > 0


def test_words_of_a_text_find_who_writes_them() -> None:
    papers = [
        paper(1, 2008, "ann", "Dependency parsing"),
        paper(2, 2008, "bob", "Dependency parsing of Czech"),
        paper(3, 2008, "cid", "Speech synthesis"),
        paper(4, 2008, "dan", "Speech synthesis in Czech"),
    ]
    _, ids, field = _ties(papers)
    texts = texts_of(one.title for one in papers)
    near = nearness(field, None, texts.of("I do dependency parsing."))[NEAR.index("words")]
    assert near[ids.index("ann")] > near[ids.index("bob")] > 0
    assert near[ids.index("cid")] == near[ids.index("dan")] == 0
    assert not texts.of("quantum gravity").nnz


@given(worlds())
@settings(max_examples=8, deadline=None)
def test_making_ties_leaves_the_arrays_of_people_alone(papers: list[Paper]) -> None:
    people = people_of_papers(papers)
    before = {name: array.copy() for name, array in people.pack().items()}
    ties_of(people, 2004)
    profiles_of(people, texts_of(one.title for one in papers), 2004)
    for name, array in people.pack().items():
        np.testing.assert_array_equal(array, before[name], err_msg=name)


@given(worlds())
@settings(max_examples=15, deadline=None)
def test_a_pool_measures_the_same_to_fewer_people(papers: list[Paper]) -> None:
    ties, ids, field = _ties(papers)
    pool = np.flatnonzero(ties.people[:, PEOPLE_FACTS.index("papers")] >= 2)
    narrow = Field.of(ties, field.words, field.recent, pool)
    for author in range(len(ids)):
        np.testing.assert_allclose(nearness(narrow, author), nearness(field, author)[:, pool], rtol=1e-5)


def test_a_scene_lists_only_who_has_papers_enough() -> None:
    papers = [
        paper(1, 2005, "ann bob", "Dependency parsing"),
        paper(2, 2006, "bob cid", "Dependency parsing"),
        paper(3, 2007, "cid ann", "Dependency parsing"),
        paper(4, 2007, "cid dan", "Dependency parsing"),
    ]
    people, texts = people_of_papers(papers), texts_of(one.title for one in papers)
    scene = Scene.at(people, texts, NOW, least=2)
    dan = list(people.author_ids).index("dan")
    found = scene.candidates(scene.near(dan), np.ones(people.authors, dtype=np.bool_))
    assert [people.author_ids[position] for position in found.positions.tolist()] == ["ann", "bob", "cid"]
    everybody = Scene.at(people, texts, NOW)
    again = everybody.candidates(everybody.near(dan), np.arange(people.authors) != dan)
    np.testing.assert_array_equal(found.positions, again.positions)
    np.testing.assert_allclose(found.near, again.near, rtol=1e-5)
