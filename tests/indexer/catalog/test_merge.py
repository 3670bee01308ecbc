from __future__ import annotations

import itertools
import random
from collections.abc import Sequence
from operator import itemgetter
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.catalog import Catalog
from indexer.catalog.merging import merge_records
from indexer.catalog.titles import is_weak
from indexer.sources.base import CitationLink, Item
from records.errors import NotFoundError
from records.ids import ExternalId
from records.paper import Paper, Topic, Venue
from search.text import title_key
from tests.indexer.catalog.fakes import FakeReader, author, paper

TITLE = "A fairly long title that tells papers apart"
OTHER = "Quite another title for the same piece of work"


def _clusters(folder: Path, imports: Sequence[tuple[str, Sequence[Item]]]) -> set[frozenset[str]]:
    """Import (source, items) in order and return which records became one paper."""
    with Catalog.open(folder / "c.duckdb") as catalog:
        for source, items in imports:
            catalog.import_source(FakeReader(source, {"all": items}), folder / source)
        catalog.derive()
        live = [p.id for batch in catalog.papers() for p in batch]
        assert live == sorted(live)
        groups: dict[str, set[str]] = {identifier: {identifier} for identifier in live}
        for old, new in catalog.redirects("paper"):
            groups[new].add(old)
    return {frozenset(group) for group in groups.values()}


def test_shared_doi_merges_whatever_the_titles(tmp_path: Path) -> None:
    found = _clusters(
        tmp_path,
        [("a", [paper("1", TITLE, ids=["10.1000/X"])]), ("b", [paper("2", OTHER, ids=["doi:10.1000/x"], year=None)])],
    )
    assert found == {frozenset({"a:1", "b:2"})}


def test_doi_of_a_preprint_is_its_arxiv_id(tmp_path: Path) -> None:
    found = _clusters(
        tmp_path,
        [
            ("a", [paper("1", TITLE, ids=["10.48550/arXiv.2101.00001"])]),
            ("b", [paper("2", OTHER, ids=["arxiv:2101.00001v3"])]),
        ],
    )
    assert found == {frozenset({"a:1", "b:2"})}


def test_ids_chain_over_sources(tmp_path: Path) -> None:
    found = _clusters(
        tmp_path,
        [
            ("a", [paper("1", TITLE, ids=["10.1000/x"])]),
            ("b", [paper("2", OTHER, ids=["arxiv:2101.00001"])]),
            ("c", [paper("3", "A third title", ids=["10.1000/x", "arxiv:2101.00001"])]),
        ],
    )
    assert found == {frozenset({"a:1", "b:2", "c:3"})}


def test_isbn_and_issn_never_merge(tmp_path: Path) -> None:
    ids = ["isbn:978-3-16-148410-0", "issn:0378-5955"]
    found = _clusters(tmp_path, [("a", [paper("1", TITLE, ids=ids)]), ("b", [paper("2", OTHER, ids=ids)])])
    assert len(found) == 2


def test_a_books_doi_on_its_chapters_merges_only_equal_titles(tmp_path: Path) -> None:
    book = ["10.1000/book"]
    found = _clusters(
        tmp_path,
        [
            ("a", [paper("1", TITLE, ids=book), paper("2", OTHER, ids=book), paper("3", OTHER, ids=book)]),
            ("b", [paper("4", TITLE, ids=book), paper("5", "The book itself, with its own title", ids=book)]),
        ],
    )
    assert found == {
        frozenset({"a:1", "b:4"}),
        frozenset({"a:2", "a:3"}),
        frozenset({"b:5"}),
    }


