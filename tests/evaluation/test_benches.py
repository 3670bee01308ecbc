from __future__ import annotations

import json
from collections.abc import Mapping
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
from elasticsearch import Elasticsearch

from evaluation import benches, run_bench
from evaluation.corpora import bench_papers
from evaluation.isolate import Measured
from records.errors import EvaluationError
from records.progress import NO_PROGRESS, Progress
from tests.elasticsearch_server.stores import server
from tests.evaluation.folders import PAPERS, write_folder

assert benches


def in_process(
    target: str,
    arguments: Mapping[str, Any],
    *,
    threads: int = 0,
    timeout: float | None = None,
    progress: Progress = NO_PROGRESS,
) -> Measured:
    """Instead of a fresh process: the same call, through JSON as there."""
    module, _, function = target.partition(":")
    value = getattr(import_module(module), function)(**json.loads(json.dumps(dict(arguments))))
    return Measured(json.loads(json.dumps(value)), 0.5, 100.0)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("search", "build", "api"):
        monkeypatch.setattr(import_module(f"evaluation.benches.{name}"), "run_isolated", in_process)


def test_search_bench_has_a_row_for_every_kind_of_request() -> None:
    result = run_bench("search", {"papers": 400, "queries": 5, "model": "hashing"})
    assert result["data"] == "demo-400"
    rows = {row["name"]: row for row in result["rows"]}
    assert list(rows) == [
        "build",
        *("lexical", "filtered", "facets", "vector", "hybrid", "hybrid_filtered_facets", "highlights", "deep_cursor"),
        "tantivy",
    ]
    built = rows.pop("build")
    assert built["papers"] == 400
    assert built["per_second"] == pytest.approx(400 / built["seconds"], rel=0.01)
    assert built["disk_mib"] > 0
    for row in rows.values():
        assert row["papers"] == 400
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert row["per_second"] > 0
        assert row["peak_mib"] == 100.0
    for name in ("lexical", "filtered", "facets"):
        assert rows[name]["ratio_to:tantivy"] == pytest.approx(
            rows[name]["p50_ms"] / rows["tantivy"]["p50_ms"], rel=0.01
        )
        assert rows[name]["mean_total"] > 0
    # The peer finds what we find, and what holds nothing but a function word.
    assert rows["lexical"]["mean_total"] <= rows["tantivy"]["mean_total"] <= 2 * rows["lexical"]["mean_total"]
    assert rows["deep_cursor"]["deepest"] >= 200
    assert result["settings"]["vectors"] == "around those of 256 papers"


def test_search_bench_on_a_benchmark_folder_and_some_rows(tmp_path: Path) -> None:
    folder = write_folder(tmp_path / "toy")
    options = {"corpus": folder, "queries": 3, "model": "hashing", "embed_papers": True, "rows": "lexical,hybrid"}
    result = run_bench("search", options)
    assert result["data"] == "toy"
    assert [(row["name"], row["papers"]) for row in result["rows"]] == [("build", 6), ("lexical", 6), ("hybrid", 6)]


