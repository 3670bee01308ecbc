"""Corpora for speed benches: generated, or real ones of any kind we read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

from evaluation.folder import Folder
from indexer.demo.corpus import generate
from indexer.demo.spec import DemoSpec
from indexer.sources.base import Reader
from indexer.sources.registry import reader_for
from records.errors import EvaluationError
from records.paper import Paper

__all__ = ["bench_papers", "read_papers", "reader_of"]

_ARCHIVES = (".tar", ".tar.gz", ".tgz", ".tar.xz", ".tar.bz2")


def bench_papers(corpus: str | None, papers: int, seed: int) -> Iterable[Paper]:
    """Papers of the corpus at ``corpus``, or a generated one of ``papers`` papers.

    :raises EvaluationError: when there is nothing of a known kind at ``corpus``.
    """
    if corpus is None:
        return generate(DemoSpec(papers, seed=seed)).papers()
    path = Path(corpus)
    if path.is_dir() and (Folder.open(path).find("papers.jsonl")):
        return Folder.open(path).papers()
    return read_papers(reader_of(path), path)


def reader_of(path: Path) -> Reader:
    """The reader for what lies at ``path``, by its name or by what it holds.

    :raises EvaluationError: when it is of no known kind.
    """
    name = path.name.removesuffix(".gz").removesuffix(".xz").removesuffix(".bz2")
    if path.name.endswith(_ARCHIVES) or path.suffix == ".xml" or (path / "xml").is_dir():
        return reader_for("acl")
    if name.endswith(".jsonl"):
        return reader_for("jsonl")
    if name.endswith(".bib"):
        return reader_for("bibtex")
    raise EvaluationError(
        f"{path} is not a corpus: give a benchmark folder (papers.jsonl), the ACL Anthology (a folder with xml/ or an "
        "archive of it), a .jsonl or a .bib file"
    )


def read_papers(reader: Reader, path: Path) -> Iterator[Paper]:
    """The papers at ``path``, first of each id."""
    seen: set[str] = set()
    for part in reader.parts(path):
        for item in part.read():
            if isinstance(item, Paper) and item.id not in seen:
                seen.add(item.id)
                yield item
