from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from evaluation import run_bench
from evaluation.benches import identity as bench
from evaluation.folder import Folder
from evaluation.identity_folder import block_of
from evaluation.identity_workload import (
    ONE_NAME,
    anonymous,
    identified_papers,
    labelled_workload,
    one_name,
    read_workload,
    workload,
    write_workload,
)
from evaluation.isolate import Measured
from evaluation.peers import linkage_peers
from evaluation.peers.linkage_peers import LINKAGES, linked
from indexer.demo.benchmarks import write_benchmarks
from indexer.demo.spec import DemoSpec
from indexer.identity.disambiguation import Mention
from records.errors import EvaluationError
from tests.evaluation.folders import write_folder


def _here(target: str, arguments: dict[str, Any], *, threads: int = 0) -> Measured:
    assert threads in (0, 1)
    return Measured(getattr(bench, target.partition(":")[2])(**arguments), 0.0, 1.0)


@pytest.fixture(autouse=True)
def _one_process(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bench, "run_isolated", _here)


def test_every_way_tells_the_same_mentions_apart() -> None:
    result = run_bench("identity", {"papers": 150, "large_block": 100})
    assert result["data"] == "demo-150"
    rows = {row["name"]: row for row in result["rows"]}
    assert tuple(rows) == bench.ROWS
    small = [rows[name] for name in (*bench.WAYS, "catalog")]
    large = [rows[name] for name in rows if name.startswith(("large_block", "linkage"))]
    assert len({rows[name]["clusters"] for name in rows if name.startswith("linkage")}) == 1, "one matrix, one result"
    for group in (small, large):
        sizes = {tuple(row[k] for k in ("papers", "mentions", "blocks", "largest_block", "authors")) for row in group}
        assert len(sizes) == 1
        for row in group:
            assert row["seconds"] > 0
            assert row["per_second"] == pytest.approx(row["mentions"] / row["seconds"], rel=0.05)
            assert 0 <= row["pairwise_macro_f1"] <= 1
            assert row["known"] == row["mentions"]
            assert row["peak_mib"] == 1.0
    assert (large[0]["blocks"], large[0]["largest_block"]) == (1, large[0]["mentions"])
    assert 70 < large[0]["mentions"] <= 100
    for peer in LINKAGES:
        for ours, theirs in (("disambiguate", peer), *((row, f"{row}:{peer}") for row in ("large_block", "linkage"))):
            ratio = rows[ours]["seconds"] / rows[theirs]["seconds"]
            assert rows[ours][f"ratio_to:{peer}"] == pytest.approx(ratio, rel=0.05, abs=1e-5)
    assert rows["catalog"]["b3_f1"] > 0.6, "people of the catalog are matched with those of the corpus"
    assert rows["catalog"]["seconds"] <= rows["catalog"]["derive_seconds"]


def test_a_corpus_of_ones_own_may_know_nobody(tmp_path: Path) -> None:
    papers = [
        {"id": f"p{at}", "title": f"On {at}", "authors": [{"name": name} for name in names]}
        for at, names in enumerate((("Wei Li", "Ann Ray"), ("W. Li", "Ann Ray"), ("Bob Orr",)))
    ]
    rows = run_bench("identity", {"corpus": write_folder(tmp_path / "toy", papers)})["rows"]
    assert [row["name"] for row in rows] == [*bench.WAYS, "catalog"]
    assert {(row["mentions"], row["blocks"], row["largest_block"]) for row in rows} == {(5, 3, 2)}
    assert not any("b3_f1" in row for row in rows)


def test_a_benchmark_folder_has_its_own_mentions(tmp_path: Path) -> None:
    write_benchmarks(DemoSpec(300), tmp_path, tasks=["identity"])
    folder = tmp_path / "demo_identity"
    work = labelled_workload(Folder.open(folder), 0)
    assert all(work.people)
    rows = {row["name"]: row for row in run_bench("identity", {"corpus": folder, "large_block": 50})["rows"]}
    assert list(rows) == [name for name in bench.ROWS if name != "catalog"]
    assert rows["disambiguate"]["mentions"] == len(work.mentions)


def test_one_name_hides_people_but_not_the_truth(tmp_path: Path) -> None:
    work = workload(identified_papers(None, 200, 0))
    assert len(work.papers) == 200
    assert len({mention.id for mention in work.mentions}) == len(work.mentions)
    assert all(mention.block == block_of(mention.name) for mention in work.mentions)
    block = one_name(work, 100, 0)
    assert 80 < len(block.mentions) <= 100
    assert {(m.name, m.block) for m in block.mentions} == {(ONE_NAME, block_of(ONE_NAME))}
    assert len(set(block.people)) > 5
    people = dict(zip((m.id for m in work.mentions), work.people, strict=True))
    assert [people[m.id] for m in block.mentions] == list(block.people)
    on = [paper.id for paper in block.papers for name in paper.authors if name == ONE_NAME]
    assert sorted(m.paper for m in block.mentions) == sorted(on), "one of them on a paper"
    assert [paper.id for paper in block.papers] == [paper.id for paper in work.papers]
    assert one_name(work, 0, 0).mentions == ()
    write_workload(block, tmp_path / "block")
    assert read_workload(tmp_path / "block") == block


def test_a_catalog_gets_names_only() -> None:
    for paper in identified_papers(None, 50, 0):
        assert all(authorship.author_id for authorship in paper.authorships)
        assert not any(a.author_id or a.ids or a.email for a in anonymous(paper).authorships)


def test_peers_agree_and_keep_to_blocks() -> None:
    work = workload(identified_papers(None, 150, 1))
    found = [peer(work.papers, work.mentions) for peer in LINKAGES.values()]
    pairs = {len(np.unique(np.stack(found), axis=1)[0]), *(len(np.unique(labels)) for labels in found)}
    assert len(pairs) == 1, "the same clusters under other numbers"
    blocks = np.array([mention.block for mention in work.mentions])
    for label in np.unique(found[0]):
        assert len(set(blocks[found[0] == label])) == 1
    lone = [Mention("m", "b", "Wei Li", "none")]
    assert all(peer([], lone).tolist() == [0] for peer in LINKAGES.values())


def test_distances_are_cosines() -> None:
    work = workload(identified_papers(None, 60, 1))
    block = one_name(work, 40, 0)
    matrices: list[np.ndarray] = []

    def keep(matrix: np.ndarray) -> np.ndarray:
        matrices.append(matrix)
        return np.zeros(len(matrix), dtype=np.int64)

    assert len(np.unique(linked(block.papers, block.mentions, keep))) == 1
    (matrix,) = matrices
    assert matrix.shape == (len(block.mentions),) * 2
    assert np.allclose(matrix, matrix.T)
    assert (np.diagonal(matrix) == 0).all()
    assert 0 <= matrix.min() <= matrix.max() <= 1
    assert linkage_peers.THRESHOLD < 1


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"engine": "both"}, "not available"),
        ({"large_block": -1}, "at least 0"),
        ({"corpus": "/nowhere"}, "is not a corpus"),
        ({"nonsense": 1}, "has no option"),
    ],
)
def test_what_cannot_be_measured(options: dict[str, Any], said: str) -> None:
    with pytest.raises(EvaluationError, match=said):
        run_bench("identity", options)


def test_a_corpus_without_authors(tmp_path: Path) -> None:
    with pytest.raises(EvaluationError, match="nobody to tell apart"):
        run_bench("identity", {"corpus": write_folder(tmp_path / "toy")})
