"""Advisors guessed from bylines as uncertain conflicts."""

from __future__ import annotations

import pytest

from records.author import Author
from records.name import Name
from records.paper import Authorship, Paper
from search.assignment.inputs import ReviewerRecord, SubmissionRecord
from search.assignment.ties import conflicts_between
from search.conflicts import Certainty, Kind, Person, Policy, Submission, guessed_advisors
from search.conflicts.identify import Identities
from search.embedded import EmbeddedStore
from search.engine import AuthorDocument, PaperDocument
from search.people import GROUP, People, people_of_papers


def _paper(identifier: str, year: int, *authors: str) -> Paper:
    names = tuple(Authorship(Name(who.title()), place, author_id=who) for place, who in enumerate(authors))
    return Paper(identifier, f"Paper {identifier}", year=year, authorships=names)


PAPERS = [
    _paper("p0", 1990, "senior"),
    *(_paper(f"p{year - 1999}", year, "student", "senior") for year in (2000, 2001, 2002)),
    _paper("p9", 2018, "student", "peer"),
]


@pytest.fixture(scope="module")
def people(tmp_path_factory: pytest.TempPathFactory) -> People:
    store = EmbeddedStore(tmp_path_factory.mktemp("engine"))
    writer = store.writer(model="", dimension=0, source_digest="x", metrics=())
    writer.add_papers([PaperDocument(paper, {}) for paper in PAPERS], None, None)
    writer.add_authors([AuthorDocument(Author(who, Name(who.title()))) for who in ("peer", "senior", "student")])
    writer.add_arrays(GROUP, people_of_papers(PAPERS).pack())
    writer.commit()
    return People(store.reader())


def _person(author: str) -> Person:
    return Person(author, Name(author.title()), author)


def _kinds(people: People, reviewer: str, author: str, policy: Policy, paper: str | None = None) -> list[Kind]:
    submission = SubmissionRecord(Submission("s", (_person(author),), 2020, paper), "T", "")
    report = conflicts_between([submission], [ReviewerRecord(_person(reviewer))], people=people, policy=policy)
    assert all(c.certainty is Certainty.UNCERTAIN for c in report.conflicts if c.kind is Kind.ADVISOR)
    return [conflict.kind for conflict in report.conflicts]


def test_either_side_may_be_the_student(people: People) -> None:
    assert _kinds(people, "senior", "student", Policy()) == [Kind.ADVISOR]
    assert _kinds(people, "student", "senior", Policy()) == [Kind.ADVISOR]
    assert _kinds(people, "peer", "student", Policy()) == [Kind.COAUTHOR]


def test_a_guess_says_what_it_rests_on_and_can_be_switched_off(people: People) -> None:
    (guess,) = guessed_advisors(people, [_person("senior")], [_person("student")])
    assert (guess.student, guess.advisor) == ("student", "senior")
    assert (guess.papers, guess.first, guess.last) == (("p1", "p2", "p3"), 2000, 2002)
    assert "3 of 3" in guess.detail
    assert "0.75" in guess.detail
    assert guessed_advisors(people, [_person("senior")], [_person("peer")]) == ()
    assert guessed_advisors(people, [Person("x", Name("Senior"))], [_person("student")]) == ()  # found by id only
    assert _kinds(people, "senior", "student", Policy(guessed=False)) == []
    assert _kinds(people, "senior", "student", Policy(advisors=False)) == []


def test_an_id_of_the_collection_is_enough_where_names_agree(people: People) -> None:
    find = Identities(people).by_id
    assert find(Person("senior", Name("Senior"), None)) == find(_person("senior")) is not None
    assert find(Person("senior", None, None)) is not None
    assert find(Person("senior", Name("Somebody Else"), None)) is None
    assert find(Person("r1", Name("Senior"), None)) is None
