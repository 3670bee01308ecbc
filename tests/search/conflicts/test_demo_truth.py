"""Conflicts of a made-up world whose ties are known: all certain ones are found and no other is called certain."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import numpy as np
import pytest

from indexer.demo import DemoCorpus, DemoSpec, write_benchmarks
from indexer.demo.corpus import generate
from indexer.demo.world import World, paper_id, person_id
from records.name import Name
from records.paper import Authorship, Paper
from search.conflicts import Certainty, Kind, Person, Relations, Report, Stay, Submission, find_conflicts
from search.people import PeopleArrays, people_of_papers

SPEC = DemoSpec(800, seed=5)
REASONS = {"author": Kind.SELF, "coauthor": Kind.COAUTHOR, "advisor": Kind.ADVISOR, "institution": Kind.INSTITUTION}


@pytest.fixture(scope="module")
def corpus() -> DemoCorpus:
    return generate(SPEC)


@pytest.fixture(scope="module")
def world(corpus: DemoCorpus) -> World:
    return corpus.world


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo")
    write_benchmarks(SPEC, folder, tasks=["reviewers"])
    return folder / "demo_reviewers"


def _authors(world: World, paper: int) -> list[int]:
    low, high = world.papers.offsets[paper], world.papers.offsets[paper + 1]
    return [int(person) for person in world.papers.authors[low:high]]


@pytest.fixture(scope="module")
def arrays(world: World) -> PeopleArrays:
    papers = []
    for paper, year in enumerate(world.papers.year.tolist()):
        names = [
            Authorship(Name(person_id(p)), place, author_id=person_id(p))
            for place, p in enumerate(_authors(world, paper))
        ]
        papers.append(Paper(paper_id(paper), "Title", year=year, authorships=tuple(names)))
    return people_of_papers(sorted(papers, key=lambda paper: paper.id))


def _person(corpus: DemoCorpus, number: int, *, profile: bool = True) -> Person:
    """Somebody of the world with workplaces as a form would have them, and the name as first printed."""
    people = corpus.world.people
    begin, end = int(people.start[number]), int(people.end[number])
    stays = tuple(Stay(str(_place(corpus.world, number, year)), year, year) for year in range(begin, end + 1))
    author = person_id(number) if profile else None
    return Person(person_id(number) if profile else f"guest{number}", corpus.names_of(number)[0], author, stays=stays)


def _place(world: World, person: int, year: int) -> int:
    return int(world.people.institution(np.array([person]), year)[0])


def _truth(folder: Path) -> set[tuple[str, str, str, str]]:
    rows = (line.split("\t") for line in (folder / "conflicts.tsv").read_text().splitlines())
    return {(reviewer, paper, reason, author) for reviewer, paper, reason, author in rows}


@pytest.fixture(scope="module")
def report(folder: Path, arrays: PeopleArrays, corpus: DemoCorpus) -> Report:
    with gzip.open(folder / "reviewers.jsonl.gz", "rt") as file:
        reviewers = [_person(corpus, int(json.loads(line)["id"][1:])) for line in file]
    rated = {line.split("\t")[1] for line in (folder / "evaluations.tsv").read_text().splitlines()}
    listed = sorted(rated | {paper for _, paper, _, _ in _truth(folder)})
    submissions = []
    for paper in listed:
        number = int(paper[1:])
        authors = tuple(_person(corpus, one) for one in _authors(corpus.world, number))
        submissions.append(Submission(paper, authors, int(corpus.world.papers.year[number]), paper))
    advisor = corpus.world.people.advisor
    advised = frozenset((person_id(s), person_id(int(a))) for s, a in enumerate(advisor) if a >= 0)
    return find_conflicts(submissions, reviewers, arrays=arrays, relations=Relations(advisors=advised))


def test_every_true_conflict_is_found_as_certain_and_no_other(report: Report, folder: Path) -> None:
    truth = {(reviewer, paper, REASONS[reason], author) for reviewer, paper, reason, author in _truth(folder)}
    certain = {(c.reviewer, c.submission, c.kind, c.author) for c in report.of(Certainty.CERTAIN)}
    assert len(truth) > 100
    assert {kind for _, _, kind, _ in truth} == set(REASONS.values())
    assert truth - certain == set()
    assert certain - truth == set()


def test_evidence_is_what_was_written_together(report: Report, world: World) -> None:
    joint = [conflict for conflict in report.conflicts if conflict.kind is Kind.COAUTHOR]
    assert joint
    for conflict in joint:
        assert conflict.papers
        years = []
        for paper in conflict.papers:
            team = {person_id(person) for person in _authors(world, int(paper[1:]))}
            assert {conflict.author, conflict.reviewer} <= team
            assert paper != conflict.submission
            years.append(int(world.papers.year[int(paper[1:])]))
        assert (conflict.first, conflict.last) == (min(years), max(years))


def test_namesakes_are_never_certain(report: Report) -> None:
    uncertain = report.of(Certainty.UNCERTAIN)
    assert all(conflict.kind is Kind.SELF and conflict.author != conflict.reviewer for conflict in uncertain)


def test_nobody_without_a_profile_passes(folder: Path, arrays: PeopleArrays, corpus: DemoCorpus) -> None:
    with gzip.open(folder / "reviewers.jsonl.gz", "rt") as file:
        numbers = [int(json.loads(line)["id"][1:]) for line in file]
    reviewers = [_person(corpus, number) for number in numbers]
    guests = tuple(_person(corpus, number, profile=False) for number in numbers[:20])
    found = find_conflicts([Submission("s", guests)], reviewers, arrays=arrays)
    selves = {(c.author, c.reviewer): c.certainty for c in found.conflicts if c.kind is Kind.SELF}
    for guest, number in zip(guests, numbers, strict=False):
        assert selves[guest.id, person_id(number)] is Certainty.UNCERTAIN
    assert {one.person for one in found.unresolved} == {guest.id for guest in guests}
