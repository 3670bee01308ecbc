from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from evaluation.benches._ranking_rows import OURS, Run
from evaluation.benches.ranking import ROWS
from evaluation.peers.graph_peers import PEERS
from evaluation.registry import get_bench, run_bench
from indexer.demo import DemoSpec, arrays
from records.errors import EvaluationError


def test_a_row_beside_its_peers_on_a_generated_corpus() -> None:
    result = run_bench("ranking", {"papers": 400, "rows": ["kcore"], "peers": ["igraph"], "repeats": 1})
    (row,) = result["rows"]
    assert (row["name"], row["papers"]) == ("kcore", 400)
    assert row["seconds"] > 0.0
    assert row["peak_mib"] >= 0.0
    assert row["igraph"]["difference"] == 0.0
    assert row["ratio_to:igraph"] > 0.0
    assert 0.0 < result["settings"]["time_violating_share"] < 0.05


@pytest.mark.parametrize(("peer", "row"), sorted(PEERS))
def test_peers_agree_with_us(peer: str, row: str) -> None:
    corpus = arrays(DemoSpec(papers=300))
    build, work = PEERS[peer, row]
    assert work(build(corpus.citations)) == pytest.approx(OURS[row](corpus, Run(1)), abs=1e-7)


def test_a_real_folder_can_be_measured(tmp_path: Path) -> None:
    papers = [
        {"id": str(i), "title": "T", "year": 2000 + i, "authors": [{"id": f"a{i % 3}", "name": "N"}],
         "references": [str(j) for j in range(i)]} for i in range(12)
    ]  # fmt: skip
    with gzip.open(tmp_path / "papers.jsonl.gz", "wt") as stream:
        stream.write("\n".join(map(json.dumps, papers)))
    options = {"corpus": tmp_path, "rows": ["dcore", "everything"], "peers": []}
    result = run_bench("ranking", options)
    rows = {row["name"]: row for row in result["rows"]}
    assert (rows["dcore"]["links"], rows["dcore"]["kmax"], rows["dcore"]["lmax"]) == (6, 2, 2)
    assert rows["everything"]["metrics"] > 40
    assert rows["everything"]["left_out"] == []
    assert result["settings"]["graph"]["kept"] == 66


def test_rows_that_do_not_exist_are_refused() -> None:
    with pytest.raises(EvaluationError, match="no row named speed"):
        run_bench("ranking", {"papers": 100, "rows": ["speed"]})
    with pytest.raises(EvaluationError, match="no peer named neo4j"):
        run_bench("ranking", {"papers": 100, "peers": ["neo4j"]})
    assert get_bench("ranking").rows == ROWS


def test_dcores_of_large_corpora_are_those_of_the_latest_papers() -> None:
    (row,) = run_bench("ranking", {"papers": 300, "rows": ["dcore"], "largest_dcore": 100})["rows"]
    assert (row["papers"], row["papers_used"], row["all_papers"]) == (300, 100, False)
    assert row["share_of_papers"] == pytest.approx(1 / 3, abs=1e-6)
    (whole,) = run_bench("ranking", {"papers": 300, "rows": ["dcore"]})["rows"]
    assert (whole["papers_used"], whole["all_papers"]) == (300, True)
    assert 0 < row["links"] < whole["links"]
