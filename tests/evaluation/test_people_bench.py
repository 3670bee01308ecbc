from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from elasticsearch import Elasticsearch
from msgspec.structs import replace

from evaluation import run_bench
from evaluation.benches.people import ROWS
from evaluation.isolate import Measured
from evaluation.people_workload import draw_authors, draw_people
from records.errors import EvaluationError
from search.people import People, people_of_papers
from tests.elasticsearch_server.stores import server
from tests.search.people.houses import in_memory
from tests.search.people.worlds import world


def in_process(
    target: str, arguments: Mapping[str, Any], *, threads: int = 0, timeout: float | None = None
) -> Measured:
    """Instead of a fresh process: the same call, through JSON as there."""
    module, _, function = target.partition(":")
    value = getattr(import_module(module), function)(**json.loads(json.dumps(dict(arguments))))
    return Measured(json.loads(json.dumps(value)), 0.5, 100.0)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.benches.people.run_isolated", in_process)


def _check(rows: dict[str, Any], names: list[str], papers: int) -> None:
    for name in names:
        row = rows[name]
        assert row["papers"] == papers
        assert row["authors"] > 10
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert row["calls"] == 4
        assert row["open_ms"] > 0


def test_a_row_for_everything_that_is_asked_about_people() -> None:
    result = run_bench("people", {"papers": 150, "queries": 4, "model": "hashing"})
    rows = {row["name"]: row for row in result["rows"]}
    assert list(rows) == ["build", *ROWS]
    assert rows["build"]["papers"] == 150
    assert rows["build"]["disk_mib"] > 0
    assert result["settings"]["vectors"] == "random unit vectors"
    _check(rows, list(ROWS), 150)


def test_both_engines_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", json.dumps([server().url]))
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__PREFIX", server().prefix)
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__REPLICAS", "0")
    options = {"papers": 100, "queries": 4, "model": "hashing", "rows": "profile,experts", "engine": "both"}
    rows = {row["name"]: row for row in run_bench("people", options)["rows"]}
    assert list(rows) == [
        *("build", "profile", "experts"),
        *("elasticsearch:build", "profile:elasticsearch", "experts:elasticsearch"),
    ]
    _check(rows, ["experts", "profile:elasticsearch", "experts:elasticsearch"], 100)
    with Elasticsearch(server().url) as client:
        assert not client.indices.get(index=f"{server().prefix}-bench-*").body, "a bench leaves nothing behind"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"rows": "profil"}, "rows must be some of profile"),
        ({"queries": 0}, "queries at least 1"),
        ({"data": "/nowhere"}, "has no engine folder"),
        ({"corpus": "/nowhere"}, "is not a corpus"),
        ({"engine": "solr"}, "engine 'solr' is not available"),
    ],
)
def test_what_cannot_be_measured(options: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run_bench("people", options)


def test_vectors_of_another_model_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from cli.main import main

    monkeypatch.setenv("SCHOLARCORE_EMBEDDING__MODEL", "hashing")
    assert main(["--data", str(tmp_path / "d"), "demo", "--papers", "60", "--no-serve"]) == 0
    options = {"data": str(tmp_path / "d"), "queries": 2, "rows": "experts"}
    with pytest.raises(EvaluationError, match="hashing"):
        run_bench("people", {**options, "model": "bundled"})
    (row,) = run_bench("people", {**options, "model": "hashing"})["rows"]
    assert (row["name"], row["papers"]) == ("experts", 60)


def test_people_are_drawn_from_few_papers_to_many() -> None:
    papers = np.array([0] * 50 + [1] * 500 + [2, 3, 5] * 20 + [6, 20] * 10 + [21] * 5 + [400] * 2)
    drawn = draw_authors(papers, 40, seed=3)
    assert len(set(drawn.tolist())) == 40
    assert papers[drawn].min() == 1
    assert (papers[drawn] == 400).sum() == 2
    assert (papers[drawn] == 21).sum() == 5
    shares = [((papers[drawn] >= low) & (papers[drawn] < high)).sum() for low, high in ((1, 2), (2, 6), (6, 21))]
    assert max(shares) - min(shares) <= 1
    np.testing.assert_array_equal(drawn, draw_authors(papers, 40, seed=3))
    assert drawn.tolist() != draw_authors(papers, 40, seed=4).tolist()
    assert len(draw_authors(np.array([1, 2]), 5)) == 5
    with pytest.raises(EvaluationError, match="nobody"):
        draw_authors(np.zeros(3), 5)


def test_the_same_workload_again() -> None:
    papers = [replace(paper, title=f"Dependency parsing of {paper.id}s") for paper in world(5, papers=12)]
    people: People = in_memory(papers)
    one, other = draw_people(people, 12, seed=1), draw_people(people, 12, seed=1)
    assert one == other
    assert {len(part) for part in (one.authors, one.names, one.beginnings, one.texts, one.documents)} == {12}
    assert set(one.authors) <= set(people_of_papers(papers).author_ids)
    assert all(beginning.startswith("Gi") for beginning in one.beginnings)
    assert all(document.startswith("Dependency parsing") for document in one.documents)