@pytest.mark.parametrize(
    ("one", "other", "merged"),
    [
        (paper("1", TITLE, "Ann Ames"), paper("2", TITLE.upper() + "!", "A. Ames"), True),
        (paper("1", TITLE, "Jan van der Berg"), paper("2", TITLE, author("Berg, Jan van der")), True),
        (paper("1", TITLE, "Ann Ames"), paper("2", TITLE, "Ann Ames", year=2002), False),
        (paper("1", TITLE, "Ann Ames"), paper("2", TITLE, "Ann Ames", year=None), False),
        (paper("1", TITLE, "Ann Ames"), paper("2", TITLE, "Bo Berg"), False),
        (paper("1", TITLE), paper("2", TITLE), False),
        (paper("1", TITLE, "Ann Ames", ids=["10.1/a"]), paper("2", TITLE, "Ann Ames", ids=["10.1/b"]), False),
        (paper("1", TITLE, "Ann Ames", ids=["10.1/a"]), paper("2", TITLE, "Ann Ames", ids=["pmid:77"]), True),
        (
            paper("1", TITLE, "Ann Ames", ids=["10.48550/arXiv.2101.00001"]),
            paper("2", TITLE, "Ann Ames", ids=["10.1/b"]),
            True,
        ),
        (paper("1", "Introduction", "Ann Ames", "Bo Berg"), paper("2", "Introduction", "Ann Ames", "Bo Berg"), False),
        (
            paper("1", "Introduction", "Ann Ames", "Bo Berg", pages="1-3"),
            paper("2", "Introduction.", "Ann Ames", "B. Berg", pages="1\N{EN DASH}4"),
            True,
        ),
        (
            paper("1", "Introduction", "Ann Ames", "Bo Berg", pages="1-3"),
            paper("2", "Introduction", "Ann Ames", "Cy Cole", pages="1-3"),
            False,
        ),
    ],
)
def test_title_year_and_first_author(tmp_path: Path, one: Paper, other: Paper, merged: bool) -> None:
    assert len(_clusters(tmp_path, [("a", [one]), ("b", [other])])) == (1 if merged else 2)


def test_one_source_never_merges_by_title(tmp_path: Path) -> None:
    twice = [paper("1", TITLE, "Ann Ames"), paper("2", TITLE, "Ann Ames")]
    assert len(_clusters(tmp_path / "x", [("a", twice)])) == 2
    # With two candidates in one source, nobody knows which of them the third is.
    assert len(_clusters(tmp_path / "y", [("a", twice), ("b", [paper("3", TITLE, "Ann Ames")])])) == 3


def test_a_contradiction_leaves_the_group_but_not_its_neighbours(tmp_path: Path) -> None:
    found = _clusters(
        tmp_path,
        [
            ("a", [paper("1", TITLE, "Ann Ames", ids=["10.1/a"]), paper("9", OTHER, "Cy Cole")]),
            ("b", [paper("2", TITLE, "Ann Ames"), paper("8", OTHER, "Cy Cole")]),
            ("c", [paper("3", TITLE, "Ann Ames", ids=["10.1/c"])]),
        ],
    )
    assert found == {frozenset({"a:1"}), frozenset({"b:2"}), frozenset({"c:3"}), frozenset({"a:9", "b:8"})}


def test_weak_titles() -> None:
    assert is_weak(title_key("Preface"))
    assert is_weak(title_key("Introduction to the Special Issue"))
    assert is_weak("")
    assert not is_weak(title_key("Attention is all you need"))


_RECORDS = st.lists(
    st.tuples(
        st.sampled_from("abc"),
        st.sampled_from([TITLE, OTHER, "Preface"]),
        st.sampled_from(["Ann Ames", "A. Ames", "Bo Berg"]),
        st.sampled_from([2000, 2001, None]),
        st.sets(st.sampled_from(["10.1000/x", "10.1000/y", "arxiv:2101.00001", "pmid:77"]), max_size=2),
        st.sampled_from(["", "1-2"]),
    ),
    min_size=1,
    max_size=7,
)


def _contents(catalog: Catalog) -> set[str]:
    """Merged papers, without the ids that depend on who came first."""
    found = set()
    for papers in catalog.papers():
        for one in papers:
            bare = (one.title, one.abstract, one.year, one.pages, sorted(map(str, one.ids)), len(one.references))
            found.add(repr((bare, [a.name.full for a in one.authorships], catalog.provenance(one.id))))
    return found


