"""The arrays: careers that are possible, and statistics that look like science's."""

from __future__ import annotations

import numpy as np
import pytest

from indexer.demo import DemoCorpus, DemoSpec, arrays, generate
from indexer.demo.careers import LAG, STINTS
from indexer.demo.relations import homonyms
from indexer.demo.teams import MAX_TEAM, Kind
from indexer.demo.world import World


@pytest.fixture(scope="session")
def world(large: DemoCorpus) -> World:
    return large.world


def _entries(world: World) -> tuple[np.ndarray, np.ndarray]:
    """(paper, person) of every authorship."""
    paper = np.repeat(np.arange(len(world.papers.year)), np.diff(world.papers.offsets))
    return paper, world.papers.authors.astype(np.int64)


def test_papers_grow_over_the_years(world: World) -> None:
    counts = np.bincount(world.papers.year - world.spec.first_year)
    assert counts.sum() == world.spec.papers
    assert counts[-1] > 5 * counts[0]
    assert (np.diff(world.papers.year) >= 0).all()


def test_nobody_publishes_outside_a_career(world: World) -> None:
    paper, person = _entries(world)
    year = world.papers.year[paper]
    assert (year >= world.people.start[person]).all()
    assert (year <= world.people.end[person] + LAG).all()


def test_everybody_has_a_paper_and_no_paper_repeats_an_author(world: World) -> None:
    paper, person = _entries(world)
    assert len(np.unique(person)) == len(world.people)
    assert len(np.unique(paper * len(world.people) + person)) == len(paper)
    sizes = np.diff(world.papers.offsets)
    assert sizes.min() >= 1
    assert sizes.max() <= MAX_TEAM
    assert np.isin(
        world.papers.lead + np.arange(len(sizes)) * len(world.people), paper * len(world.people) + person
    ).all()


def test_advisors_are_established_and_share_the_first_workplace(world: World) -> None:
    people = world.people
    led = np.flatnonzero(people.advisor >= 0)
    advisor = people.advisor[led]
    assert len(led) > len(people) / 3
    assert (people.start[advisor] + 7 <= people.start[led]).all()
    assert (people.end[advisor] >= people.start[led]).all()
    same = people.institution(advisor, people.start[led]) == people.stints[led, 0]
    assert same.all()


def test_stints_and_interests_are_in_order_and_within_careers(world: World) -> None:
    people = world.people
    assert (people.stints[:, 0] >= 0).all()
    for number in range(1, STINTS):
        later = np.flatnonzero(people.stints[:, number] >= 0)
        assert (people.stints[later, number - 1] >= 0).all()
        assert (people.stint_from[later, number] > people.stint_from[later, number - 1]).all()
        assert (people.stint_from[later, number] <= people.end[later]).all()
        assert (people.stints[later, number] != people.stints[later, number - 1]).all()
    used = people.interests >= 0
    assert (np.diff(np.where(used, people.interest_from, 32000), axis=1) >= 0).all()
    for row in people.interests[:2000].tolist():
        known = [i for i in row if i >= 0]
        assert len(set(known)) == len(known)


def test_no_topic_before_its_time(world: World) -> None:
    since = np.array([t.since for t in world.vocabulary.topics])
    assert (world.papers.year >= since[world.topic]).all()
    methods = [[m.since for m in t.methods] for t in world.vocabulary.topics]
    for topic, method, year in zip(
        world.topic.tolist(), world.method.tolist(), world.papers.year.tolist(), strict=True
    ):
        assert methods[topic][method] <= year


def test_every_topic_has_papers_and_fields_have_their_share(world: World) -> None:
    assert len(world.vocabulary.topics) >= 60
    assert len(world.vocabulary.fields) >= 8
    assert np.bincount(world.topic).min() >= 100
    share = np.bincount(world.vocabulary.field_of[world.topic]) / world.spec.papers
    weight = np.array([f.weight for f in world.vocabulary.fields])
    assert np.abs(share - weight / weight.sum()).max() < 0.06


