"""The engine is chosen before or behind a command; the commands know no other difference."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from cli.main import main
from tests.cli.conftest import Command
from tests.elasticsearch_server.stores import layout_for, server

PAPERS = 60


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A data folder with the same small corpus in both engines; the cluster's settings are in the environment."""
    folder = tmp_path_factory.mktemp("cluster")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCHOLARCORE_EMBEDDING__MODEL", "hashing")
        patch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", json.dumps([server().url]))
        patch.setenv("SCHOLARCORE_ELASTICSEARCH__PREFIX", layout_for(folder).prefix)
        patch.setenv("SCHOLARCORE_ELASTICSEARCH__REPLICAS", "0")
        assert main(["--data", str(folder), "demo", "--papers", str(PAPERS), "--no-serve"]) == 0
        assert main(["--data", str(folder), "build", "--engine", "elasticsearch"]) == 0
        yield folder


QUESTIONS = [
    ["search", "graph neural network", "--mode", "lexical", "--facet", "year", "--facet", "author.id"],
    ["search", "--filter", "year:2010-2020", "--sort", "citations", "--limit", "20"],
    ["search", 'title:"message passing" OR graph -survey', "--mode", "lexical", "--highlight"],
    ["author", "wei"],
    ["experts", "graph neural network", "--limit", "20", "--evidence", "5"],
    ["experts", "learning OR vision", "--filter", "papers:>=2", "--sort", "papers", "--limit", "20"],
    ["rank", "authors", "--query", "learning", "--limit", "20"],
    ["rank", "papers", "--filter", "year:2005-", "--metric", "citations", "--limit", "20"],
    ["rank", "venues", "--limit", "20"],
    ["trends"],
    ["trends", "--query", "learning"],
    ["countries"],
]


@pytest.mark.parametrize("question", QUESTIONS, ids=lambda question: " ".join(question[:3]))
def test_both_engines_answer_alike(command: Command, cluster: Path, question: list[str]) -> None:
    answers = []
    for engine in ("embedded", "elasticsearch"):
        behind = command("--data", cluster, *question, "--engine", engine, "--json")
        assert behind.code == 0, behind.err
        before = command("--engine", engine, "--data", cluster, *question, "--json")
        answers.append(_without_chance(behind.json))
        assert _without_chance(before.json) == answers[-1]
    assert answers[0] == answers[1]


def _without_chance(answer: object) -> object:
    """Without what differs between two builds or two moments, and scores to three digits."""
    match answer:
        case dict():
            left_out = {"took_ms", "generation", "next_cursor", "seconds"}
            return {key: _without_chance(value) for key, value in answer.items() if key not in left_out}
        case list():
            return [_without_chance(item) for item in answer]
        case float():
            return float(f"{answer:.3g}")
        case _:
            return answer


def test_a_paper_and_a_person(command: Command, cluster: Path) -> None:
    found = command("--data", cluster, "search", "--limit", "1", "--json").json["results"][0]
    person = next(a["author_id"] for a in found["authorships"] if a.get("author_id"))
    for question in (["paper", found["id"]], ["author", person]):
        alike = [
            command("--data", cluster, *question, "--engine", engine, "--json").json
            for engine in ("embedded", "elasticsearch")
        ]
        assert alike[0] == alike[1]


def _alike(command: Command, cluster: Path, *question: str | Path) -> Any:
    """What both engines answer."""
    answers = []
    for engine in ("embedded", "elasticsearch"):
        ran = command("--data", cluster, *question, "--engine", engine, "--json")
        assert ran.code == 0, ran.err
        answers.append(_without_chance(ran.json))
    assert answers[0] == answers[1]
    return answers[0]


def test_what_is_asked_about_a_person(command: Command, cluster: Path, tmp_path: Path) -> None:
    ranked = _alike(command, cluster, "rank", "authors", "--metric", "papers", "--limit", "3")["results"]
    papers = _alike(command, cluster, "rank", "papers", "--limit", "2")["results"]
    assert _alike(command, cluster, "collaborators", ranked[0]["id"], "--min-papers", "1")["results"]
    text = tmp_path / "text.txt"
    text.write_text("Topics:\n- graph theory\n- machine translation\n- climate\n", "utf-8")
    assert _alike(command, cluster, "collaborators", "--file", text, "--min-papers", "1")["results"]
    assert len(_alike(command, cluster, "experts", "--file", text, "--coverage")["coverage"]["aspects"]) == 3
    similar = ["--paper", papers[0]["id"], "--paper", papers[1]["id"], "--exclude-authors"]
    assert _alike(command, cluster, "experts", *similar, "--exclude", ranked[1]["id"])["results"]


def test_an_assignment_and_a_committee(command: Command, cluster: Path, tmp_path: Path) -> None:
    people = command("--data", cluster, "rank", "authors", "--metric", "papers", "--limit", "8", "--json").json
    works = command("--data", cluster, "search", "--limit", "4", "--json").json["results"]
    reviewers = [
        {"id": f"r{number}", **({"author": row["id"]} if number % 2 else {"name": row["label"]})}
        for number, row in enumerate(people["results"])
    ]
    submissions = [
        {"id": f"s{n}", "title": work["title"], "authors": [one["name"] for one in work["authorships"]]}
        for n, work in enumerate(works)
    ]
    paths = tmp_path / "submissions.json", tmp_path / "reviewers.json"
    for path, records in zip(paths, (submissions, reviewers), strict=True):
        path.write_text(json.dumps(records))
    load = ["--demand", "1", "--load", "2"]
    found = _alike(command, cluster, "assign", *paths, *load)
    assert len(found["pairs"]) == len(submissions)
    assert {one["kind"] for one in found["conflicts"]} >= {"self", "coauthor"}
    topics = ["-t", "graph theory", "-t", "machine translation", "--size", "2"]
    candidates = tmp_path / "candidates.json"
    candidates.write_text(json.dumps([one for one in reviewers if "author" in one]))
    assert len(_alike(command, cluster, "committee", candidates, *topics)["members"]) == 2


def test_an_engine_that_is_none(command: Command) -> None:
    ran = command("search", "x", "--engine", "solr")
    assert ran.code == 2
    assert "elasticsearch" in ran.err


def test_a_cluster_that_is_away(command: Command, cluster: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ENGINE", "elasticsearch")
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", '["http://127.0.0.1:9"]')
    for question in (["search", "x"], ["generations", "list"], ["generations", "prune"], ["build", "--force"]):
        answer = command("--data", cluster, *question)
        assert (answer.code, answer.out) == (1, "")
        assert "error: the search server cannot be reached" in answer.err
    # What this machine knows is told all the same.
    status = command("--data", cluster, "status", "--json")
    assert status.code == 1
    assert status.json["catalog"]["papers"] == PAPERS
    assert "cannot be reached" in status.json["unavailable"]
    assert f"{PAPERS}" in command("--data", cluster, "status").out


def test_an_interrupted_build_says_what_is_kept(
    command: Command, cluster: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupted(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("indexer.build.build", interrupted)
    answer = command("--data", cluster, "build", "--force", "--engine", "elasticsearch")
    assert answer.code == 130
    assert "what the cluster took are kept: build again to go on" in answer.err
    assert answer.err.endswith("interrupted\n")