@settings(max_examples=10, deadline=None)
@given(records=_RECORDS, order=st.randoms(use_true_random=False))
def test_order_of_import_only_decides_the_live_id(
    tmp_path_factory: pytest.TempPathFactory,
    records: list[tuple[str, str, str, int | None, set[str], str]],
    order: random.Random,
) -> None:
    items: list[tuple[str, Paper]] = [
        (source, paper(f"{n}", title, name, year=year, ids=sorted(ids), pages=pages, references=["0", "pmid:77"]))
        for n, (source, title, name, year, ids, pages) in enumerate(records)
    ]
    shuffled = list(items)
    order.shuffle(shuffled)
    outcomes = []
    for arranged in (items, shuffled):
        folder = tmp_path_factory.mktemp("order")
        with Catalog.open(folder / "c.duckdb") as catalog:
            for number, (source, group) in enumerate(itertools.groupby(arranged, key=itemgetter(0))):
                parts = {f"part{item.id}": [item] for _, item in group}
                catalog.import_source(FakeReader(source, parts), folder / str(number))
            catalog.derive()
            groups: dict[str, set[str]] = {}
            for old, new in catalog.redirects("paper"):
                groups.setdefault(new, {new}).add(old)
            live = [p.id for batch in catalog.papers() for p in batch]
            first = {f"{source}:{item.id}": n for n, (source, item) in reversed(list(enumerate(arranged)))}
            for identifier in live:
                assert identifier == min(groups.setdefault(identifier, {identifier}), key=first.__getitem__)
            outcomes.append(({frozenset(members) for members in groups.values()}, _contents(catalog)))
            assert len(catalog.redirects("paper")) + len(live) == len(items)
    assert outcomes[0] == outcomes[1]


@settings(max_examples=10, deadline=None)
@given(records=_RECORDS, batch=st.integers(1, 4))
def test_import_is_idempotent(
    tmp_path_factory: pytest.TempPathFactory, records: list[tuple[str, str, str, int | None, set[str], str]], batch: int
) -> None:
    folder = tmp_path_factory.mktemp("again")
    items = [paper(f"{n}", t, name, year=y, ids=sorted(ids)) for n, (_, t, name, y, ids, _) in enumerate(records)]
    with Catalog.open(folder / "c.duckdb") as catalog:
        first = catalog.import_source(FakeReader("s", {"all": items}), folder, batch_items=batch)
        digest, derived = catalog.digest(), catalog.derive()
        again = catalog.import_source(FakeReader("s", {"all": items}), folder, batch_items=batch, force=True)
        assert (first.new, again.unchanged, again.new, again.updated) == (len(items), len(items), 0, 0)
        assert catalog.digest() == digest
        assert catalog.derive() == derived  # not made anew


def test_fields_come_from_who_is_asked_first_and_are_attributed(tmp_path: Path) -> None:
    first = Paper(
        "1",
        "The curated title",
        year=2019,
        date="2019",
        ids=(ExternalId.parse("10.1000/x"),),
        keywords=("parsing",),
        authorships=paper("0", TITLE, "Ann Ames", "Bo Berg").authorships,
    )
    second = Paper(
        "2",
        "An aggregated title",
        abstract="Some abstract.",
        year=2020,
        date="2019-07",
        venue=Venue("A venue"),
        ids=(ExternalId.parse("10.1000/x"), ExternalId.parse("pmid:77")),
        keywords=("parsing", "tagging"),
        topics=(Topic("Syntax"),),
        retracted=True,
        authorships=paper("0", TITLE, author("A. Ames", affiliation="Lab"), "Cy Cole").authorships,
    )
    merged, said = merge_records("acl:1", [("acl", first), ("openalex", second)])
    assert (merged.id, merged.title, merged.abstract) == ("acl:1", "The curated title", "Some abstract.")
    assert (merged.year, merged.date, merged.retracted) == (2019, "2019-07", True)
    assert merged.venue == Venue("A venue")
    assert [str(i) for i in merged.ids] == ["doi:10.1000/x", "pmid:77"]
    assert merged.keywords == ("parsing", "tagging")
    assert [a.name.full for a in merged.authorships] == ["Ann Ames", "Bo Berg"]
    assert [[f.text for f in a.affiliations] for a in merged.authorships] == [["Lab"], []]
    assert said == {
        "title": "acl",
        "abstract": "openalex",
        "year": "acl",
        "date": "openalex",
        "venue": "openalex",
        "authorships": "acl+openalex",
        "ids": "acl+openalex",
        "keywords": "acl+openalex",
        "topics": "openalex",
        "retracted": "openalex",
    }