def test_productivity_and_citations_are_heavy_tailed(world: World) -> None:
    papers = np.bincount(world.papers.authors)
    assert np.median(papers) <= 4
    assert papers.max() > 40 * np.median(papers)
    cited = np.bincount(world.citations.indices, minlength=world.spec.papers)
    top = np.sort(cited)[::-1]
    assert top[: len(top) // 100].sum() > 0.08 * cited.sum()
    assert cited.max() > 30 * np.median(cited)
    # The upper tail falls like a power law: its Hill exponent lies between 2 and 5.
    tail = top[: len(top) // 200].astype(float)
    hill = 1 + 1 / np.mean(np.log(tail / tail[-1]))
    assert 2 < hill < 5


def test_citations_stay_near(world: World) -> None:
    citing = np.repeat(np.arange(world.spec.papers), np.diff(world.citations.offsets))
    cited = world.citations.indices
    field = world.vocabulary.field_of[world.topic]
    chance = np.sum((np.bincount(field) / len(field)) ** 2)
    assert chance + 0.5 < (field[citing] == field[cited]).mean() < 0.97
    assert (world.topic[citing] == world.topic[cited]).mean() > 0.5
    age = world.papers.year[citing] - world.papers.year[cited]
    assert 3 < age.mean() < 13


def test_references_go_back_in_time_but_for_the_dirty_share(world: World) -> None:
    citing = np.repeat(np.arange(world.spec.papers), np.diff(world.citations.offsets))
    later = world.citations.indices > citing
    assert (world.citations.indices != citing).all()
    assert later.mean() == pytest.approx(world.spec.dirty_references, rel=0.25)
    for row in range(0, world.spec.papers, 997):
        cited = world.citations.indices[world.citations.offsets[row] : world.citations.offsets[row + 1]]
        assert (np.diff(cited) > 0).all()


def test_clean_references_on_request() -> None:
    world = generate(DemoSpec(3000, dirty_references=0.0)).world
    citing = np.repeat(np.arange(3000), np.diff(world.citations.offsets))
    assert (world.citations.indices < citing).all()


def test_the_mean_number_of_references_is_as_asked() -> None:
    few, many = (generate(DemoSpec(20_000, references=r)).world for r in (4.0, 12.0))
    assert len(few.citations.indices) / 20_000 == pytest.approx(4, rel=0.2)
    assert len(many.citations.indices) / 20_000 == pytest.approx(12, rel=0.2)


def test_people_cite_themselves(world: World) -> None:
    wrote: list[set[int]] = [set() for _ in range(world.spec.papers)]
    for paper, person in zip(*(column.tolist() for column in _entries(world)), strict=True):
        wrote[paper].add(person)
    citing = np.repeat(np.arange(world.spec.papers), np.diff(world.citations.offsets)).tolist()
    own = [bool(wrote[a] & wrote[b]) for a, b in zip(citing[::7], world.citations.indices.tolist()[::7], strict=True)]
    assert 0.05 < np.mean(own) < 0.3


def test_coauthors_come_back(world: World) -> None:
    _paper, person = _entries(world)
    keys = []
    for one in range(0, world.spec.papers, 3):
        low, high = world.papers.offsets[one], world.papers.offsets[one + 1]
        team = sorted(person[low:high].tolist())
        keys += [a * len(world.people) + b for i, a in enumerate(team) for b in team[i + 1 :]]
    _, counts = np.unique(keys, return_counts=True)
    assert (counts > 1).mean() > 0.05


def test_homonyms_exist_and_the_share_can_be_set() -> None:
    with_, without = (generate(DemoSpec(5000, homonyms=share)) for share in (0.2, 0.0))
    shares = [sum(map(len, homonyms(c.world))) / len(c.world.people) for c in (with_, without)]
    assert shares[0] > shares[1] + 0.15
    assert 0 < shares[1] < 0.12


def test_not_everybody_is_a_homonym(world: World) -> None:
    share = sum(map(len, homonyms(world))) / len(world.people)
    assert 0.03 < share < 0.5


def test_kinds_of_papers(world: World) -> None:
    share = np.bincount(world.papers.kind, minlength=4) / world.spec.papers
    assert 0.9 < share[Kind.ARTICLE] < 0.95
    references = np.diff(world.citations.offsets)
    assert (
        references[world.papers.kind == Kind.REVIEW].mean() > 1.6 * references[world.papers.kind == Kind.ARTICLE].mean()
    )
    dirty = world.papers.kind == Kind.EDITORIAL
    assert references[dirty].sum() == 0
    assert np.diff(world.papers.offsets)[dirty].max() <= 2


def test_venues_exist_when_papers_appear_in_them(world: World) -> None:
    assert (world.venues.founded[world.publication.venue] <= world.papers.year).all()
    assert len({v.name for v in world.venues.records}) > 0.95 * len(world.venues)
    assert len({v.id for v in world.venues.records}) == len(world.venues)


def test_pages_of_a_volume_do_not_overlap(world: World) -> None:
    pub = world.publication
    order = np.lexsort((pub.first_page, world.papers.year, pub.venue))
    same = (np.diff(pub.venue[order]) == 0) & (np.diff(world.papers.year[order]) == 0)
    ends = pub.first_page[order][:-1] + pub.length[order][:-1]
    assert (pub.first_page[order][1:][same] == ends[same]).all()


def test_institutions_are_unique_and_in_countries(world: World) -> None:
    institutions = world.institutions
    assert len(set(institutions.names)) == len(institutions)
    assert len(set(institutions.country.tolist())) >= 35


def test_a_hundred_papers_are_alive() -> None:
    world = generate(DemoSpec(100)).world
    assert len(world.vocabulary.topics) == 8
    assert np.bincount(world.topic, minlength=8).min() >= 2
    assert len(world.people) > 40
    assert len(world.citations.indices) > 200


@pytest.mark.parametrize("papers", [1, 2, 3, 7, 20])
def test_tiny_corpora_can_be_made(papers: int) -> None:
    corpus = generate(DemoSpec(papers))
    assert sum(1 for _ in corpus.papers()) == papers
    assert corpus.arrays().papers == papers


def test_one_year_can_be_the_whole_time() -> None:
    assert set(generate(DemoSpec(50, first_year=2020, last_year=2020)).world.papers.year.tolist()) == {2020}


def test_arrays_are_those_of_the_corpus(corpus: DemoCorpus) -> None:
    alone = arrays(corpus.spec)
    world = corpus.world
    assert alone.papers == corpus.spec.papers
    assert (alone.citations.indices == world.citations.indices).all()
    assert alone.authors.columns == len(world.people)
    assert alone.institutions is not None
    for paper in range(0, alone.papers, 41):
        row = alone.authors.indices[alone.authors.offsets[paper] : alone.authors.offsets[paper + 1]].tolist()
        printed = world.papers.authors[world.papers.offsets[paper] : world.papers.offsets[paper + 1]]
        assert row == sorted(printed.tolist())
        places = world.people.institution(printed, int(alone.years[paper]))
        listed = alone.institutions.indices[alone.institutions.offsets[paper] : alone.institutions.offsets[paper + 1]]
        assert listed.tolist() == sorted(set(places.tolist()))


def test_fields_are_what_papers_say_they_are_about(corpus: DemoCorpus) -> None:
    alone = corpus.arrays()
    assert alone.fields is not None
    topics = corpus.world.vocabulary.topics
    assert alone.n_fields == len(topics)
    stated = 0
    for field, paper in zip(alone.fields.tolist(), corpus.papers(), strict=True):
        if paper.topics:
            stated += 1
            assert max(paper.topics, key=lambda topic: topic.score).id == topics[field].id
    assert 0 < stated < alone.papers
