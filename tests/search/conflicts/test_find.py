"""Every kind of conflict, its years and its certainty, on people made for the purpose."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.author import Author
from records.errors import AssignmentError
from records.name import Name
from records.paper import Affiliation, Authorship, Paper
from search.conflicts import (
    PRESETS,
    STRICT,
    Certainty,
    Conflict,
    Guess,
    Kind,
    Person,
    Policy,
    Relations,
    Stay,
    Submission,
    find_conflicts,
    organisation,
)
from search.engine import AuthorDocument
from search.people import GROUP, NAMES, NamesMaker, People, PeopleArrays, people_of_papers

CERTAIN, UNCERTAIN = Certainty.CERTAIN, Certainty.UNCERTAIN


def _paper(identifier: str, year: int | None, *authors: str, place: str = "") -> Paper:
    places = (Affiliation(place, place),) if place else ()
    names = [Authorship(Name(a.title()), i, author_id=a, affiliations=places) for i, a in enumerate(authors)]
    return Paper(identifier, "T", year=year, authorships=tuple(names))


ARRAYS = people_of_papers(
    [
        _paper("p1", 2010, "ann", "bob"),
        _paper("p2", 2018, "ann", "cid"),
        _paper("p3", 2020, "ann", "cid"),
        _paper("p4", None, "ann", "dee"),
        _paper("p5", 2019, "eve", place="uni"),
        _paper("p6", 2019, "ann", place="uni"),
        _paper("p7", 2020, "ann", *(f"x{i:02d}" for i in range(30))),
    ]
)


def _person(author: str, **given: Any) -> Person:
    return Person(author, Name(author.title()), author, **given)


def _found(
    reviewer: Person, policy: Policy = PRESETS["default"], year: int | None = 2020, **given: Any
) -> list[Conflict]:
    author = given.pop("author", _person("ann"))
    submission = Submission("s", (author,), year, given.pop("paper", None))
    relations = given.pop("relations", Relations())
    return list(find_conflicts([submission], [reviewer], arrays=ARRAYS, policy=policy, relations=relations).conflicts)


def test_joint_papers_count_for_their_years() -> None:
    (conflict,) = _found(_person("cid"))
    assert (conflict.kind, conflict.certainty) == (Kind.COAUTHOR, CERTAIN)
    assert (conflict.papers, conflict.first, conflict.last) == (("p2", "p3"), 2018, 2020)
    assert _found(_person("bob")) == []
    assert _found(_person("bob"), Policy(years=11))[0].papers == ("p1",)
    assert _found(_person("bob"), Policy(years=10)) == []
    assert _found(_person("bob"), Policy(years=None))[0].last == 2010
    assert _found(_person("cid"), year=2019)[0].papers == ("p2",)
    assert _found(_person("cid"), Policy(papers=3)) == []
    assert _found(_person("cid"), paper="p3")[0].papers == ("p2",)


def test_a_joint_paper_without_a_year_is_uncertain() -> None:
    (conflict,) = _found(_person("dee"))
    assert (conflict.certainty, conflict.papers, conflict.first) == (UNCERTAIN, ("p4",), None)


def test_large_teams_can_be_left_out() -> None:
    assert [conflict.papers for conflict in _found(_person("x07"))] == [("p7",)]
    assert _found(_person("x07"), Policy(team=30)) == []


def test_institutions_as_printed_are_uncertain_and_declared_ones_certain() -> None:
    (conflict,) = _found(_person("eve"))
    assert (conflict.kind, conflict.certainty, conflict.detail) == (Kind.INSTITUTION, UNCERTAIN, "uni")
    assert _found(_person("eve"), Policy(printed=False)) == []
    mine = _person("ann", stays=(Stay("here", 2000, 2016),))
    other = _person("zoe", stays=(Stay("here", 2016),))
    (declared,) = _found(other, author=mine)
    assert (declared.certainty, declared.first, declared.last) == (CERTAIN, 2016, 2016)
    assert _found(other, author=mine, year=2021) == []
    assert _found(other, Policy(institutions=False), author=mine) == []


def test_advisors_never_expire_and_guesses_stay_guesses() -> None:
    relations = Relations(advisors=frozenset({("ann", "zoe")}), guessed=(Guess("yan", "ann"),))
    assert [(c.kind, c.certainty) for c in _found(_person("zoe"), relations=relations)] == [(Kind.ADVISOR, CERTAIN)]
    assert [(c.kind, c.certainty) for c in _found(_person("yan"), relations=relations)] == [(Kind.ADVISOR, UNCERTAIN)]
    assert _found(_person("zoe"), Policy(advisors=False), relations=relations) == []


def test_what_was_declared_counts() -> None:
    of_people = Relations(people=frozenset({("zoe", "ann")}))
    of_papers = Relations(submissions=frozenset({("zoe", "s"), ("zoe", "other")}))
    for relations in (of_people, of_papers):
        assert [c.kind for c in _found(_person("zoe"), relations=relations)] == [Kind.DECLARED]


def test_the_reviewer_is_the_author() -> None:
    assert [(c.kind, c.certainty) for c in _found(_person("ann")) if c.kind is Kind.SELF] == [(Kind.SELF, CERTAIN)]
    by_mail = Person("x", Name("Somebody"), emails=("Ann@X.edu ",))
    author = _person("ann", emails=("ann@x.edu",))
    kinds = {c.kind: c.certainty for c in _found(by_mail, author=author)}
    assert kinds == {Kind.SELF: CERTAIN, Kind.DOMAIN: CERTAIN}


def test_a_namesake_with_another_id_is_uncertain() -> None:
    lee, other = (Person(i, Name("Lee", given="Ann"), i) for i in ("eve", "cid"))
    (conflict,) = [c for c in _found(other, author=lee) if c.kind is Kind.SELF]
    assert conflict.certainty is UNCERTAIN
    initial = Person("bob", Name("Lee", given="A."), "bob")
    assert _found(initial, author=lee) == []
    assert [c.kind for c in _found(initial, STRICT, author=lee)] == [Kind.SELF]
    # Without a profile initials are enough to look twice.
    stranger = Person("n", Name("Lee", given="A."))
    assert [(c.kind, c.certainty) for c in _found(stranger, author=lee)] == [(Kind.SELF, UNCERTAIN)]


def test_other_submissions_together() -> None:
    zoe = _person("zoe")
    submissions = [Submission("one", (_person("ann"), zoe)), Submission("two", (_person("ann"),))]
    found = find_conflicts(submissions, [zoe], arrays=ARRAYS, policy=STRICT).conflicts
    kinds = {(c.submission, c.kind) for c in found}
    assert ("two", Kind.COSUBMISSION) in kinds
    assert ("one", Kind.SELF) in kinds
    assert not any(c.kind is Kind.COSUBMISSION for c in find_conflicts(submissions, [zoe], arrays=ARRAYS).conflicts)


class _Engine:
    """As much of an engine as finding people takes."""

    class generation:  # noqa: N801 - an attribute of engines
        vectors = 0
        model = ""

    def __init__(self, arrays: PeopleArrays, *, names: bool) -> None:
        self._people = [Author(author, Name(author.title())) for author in arrays.author_ids]
        self._arrays = {GROUP: arrays.pack()}
        self.asked: list[str] = []
        if names:
            maker = NamesMaker()
            maker.add(self._people)
            self._arrays[NAMES] = maker.make().pack()

    def arrays(self, group: str) -> Any:
        return self._arrays.get(group, {})

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument]:
        self.asked.append(f"authors {' '.join(ids)}")
        return [AuthorDocument(next(author for author in self._people if author.id == one)) for one in ids]

    def resolve(self, kind: str, identifier: str) -> str | None:
        return {"old ann": "ann"}.get(identifier)

    def find_authors(self, name: str, limit: int = 10) -> list[AuthorDocument]:
        self.asked.append(f"name {name}")
        return [AuthorDocument(Author(i, Name(i.title()))) for i in ("ann", "cid") if i == name.lower()]


@pytest.mark.parametrize("names", [True, False], ids=["names kept", "an engine's names"])
def test_people_are_found_by_old_ids_and_by_name(*, names: bool) -> None:
    people = People(_Engine(ARRAYS, names=names))  # type: ignore[arg-type]
    merged = Person("r", Name("Whoever"), "old ann")
    submission = Submission("s", (_person("cid"),), 2020)
    (conflict,) = find_conflicts([submission], [merged], people=people).conflicts
    assert (conflict.kind, conflict.certainty, conflict.papers) == (Kind.COAUTHOR, CERTAIN, ("p2", "p3"))
    guest = Person("guest", Name("Cid"))
    report = find_conflicts([Submission("s", (_person("ann"),), 2020)], [guest], people=people)
    assert [(c.kind, c.certainty) for c in report.conflicts] == [(Kind.COAUTHOR, UNCERTAIN)]
    assert [(one.person, one.candidates) for one in report.unresolved] == [("guest", ("cid",))]
    assert report.mask(["s"], ["guest"]).tolist() == [[True]]
    assert report.mask(["s"], ["guest"], uncertain=False).tolist() == [[False]]


def test_an_engine_is_asked_about_all_people_at_once() -> None:
    engine = _Engine(ARRAYS, names=True)
    named = [Person(f"r{number}", Name(name)) for number, name in enumerate(("Ann", "Cid", "Bob", "Dee", "Nobody"))]
    numbered = [Person("eve", Name("Eve")), Person("x01", Name("Another"))]
    submissions = [Submission(f"s{number}", (person,), 2020) for number, person in enumerate(named)]
    report = find_conflicts(submissions, [*named, *numbered], people=People(engine))  # type: ignore[arg-type]
    assert engine.asked == ["authors eve x01", "authors ann cid bob dee"]
    assert {one.person: one.candidates for one in report.unresolved if one.role == "reviewer"} == {
        "r0": ("ann",),
        "r1": ("cid",),
        "r2": ("bob",),
        "r3": ("dee",),
        "r4": (),
        "x01": (),
    }
    assert {(c.submission, c.reviewer) for c in report.conflicts if c.kind is Kind.COAUTHOR} >= {("s0", "r1")}


@pytest.mark.parametrize(
    ("email", "expected"),
    [
        ("a@cs.cmu.edu", "cmu.edu"),
        ("a@CMU.edu", "cmu.edu"),
        ("a@stats.ox.ac.uk", "ox.ac.uk"),
        ("a@u-tokyo.ac.jp", "u-tokyo.ac.jp"),
        ("a@inf.ethz.ch", "ethz.ch"),
        ("a@gmail.com", None),
        ("a@yahoo.co.uk", None),
        ("a@ieee.org", None),
        ("a@localhost", None),
        ("a@ac.uk", None),
        ("nothing", None),
        ("a@x..edu", None),
    ],
)
def test_organisations_behind_addresses(email: str, expected: str | None) -> None:
    assert organisation(email) == expected


@given(st.text(max_size=30))
def test_any_text_as_an_address(text: str) -> None:
    found = organisation(text)
    assert found is None or (found == organisation(f"x@sub.{found}") and "." in found)


def test_a_policy_must_make_sense() -> None:
    for wrong in ({"years": 0}, {"papers": 0}, {"team": 1}):
        with pytest.raises(AssignmentError):
            Policy(**wrong)  # type: ignore[arg-type]


def test_without_a_collection_names_and_addresses_are_compared() -> None:
    author = Person("a", Name("Roe", given="Jane"), emails=("j@cs.uni.edu",))
    reviewers = [Person("b", Name("Roe", given="J."), emails=("x@uni.edu",)), Person("c", Name("Other"))]
    report = find_conflicts([Submission("s", (author,))], reviewers)
    assert {(c.reviewer, c.kind, c.certainty) for c in report.conflicts} == {
        ("b", Kind.SELF, UNCERTAIN),
        ("b", Kind.DOMAIN, CERTAIN),
    }
    assert len(report.unresolved) == 3