def test_catalog_keeps_what_each_source_said(tmp_path: Path) -> None:
    one = paper("1", TITLE, "Ann Ames", ids=["10.1000/x"], abstract="Mine.")
    two = paper("2", OTHER, "A. Ames", ids=["10.1000/x"])
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("openalex", {"all": [two]}), tmp_path)
        catalog.import_source(FakeReader("acl", {"all": [one]}), tmp_path)
        catalog.derive()
        assert catalog.records("openalex:2") == [("acl", one), ("openalex", two)]
        assert catalog.provenance("openalex:2")["title"] == "acl"
        ((merged,),) = list(catalog.papers())
        assert merged.title == TITLE
        with pytest.raises(NotFoundError):
            catalog.records("acl:1")
        before = catalog.digest()
        catalog.prefer(["openalex"])
        assert catalog.digest() != before
        catalog.derive()
        ((merged,),) = list(catalog.papers())
        assert (merged.title, merged.abstract) == (OTHER, "Mine.")


def test_citations_resolve_by_any_id(tmp_path: Path) -> None:
    cited = paper("1", TITLE, "Ann Ames", ids=["10.1000/x", "arxiv:2101.00001"])
    for number, target in enumerate(
        ["1", "DOI:10.1000/X", "doi:10.48550/arXiv.2101.00001", "arxiv:2101.00001v2", "acl:1"]
    ):
        folder = tmp_path / str(number)
        with Catalog.open(folder / "c.duckdb") as catalog:
            catalog.import_source(
                FakeReader("acl", {"all": [cited, paper("2", OTHER, references=[target, "3", "doi:10.9/gone", "2"])]}),
                folder,
            )
            report = catalog.derive()
            papers = {p.id: p for batch in catalog.papers() for p in batch}
        assert papers["acl:2"].references == ("acl:1",)
        assert (report.citations, report.self_citations, report.unresolved) == (1, 1, 2)


def test_cycles_and_pairs_from_another_source(tmp_path: Path) -> None:
    papers = [paper(str(n), f"{TITLE} number {n}", references=[str((n + 1) % 3)]) for n in range(3)]
    links = [
        CitationLink("p:0", "p:2"),
        CitationLink("p:0", "p:2"),
        CitationLink("p:0", "p:1"),
        CitationLink("x", "p:1"),
    ]
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("pairs", {"all": links}), tmp_path)
        catalog.import_source(FakeReader("p", {"all": papers}), tmp_path)
        report = catalog.derive()
        references = {p.id: p.references for batch in catalog.papers() for p in batch}
    assert references == {"p:0": ("p:1", "p:2"), "p:1": ("p:2",), "p:2": ("p:0",)}
    assert (report.citations, report.unresolved) == (4, 1)


def test_an_id_of_several_papers_resolves_to_none(tmp_path: Path) -> None:
    book = ["10.1000/book"]
    chapters = [paper("1", TITLE, ids=book), paper("2", OTHER, ids=book)]
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(
            FakeReader("s", {"all": [*chapters, paper("3", "A citing paper", references=["doi:10.1000/book"])]}),
            tmp_path,
        )
        assert catalog.derive().unresolved == 1


def test_merge_of_all_orders_is_one(tmp_path: Path) -> None:
    records = [
        ("a", paper("1", TITLE, "Ann Ames", ids=["10.1/a"])),
        ("b", paper("2", TITLE, "Ann Ames")),
        ("c", paper("3", TITLE, "A. Ames", ids=["pmid:77"])),
    ]
    for n, order in enumerate(itertools.permutations(records)):
        found = _clusters(tmp_path / str(n), [(source, [item]) for source, item in order])
        assert found == {frozenset({"a:1", "b:2", "c:3"})}
