"""Benchmark folders hold what each task needs, and it is true."""

from __future__ import annotations

import gzip
import json
from collections import defaultdict
from itertools import product
from pathlib import Path
from typing import Any

import pytest

from indexer.demo import DemoCorpus, DemoSpec, write_benchmarks
from indexer.demo.benchmarks import TASKS
from indexer.demo.world import paper_id, person_id
from records.errors import SettingsError

FILES = {
    "search": {"papers.jsonl.gz", "queries.jsonl.gz", "qrels.tsv"},
    "experts": {
        "papers.jsonl.gz", "queries.jsonl.gz", "experts.tsv", "judged_candidates.tsv", "document_queries.tsv",
    },
    "reviewers": {"papers.jsonl.gz", "reviewers.jsonl.gz", "evaluations.tsv", "conflicts.tsv"},
    "identity": {"papers.jsonl.gz", "signatures.jsonl.gz", "labels.tsv"},
    "collaborators": {"papers.jsonl.gz", "queries.jsonl.gz", "new_links_test.tsv"},
    "importance": {"papers.jsonl.gz", "best_papers.tsv"},
}  # fmt: skip


@pytest.fixture(scope="module")
def folder(corpus: DemoCorpus, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("benchmarks")
    counts = write_benchmarks(corpus.spec, folder)
    assert {task: set(files) for task, files in counts.items()} == FILES
    for task, files in counts.items():
        for name, lines in files.items():
            path = folder / f"demo_{task}" / name
            data = gzip.decompress(path.read_bytes()) if path.suffix == ".gz" else path.read_bytes()
            assert data.count(b"\n") == lines > 0, (task, name)
    return folder


def _json(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in gzip.decompress(path.read_bytes()).splitlines()]


def _rows(path: Path) -> list[list[str]]:
    return [line.split("\t") for line in path.read_text().splitlines()]


def test_unknown_tasks_are_refused(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="known: search"):
        write_benchmarks(DemoSpec(10), tmp_path, tasks=["serach"])
    assert not list(tmp_path.iterdir())


def test_one_task_alone(tmp_path: Path) -> None:
    assert list(write_benchmarks(DemoSpec(300), tmp_path, tasks=["importance"])) == ["importance"]
    assert [p.name for p in tmp_path.iterdir()] == ["demo_importance"]


def test_papers_have_the_benchmark_shape(folder: Path) -> None:
    for task in TASKS:
        papers = _json(folder / f"demo_{task}" / "papers.jsonl.gz")
        assert len({p["id"] for p in papers}) == len(papers)
        for paper in papers[:50]:
            assert set(paper) == {"id", "title", "abstract", "year", "venue", "authors", "references"}
            assert all(set(a) == {"id", "name"} for a in paper["authors"])


def test_search_judgements_name_papers_and_queries(folder: Path) -> None:
    ids = {p["id"] for p in _json(folder / "demo_search" / "papers.jsonl.gz")}
    queries = {q["id"] for q in _json(folder / "demo_search" / "queries.jsonl.gz")}
    rows = _rows(folder / "demo_search" / "qrels.tsv")
    assert {row[1] for row in rows} <= ids
    assert {row[0] for row in rows} == queries


def test_experts_are_candidates(folder: Path) -> None:
    rows = _rows(folder / "demo_experts" / "experts.tsv")
    candidates = {row[0] for row in _rows(folder / "demo_experts" / "judged_candidates.tsv")}
    assert {row[1] for row in rows} <= candidates
    queries = {q["id"] for q in _json(folder / "demo_experts" / "queries.jsonl.gz")}
    assert {row[0] for row in rows} == queries
    wrote = defaultdict(set)
    for paper in _json(folder / "demo_experts" / "papers.jsonl.gz"):
        for author in paper["authors"]:
            wrote[author["id"]].add(paper["id"])
    assert all(len(wrote[row[1]]) >= 2 for row in rows)
    assert all(row[0] in queries for row in _rows(folder / "demo_experts" / "document_queries.tsv"))


def test_identity_labels_are_the_truth(corpus: DemoCorpus, folder: Path) -> None:
    signatures = {s["signature"]: s for s in _json(folder / "demo_identity" / "signatures.jsonl.gz")}
    labels = _rows(folder / "demo_identity" / "labels.tsv")
    assert [row[0] for row in labels] == list(signatures)
    world = corpus.world
    people = defaultdict(set)
    for name, block, paper, true in labels:
        assert signatures[name]["block"] == block
        assert signatures[name]["paper"] == paper
        at = int(paper[1:])
        authors = world.papers.authors[world.papers.offsets[at] : world.papers.offsets[at + 1]].tolist()
        assert true in map(person_id, authors)
        people[block].add(true)
    assert sum(len(p) > 1 for p in people.values()) > 0.8 * len(people)
    papers = {p["id"]: p for p in _json(folder / "demo_identity" / "papers.jsonl.gz")}
    assert {row[2] for row in labels} <= papers.keys()
    for name, block, paper, _ in labels:
        printed = [a["name"] for a in papers[paper]["authors"] if a["id"] == f"name:{block}"]
        assert signatures[name]["name"] in printed


def test_new_links_are_new(corpus: DemoCorpus, folder: Path) -> None:
    cut = corpus.spec.last_year - 3
    early = _json(folder / "demo_collaborators" / "papers.jsonl.gz")
    assert max(p["year"] for p in early) == cut
    together = {frozenset((a["id"], b["id"])) for p in early for a in p["authors"] for b in p["authors"]}
    present = {a["id"] for p in early for a in p["authors"]}
    world = corpus.world
    later = set()
    for at in range(len(early), corpus.spec.papers):
        authors = world.papers.authors[world.papers.offsets[at] : world.papers.offsets[at + 1]].tolist()
        later |= {frozenset((person_id(a), person_id(b))) for a in authors for b in authors}
    rows = _rows(folder / "demo_collaborators" / "new_links_test.tsv")
    for one, two, _ in rows:
        assert {one, two} <= present
        assert frozenset((one, two)) in later - together
    queries = _json(folder / "demo_collaborators" / "queries.jsonl.gz")
    assert [[q["id"], other, "1"] for q in queries for other in q["positives"]] == rows


def test_milestones_are_fit(corpus: DemoCorpus, folder: Path) -> None:
    rows = _rows(folder / "demo_importance" / "best_papers.tsv")
    fitness = {paper_id(i): f for i, f in enumerate(corpus.world.fitness.tolist())}
    mean = sum(fitness.values()) / len(fitness)
    assert all(fitness[paper] > 3 * mean for paper, _, _ in rows)
    years = {paper_id(i): y for i, y in enumerate(corpus.world.papers.year.tolist())}
    assert all(years[paper] == int(year) for paper, _, year in rows)


def test_reviewer_ratings_follow_their_papers(folder: Path) -> None:
    reviewers = {r["id"]: r for r in _json(folder / "demo_reviewers" / "reviewers.jsonl.gz")}
    papers = {p["id"]: p for p in _json(folder / "demo_reviewers" / "papers.jsonl.gz")}
    rows = _rows(folder / "demo_reviewers" / "evaluations.tsv")
    assert {row[0] for row in rows} == reviewers.keys()
    assert {row[1] for row in rows} <= papers.keys()
    assert all(1 <= float(row[2]) <= 5 for row in rows)
    assert len({row[2] for row in rows}) > 4
    for reviewer in reviewers.values():
        assert len(reviewer["papers"]) >= 4
        assert all(reviewer["id"] in [a["id"] for a in papers[p]["authors"]] for p in reviewer["papers"])
        assert all(papers[p]["year"] < 2024 for p in reviewer["papers"])


def _workplaces(corpus: DemoCorpus, person: int, years: range) -> set[tuple[int, int]]:
    """(year, institution) of a person's active years."""
    people = corpus.world.people
    places = set()
    for year in years:
        if people.start[person] <= year <= people.end[person]:
            since = [s for s in people.stint_from[person].tolist() if s <= year]
            places.add((year, int(people.stints[person, len(since) - 1])))
    return places


def _reasons(corpus: DemoCorpus, one: int, two: int, joint: list[set[int]], years: range) -> set[str]:
    people = corpus.world.people
    if one == two:
        return {"author"}
    found = {
        "advisor": one == people.advisor[two] or two == people.advisor[one],
        "coauthor": any({one, two} <= team for team in joint),
        "institution": bool(_workplaces(corpus, one, years) & _workplaces(corpus, two, years)),
    }
    return {reason for reason, holds in found.items() if holds}


def test_conflicts_by_brute_force(corpus: DemoCorpus, folder: Path) -> None:
    world = corpus.world
    reviewers = [int(r["id"][1:]) for r in _json(folder / "demo_reviewers" / "reviewers.jsonl.gz")]
    submissions = sorted({int(row[1][1:]) for row in _rows(folder / "demo_reviewers" / "evaluations.tsv")})[:25]
    offsets = world.papers.offsets
    teams = [set(world.papers.authors[offsets[i] : offsets[i + 1]].tolist()) for i in range(corpus.spec.papers)]
    years = range(corpus.spec.last_year - 4, corpus.spec.last_year + 1)
    recent = [i for i in range(corpus.spec.papers) if int(world.papers.year[i]) in years]
    expected = set()
    for paper in submissions:
        joint = [teams[i] for i in recent if i != paper and not teams[i].isdisjoint(teams[paper])]
        for reviewer, author in product(reviewers, teams[paper]):
            for reason in _reasons(corpus, reviewer, author, joint, years):
                expected.add((person_id(reviewer), paper_id(paper), reason, person_id(author)))
    found = {tuple(row) for row in _rows(folder / "demo_reviewers" / "conflicts.tsv")}
    assert {row for row in found if int(row[1][1:]) in submissions} == expected
    assert {row[2] for row in found} == {"author", "advisor", "coauthor", "institution"}
