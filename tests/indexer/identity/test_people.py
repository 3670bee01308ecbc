from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

import pytest

from indexer.catalog import Catalog
from indexer.sources.base import Item, Person
from records.author import Author, IdentityBasis
from records.errors import CatalogError, NotFoundError
from records.ids import ExternalId
from records.name import Name
from records.paper import Authorship
from tests.indexer.catalog.fakes import FakeReader, author, paper

ORCID = "0000-0002-1825-0097"
ORCID2 = "0000-0001-5109-3700"


def _title(number: int) -> str:
    return f"A title long enough to tell paper {number} apart"


def _papers(*bylines: Sequence[str | Authorship], year: int = 2000) -> list[Item]:
    """Papers 0, 1, ... with these authors, a year apart."""
    return [paper(str(n), _title(n), *byline, year=year + n) for n, byline in enumerate(bylines)]


def _derive(path: Path, sources: Mapping[str, Sequence[Item]]) -> Catalog:
    catalog = Catalog.open(path / "c.duckdb")
    for source, items in sources.items():
        catalog.import_source(FakeReader(source, {"all": items}), path / source)
    catalog.derive()
    return catalog


def _people(catalog: Catalog) -> dict[str, Author]:
    return {one.id: one for batch in catalog.authors() for one in batch}


def _groups(catalog: Catalog) -> set[frozenset[str]]:
    """Which places ("p:0#1") are one person's."""
    groups: dict[str, set[str]] = {}
    for batch in catalog.papers():
        for one in batch:
            for place, authorship in enumerate(one.authorships):
                assert authorship.position == place
                groups.setdefault(str(authorship.author_id), set()).add(f"{one.id}#{place}")
    assert set(groups) == set(_people(catalog))
    return {frozenset(group) for group in groups.values()}


def _sets(*groups: str) -> set[frozenset[str]]:
    return {frozenset(group.split()) for group in groups}


def test_one_source_id_is_one_person_under_any_name(tmp_path: Path) -> None:
    papers = _papers([author("Ann Ames", "ann")], [author("A. Ames-Berg", "ann")], [author("Ann Ames", "ann-2")])
    with _derive(tmp_path, {"p": papers}) as catalog:
        assert _groups(catalog) == _sets("p:0#0 p:1#0", "p:2#0")
        people = _people(catalog)
        assert list(people) == ["p:ann", "p:ann-2"]
        assert people["p:ann"].basis is IdentityBasis.SOURCE_ID


def test_one_orcid_is_one_person_across_sources(tmp_path: Path) -> None:
    a = [paper("0", _title(0), author("Ann Ames", "ann", orcid=ORCID))]
    b = [
        paper("1", _title(1), author("Ann M. Ames", "7", orcid=ORCID)),
        paper("2", _title(2), author("A. Ames", orcid=ORCID)),
    ]
    with _derive(tmp_path, {"acl": a, "works": b}) as catalog:
        assert _groups(catalog) == _sets("acl:0#0 works:1#0 works:2#0")
        ((person),) = _people(catalog).values()
        assert (person.id, person.basis, person.papers) == ("acl:ann", IdentityBasis.EXTERNAL_ID, 3)
        assert person.ids == (ExternalId.parse(ORCID, "orcid"),)
        assert catalog.redirects("author") == [(f"orcid:{ORCID}", "acl:ann"), ("works:7", "acl:ann")]


def test_orcid_on_two_places_of_one_paper_says_nothing(tmp_path: Path) -> None:
    papers = _papers([author("Ann Ames", "ann", orcid=ORCID), author("Bo Berg", "bo", orcid=ORCID)])
    with _derive(tmp_path, {"p": papers}) as catalog:
        assert _groups(catalog) == _sets("p:0#0", "p:0#1")


def test_curated_orcid_and_look_alikes(tmp_path: Path) -> None:
    people: list[Item] = [
        Person("ann-1", Name("Ames", "Ann"), ids=(ExternalId.parse(ORCID, "orcid"),), not_same_as=("ann-2",)),
        Person("ann-2", Name("Ames", "Ann"), ids=(ExternalId.parse(ORCID, "orcid"),)),
        Person("bo-1", Name("Berg", "Bo"), ids=(ExternalId.parse(ORCID2, "orcid"),)),
        Person("bo-2", Name("Berg", "Bo"), ids=(ExternalId.parse(ORCID2, "orcid"),), affiliations=("A lab",)),
    ]
    papers = _papers(
        [author("Ann Ames", "ann-1")],
        [author("Ann Ames", "ann-2")],
        [author("Bo Berg", "bo-1")],
        [author("Bo Berg", "bo-2")],
    )
    with _derive(tmp_path, {"p": [*people, *papers]}) as catalog:
        assert _groups(catalog) == _sets("p:0#0", "p:1#0", "p:2#0 p:3#0")
        assert [a.text for a in _people(catalog)["p:bo-1"].affiliations] == ["A lab"]


