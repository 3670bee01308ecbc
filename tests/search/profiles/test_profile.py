"""Profiles of small random collections, against counting everything anew from the records."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import fields, replace
from itertools import combinations
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import GenerationError, NotFoundError, QueryError
from records.paper import Paper
from search.embedded import EmbeddedStore
from search.people import People
from search.profiles import PARTS, Profile, ProfileOptions, profile
from search.profiles.kinship import EARLY, LEAST, SENIOR
from tests.search.people.houses import in_memory, on_shelves, written
from tests.search.people.worlds import world, worlds

_ALL = ProfileOptions(limit=100, network=100)


class _Records:
    """What the records say, the slow way."""

    def __init__(self, papers: list[Paper]) -> None:
        self.papers = {paper.id: paper for paper in papers}
        self.authors = {p.id: [str(a.author_id) for a in p.authorships] for p in papers}
        self.links = [(p.id, cited) for p in papers for cited in sorted(set(p.references)) if cited != p.id]
        self.people = sorted({author for byline in self.authors.values() for author in byline})

    def of(self, who: str) -> list[str]:
        return [paper for paper, byline in self.authors.items() if who in byline]

    def year(self, paper: str) -> int | None:
        return self.papers[paper].year

    def years(self, who: str) -> list[int]:
        return [year for paper in self.of(who) if (year := self.year(paper)) is not None]

    def received(self, who: str) -> list[tuple[str, str]]:
        return [(citing, cited) for citing, cited in self.links if who in self.authors[cited]]

    def given(self, who: str) -> list[tuple[str, str]]:
        return [(citing, cited) for citing, cited in self.links if who in self.authors[citing]]

    def independent(self, link: tuple[str, str]) -> bool:
        return not set(self.authors[link[0]]) & set(self.authors[link[1]])


def _profiles(papers: list[Paper], options: ProfileOptions = _ALL) -> list[tuple[_Records, str, Profile]]:
    people, records = in_memory(papers), _Records(papers)
    return [(records, who, profile(people, who, options)) for who in records.people]


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_totals_and_years(papers: list[Paper]) -> None:
    for records, who, found in _profiles(papers):
        totals = found.totals
        assert totals is not None
        received, given_out = records.received(who), records.given(who)
        assert totals.papers == len(records.of(who))
        assert totals.citations == len(received)
        assert totals.self_citations == sum(who in records.authors[citing] for citing, _ in received)
        assert totals.independent_citations == sum(records.independent(link) for link in received)
        assert totals.citing_papers == len({citing for citing, _ in received})
        assert totals.citing_people == len({a for citing, _ in received for a in records.authors[citing]} - {who})
        assert totals.references == len(given_out)
        assert totals.cited_people == len({a for _, cited in given_out for a in records.authors[cited]} - {who})
        assert totals.coauthors == len({a for paper in records.of(who) for a in records.authors[paper]} - {who})
        years = records.years(who)
        assert (totals.first_year, totals.last_year) == (min(years, default=None), max(years, default=None))
        assert found.years is not None
        rows = {row.year: (row.papers, row.citations, row.independent_citations) for row in found.years}
        by_paper = Counter(years)
        by_citation = Counter(records.year(citing) for citing, _ in received)
        independent = Counter(records.year(link[0]) for link in received if records.independent(link))
        for year, row in rows.items():
            assert row == (by_paper[year], by_citation[year], independent[year])
        assert list(rows) == list(range(min(rows), max(rows) + 1)) if rows else True


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_a_profile_adds_up(papers: list[Paper]) -> None:
    for records, _, found in _profiles(papers):
        totals, years = found.totals, found.years
        assert totals is not None
        assert years is not None
        assert sum(row.papers for row in years) + totals.undated_papers == totals.papers
        assert sum(row.citations for row in years) + totals.undated_citations == totals.citations
        independent = sum(row.independent_citations for row in years) + totals.undated_independent_citations
        assert independent == totals.independent_citations <= totals.citations - totals.self_citations
        assert len(found.coauthors or ()) == totals.coauthors
        assert len(found.cited_by or ()) == totals.citing_people
        assert len(found.cites or ()) == totals.cited_people
        assert sum(row.citations for row in found.most_cited or ()) == totals.citations
        assert all(row.citations for row in found.most_cited or ())
        citing = [year for citing, _ in records.links if (year := records.year(citing)) is not None]
        assert totals.cited_until == max(citing, default=None)
        for topic in found.topics or ():
            assert sum(one.papers for one in topic.years) <= topic.papers


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_lists(papers: list[Paper]) -> None:
    for records, who, found in _profiles(papers):
        mine = records.of(who)
        assert {(r.topic, r.papers) for r in found.topics or ()} == set(
            Counter(records.papers[p].topics[0].name for p in mine if records.papers[p].topics).items()
        )
        venues = Counter(v.name for p in mine if (v := records.papers[p].venue))
        assert [(r.name, r.papers) for r in found.venues or ()] == sorted(venues.items(), key=lambda v: (-v[1], v[0]))
        joint = Counter(a for p in mine for a in records.authors[p] if a != who)
        assert {(r.id, r.papers) for r in found.coauthors or ()} == set(joint.items())
        for row in found.coauthors or ():
            years = [y for p in mine if row.id in records.authors[p] and (y := records.year(p)) is not None]
            assert (row.first_year, row.last_year) == (min(years, default=None), max(years, default=None))
        _check_citing({r.id: (r.citations, r.papers) for r in found.cited_by or ()}, records, who, out=False)
        _check_citing({r.id: (r.citations, r.papers) for r in found.cites or ()}, records, who, out=True)
        cited = {paper: sum(c == paper for _, c in records.links) for paper in mine}
        cited = {paper: citations for paper, citations in cited.items() if citations}
        assert [r.id for r in found.most_cited or ()] == sorted(cited, key=lambda paper: (-cited[paper], paper))
        assert {(r.id, r.citations, int(r.value)) for r in found.most_cited or ()} == {
            (p, n, n) for p, n in cited.items()
        }


def _check_citing(rows: dict[str, tuple[int, int]], records: _Records, who: str, *, out: bool) -> None:
    links, papers = Counter[str](), defaultdict[str, set[str]](set)
    for citing, cited in records.given(who) if out else records.received(who):
        end = cited if out else citing
        for author in records.authors[end]:
            links[author] += 1
            papers[author].add(end)
    assert rows == {author: (links[author], len(papers[author])) for author in links if author != who}


@settings(deadline=None, max_examples=30)
@given(worlds())
def test_the_network(papers: list[Paper]) -> None:
    for records, who, found in _profiles(papers):
        network = found.network
        assert network is not None
        alters = {row.id for row in network.people}
        assert len(alters) == network.of_people
        joint = Counter(pair for byline in records.authors.values() for pair in combinations(sorted(byline), 2))
        expected = {(*pair, papers) for pair, papers in joint.items() if set(pair) <= alters}
        assert {(link.a, link.b, link.papers) for link in network.links} == expected
        assert who not in alters


def _advisors(records: _Records, who: str) -> dict[str, tuple[float, str, int]]:
    years = records.years(who)
    if not years:
        return {}
    early = [p for p in records.of(who) if (y := records.year(p)) is not None and y < min(years) + EARLY]
    early = [p for p in early if len(records.authors[p]) > 1]
    led = [p for p in early if records.authors[p][0] == who]
    senior = {a for a in records.people if (theirs := records.years(a)) and min(years) - min(theirs) >= SENIOR}
    found: dict[str, tuple[float, str, int]] = {}
    for other in senior:
        last = sum(records.authors[p][-1] == other for p in led)
        together = sum(other in records.authors[p] for p in early)
        guesses = [(last / (len(led) + 1), "first_last", last)]
        if len(early) >= 3 and 2 * together >= len(early):
            guesses.append((together / (2 * (len(early) + 1)), "early_papers", together))
        best = max(guesses, key=lambda guess: guess[0])
        if best[0] >= LEAST:
            found[other] = (round(best[0], 3), *best[1:])
    return found


@settings(deadline=None, max_examples=60)
@given(st.integers(0, 10**6).map(lambda seed: world(seed, papers=30, authors=4)))
def test_advisors_and_advisees(papers: list[Paper]) -> None:
    both: dict[str, set[tuple[str, str, float, str, int]]] = {"advisors": set(), "advisees": set()}
    expected = set()
    for records, who, found in _profiles(papers):
        for row in found.advisors or ():
            both["advisors"].add((row.id, who, row.confidence, row.rule, len(row.papers)))
            assert set(row.papers) <= set(records.of(who)) & set(records.of(row.id))
            assert len(row.papers) <= row.early_papers
        for row in found.advisees or ():
            both["advisees"].add((who, row.id, row.confidence, row.rule, len(row.papers)))
        expected |= {(other, who, *guess) for other, guess in _advisors(records, who).items()}
    assert both["advisors"] == both["advisees"] == expected


def test_a_career_that_began_with_a_senior_last_author() -> None:
    senior, junior, other = ("a:s", "Eva Senior"), ("a:j", "Jan Junior"), ("a:o", "Ona Other")
    papers = [
        written("p1", senior, year=1990),
        written("p2", junior, other, senior, year=2000),
        written("p3", junior, senior, year=2002),
        written("p4", junior, other, year=2003),
        written("p5", junior, senior, year=2006),  # not early any more
    ]
    people = in_memory(papers)
    (guess,) = profile(people, "a:j").advisors or ()
    assert (guess.id, guess.name, guess.confidence) == ("a:s", "Eva Senior", 0.5)  # 2 of 3 papers
    assert (guess.rule, guess.papers, guess.early_papers) == ("first_last", ("p2", "p3"), 3)
    assert (guess.first_year, guess.last_year) == (2000, 2002)
    assert [row.id for row in profile(people, "a:s").advisees or ()] == ["a:j"]


def test_metrics_their_percentiles_and_the_cohort() -> None:
    papers = world(42)
    people = in_memory(papers, seed=5)
    for row, who in enumerate(people.arrays.author_ids):
        found = profile(people, who)
        value = float(people.arrays.author_metrics["h_index"][row])
        percentile = round(float(people.arrays.author_percentiles["h_index"][row]), 2)
        expected = [] if np.isnan(value) else [("h_index", value, percentile)]
        assert [(m.name, m.value, m.percentile) for m in found.metrics or ()] == expected
        assert found.cohort is not None
        assert 1 <= found.cohort.people <= people.arrays.authors
        began = found.totals.first_year if found.totals else None
        if began is None:
            assert (found.cohort.first_year, found.cohort.last_year) == (None, None)
        else:
            assert found.cohort.first_year is not None
            assert found.cohort.last_year is not None
            assert found.cohort.first_year <= began <= found.cohort.last_year
    began_by = [_cohort(papers, who) for who in people.arrays.author_ids]
    for who in people.arrays.author_ids:
        cohort = profile(people, who).cohort
        assert cohort is not None
        # So few people that all of a topic are peers, whenever they began.
        known = cohort.first_year is not None
        assert cohort.people == sum(topic == cohort.topic and (year is not None) == known for topic, year in began_by)


def _cohort(papers: list[Paper], who: str) -> tuple[str | None, int | None]:
    records = _Records(papers)
    named = Counter(records.papers[p].topics[0].name for p in records.of(who) if records.papers[p].topics)
    topic = min(named, key=lambda name: (-named[name], name)) if named else None
    return topic, min(records.years(who), default=None)


def test_standing_in_the_cores() -> None:
    people = in_memory(world(3))
    count = people.arrays.authors
    values = np.arange(count, dtype=np.float32)
    names = ("d_core_balanced", "fractional_core", "fractional_core_neighbours")
    metrics: dict[str, npt.NDArray[np.float32]] = dict.fromkeys(names, values)
    people._arrays = replace(people.arrays, author_metrics=metrics)
    ids = list(people.arrays.author_ids)
    low, high = profile(people, ids[0]).standing or (), profile(people, ids[-1]).standing or ()
    assert [s.metric for s in high] == ["d_core_balanced", "fractional_core"]
    assert (high[0].value, high[0].largest, high[0].people, high[0].of_people) == (count - 1, count - 1, 1, count)
    assert f"cites at least {count - 1} others" in high[0].sentence
    assert f"{100 / count:.1f}% of the {count} people" in high[0].sentence
    assert "1/n" in high[1].sentence
    assert low[0].sentence.startswith("Belongs to no group")
    assert low[1].sentence.startswith("Has no co-authors")


def test_parts_can_be_chosen() -> None:
    people = in_memory(world(8))
    who = people.arrays.author_ids[0]
    whole = profile(people, who)
    for part in PARTS:
        found = profile(people, who, ProfileOptions(select=(part,)))
        assert getattr(found, part) == getattr(whole, part)
        others = {f.name for f in fields(found)} - {"document", "generation", part, "cohort", "central_by"}
        assert all(getattr(found, name) is None for name in others)
    assert all(getattr(whole, part) is not None for part in PARTS)


def test_lists_are_cut_and_the_cut_is_told() -> None:
    people = in_memory([written("p1", *((f"a{i:02}", f"Ana Nr{i}") for i in range(9)))])
    found = profile(people, "a00", ProfileOptions(limit=3, network=2))
    assert len(found.coauthors or ()) == 3
    assert found.network is not None
    assert (len(found.network.people), found.network.of_people) == (2, 8)
    assert found.network.cut.startswith("The 2 of 8 co-authors")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (ProfileOptions(limit=0), "limit must be between 1 and 100"),
        (ProfileOptions(limit=10**9), "limit must be between"),
        (ProfileOptions(network=101), "network must be between"),
        (ProfileOptions(select=("papers",)), "no part 'papers'"),
        (ProfileOptions(central="charm"), "no paper metric 'charm'"),
    ],
)
def test_what_cannot_be_asked(options: ProfileOptions, message: str) -> None:
    people = in_memory(world(1))
    people._arrays = replace(people.arrays, paper_metrics={"pagerank": np.ones(people.arrays.papers, np.float32)})
    with pytest.raises(QueryError, match=message):
        profile(people, people.arrays.author_ids[0], options)


def test_nobody_and_people_merged_away() -> None:
    people = in_memory(world(1), {"a:old": "a0"})
    for wrong in ("nobody", "", "\ud800"):
        with pytest.raises(NotFoundError):
            profile(people, wrong)
    assert profile(people, "a:old").document.author.id == "a0"


def test_a_generation_without_arrays_says_to_build_again() -> None:
    people = in_memory(world(1))
    people.engine.kept.clear()  # type: ignore[attr-defined]
    with pytest.raises(GenerationError, match="build again"):
        profile(People(people.engine), people.arrays.author_ids[0])


def test_pinned_papers_come_as_they_were_pinned() -> None:
    papers = [written(f"p{i}", ("a:x", "Ana X"), year=2000 + i) for i in range(4)]
    people = in_memory([*papers, written("p9", ("a:y", "Yan Y"))])
    document = people.engine.people["a:x"]  # type: ignore[attr-defined]
    pinned = ("p3", "p1", "p3", "gone", "p9")  # twice, not there, by somebody else
    author = msgspec.structs.replace(document.author, pinned=pinned)
    people.engine.people["a:x"] = msgspec.structs.replace(document, author=author)  # type: ignore[attr-defined]
    assert [row.id for row in profile(people, "a:x").pinned or ()] == ["p3", "p1"]


def test_the_same_on_the_embedded_engine(tmp_path: Path) -> None:
    papers = world(77)
    shelved, memory = on_shelves(EmbeddedStore(tmp_path / "store"), papers), in_memory(papers)
    for who in memory.arrays.author_ids:
        assert profile(shelved, who) == replace(profile(memory, who), generation=shelved.engine.generation.id)
    shelved.engine.close()
