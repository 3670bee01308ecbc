"""Files of conference systems become submissions and reviewers."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from records.errors import AssignmentError
from records.name import Name
from search.assignment.inputs import read_reviewers, read_submissions
from search.conflicts import Stay


def _write(folder: Path, name: str, text: str | object) -> Path:
    path = folder / name
    path.write_text(text if isinstance(text, str) else json.dumps(text), "utf-8")
    return path


def test_our_own_json(tmp_path: Path) -> None:
    record = {
        "id": 7,
        "title": "T",
        "abstract": "A",
        "year": 2024,
        "demand": 2,
        "collection_id": "x:1",
        "authors": [{"id": "a1", "name": "Ann Lee", "author_id": "x:ann", "affiliation": "Uni"}, "Bob Roe <B@x.edu>"],
        "conflicts": ["R1", "C@x.edu"],
    }
    (made,) = read_submissions(_write(tmp_path, "s.jsonl", json.dumps(record) + "\n\n"))
    ann, bob = made.submission.authors
    assert (made.submission.id, made.submission.paper, made.submission.year, made.demand) == ("7", "x:1", 2024, 2)
    assert (ann.id, ann.author, ann.name, ann.stays) == ("a1", "x:ann", Name("Lee", given="Ann"), (Stay("uni"),))
    assert (bob.id, bob.emails, bob.name) == ("b@x.edu", ("b@x.edu",), Name("Roe", given="Bob"))
    assert made.conflicts == ("R1", "c@x.edu")


def test_openreview(tmp_path: Path) -> None:
    note = {
        "id": "abc",
        "number": 4,
        "content": {
            "title": {"value": "On things"},
            "abstract": {"value": "We."},
            "authors": {"value": ["Ann Lee", "Bob Roe"]},
            "authorids": {"value": ["~Ann_Lee1", "Bob@X.edu"]},
        },
    }
    (made,) = read_submissions(_write(tmp_path, "notes.json", {"notes": [note], "count": 1}))
    assert [person.id for person in made.submission.authors] == ["~Ann_Lee1", "bob@x.edu"]
    assert made.submission.authors[1].emails == ("bob@x.edu",)
    assert (made.title, made.abstract) == ("On things", "We.")
    profile = {
        "id": "~Ann_Lee1",
        "content": {
            "names": [{"fullname": "A. Lee"}, {"fullname": "Ann Lee", "preferred": True}],
            "preferredEmail": "Ann@X.edu",
            "emails": ["ann@x.edu", "ann@old.org"],
            "history": [{"institution": {"domain": "x.edu", "name": "X"}, "start": 2015, "end": None}],
            "relations": [
                {"name": "Cid", "email": "cid@x.edu", "relation": "PhD Advisor"},
                {"name": "Dee", "username": "~Dee1", "relation": "Coworker"},
            ],
            "publications": [{"id": "n1", "content": {"title": {"value": "P"}, "year": 2020}}],
        },
    }
    (ann,) = read_reviewers(_write(tmp_path, "profiles.json", {"profiles": [profile]}))
    assert ann.person.name == Name("Lee", given="Ann")
    assert ann.person.emails == ("ann@x.edu", "ann@old.org")
    assert ann.person.stays == (Stay("x.edu", 2015),)
    assert (ann.advisors, ann.related) == (("cid@x.edu",), ("~Dee1",))
    assert [(paper.id, paper.title, paper.year) for paper in ann.papers] == [("n1", "P", 2020)]


def test_hotcrp(tmp_path: Path) -> None:
    paper = {
        "pid": 3,
        "title": "T",
        "authors": [{"first": "Ann", "last": "Lee", "email": "Ann@x.edu", "affiliation": "X"}],
        "pc_conflicts": {"Cid@x.edu": "collaborator"},
    }
    (made,) = read_submissions(_write(tmp_path, "data.json", [paper]))
    assert (made.submission.id, made.conflicts) == ("3", ("cid@x.edu",))
    assert made.submission.authors[0].id == "ann@x.edu"
    rows = "paper,title,first,last,email,affiliation\n3,T,Ann,Lee,a@x.edu,X\n3,T,Bob,Roe,b@x.edu,Y\n4,U,Cid,Poe,,\n"
    three, four = read_submissions(_write(tmp_path, "authors.csv", rows))
    assert [person.id for person in three.submission.authors] == ["a@x.edu", "b@x.edu"]
    assert four.submission.authors[0].id == "4#1"
    people = "first,last,email,affiliation,roles,load\nAnn,Lee,A@x.edu,X,pc senior,4\nBob,Roe,b@y.edu,Y,pc,\n"
    ann, bob = read_reviewers(_write(tmp_path, "pc.csv", people))
    assert (ann.person.id, ann.senior, ann.most) == ("a@x.edu", True, 4)
    assert (bob.senior, bob.most, bob.person.stays) == (False, None, (Stay("y"),))


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('{"id": 1}\n', "needs an id and a title"),
        ('{"id": 1, "title": "T", "demand": -1}\n', "'demand' must be a whole number"),
        ('{"id": 1, "title": "T", "authors": ["!!"]}\n', "is not a name"),
        ('{"id": 1, "title"\n{"id": 2}\n', "line 1 is not JSON"),
        ("[1, 2]", "record 1 is not an object"),
        ("id,title\n", "holds no submissions"),
        ("", "holds no submissions"),
    ],
)
def test_broken_submissions_are_pointed_at(tmp_path: Path, text: str, message: str) -> None:
    with pytest.raises(AssignmentError, match=message):
        read_submissions(_write(tmp_path, "s.json", text))


def test_broken_reviewers_are_pointed_at(tmp_path: Path) -> None:
    with pytest.raises(AssignmentError, match="comes twice"):
        read_reviewers(_write(tmp_path, "r.csv", "id\na\na\n"))
    with pytest.raises(AssignmentError, match="needs an id or an e-mail"):
        read_reviewers(_write(tmp_path, "r.json", [{"name": "A B"}]))
    with pytest.raises(AssignmentError, match="a paper of the reviewer"):
        read_reviewers(_write(tmp_path, "r.json", [{"id": "a", "papers": [{"abstract": "no title"}]}]))
    with pytest.raises(AssignmentError, match="cannot be read"):
        read_reviewers(tmp_path / "missing.json")


_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(("id", "name", "value")), inner),
    max_leaves=6,
)
_NAMES = ("id", "title", "authors", "content", "email", "names", "papers", "history", "load", "relations", "last")
_KEYS = st.sampled_from(_NAMES)


@given(st.lists(st.dictionaries(_KEYS, _VALUES, max_size=5), max_size=3))
def test_whatever_stands_there_is_read_or_refused(tmp_path_factory: pytest.TempPathFactory, records: object) -> None:
    path = tmp_path_factory.mktemp("any") / "x.json"
    path.write_text(json.dumps(records))
    for read in (read_submissions, read_reviewers):
        with contextlib.suppress(AssignmentError):
            read(path)