def test_full_names_gather_and_are_provisional(tmp_path: Path) -> None:
    papers = _papers(["Ann Ames"], ["Ann Ámes"], ["Ann B. Ames"], ["A. Ames"], ["A. Ames"])
    with _derive(tmp_path, {"p": papers}) as catalog:
        assert _groups(catalog) == _sets("p:0#0 p:1#0", "p:2#0", "p:3#0", "p:4#0")
        people = _people(catalog)
        assert {person.basis for person in people.values()} == {IdentityBasis.NAME}
        assert all(identifier.startswith(("name:ann-", "name:a-ames-")) for identifier in people)


def test_name_joins_the_only_person_with_ids_who_bears_it(tmp_path: Path) -> None:
    curated: list[Item] = [Person("ann", Name("Ames", "Ann"), variants=(Name("Berg", "Ann"),))]
    papers = _papers([author("Ann Ames", "ann")], ["Ann Ames"], ["Ann Berg"], ["Cy Cole"])
    with _derive(tmp_path, {"p": [*curated, *papers]}) as catalog:
        assert _groups(catalog) == _sets("p:0#0 p:1#0 p:2#0", "p:3#0")
        ann = _people(catalog)["p:ann"]
        assert ann.basis is IdentityBasis.SOURCE_ID
        assert ann.name == Name("Ames", "Ann")
        assert ann.variants == (Name("Berg", "Ann"),)


def test_name_borne_by_two_people_with_ids_stays_alone(tmp_path: Path) -> None:
    papers = _papers([author("Ann Ames", "ann-1")], [author("Ann Ames", "ann-2")], ["Ann Ames"], ["Ann Ames"])
    with _derive(tmp_path / "papers", {"p": papers}) as catalog:
        assert _groups(catalog) == _sets("p:0#0", "p:1#0", "p:2#0 p:3#0")
    # A look-alike without a paper of its own bears the name as well.
    people: list[Item] = [Person("ann-2", Name("Ames", "Ann"))]
    with _derive(
        tmp_path / "people", {"p": [*people, *_papers([author("Ann Ames", "ann-1")], ["Ann Ames"])]}
    ) as catalog:
        assert _groups(catalog) == _sets("p:0#0", "p:1#0")


def test_nobody_stands_twice_on_a_paper(tmp_path: Path) -> None:
    papers = _papers([author("Ann Ames", "ann"), "Ann Ames"], ["Ann Ames"])
    with _derive(tmp_path, {"p": papers}) as catalog:
        # The name node also stands beside the person on paper 0, so it is somebody else.
        assert _groups(catalog) == _sets("p:0#0", "p:0#1 p:1#0")


def test_initials_need_a_coauthor_in_common(tmp_path: Path) -> None:
    papers = _papers(["A. Ames", "Bo Berg"], ["A. Ames", "Bo Berg"], ["A. Ames", "Cy Cole"], ["A. Ames"])
    with _derive(tmp_path, {"p": papers}) as catalog:
        assert _groups(catalog) == _sets("p:0#0 p:1#0", "p:2#0", "p:3#0", "p:0#1 p:1#1", "p:2#1")


def test_same_place_on_two_records_of_a_paper(tmp_path: Path) -> None:
    a = [paper("0", _title(0), author("Ann Ames", "ann"), author("Bo Berg", "bo"))]
    b = [
        paper("9", _title(0), author("A. Ames", "7", affiliation="A lab"), author("Cole, Cy", "8", affiliation="No")),
        paper("1", _title(1), author("A. Ames", "7")),
    ]
    with _derive(tmp_path, {"acl": a, "works": b}) as catalog:
        # Cy Cole stands where Bo Berg does, but is another name.
        assert _groups(catalog) == _sets("acl:0#0 works:1#0", "acl:0#1")
        assert ("works:7", "acl:ann") in catalog.redirects("author")
        people = _people(catalog)
        assert [a.text for a in people["acl:ann"].affiliations] == ["A lab"]
        assert people["acl:bo"].affiliations == ()


