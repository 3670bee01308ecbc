"""Benchmark folders about people: who is who, and who should review what."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from indexer.demo.conflicts import Conflict, conflicts
from indexer.demo.corpus import DemoCorpus
from indexer.demo.naming import printed_name
from indexer.demo.relations import name_keys
from indexer.demo.simple import chosen_papers, simple_papers
from indexer.demo.streams import Stream
from indexer.demo.teams import Kind
from indexer.demo.truth import write_lines
from indexer.demo.world import World, paper_id, person_id
from records.name import Name

__all__ = ["block_of", "write_identity", "write_reviewers"]

_BLOCKS = 150
_SIGNATURES = range(4, 400)
_REVIEWERS, _SUBMISSIONS, _RATINGS = 120, 80, 10


def block_of(name: Name) -> str:
    """First letter of the given name and family name in plain letters: what namesakes have in common."""
    family = "_".join(re.findall(r"[a-z0-9]+", anyascii(name.family).lower()))
    return f"{anyascii(name.given[:1]).lower()[:1]}_{family}"


def write_identity(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    """Up to 150 blocks of namesakes with two and more people: each authorship printed so is a signature."""
    world = corpus.world
    people = _namesakes(world)
    paper = np.repeat(np.arange(len(world.papers.year)), np.diff(world.papers.offsets))
    chosen = np.unique(paper[people[world.papers.authors]])
    signatures = sorted(_signatures(corpus, chosen, people))
    numbered: list[tuple[str, str, str, str, str]] = []
    names, affiliations = [], []
    counts: dict[str, int] = {}
    for block, at, person, name, affiliation in signatures:
        number = counts.get(block, 0)
        counts[block] = number + 1
        numbered.append((f"{block}#{number}", block, paper_id(at), person_id(person), name))
        names.append(name)
        affiliations.append(affiliation)
    lines = (
        msgspec.json.encode({"signature": s, "block": b, "name": n, "paper": p, "affiliation": a})
        for (s, b, p, _, n), a in zip(numbered, affiliations, strict=True)
    )
    labels = (f"{s}\t{b}\t{p}\t{true}" for s, b, p, true, _ in numbered)
    papers = simple_papers(corpus, chosen, author_id=lambda _, a: f"name:{block_of(a.name)}")
    return {
        "papers.jsonl.gz": write_lines(folder / "papers.jsonl.gz", papers),
        "signatures.jsonl.gz": write_lines(folder / "signatures.jsonl.gz", lines),
        "labels.tsv": write_lines(folder / "labels.tsv", labels),
    }


def _namesakes(world: World) -> npt.NDArray[np.bool_]:
    """Which people belong to the chosen blocks (first initial and family name as they began)."""
    keys = name_keys(world, initial=True)
    papers = np.bincount(world.papers.authors, minlength=len(keys))
    known, group, size = np.unique(keys, return_inverse=True, return_counts=True)
    signatures = np.bincount(group, weights=papers).astype(np.int64)
    able = np.flatnonzero((size >= 2) & (signatures >= _SIGNATURES.start) & (signatures < _SIGNATURES.stop))
    shuffled = able[np.argsort(Stream(world.spec.seed, "identity benchmark").words(len(able)), kind="stable")]
    chosen = np.zeros(len(known), dtype=bool)
    chosen[shuffled[:_BLOCKS]] = True
    return np.asarray(chosen[group], dtype=np.bool_)


def _signatures(
    corpus: DemoCorpus, chosen: npt.NDArray[np.int64], people: npt.NDArray[np.bool_]
) -> Iterator[tuple[str, int, int, str, str]]:
    """(block, paper, person, name, affiliation); a name printed so that it leaves its block is no signature."""
    world = corpus.world
    for at, paper in chosen_papers(corpus, chosen):
        low, high = world.papers.offsets[at], world.papers.offsets[at + 1]
        for person, authorship in zip(world.papers.authors[low:high].tolist(), paper.authorships, strict=True):
            if not people[person]:
                continue
            home = block_of(printed_name(world.people.names[person].tolist(), 9))
            block = block_of(authorship.name)
            if block == home:
                place = authorship.affiliations[0].text if authorship.affiliations else ""
                yield block, at, person, authorship.name.full, place


def write_reviewers(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    """Submissions of the last year, established reviewers with their earlier papers, ratings and conflicts."""
    world = corpus.world
    stream = Stream(world.spec.seed, "reviewer benchmark")
    year = world.spec.last_year
    submitted = np.flatnonzero((world.papers.year == year) & (world.papers.kind == Kind.ARTICLE))
    submissions = np.sort(submitted[np.argsort(stream.words(len(submitted)), kind="stable")[:_SUBMISSIONS]])
    reviewers = _reviewers(world, stream)
    own = _earlier_papers(world, reviewers)
    ratings = list(_ratings(world, stream, reviewers, own, submissions))
    found = conflicts(world, reviewers, submissions)
    papers = np.unique(np.concatenate((submissions, *own.values())))
    people = (
        msgspec.json.encode(
            {
                "id": person_id(person),
                "name": corpus.names_of(person)[0].full,
                "papers": [paper_id(p) for p in own[person].tolist()],
            }
        )
        for person in reviewers.tolist()
    )
    return {
        "papers.jsonl.gz": write_lines(folder / "papers.jsonl.gz", simple_papers(corpus, papers)),
        "reviewers.jsonl.gz": write_lines(folder / "reviewers.jsonl.gz", people),
        "evaluations.tsv": write_lines(folder / "evaluations.tsv", ratings),
        "conflicts.tsv": write_lines(folder / "conflicts.tsv", map(_conflict_line, found)),
    }


def _conflict_line(found: Conflict) -> str:
    """Columns: reviewer, paper, reason, author of the paper it is about."""
    return f"{person_id(found.reviewer)}\t{paper_id(found.paper)}\t{found.reason}\t{person_id(found.author)}"


def _reviewers(world: World, stream: Stream) -> npt.NDArray[np.int64]:
    year = world.spec.last_year
    early = np.repeat(world.papers.year < year, np.diff(world.papers.offsets))
    papers = np.bincount(world.papers.authors[early], minlength=len(world.people))
    able = np.flatnonzero((papers >= 4) & (world.people.end >= year))
    return np.sort(able[np.argsort(stream.words(len(able)), kind="stable")[:_REVIEWERS]])


def _earlier_papers(world: World, reviewers: npt.NDArray[np.int64]) -> dict[int, npt.NDArray[np.int64]]:
    """Papers of each reviewer before the last year, ascending."""
    mine = np.zeros(len(world.people), dtype=bool)
    mine[reviewers] = True
    entries = np.flatnonzero(mine[world.papers.authors])
    paper = np.searchsorted(world.papers.offsets, entries, side="right") - 1
    early = world.papers.year[paper] < world.spec.last_year
    person, paper = world.papers.authors[entries[early]], paper[early]
    return {reviewer: paper[person == reviewer] for reviewer in reviewers.tolist()}


def _ratings(
    world: World,
    stream: Stream,
    reviewers: npt.NDArray[np.int64],
    own: dict[int, npt.NDArray[np.int64]],
    submissions: npt.NDArray[np.int64],
) -> Iterator[str]:
    """Ten submissions a reviewer (half of them in the reviewer's topics as far as there are any), rated 1 to 5."""
    words = world.vocabulary
    topic = world.topic[submissions]
    for reviewer in reviewers.tolist():
        interests = world.people.interests[reviewer].astype(np.int64)
        topics = words.topic_of[interests[interests >= 0]]
        near = np.isin(topic, topics)
        order = np.argsort(stream.words(len(submissions)), kind="stable")
        close, rest = order[near[order]][: _RATINGS // 2], order[~near[order]]
        for at in np.concatenate((close, rest))[:_RATINGS].tolist():
            rating = _expertise_in(world, int(submissions[at]), own[reviewer], interests)
            noise = (-0.5, 0.0, 0.0, 0.5)[int(stream.below(4, 1)[0])]
            yield f"{person_id(reviewer)}\t{paper_id(int(submissions[at]))}\t{min(max(rating + noise, 1.0), 5.0)}"


def _expertise_in(world: World, submission: int, own: npt.NDArray[np.int64], interests: npt.NDArray[np.int64]) -> float:
    """5: works on its sub-topic; 4: on its topic; 3: has papers in it; 2: in its field; 1: neither."""
    words = world.vocabulary
    subtopic = int(world.papers.subtopic[submission])
    topic = int(words.topic_of[subtopic])
    known = interests[interests >= 0]
    if subtopic in known and (world.papers.subtopic[own] == subtopic).any():
        return 5.0
    if topic in words.topic_of[known] and (world.topic[own] == topic).any():
        return 4.0
    if (world.topic[own] == topic).any():
        return 3.0
    return 2.0 if (words.field_of[words.topic_of[known]] == words.field_of[topic]).any() else 1.0
