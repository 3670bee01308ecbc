"""Citation pairs."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest

from indexer.sources.base import CitationLink
from indexer.sources.citation_pairs import CitationPairsReader
from indexer.sources.registry import reader_for
from records.errors import ExternalIdError

from .reading import read, read_text


def test_pairs_of_anthology_ids(tmp_path: Path) -> None:
    reading = read_text(
        "acl-citations", tmp_path, "citing\tcited\n# a remark\nA00-1001\tj82-3002\n\nP18-1001\tA00-1001\n"
    )
    assert reading.items == [CitationLink("acl:A00-1001", "acl:J82-3002"), CitationLink("acl:P18-1001", "acl:A00-1001")]


def test_pairs_of_the_same_source(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv.gz"
    path.write_bytes(gzip.compress(b"p1\tp2\np1\tDOI:10.1000/ABC\n"))
    reading = read(CitationPairsReader("mine", scheme=None), path)
    assert reading.items == [CitationLink("p1", "p2"), CitationLink("p1", "doi:10.1000/abc")]
    assert read(reader_for("acl-citations", "mine", scheme="none"), path).items == reading.items


def test_the_scheme_is_part_of_the_digest(tmp_path: Path) -> None:
    path = tmp_path / "x.tsv"
    path.write_text("A00-1001\tJ82-3002\n")
    digests = {next(CitationPairsReader(scheme=scheme).parts(path)).digest for scheme in ("acl", None)}
    assert len(digests) == 2


def test_an_unknown_scheme_is_refused() -> None:
    with pytest.raises(ExternalIdError, match="known: none, doi"):
        CitationPairsReader(scheme="hdl")