def test_aligned_ids_do_not_join_what_a_source_tells_apart(tmp_path: Path) -> None:
    a = [paper("0", _title(0), author("Wei Wang", "w1")), paper("1", _title(1), author("Wei Wang", "w2"))]
    b = [paper("8", _title(0), author("Wei Wang", "7")), paper("9", _title(1), author("Wei Wang", "7"))]
    with _derive(tmp_path, {"acl": a, "works": b}) as catalog:
        assert _groups(catalog) == _sets("acl:0#0", "acl:1#0")


def test_profile_counts_names_years_and_affiliations(tmp_path: Path) -> None:
    papers = [
        paper("0", _title(0), author("Ann Ames", "ann", affiliation="First lab"), year=1999),
        paper("1", _title(1), author("A. Ames", "ann", affiliation="First lab"), year=2003),
        paper("2", _title(2), author("A. Ames", "ann", affiliation="Second lab"), year=2007),
        paper("3", _title(3), author("Ann Ames", "ann"), year=None),
        paper("4", _title(4), author("Ann Ämes", "ann"), year=2001),
    ]
    with _derive(tmp_path, {"p": papers}) as catalog:
        (ann,) = _people(catalog).values()
    assert (ann.papers, ann.first_year, ann.last_year) == (5, 1999, 2007)
    assert ann.name == Name("Ames", "A.")  # twice, like "Ann Ames", but later
    assert ann.variants == (Name("Ames", "Ann"), Name("Ämes", "Ann"))
    assert [(a.text, a.first_year, a.last_year, a.papers) for a in ann.affiliations] == [
        ("Second lab", 2007, 2007, 1),
        ("First lab", 1999, 2003, 2),
    ]


def test_made_ids_are_stable_and_lead_on(tmp_path: Path) -> None:
    with _derive(tmp_path, {"p": _papers(["Ann Ames"], ["B. Berg", "Cy Cole"], ["B. Berg", "Di Dole"])}) as catalog:
        before = {frozenset(group) for group in _groups(catalog)}
        ids = {p.id: [a.author_id for a in p.authorships] for batch in catalog.papers() for p in batch}
        catalog.derive(force=True)
        assert _groups(catalog) == before
        assert ids == {p.id: [a.author_id for a in p.authorships] for batch in catalog.papers() for p in batch}
        # A paper of both co-authors joins the two B. Bergs: the later id leads to the one that lives on.
        more = [
            paper("9", _title(9), "B. Berg", "Cy Cole", "Di Dole"),
            paper("8", _title(8), author("Ann Ames", "ann")),
        ]
        catalog.import_source(FakeReader("q", {"all": more}), tmp_path)
        catalog.derive()
        assert frozenset({"p:1#0", "p:2#0", "q:9#0"}) in _groups(catalog)
        redirects = dict(catalog.redirects("author"))
        assert redirects == {ids["p:2"][0]: ids["p:1"][0], ids["p:0"][0]: "q:ann"}
        assert set(redirects.values()) <= set(_people(catalog))


def test_judgements_join_part_and_are_taken_back(tmp_path: Path) -> None:
    papers = _papers(
        [author("Ann Ames", "ann-1")], [author("Anne Ames", "ann-2")], ["Cy Cole"], ["Cy Cole"], ["Cy Cole"]
    )
    with _derive(tmp_path, {"p": papers}) as catalog:
        alone = _groups(catalog)
        digest = catalog.digest()
        same = catalog.judge("same", "p:ann-1", "p:ann-2", who="curator", why="wrote to me")
        different = catalog.judge("different", "p:2#0", "p:3#0", who="curator")
        assert catalog.digest() != digest
        catalog.derive()
        assert _groups(catalog) == _sets("p:0#0 p:1#0", "p:2#0", "p:3#0", "p:4#0")
        assert _people(catalog)["p:ann-1"].basis is IdentityBasis.JUDGEMENT
        assert ("p:ann-2", "p:ann-1") in catalog.redirects("author")
        catalog.undo_judgement(same, who="curator", why="a mistake")
        catalog.undo_judgement(different, who="curator")
        catalog.derive()
        assert _groups(catalog) == alone
        log = catalog.judgements()
        assert [(j.number, j.verdict, j.valid, j.undoes) for j in log] == [
            (1, "same", False, None),
            (2, "different", False, None),
            (3, "undo", True, 1),
            (4, "undo", True, 2),
        ]
        assert (log[0].who, log[0].why) == ("curator", "wrote to me")
        assert catalog.status().judgements == 4


