"""Finding collaborators: who is listed, in which order, and with which evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from records.errors import CursorError, FilterError, NotFoundError, QueryError
from records.paper import Paper
from search.collaborators import COLLABORATORS, CollaboratorRequest, find_collaborators, pack_collaborators, words_of
from search.collaborators.packing import unpack_collaborators
from search.people import people_of_papers
from tests.search.collaborators.memory import paper, people_in_memory
from tests.search.people.worlds import worlds

LYON, GRAZ, KYOTO = ("i:lyon", "FR"), ("i:graz", "AT"), ("i:kyoto", "JP")
PAPERS = [
    paper(1, 2016, "ann bob", "Dependency parsing", "ACL", topic="Parsing", places={"ann": LYON, "bob": LYON}),
    paper(2, 2018, "ann bob", "Dependency parsing of Czech", "ACL", topic="Parsing"),
    paper(3, 2018, "bob cid", "Parsing Czech treebanks", "TLT", "1", "Parsing", {"cid": GRAZ}),
    paper(4, 2019, "cid", "Treebanks for dependency parsing", "TLT", "1 2", "Parsing", {"cid": GRAZ}),
    paper(5, 2019, "cid dan", "Neural speech synthesis", "Interspeech", topic="Speech", places={"dan": KYOTO}),
    paper(6, 2008, "ann eve", "Morphology", "CL", topic="Morphology", places={"eve": LYON}),
    paper(7, 2017, "eve fay", "Dependency parsing for dialogue", "CL", topic="Dialogue", places={"fay": LYON}),
    paper(8, 2019, "gus", "Protein folding", "Nature", topic="Biology", places={"gus": KYOTO}),
    paper(9, 2012, "hal", "Dependency parsing long ago", "ACL", topic="Parsing", places={"hal": GRAZ}),
]
ASKED = CollaboratorRequest("ann", min_papers=1, limit=50)


def _names(**options: Any) -> list[str]:
    result = find_collaborators(people_in_memory(PAPERS), replace(ASKED, **options))
    return [found.id for found in result.collaborators]


def test_who_was_met_is_not_listed_and_who_has_no_tie_is_not_either() -> None:
    assert set(_names()) == {"cid", "dan", "fay", "hal"}


def test_former_coauthors_come_back_after_years() -> None:
    assert "eve" in _names(not_met_within=5)
    assert "bob" not in _names(not_met_within=5)
    assert {"eve", "bob"} <= set(_names(not_met_within=0))
    (eve,) = (
        found
        for found in find_collaborators(people_in_memory(PAPERS), replace(ASKED, not_met_within=5)).collaborators
        if found.id == "eve"
    )
    assert eve.met == (1, 2008)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"other_country": True}, {"cid", "dan", "hal"}),
        ({"other_institution": True}, {"cid", "dan", "hal"}),
        ({"career": (None, 1)}, {"cid", "dan"}),
        ({"career": (5, None)}, {"hal"}),
        ({"active_since": 2017}, {"cid", "dan", "fay"}),
        ({"interdisciplinary": True}, {"dan", "fay"}),
        ({"filter": "country:AT"}, {"cid", "hal"}),
        ({"exclude": ("cid", "hal")}, {"dan", "fay"}),
        ({"min_papers": 2}, {"cid"}),
    ],
)
def test_conditions(options: dict[str, Any], expected: set[str]) -> None:
    assert set(_names(**options)) == expected


def test_evidence_of_a_row() -> None:
    result = find_collaborators(people_in_memory(PAPERS), ASKED)
    assert result.until == 2019
    assert result.learned_from == 0
    found = {one.id: one for one in result.collaborators}
    cid, dan, hal = found["cid"], found["dan"], found["hal"]
    assert [(step.one.id, step.other.id, step.papers) for step in cid.path] == [("ann", "bob", 2), ("bob", "cid", 1)]
    assert [joint.id for joint in cid.path[0].examples] == ["p0002", "p0001"]
    assert cid.path[0].one.name == "Ann"
    assert [step.other.id for step in dan.path] == ["bob", "cid", "dan"]
    assert hal.path == ()
    assert cid.common_coauthors == 1
    assert [(t.topic, t.yours, t.theirs) for t in cid.shared_topics] == [("Parsing", 2, 2)]
    assert [(t.topic, t.yours, t.theirs) for t in cid.complementary_topics] == [("Speech", 0, 1)]
    assert "dependency parsing" in cid.shared_words
    assert (cid.citations.theirs_of_yours, cid.citations.yours_of_theirs) == (3, 0)
    assert hal.shared_venues == ("ACL",)
    assert (cid.papers, cid.recent_papers, cid.active, hal.active) == (3, 3, True, False)
    assert cid.institutions == ("At i:graz",)
    assert cid.countries == ("AT",)
    for one in result.collaborators:
        assert one.score == pytest.approx(sum(one.parts.values()), abs=1e-3)


def test_a_described_profile() -> None:
    result = find_collaborators(
        people_in_memory(PAPERS), CollaboratorRequest(text="I work on dependency parsing.", min_papers=1, limit=50)
    )
    listed = [one.id for one in result.collaborators]
    assert set(listed) == {"ann", "bob", "cid", "eve", "fay", "hal"}
    assert all(one.path == () and one.met == (0, None) for one in result.collaborators)


def test_pages_are_the_whole_in_pieces() -> None:
    people, whole, cursor, seen = people_in_memory(PAPERS), _names(), None, []
    while True:
        page = find_collaborators(people, replace(ASKED, limit=1, cursor=cursor))
        seen += [(one.id, one.rank) for one in page.collaborators]
        assert page.total == len(whole)
        cursor = page.next
        if cursor is None:
            break
    assert seen == [(name, rank) for rank, name in enumerate(whole, 1)]


@pytest.mark.parametrize(
    ("request_", "error"),
    [
        (CollaboratorRequest(), QueryError),
        (CollaboratorRequest("ann", text="parsing"), QueryError),
        (CollaboratorRequest(text="zzz qqq"), QueryError),
        (CollaboratorRequest("nobody"), NotFoundError),
        (CollaboratorRequest("ann", exclude=("nobody",)), NotFoundError),
        (CollaboratorRequest("ann", filter="nonsense:1"), FilterError),
        (CollaboratorRequest("ann", limit=0), QueryError),
        (CollaboratorRequest("ann", not_met_within=-1), QueryError),
        (CollaboratorRequest("ann", career=(5, 2)), QueryError),
        (CollaboratorRequest(text="parsing", interdisciplinary=True), QueryError),
        (CollaboratorRequest("ann", cursor="AAAA"), CursorError),
    ],
)
def test_what_cannot_be_asked(request_: CollaboratorRequest, error: type[Exception]) -> None:
    with pytest.raises(error):
        find_collaborators(people_in_memory(PAPERS), request_)


def test_a_cursor_is_good_for_its_request_only() -> None:
    people = people_in_memory(PAPERS)
    cursor = find_collaborators(people, replace(ASKED, limit=1)).next
    with pytest.raises(CursorError):
        find_collaborators(people, replace(ASKED, limit=1, cursor=cursor, other_country=True))


def test_an_unknown_country_is_said() -> None:
    result = find_collaborators(people_in_memory(PAPERS), replace(ASKED, author="bob", other_country=True))
    assert not result.warnings  # bob has been in France
    told = find_collaborators(
        people_in_memory(PAPERS), CollaboratorRequest(text="dependency parsing", other_country=True, min_papers=1)
    )
    assert [warning.code for warning in told.warnings] == ["country-unknown"]


def test_what_a_build_packs_gives_the_same_answer() -> None:
    arrays = people_of_papers(PAPERS)
    packed = pack_collaborators(arrays, map(words_of, PAPERS))
    unpack_collaborators(packed)
    made, kept = (
        find_collaborators(people, ASKED).collaborators
        for people in (people_in_memory(PAPERS), people_in_memory(PAPERS, {COLLABORATORS: packed}))
    )
    assert made == kept
    assert all(array.dtype.kind in "if" or array.dtype == np.uint8 for array in packed.values())


@given(worlds(), st.integers(0, 5), st.one_of(st.none(), st.integers(0, 12)), st.integers(0, 6))
@settings(max_examples=25, deadline=None)
def test_never_oneself_nor_the_lately_met_nor_the_excluded(
    papers: list[Paper], who: int, within: int | None, excluded: int
) -> None:
    people = people_in_memory(papers)
    ids = list(people.arrays.author_ids)
    if not ids:
        return
    author = ids[who % len(ids)]
    exclude = (ids[excluded % len(ids)],)
    request = CollaboratorRequest(author, not_met_within=within, exclude=exclude, min_papers=1, limit=50)
    result = find_collaborators(people, request)
    listed = {one.id for one in result.collaborators}
    assert author not in listed
    assert not listed & set(exclude)
    for other in set(ids) - {author}:
        joint = [one.year for one in papers if {author, other} <= {a.author_id for a in one.authorships}]
        dated = [year for year in joint if year is not None]
        if joint and (within is None or not dated or max(dated) > result.until - within):
            assert other not in listed
    for found in result.collaborators:
        for step in found.path:
            wrote = [p.id for p in papers if {step.one.id, step.other.id} <= {a.author_id for a in p.authorships}]
            assert step.papers == len(wrote) > 0
            assert {example.id for example in step.examples} <= set(wrote)