def test_search_bench_of_both_engines_side_by_side(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", json.dumps([server().url]))
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__PREFIX", server().prefix)
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__REPLICAS", "0")
    options = {"papers": 120, "queries": 4, "model": "hashing", "rows": "lexical,vector", "engine": "both"}
    result = run_bench("search", options)
    rows = {row["name"]: row for row in result["rows"]}
    names = ["build", "lexical", "vector"]
    assert list(rows) == [*names, *(f"elasticsearch:{name}" for name in names)]
    theirs = rows["elasticsearch:lexical"]
    assert (theirs["engine"], theirs["papers"]) == ("elasticsearch", 120)
    assert theirs["mean_total"] == rows["lexical"]["mean_total"]
    assert theirs["overhead"] > 0.5, "our layer does at least what the bare client does"
    assert theirs["requests"] >= 1
    assert theirs["ratio_to:embedded"] == pytest.approx(theirs["p50_ms"] / rows["lexical"]["p50_ms"], rel=0.01)
    assert rows["elasticsearch:vector"]["recall@10"] == rows["elasticsearch:vector"]["filtered_recall@10"] == 1.0
    assert rows["elasticsearch:build"]["disk_mib"] > 0
    assert rows["elasticsearch:build"]["segments"] == 1
    assert result["settings"]["cluster"]["nodes"] == 1
    assert result["settings"]["cluster"]["heap_mib"][0] > 100
    assert result["settings"]["warm_up"] >= 2 * 2 * 4, "two rounds of each kind at least"
    with Elasticsearch(server().url) as client:
        assert not client.indices.get(index=f"{server().prefix}-bench-*").body, "a bench leaves nothing behind"


def test_build_bench_tells_stages_and_that_nothing_is_done_twice() -> None:
    result = run_bench("build", {"papers": 150, "model": "hashing", "embed": 20})
    rows = {row["name"]: row for row in result["rows"]}
    assert {"generate", "import", "import again", "build", "build again", "embed", "build: metrics"} <= set(rows)
    assert rows["import"]["new"] == 150
    assert rows["import again"]["new"] == 0
    assert (rows["build"]["built"], rows["build again"]["built"]) == (True, False)
    assert rows["build"]["papers"] == 150
    assert rows["embed"]["papers"] == 20
    assert rows["embed"]["per_second"] > 0
    assert "citations" in result["settings"]["metric_seconds"]


def test_build_bench_converts_a_benchmark_folder(tmp_path: Path) -> None:
    result = run_bench(
        "build", {"corpus": write_folder(tmp_path / "toy"), "embed": 0, "vectors": True, "model": "hashing"}
    )
    rows = {row["name"]: row for row in result["rows"]}
    assert rows["import"]["new"] == len(PAPERS)
    assert rows["build"]["vectors"] == len(PAPERS)
    assert "embed" not in rows


def test_api_bench_asks_a_real_server() -> None:
    result = run_bench("api", {"papers": 80, "queries": 3})
    rows = {row["name"]: row for row in result["rows"]}
    assert {"health", "papers_hybrid", "papers_filtered_facets", "paper", "author", "suggest"} <= set(rows)
    for row in rows.values():
        assert row["papers"] == 80
        assert 0 < row["p50_ms"] <= row["p99_ms"]
        assert row["peak_mib"] > 10
    assert result["settings"]["model"] == "hashing-256"


def test_api_bench_tells_of_a_server_that_does_not_come_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("evaluation.benches.api._ENTRY", "raise SystemExit(7)")
    with pytest.raises(EvaluationError, match="the server ended with exit code 7"):
        run_bench("api", {"papers": 30, "queries": 1})


@pytest.mark.parametrize(
    ("what", "options", "message"),
    [
        ("search", {"rows": "lexcial"}, "rows must be some of lexical"),
        ("search", {"data": "/nowhere"}, "has no engine folder"),
        ("search", {"corpus": "/nowhere"}, "is not a corpus"),
        ("build", {"corpus": "/nowhere"}, "is not a corpus"),
        *((bench, {"engine": "both"}, "engine 'both' is not available") for bench in ("build", "api")),
        ("search", {"engine": "solr"}, "engine 'solr' is not available"),
        ("api", {"data": "/nowhere"}, "has no engine folder"),
        ("api", {"queries": 0}, "queries must be at least 1"),
        ("build", {"queries": 3}, "has no option 'queries'"),
    ],
)
def test_what_cannot_be_measured(what: str, options: dict[str, Any], message: str) -> None:
    with pytest.raises(EvaluationError, match=message):
        run_bench(what, options)


def test_corpora_are_told_by_what_they_are(tmp_path: Path) -> None:
    assert len(list(bench_papers(None, 30, 0))) == 30
    (tmp_path / "x.bib").write_text("@article{a, title={On graphs}, year=1999}\n@article{b, title={On ice}}\n")
    assert [paper.title for paper in bench_papers(str(tmp_path / "x.bib"), 0, 0)] == ["On graphs", "On ice"]
    with pytest.raises(EvaluationError, match="is not a corpus"):
        list(bench_papers(str(tmp_path), 0, 0))
