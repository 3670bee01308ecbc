"""The truth as benchmark folders, one a task, in the format that ``scholarcore evaluate`` reads."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from pathlib import Path

import msgspec
import numpy as np
import numpy.typing as npt

from indexer.demo.benchmark_people import write_identity, write_reviewers
from indexer.demo.corpus import DemoCorpus, generate
from indexer.demo.expertise import expertise, experts
from indexer.demo.queries import make_queries
from indexer.demo.relations import coauthor_pairs
from indexer.demo.simple import simple_papers
from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Stream
from indexer.demo.teams import Kind
from indexer.demo.truth import write_lines
from indexer.demo.world import World, paper_id, person_id
from records.errors import SettingsError
from records.progress import NO_PROGRESS, Progress

__all__ = ["TASKS", "write_benchmarks"]

TASKS = ("search", "experts", "reviewers", "identity", "collaborators", "importance")
_CANDIDATES = 5000
_COLLABORATOR_QUERIES = 1000
_LATER_YEARS = 3  # new co-authors are looked for in the last so many years
_MILESTONES = 0.005  # share of articles that are milestones


def write_benchmarks(
    spec: DemoSpec, folder: Path, progress: Progress = NO_PROGRESS, *, tasks: Iterable[str] = TASKS
) -> dict[str, dict[str, int]]:
    """Write a folder ``demo_<task>`` for each task into ``folder``; returns the lines of each file by task.

    :raises SettingsError: for an unknown task.
    """
    wanted = list(dict.fromkeys(tasks))
    unknown = sorted(set(wanted) - set(TASKS))
    if unknown:
        raise SettingsError(f"unknown benchmark tasks {', '.join(unknown)}; known: {', '.join(TASKS)}")
    corpus = generate(spec, progress)
    progress.start("benchmarks", len(wanted))
    written: dict[str, dict[str, int]] = {}
    whole: Path | None = None
    for task in wanted:
        target = folder / f"demo_{task}"
        counts = _WRITERS[task](corpus, target)
        if task in _WHOLE:
            whole, counts["papers.jsonl.gz"] = _all_papers(corpus, target / "papers.jsonl.gz", whole)
        written[task] = counts
        progress.advance()
    progress.finish()
    return written


_WHOLE = ("search", "experts", "importance")


def _all_papers(corpus: DemoCorpus, path: Path, whole: Path | None) -> tuple[Path, int]:
    """The whole corpus; rendered once, then copied."""
    if whole is None:
        write_lines(path, simple_papers(corpus))
        return path, corpus.spec.papers
    partial = path.with_name(f"{path.name}.partial")
    shutil.copyfile(whole, partial)
    partial.replace(path)
    return whole, corpus.spec.papers


def _search(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    queries = make_queries(corpus.world)
    lines = (msgspec.json.encode({"id": q.id, "text": q.text, "kind": q.kind}) for q in queries)
    qrels = (f"{q.id}\t{paper_id(paper)}\t{grade}" for q in queries for paper, grade in q.relevant)
    return {
        "queries.jsonl.gz": write_lines(folder / "queries.jsonl.gz", lines),
        "qrels.tsv": write_lines(folder / "qrels.tsv", qrels),
    }


def _experts(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    world = corpus.world
    topics = world.vocabulary.topics
    sizes = np.bincount(world.topic, minlength=len(topics))
    found = experts(expertise(world), len(topics), sizes)
    judged = np.unique(found.group)
    stream = Stream(world.spec.seed, "expert benchmark")
    documents: list[str] = []
    for group in judged.tolist():
        own = np.flatnonzero((world.topic == group) & (world.papers.kind == Kind.ARTICLE))
        drawn = own[np.argsort(stream.words(len(own)), kind="stable")[:3]].tolist()
        documents.extend(f"{topics[group].id}\t{paper_id(paper)}" for paper in drawn)
    lines = (msgspec.json.encode({"id": topics[g].id, "text": topics[g].name.lower()}) for g in judged.tolist())
    rows = zip(found.group.tolist(), found.person.tolist(), found.grade.tolist(), strict=True)
    candidates = _candidates(world, found.person, stream)
    return {
        "queries.jsonl.gz": write_lines(folder / "queries.jsonl.gz", lines),
        "experts.tsv": write_lines(
            folder / "experts.tsv", (f"{topics[g].id}\t{person_id(p)}\t{e}" for g, p, e in rows)
        ),
        "judged_candidates.tsv": write_lines(folder / "judged_candidates.tsv", map(person_id, candidates)),
        "document_queries.tsv": write_lines(folder / "document_queries.tsv", documents),
    }


def _candidates(world: World, found: npt.NDArray[np.int64], stream: Stream) -> list[int]:
    """All experts, and people with two papers and more up to 5,000 in total."""
    papers = np.bincount(world.papers.authors, minlength=len(world.people))
    known = np.unique(found)
    others = np.setdiff1d(np.flatnonzero(papers >= 2), known)
    others = others[np.argsort(stream.words(len(others)), kind="stable")]
    chosen = np.concatenate((known, others[: max(0, _CANDIDATES - len(known))]))
    return [int(person) for person in np.sort(chosen)]


def _importance(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    """Milestones: the fittest articles of each year, which citations follow but do not show at once."""
    world = corpus.world
    articles = np.flatnonzero(world.papers.kind == Kind.ARTICLE)
    best: list[int] = []
    for year in world.spec.years[:-_LATER_YEARS]:
        own = articles[world.papers.year[articles] == year]
        number = round(len(own) * _MILESTONES + 0.2)
        best += sorted(own[np.argsort(-world.fitness[own], kind="stable")[:number]].tolist())
    rows = (f"{paper_id(paper)}\t1\t{int(world.papers.year[paper])}" for paper in best)
    return {"best_papers.tsv": write_lines(folder / "best_papers.tsv", rows)}


def _collaborators(corpus: DemoCorpus, folder: Path) -> dict[str, int]:
    """People with three papers before the cut, and whom of the others then present they write with first after it."""
    world = corpus.world
    cut = world.spec.last_year - _LATER_YEARS
    year = np.repeat(world.papers.year, np.diff(world.papers.offsets))
    before = np.bincount(world.papers.authors[year <= cut], minlength=len(world.people))
    links: dict[int, list[int]] = {}
    for batch in coauthor_pairs(world):
        new = (batch.first_year > cut) & (before[batch.one] > 0) & (before[batch.two] > 0)
        for one, two in zip(batch.one[new].tolist(), batch.two[new].tolist(), strict=True):
            links.setdefault(one, []).append(two)
            links.setdefault(two, []).append(one)
    able = np.array(sorted(person for person in links if before[person] >= 3), dtype=np.int64)
    stream = Stream(world.spec.seed, "collaborator benchmark")
    chosen = np.sort(able[np.argsort(stream.words(len(able)), kind="stable")[:_COLLABORATOR_QUERIES]]).tolist()
    queries = (
        msgspec.json.encode({"id": person_id(p), "positives": [person_id(other) for other in sorted(links[p])]})
        for p in chosen
    )
    pairs = (f"{person_id(p)}\t{person_id(other)}\t1" for p in chosen for other in sorted(links[p]))
    early = simple_papers(corpus, np.flatnonzero(world.papers.year <= cut))
    return {
        "papers.jsonl.gz": write_lines(folder / "papers.jsonl.gz", early),
        "queries.jsonl.gz": write_lines(folder / "queries.jsonl.gz", queries),
        "new_links_test.tsv": write_lines(folder / "new_links_test.tsv", pairs),
    }


_WRITERS = {
    "search": _search,
    "experts": _experts,
    "reviewers": write_reviewers,
    "identity": write_identity,
    "collaborators": _collaborators,
    "importance": _importance,
}
