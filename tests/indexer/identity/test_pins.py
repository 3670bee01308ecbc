"""Pinned papers: a log whose latest list counts, and which follows people and papers through merges."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from indexer.catalog import Catalog
from indexer.identity.pins import MOST_PINNED
from records.errors import CatalogError, NotFoundError
from tests.indexer.catalog.fakes import FakeReader, author, paper

_TITLE = "A title long enough to tell paper {} apart"


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    ann, bob = author("Ann Ames", "ann"), author("Bob Berg", "bob")
    items = [
        paper("0", _TITLE.format(0), ann),
        paper("1", _TITLE.format(1), ann, bob, year=2001),
        paper("2", _TITLE.format(2), bob, year=2002),
    ]
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        catalog.import_source(FakeReader("p", {"all": items}), tmp_path / "p")
        catalog.derive()
        yield catalog


def _pinned(catalog: Catalog) -> dict[str, tuple[str, ...]]:
    catalog.derive()
    return {one.id: one.pinned for batch in catalog.authors() for one in batch if one.pinned}


def test_the_latest_list_counts_and_all_are_kept(catalog: Catalog) -> None:
    assert (catalog.pins(), _pinned(catalog)) == ([], {})
    assert catalog.pin("p:ann", ["p:1", "p:0"], who="Cy") == 1
    assert _pinned(catalog) == {"p:ann": ("p:1", "p:0")}
    assert catalog.pin("p:ann", ["p:0"], who="Cy", why="newer") == 2
    assert catalog.pin("p:bob", ["p:2"], who="Cy") == 3
    assert _pinned(catalog) == {"p:ann": ("p:0",), "p:bob": ("p:2",)}
    assert catalog.pin("p:ann", [], who="Di") == 4
    assert _pinned(catalog) == {"p:bob": ("p:2",)}
    assert [(one.number, one.author, one.papers, one.who, one.why) for one in catalog.pins()] == [
        (1, "p:ann", ("p:1", "p:0"), "Cy", ""),
        (2, "p:ann", ("p:0",), "Cy", "newer"),
        (3, "p:bob", ("p:2",), "Cy", ""),
        (4, "p:ann", (), "Di", ""),
    ]


def test_a_list_changes_the_state_that_is_built(catalog: Catalog) -> None:
    before = catalog.digest()
    catalog.pin("p:ann", ["p:1"], who="Cy")
    assert catalog.digest() != before


def test_a_list_follows_its_person_and_its_papers_through_merges(catalog: Catalog, tmp_path: Path) -> None:
    other = [paper("x", _TITLE.format(9), author("Anna Ames", "anna"), year=1990)]
    catalog.import_source(FakeReader("q", {"all": other}), tmp_path / "q")
    catalog.derive()
    catalog.pin("q:anna", ["q:x"], who="Cy")
    catalog.judge("same", "p:ann", "q:anna", who="Cy")
    assert _pinned(catalog) == {"p:ann": ("q:x",)}
    catalog.pin("q:anna", ["p:0", "q:x"], who="Cy")  # by the id that was merged away
    assert _pinned(catalog) == {"p:ann": ("p:0", "q:x")}


@pytest.mark.parametrize(
    ("person", "papers", "error", "message"),
    [
        ("p:nobody", ["p:0"], NotFoundError, "no author"),
        ("p:ann", ["p:9"], NotFoundError, "no paper"),
        ("p:ann", ["p:2"], CatalogError, "not a paper of p:ann"),
        ("p:ann", ["p:0", "p:0"], CatalogError, "pinned twice"),
        ("p:ann", ["p:0"] * (MOST_PINNED + 1), CatalogError, "too many"),
    ],
)
def test_what_cannot_be_pinned(
    catalog: Catalog, person: str, papers: list[str], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        catalog.pin(person, papers, who="Cy")
    with pytest.raises(CatalogError, match="the name of who makes it"):
        catalog.pin("p:ann", ["p:0"], who=" ")
    assert catalog.pins() == []


def test_reading_only_and_before_a_derivation(catalog: Catalog, tmp_path: Path) -> None:
    path = catalog.path
    catalog.close()
    with Catalog.open(path, read_only=True) as reading:
        assert reading.pins() == []
        with pytest.raises(CatalogError, match="reading only"):
            reading.pin("p:ann", ["p:0"], who="Cy")
    with Catalog.open(tmp_path / "new.duckdb") as empty, pytest.raises(CatalogError, match="derive"):
        empty.pin("p:ann", ["p:0"], who="Cy")
