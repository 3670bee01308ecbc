"""A corpus as files: papers and people to import, and the truth about them beside."""

from __future__ import annotations

from pathlib import Path

import msgspec

from indexer.demo.corpus import DemoCorpus, generate
from indexer.demo.files import open_output
from indexer.demo.spec import DemoSpec
from indexer.demo.truth import write_truth
from indexer.sources.jsonl_convert import encode_line
from records.progress import NO_PROGRESS, Progress

__all__ = ["DemoReport", "write_corpus"]


class DemoReport(msgspec.Struct, frozen=True):
    """What was written; ``truth`` counts the lines of each file of the truth."""

    folder: str
    papers: int
    people: int
    curated_people: int
    authorships: int
    references: int
    topics: int
    institutions: int
    venues: int
    files: tuple[str, ...]
    truth: dict[str, int]


def write_corpus(spec: DemoSpec, folder: Path, progress: Progress = NO_PROGRESS, *, truth: bool = True) -> DemoReport:
    """Generate a corpus into ``folder`` (made if need be; files of the same names are replaced).

    Writes ``papers.jsonl.gz`` and ``people.jsonl.gz`` in the JSON Lines source format and, in ``truth/``, who is who,
    who is expert in what, queries and more (docs/demo.md). Each file appears when it is complete.

    :raises OSError: when the folder cannot be written to.
    """
    corpus = generate(spec, progress)
    references = _write_papers(corpus, folder / "papers.jsonl.gz", progress)
    curated = _write_people(corpus, folder / "people.jsonl.gz", progress)
    counts = write_truth(corpus, folder / "truth", progress) if truth else {}
    world = corpus.world
    return DemoReport(
        folder=str(folder),
        papers=spec.papers,
        people=len(world.people),
        curated_people=curated,
        authorships=len(world.papers.authors),
        references=references,
        topics=len(world.vocabulary.topics),
        institutions=len(world.institutions),
        venues=len(world.venues),
        files=("papers.jsonl.gz", "people.jsonl.gz"),
        truth=counts,
    )


def _write_papers(corpus: DemoCorpus, path: Path, progress: Progress) -> int:
    """Write all papers; returns the number of references, dangling ones included."""
    progress.start("papers", corpus.spec.papers)
    references = 0
    with open_output(path) as file:
        for paper in corpus.papers():
            file.write(encode_line(paper) + b"\n")
            references += len(paper.references)
            progress.advance()
    progress.finish()
    return references


def _write_people(corpus: DemoCorpus, path: Path, progress: Progress) -> int:
    """Write the people the source curates; returns how many."""
    progress.start("people", int(corpus.world.people.curated.sum()))
    written = 0
    with open_output(path) as file:
        for person in corpus.people():
            file.write(encode_line(person) + b"\n")
            written += 1
            progress.advance()
    progress.finish()
    return written