def test_judgement_on_a_made_id_keeps_its_meaning(tmp_path: Path) -> None:
    with _derive(tmp_path, {"p": _papers(["Ann Ames"], [author("Ann M. Ames", "ann")])}) as catalog:
        (made,) = (identifier for identifier in _people(catalog) if identifier.startswith("name:"))
        catalog.judge("same", made, "p:ann", who="curator")
        catalog.derive()
        assert _groups(catalog) == _sets("p:0#0 p:1#0")
        catalog.import_source(FakeReader("q", {"all": [paper("7", _title(7), "Ann Ames")]}), tmp_path)
        catalog.derive(force=True)
        assert _groups(catalog) == _sets("p:0#0 p:1#0 q:7#0")


def test_judgement_different_keeps_a_name_from_a_person(tmp_path: Path) -> None:
    with _derive(tmp_path, {"p": _papers([author("Ann Ames", "ann")], ["Ann Ames"])}) as catalog:
        assert len(_groups(catalog)) == 1
        catalog.judge("different", "p:1#0", "p:ann", who="curator")
        catalog.derive()
        assert _groups(catalog) == _sets("p:0#0", "p:1#0")


def test_judgements_that_cannot_be(tmp_path: Path) -> None:
    papers = _papers([author("Ann Ames", "a")], [author("Bo Berg", "b")], [author("Cy Cole", "c")])
    with _derive(tmp_path, {"p": papers}) as catalog:
        first = catalog.judge("same", "p:a", "p:b", who="curator")
        catalog.judge("same", "p:b", "p:c", who="curator")
        with pytest.raises(CatalogError, match="contradicts"):
            catalog.judge("different", "p:c", "p:a", who="curator")
        catalog.undo_judgement(first, who="curator")
        number = catalog.judge("different", "p:c", "p:a", who="curator")
        with pytest.raises(CatalogError, match=f"contradicts judgement {number}"):
            catalog.judge("same", "p:a", "p:b", who="curator")
        with pytest.raises(NotFoundError):
            catalog.judge("same", "p:a", "p:nobody", who="curator")
        with pytest.raises(NotFoundError):
            catalog.judge("same", "p:a", "p:0#9", who="curator")
        with pytest.raises(CatalogError, match="both ends"):
            catalog.judge("same", "p:a", "p:a", who="curator")
        with pytest.raises(CatalogError, match="who makes it"):
            catalog.judge("same", "p:a", "p:b", who=" ")
        with pytest.raises(CatalogError, match="taken back before"):
            catalog.undo_judgement(first, who="curator")
        with pytest.raises(CatalogError, match="itself an undo"):
            catalog.undo_judgement(3, who="curator")
        with pytest.raises(NotFoundError):
            catalog.undo_judgement(99, who="curator")


def test_order_of_import_does_not_change_who_is_who(tmp_path: Path) -> None:
    a = [
        paper("0", _title(0), author("Ann Ames", "ann", orcid=ORCID), "B. Berg"),
        paper("1", _title(1), "Ann Ames", "B. Berg"),
    ]
    b = [
        paper("9", _title(0), author("Ann Ames", "7"), author("B. Berg", "8")),
        paper("5", _title(5), author("A. Ames", "7")),
    ]
    c = [paper("3", _title(3), author("Ann Ames", orcid=ORCID), "Cy Cole")]
    sources = {"acl": a, "works": b, "more": c}
    found = []
    for number, order in enumerate((["acl", "works", "more"], ["more", "works", "acl"], ["works", "acl", "more"])):
        with _derive(tmp_path / str(number), {name: sources[name] for name in order}) as catalog:
            alias = dict(catalog.redirects("paper"))
            canonical = {new: min(new, *(old for old, to in alias.items() if to == new)) for new in alias.values()}
            found.append(
                {
                    frozenset(
                        canonical.get(place.partition("#")[0], place.partition("#")[0]) + place[place.index("#") :]
                        for place in group
                    )
                    for group in _groups(catalog)
                }
            )
    assert found[0] == found[1] == found[2]
