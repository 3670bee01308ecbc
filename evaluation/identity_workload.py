"""Mentions whose people are known, for speed: a generated or a real corpus, and one name that many people bear."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path

import msgspec

from evaluation.corpora import bench_papers
from evaluation.folder import Folder
from evaluation.identity_folder import block_of, mention_paper, read_identity
from indexer.demo.corpus import generate
from indexer.demo.spec import DemoSpec
from indexer.demo.world import person_id
from indexer.identity.disambiguation import Mention, MentionPaper
from records.paper import Paper

__all__ = [
    "ONE_NAME",
    "Workload",
    "anonymous",
    "identified_papers",
    "labelled_workload",
    "one_name",
    "read_workload",
    "workload",
    "write_workload",
]

ONE_NAME = "Jun Sato"
"""The name of everybody in the large block."""


class Workload(msgspec.Struct, frozen=True):
    """``people[i]`` is the person of ``mentions[i]``, "" where nobody knows."""

    papers: tuple[MentionPaper, ...]
    mentions: tuple[Mention, ...]
    people: tuple[str, ...]


def identified_papers(corpus: str | None, papers: int, seed: int) -> Iterator[Paper]:
    """Papers of a corpus; of a generated one, every authorship has its person's true id.

    :raises EvaluationError: when there is nothing of a known kind at ``corpus``.
    """
    if corpus is not None:
        yield from bench_papers(corpus, papers, seed)
        return
    made = generate(DemoSpec(papers, seed=seed))
    offsets, authors = made.world.papers.offsets, made.world.papers.authors
    for at, paper in enumerate(made.papers()):
        people = authors[offsets[at] : offsets[at + 1]].tolist()
        yield msgspec.structs.replace(
            paper,
            authorships=tuple(
                msgspec.structs.replace(authorship, author_id=person_id(person))
                for authorship, person in zip(paper.authorships, people, strict=True)
            ),
        )


def anonymous(paper: Paper) -> Paper:
    """The paper without anything but names and affiliations to tell its authors by."""
    bare = (msgspec.structs.replace(a, author_id=None, ids=(), email=None) for a in paper.authorships)
    return msgspec.structs.replace(paper, authorships=tuple(bare))


def workload(papers: Iterable[Paper]) -> Workload:
    """Every authorship as a mention ("paper#place"), in blocks of first initial and family name."""
    kept: list[MentionPaper] = []
    mentions: list[Mention] = []
    people: list[str] = []
    for paper in papers:
        kept.append(mention_paper(paper))
        for authorship in paper.authorships:
            name = authorship.name.full
            place = authorship.affiliations[0].text if authorship.affiliations else ""
            mentions.append(Mention(f"{paper.id}#{authorship.position}", block_of(name), name, paper.id, place))
            people.append(authorship.author_id or "")
    return Workload(tuple(kept), tuple(mentions), tuple(people))


def labelled_workload(folder: Folder, seed: int) -> Workload:
    """The mentions of a benchmark folder.

    :raises EvaluationError: as :func:`~evaluation.identity_folder.read_identity`.
    """
    problem = read_identity(folder, seed)
    known = dict(zip(problem.labelled.tolist(), problem.authors, strict=True))
    people = tuple(known.get(at, "") for at in range(len(problem.mentions)))
    return Workload(problem.papers, problem.mentions, people)


def one_name(work: Workload, most: int, seed: int) -> Workload:
    """The same work where people drawn at random, up to ``most`` mentions, bear one name: a single block.

    No two of them are on one paper. All papers are kept; there are no mentions when nobody is known.
    """
    written: dict[str, list[int]] = defaultdict(list)
    for at, person in enumerate(work.people):
        if person:
            written[person].append(at)
    drawn = sorted(written)
    random.Random(seed).shuffle(drawn)  # noqa: S311 - repeatable, not secret
    renamed: dict[str, str] = {}  # paper -> the name its bearer had
    chosen: list[int] = []
    for person in drawn:
        papers = {work.mentions[at].paper for at in written[person]}
        fits = len(papers) == len(written[person]) and len(chosen) + len(papers) <= most
        if fits and not papers & renamed.keys():
            chosen += written[person]
            renamed.update((work.mentions[at].paper, work.mentions[at].name) for at in written[person])
    chosen.sort()
    return Workload(
        papers=tuple(_renamed(paper, renamed.get(paper.id)) for paper in work.papers),
        mentions=tuple(
            msgspec.structs.replace(work.mentions[at], name=ONE_NAME, block=block_of(ONE_NAME)) for at in chosen
        ),
        people=tuple(work.people[at] for at in chosen),
    )


def _renamed(paper: MentionPaper, name: str | None) -> MentionPaper:
    if name is None:
        return paper
    authors = tuple(ONE_NAME if author == name else author for author in paper.authors)
    return msgspec.structs.replace(paper, authors=authors)


def write_workload(work: Workload, path: Path) -> None:
    """Write ``work`` for :func:`read_workload`."""
    path.write_bytes(msgspec.msgpack.encode(work))


def read_workload(path: Path) -> Workload:
    """What :func:`write_workload` wrote."""
    return msgspec.msgpack.decode(path.read_bytes(), type=Workload)
