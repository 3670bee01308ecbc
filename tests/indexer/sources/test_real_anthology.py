"""The real Anthology where it is at hand; a generated one of the same shape where it is not."""

from __future__ import annotations

import gzip
from collections import Counter
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import pytest

from indexer.sources.acl import AclReader
from indexer.sources.base import CitationLink, Item, Part, Person, Rejection
from indexer.sources.citation_pairs import CitationPairsReader
from records.paper import Paper
from tests.data_paths import shared_data

from .anthology import write_folder, write_tar

PARTS = 150
"""XML files read of the whole archive; enough for every kind of volume."""


def _anthology(folder: Path) -> Path:
    data = shared_data()
    if data is not None:
        return data / "acl-anthology" / "anthology.tar.xz"
    return write_tar(write_folder(folder), folder / "anthology.tar.xz")


@pytest.fixture(scope="module")
def parts(tmp_path_factory: pytest.TempPathFactory) -> list[Part]:
    return list(islice(AclReader().parts(_anthology(tmp_path_factory.mktemp("anthology"))), PARTS + 1))


def _items(parts: list[Part]) -> Iterator[Item]:
    for part in parts:
        yield from part.read()


def _raw(part: Part) -> bytes:
    """The bytes of an XML part, through its closure: an independent count needs the raw file."""
    cells = part.read.__closure__ or ()
    return next(cell.cell_contents for cell in cells if isinstance(cell.cell_contents, bytes))


def test_every_paper_element_is_a_paper_or_a_rejection(parts: list[Part]) -> None:
    for part in parts[1:]:
        items = list(part.read())
        read = sum(isinstance(item, Paper) for item in items)
        refused = sum(isinstance(item, Rejection) and not item.partial for item in items)
        assert read + refused == _raw(part).count(b"<paper "), part.name


def test_the_papers_are_sound(parts: list[Part]) -> None:
    papers = [item for item in _items(parts) if isinstance(item, Paper)]
    ids = Counter(paper.id for paper in papers)
    assert max(ids.values()) == 1
    for paper in papers:
        assert paper.year is not None
        assert paper.venue is not None
        assert "<" not in paper.title or ">" in paper.title
        assert paper.ids[0].value == paper.id
        assert [authorship.position for authorship in paper.authorships] == list(range(len(paper.authorships)))


def test_the_people_are_sound(parts: list[Part]) -> None:
    people = [item for item in parts[0].read() if isinstance(item, Person)]
    known = {person.id for person in people}
    assert len(known) == len(people)
    named = {
        authorship.author_id
        for item in _items(parts)
        if isinstance(item, Paper)
        for authorship in item.authorships
        if authorship.author_id
    }
    # Nearly every id an author carries is a curated person's; a source may mark one it does not list.
    assert len(named - known) <= len(named) // 10


def test_citations(tmp_path: Path) -> None:
    data = shared_data()
    path = tmp_path / "citations.tsv.gz"
    if data is not None:
        path = data / "acl-anthology" / "citations.tsv.gz"
    else:
        path.write_bytes(gzip.compress(b"P18-1001\tA00-1001\nP18-1002\tP18-1001\n"))
    lines = gzip.decompress(path.read_bytes()).count(b"\n")
    items = [item for part in CitationPairsReader().parts(path) for item in part.read()]
    links = [item for item in items if isinstance(item, CitationLink)]
    assert len(items) == lines
    assert len(links) > 0.999 * lines
    assert all(link.citing.startswith("acl:") and link.cited.startswith("acl:") for link in links)
