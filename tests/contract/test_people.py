"""People by name, id and affiliation: the same on every engine, from the arrays it keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest

from records.errors import CursorError, FilterError, QueryError
from search.people import People
from search.people.find import AuthorRequest, complete_name, find_people
from search.profiles import profile
from tests.contract.conftest import StoreFactory
from tests.search.people.houses import in_memory, on_shelves, written

_ORCID = "0000-0002-1825-0097"

PAPERS = [
    written("p01", ("a:garcia", "José García"), where="University of Oslo", ids=[f"orcid:{_ORCID}"]),
    written("p02", ("a:garcia", "Jose Luis Garcia"), ("a:muller-1", "Jörg Müller"), year=2004),
    written("p03", ("a:muller-1", "Jörg Müller"), where="Oslo Institute of Physics"),
    written("p04", ("a:muller-2", "Jörg Müller"), ("a:wang-1", "Wei Wang"), ids=["dblp:pid/65/9612"]),
    written("p05", ("a:wang-2", "Wei-Ming Wang"), ("a:wang-1", "Wei Wang"), year=None),
    written("p06", ("a:rijsbergen", "Cornelis Joost van Rijsbergen"), where="University of Glasgow"),
    written("p07", ("a:rijsbergen", "C. J. van Rijsbergen"), year=1979),
    written("p08", ("a:obrien", "Miles O'Brien"), ("a:ding", "丁佳玙"), ("a:ivanov", "Иван Иванов")),
    written("p09", ("a:smith", "J. Smith"), ("a:wang-1", "Wei Wang"), year=2010),
]


@pytest.fixture(scope="module")
def people(factory: StoreFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    store = factory(tmp_path_factory.mktemp("people") / "store")
    people = on_shelves(store, PAPERS, {"a:garcia-old": "a:garcia"})
    yield people
    people.engine.close()


def _found(people: People, **asked: object) -> list[str]:
    result = find_people(people, AuthorRequest(**asked))  # type: ignore[arg-type]
    assert result.total >= len(result.hits)
    return [hit.document.author.id for hit in result.hits]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("muller", ["a:muller-1", "a:muller-2"]),  # more papers first
        ("MÜLLER jorg", ["a:muller-1", "a:muller-2"]),
        ("Mueller, J.", ["a:muller-1", "a:muller-2"]),
        ("wang", ["a:wang-1", "a:wang-2"]),
        ("wei wang", ["a:wang-1", "a:wang-2"]),
        ("wei wan", ["a:wang-1", "a:wang-2"]),
        ("weiming wang", ["a:wang-2"]),
        ("c j van rijsbergen", ["a:rijsbergen"]),
        ("garcia jose luis", ["a:garcia"]),
        ("obrien", ["a:obrien"]),
        ("O’Brien", ["a:obrien"]),
        ("丁", ["a:ding"]),
        ("ding", ["a:ding"]),
        ("ivanov", ["a:ivanov"]),
        ("Иванов", ["a:ivanov"]),
        ("?!", []),
        (f"https://orcid.org/{_ORCID}", ["a:garcia"]),
    ],
)
def test_names(people: People, name: str, expected: list[str]) -> None:
    assert _found(people, name=name, similar=False) == expected
    assert _found(people, name=name) == expected


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("John Smith", ["a:smith"]),  # printed with an initial
        ("Smith, John", ["a:smith"]),
        ("jorg mulller", ["a:muller-1", "a:muller-2"]),
        ("rijsbegren", ["a:rijsbergen"]),
        ("Keith van Rijsbergen", []),  # an error too many
        ("Cornelis Jozef van Rijsbergen", ["a:rijsbergen"]),
        ("Miles E OBrien", ["a:obrien"]),  # an initial that is not printed
        ("ivan ov", ["a:ivanov"]),
    ],
)
def test_similar_names_are_shown_when_nobody_has_the_name(people: People, name: str, expected: list[str]) -> None:
    assert _found(people, name=name, similar=False) == []
    result = find_people(people, AuthorRequest(name=name))
    assert [hit.document.author.id for hit in result.hits] == expected
    assert [(w.code, name in w.message) for w in result.warnings] == [("similar_names", True)] * bool(expected)


def test_similar_names_come_behind_when_asked_for(people: People) -> None:
    assert _found(people, name="wei wang", similar=True) == ["a:wang-1", "a:wang-2"]
    assert _found(people, name="muler", similar=True) == ["a:muller-1", "a:muller-2"]


@pytest.mark.parametrize(
    ("identifier", "expected"),
    [
        ("a:garcia", ["a:garcia"]),
        ("a:garcia-old", ["a:garcia"]),
        (f"orcid:{_ORCID}", ["a:garcia"]),
        (_ORCID, ["a:garcia"]),
        ("dblp:pid/65/9612", ["a:muller-2"]),
        ("nobody", []),
        ("\ud800", []),
    ],
)
def test_identifiers(people: People, identifier: str, expected: list[str]) -> None:
    assert _found(people, identifier=identifier) == expected


@pytest.mark.parametrize(
    ("affiliation", "expected"),
    [
        ("oslo", ["a:garcia", "a:muller-1"]),
        ("university oslo", ["a:garcia"]),
        ("oslo phys", ["a:muller-1"]),
        ("university physics", []),  # words of two affiliations
    ],
)
def test_affiliations(people: People, affiliation: str, expected: list[str]) -> None:
    assert sorted(_found(people, affiliation=affiliation)) == expected


def test_conditions_add_up(people: People) -> None:
    assert _found(people, name="muller", affiliation="oslo") == ["a:muller-1"]
    assert _found(people, name="muller", filter="papers:1") == ["a:muller-2"]
    assert _found(people, filter="country:NO,papers:>=2", sort="first_year") == [
        "a:garcia",
        "a:muller-1",
        "a:rijsbergen",
    ]


def test_sorting(people: People) -> None:
    assert _found(people, sort="papers")[:4] == ["a:wang-1", "a:garcia", "a:muller-1", "a:rijsbergen"]
    assert _found(people, sort="last_year:asc")[-1] == "a:wang-2"  # no year
    assert _found(people, sort="last_year:desc")[-1] == "a:wang-2"
    assert _found(people, sort="coauthors")[0] == "a:wang-1"
    values = np.nan_to_num(people.arrays.author_metrics["h_index"], nan=-1.0).tolist()
    known = dict(zip(people.arrays.author_ids, values, strict=True))
    assert _found(people, sort="h_index") == sorted(known, key=lambda author: (-known[author], author))


@pytest.mark.parametrize("sort", ["relevance", "papers", "h_index:asc", "first_year"])
@pytest.mark.parametrize("limit", [1, 2, 4, 100])
def test_pages_make_the_whole(people: People, sort: str, limit: int) -> None:
    whole = _found(people, sort=sort, limit=100)
    seen: list[str] = []
    cursor: str | None = None
    while True:
        result = find_people(people, AuthorRequest(sort=sort, limit=limit, cursor=cursor))
        assert result.total == people.arrays.authors
        seen += [hit.document.author.id for hit in result.hits]
        cursor = result.next
        if cursor is None:
            break
    assert seen == whole
    assert len(set(seen)) == people.arrays.authors


def test_cursors_are_of_one_search(people: People) -> None:
    following = find_people(people, AuthorRequest(limit=2)).next
    for wrong in ("nonsense", "", following):
        with pytest.raises(CursorError):
            find_people(people, AuthorRequest(name="wang", cursor=wrong))
    assert find_people(people, AuthorRequest(limit=1, cursor=following)).hits  # another page size is fine


@pytest.mark.parametrize("sort", ["hindex", "relevance:asc", "papers:up", "title"])
def test_wrong_sorts(people: People, sort: str) -> None:
    with pytest.raises(QueryError):
        find_people(people, AuthorRequest(sort=sort))


@pytest.mark.parametrize("limit", [0, -1, 1001])
def test_absurd_limits(people: People, limit: int) -> None:
    with pytest.raises(QueryError, match="limit"):
        find_people(people, AuthorRequest(limit=limit))


def test_wrong_filters_and_long_names(people: People) -> None:
    with pytest.raises(FilterError, match="no filter 'year' of people"):
        find_people(people, AuthorRequest(filter="year:2000"))
    for asked in (AuthorRequest(name="x" * 301), AuthorRequest(affiliation="x" * 301)):
        with pytest.raises(QueryError, match="300 are allowed"):
            find_people(people, asked)


def test_names_are_completed(people: People) -> None:
    assert [(s.text, s.kind, s.id, s.count) for s in complete_name(people, "jörg mül")] == [
        ("Jörg Müller", "author", "a:muller-1", 2),
        ("Jörg Müller", "author", "a:muller-2", 1),
    ]
    assert [s.id for s in complete_name(people, "w", 1)] == ["a:wang-1"]
    assert complete_name(people, "zzz") == []
    assert complete_name(people, "") == complete_name(people, "?") == []


def test_profiles_are_those_of_an_engine_that_looks_at_everything(people: People) -> None:
    memory = in_memory(PAPERS)
    assert list(people.arrays.author_ids) == list(memory.arrays.author_ids)
    for who in memory.arrays.author_ids:
        found = profile(people, who)
        assert found == replace(profile(memory, who), generation=people.engine.generation.id)
    assert profile(people, "a:garcia-old").document.author.id == "a:garcia"
