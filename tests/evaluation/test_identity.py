"""The identity task on a small folder whose figures can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from cli.main import main
from evaluation import run_evaluation
from evaluation.clustering import IDENTITY_KEYS, clustering_measures
from evaluation.folder import Folder
from evaluation.identity_folder import block_of, read_identity
from evaluation.peers.identity_peers import RULES
from evaluation.tasks import identity
from indexer.identity.disambiguation import Mention, MentionPaper, PairModel
from indexer.identity.disambiguation.shipped import SHIPPED
from records.errors import EvaluationError
from tests.data_paths import shared_data
from tests.evaluation.folders import write_lines

PAPERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("p1", ("Wei Li", "Ann Ray")),
    ("p2", ("Li, Wei", "Bob Orr", "Ann Ray")),
    ("p3", ("W. Li", "Bob Orr")),
    ("p4", ("Wei Li", "Cid Olm")),
    ("p5", ("Eve Ash",)),
    ("p6", ("Eve Ash", "Cid Olm")),
    ("p7", ("Dan Doe",)),
)
SIGNATURES: tuple[tuple[str, str, str, str, str], ...] = (
    ("s1", "w_li", "Wei Li", "p1", "li/0"),
    ("s2", "w_li", "Li, Wei", "p2", "li/0"),
    ("s3", "w_li", "W. Li", "p3", "li/0"),
    ("s4", "w_li", "Wei Li", "p4", "li/1"),
    ("s5", "e_ash", "Eve Ash", "p5", "ash/0"),
    ("s6", "e_ash", "Eve Ash", "p6", "ash/1"),
    ("s7", "d_doe", "Dan Doe", "p7", "doe/0"),
)


def _signature(signature: str, block: str, name: str, paper: str, author: str) -> dict[str, Any]:
    fields = {"signature": signature, "block": block, "name": name, "paper": paper, "affiliation": ""}
    return {**fields, "true_author": author}


def _folder(
    path: Path, *, signatures: list[dict[str, Any]] | None = None, labels: list[str] | None = None, suffix: str = ".gz"
) -> Path:
    path.mkdir(parents=True)
    papers = ({"id": paper, "title": "On it", "authors": [{"name": n} for n in names]} for paper, names in PAPERS)
    write_lines(path / f"papers.jsonl{suffix}", map(json.dumps, papers))
    given = [_signature(*row) for row in SIGNATURES] if signatures is None else signatures
    write_lines(path / f"signatures.jsonl{suffix}", map(json.dumps, given))
    rows = ["\t".join((s, block, paper, author)) for s, block, _, paper, author in SIGNATURES]
    write_lines(path / "labels.tsv", rows if labels is None else labels)
    return path


def _rows(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in result["rows"]}


def test_rules_give_what_one_counts_by_hand(tmp_path: Path) -> None:
    result = run_evaluation("identity", _folder(tmp_path / "toy"))
    assert (result["task"], result["data"]) == ("identity", "toy")
    rows = _rows(result)
    assert list(rows) == ["default", "trained:3-fold", "exact_name", "first_initial", "shared_coauthor"]
    assert {row["mentions"] for row in rows.values()} == {7}
    assert {row["blocks"] for row in rows.values()} == {3}
    assert {row["authors"] for row in rows.values()} == {5}
    # w_li: {1 2 4} {3} found, {1 2 3} {4} true: one pair of three and three. e_ash: one pair found, none true.
    exact = rows["exact_name"]
    assert exact["pairwise_macro_f1"] == pytest.approx((1 / 3 + 0) / 2, abs=1e-6)
    assert exact["pairwise_micro_f1"] == pytest.approx(2 * 1 / (4 + 3), abs=1e-6)
    precision, recall = (2 / 3 + 2 / 3 + 1 + 1 / 3 + 1 / 2 + 1 / 2 + 1) / 7, (2 / 3 + 2 / 3 + 1 / 3 + 1 + 1 + 1 + 1) / 7
    assert exact["b3_precision"] == pytest.approx(precision, abs=1e-6)
    assert exact["b3_recall"] == pytest.approx(recall, abs=1e-6)
    assert exact["b3_f1"] == pytest.approx(2 * precision * recall / (precision + recall), abs=1e-6)
    assert exact["clusters"] == 4
    # w_li: all together, three pairs of six. e_ash as before.
    initial = rows["first_initial"]
    assert initial["pairwise_macro_f1"] == pytest.approx((2 * 3 / (6 + 3) + 0) / 2, abs=1e-6)
    assert initial["pairwise_micro_f1"] == pytest.approx(2 * 3 / (7 + 3), abs=1e-6)
    assert (initial["b3_recall"], initial["clusters"]) == (1.0, 3)
    # Ann Ray joins 1 and 2, Bob Orr 2 and 3; Cid Olm is beside people of different blocks.
    shared = rows["shared_coauthor"]
    assert [shared[key] for key in IDENTITY_KEYS] == [1.0] * 5
    assert shared["clusters"] == 5


def test_settings_say_where_the_default_is_worst_and_how_it_compares(tmp_path: Path) -> None:
    settings = run_evaluation("identity", _folder(tmp_path / "toy"), {"worst": 1, "folds": 0})["settings"]
    assert len(settings["worst_blocks"]) == 1
    assert set(settings["worst_blocks"][0]) >= {"block", "f1", "mentions", "authors", "clusters"}
    assert [c["against"] for c in settings["comparisons"]] == ["exact_name", "first_initial", "shared_coauthor"]
    assert settings["notes"] == {}


def test_only_labels_say_who_somebody_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[Mention] = []

    def spy(papers: tuple[MentionPaper, ...], mentions: tuple[Mention, ...], model: PairModel | None = None) -> Any:
        del papers, model
        seen.extend(mentions)
        return np.zeros(len(mentions), dtype=np.int64)

    monkeypatch.setattr(identity, "disambiguate", spy)
    folder = _folder(tmp_path / "toy", labels=[f"{s}\t{author}" for s, *_, author in SIGNATURES])
    run_evaluation("identity", folder, {"folds": 0})
    assert {(m.id, m.person) for m in seen} == {(s, "") for s, *_ in SIGNATURES}
    assert not any(author in repr(seen) for *_, author in SIGNATURES)
    assert [m.id for m in seen] != [s for s, *_ in SIGNATURES], "the order of the file may follow the truth"


def test_models_learn_from_other_blocks_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    taught: list[set[str]] = []
    asked: list[set[str]] = []

    def fit(papers: object, mentions: list[Mention], truth: list[str]) -> PairModel:
        del papers
        authors = {signature: author for signature, *_, author in SIGNATURES}
        assert truth == [authors[mention.id] for mention in mentions]
        taught.append({m.block for m in mentions})
        return SHIPPED

    def spy(papers: object, mentions: list[Mention], model: PairModel | None = None) -> Any:
        del papers
        if model is not None:
            asked.append({m.block for m in mentions})
        return np.zeros(len(mentions), dtype=np.int64)

    monkeypatch.setattr(identity, "fit_pair_model", fit)
    monkeypatch.setattr(identity, "disambiguate", spy)
    run_evaluation("identity", _folder(tmp_path / "toy"))
    assert set.union(*asked) == {"w_li", "e_ash", "d_doe"}
    assert all(not mine & others for mine, others in zip(asked, taught, strict=True))


def test_what_is_missing_is_made_up_for_and_counted(tmp_path: Path) -> None:
    signatures = [_signature(*row) for row in SIGNATURES]
    del signatures[0]["affiliation"], signatures[1]["block"], signatures[2]["name"]
    signatures[3]["affiliation"] = ["A", "B"]
    signatures[4] |= {"paper": "p99", "affiliation": None}
    signatures.append(signatures[0])
    labels = ["signature\tblock\tpaper\tauthor", "s1\tw_li\tp1\tx", "s2\tw_li\tp2\tx", "s9\tw_li\tp2\ty"]
    folder = Folder.open(_folder(tmp_path / "toy", signatures=signatures, labels=labels, suffix=""))
    problem = read_identity(folder, 0)
    mentions = {mention.id: mention for mention in problem.mentions}
    assert len(mentions) == len(problem.mentions) == 7
    assert (mentions["s2"].block, mentions["s2"].name) == ("w_li", "Wei Li")
    assert mentions["s3"].name == "w li"
    assert mentions["s4"].affiliation == "A; B"
    assert [paper.authors for paper in problem.papers if paper.id == "p99"] == [()]
    assert problem.authors == ("x", "x")
    assert {problem.mentions[at].id for at in problem.labelled.tolist()} == {"s1", "s2"}
    assert {what: count for what, count in folder.notes.items() if count} == {
        "duplicate signatures": 1,
        "labels of signatures that are not in the folder": 1,
        "signatures of papers that are not in the folder": 1,
        "signatures without a block": 1,
        "signatures without a label": 5,
        "signatures without a name": 1,
    }
    rows = _rows(run_evaluation("identity", tmp_path / "toy"))
    assert rows["exact_name"]["pairwise_macro_f1"] == 1.0
    assert rows["default"]["mentions"] == 2


def test_blocks_of_one_mention_only(tmp_path: Path) -> None:
    signatures = [{**_signature(*row), "block": row[0]} for row in SIGNATURES]
    rows = run_evaluation("identity", _folder(tmp_path / "toy", signatures=signatures))["rows"]
    for row in rows:
        assert (row["b3_f1"], row["blocks"], row["pairwise_macro_f1"]) == (1.0, 7, None)


@pytest.mark.parametrize(
    ("name", "lines", "said"),
    [
        ("signatures.jsonl", ["{}"], "needs a 'name'"),
        ("signatures.jsonl", ['{"name": "Wei Li", "paper": "p1"}'], "'signature' must be"),
        ("signatures.jsonl", ['{"name": "Wei Li", "signature": "s1"}'], "line 1: 'paper' must be"),
        ("signatures.jsonl", ['{"name": {"full": "Wei Li"}, "signature": "s1", "paper": "p1"}'], "'name' must be text"),
        ("signatures.jsonl", ['{"name": "W", "signature": 1, "paper": "x"}'], "do the paper ids agree"),
        ("signatures.jsonl", ['{"name": "W", "signature": "x", "paper": "p1"}'], "do the ids agree"),
        (
            "signatures.jsonl",
            [f'{{"name": "W", "signature": "s1", "paper": "{paper}"}}' for paper in ("p1", "p2")],
            "line 2: another signature 's1'",
        ),
        ("signatures.jsonl", [], "holds no signatures"),
        ("signatures.jsonl", ["no json"], "is not JSON"),
        ("labels.tsv", ["s1"], "expected at least 2"),
        ("labels.tsv", ["s1\tw_li\tp1\t"], "no author"),
        ("labels.tsv", ["s1\ta", "s1\tb"], "'s1' is 'b' here and 'a' before"),
        ("labels.tsv", [], "names no signature"),
        ("papers.jsonl", [], "holds no papers"),
    ],
)
def test_folders_that_cannot_be_scored(tmp_path: Path, name: str, lines: list[str], said: str) -> None:
    folder = _folder(tmp_path / "toy", suffix="")
    write_lines(folder / name, lines)
    with pytest.raises(EvaluationError, match=said):
        run_evaluation("identity", folder)
    (folder / name).unlink()
    with pytest.raises(EvaluationError, match=f"has no {name}"):
        run_evaluation("identity", folder)


def test_the_command_fails_with_a_message(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "empty").mkdir()
    assert main(["evaluate", "identity", str(tmp_path / "empty"), "--json"]) != 0
    said = capsys.readouterr()
    assert said.out == ""
    assert "has no signatures.jsonl" in said.err


def test_the_command_prints_one_object(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["evaluate", "identity", str(_folder(tmp_path / "toy")), "--option", "worst=0", "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    assert list(printed) == ["task", "data", "settings", "rows"]
    assert all({"name", *IDENTITY_KEYS} <= set(row) for row in printed["rows"])
    assert printed["settings"]["worst_blocks"] == []


@pytest.mark.parametrize("options", [{"engine": "solr"}, {"folds": 1}, {"folds": -1}, {"worst": -1}, {"nonsense": 1}])
def test_wrong_options(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(EvaluationError):
        run_evaluation("identity", _folder(tmp_path / "toy"), options)


def test_a_second_run_says_the_same(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "toy")
    assert run_evaluation("identity", folder)["rows"] == run_evaluation("identity", folder)["rows"]


@pytest.mark.parametrize(
    ("name", "block"),
    [("Li, Wei", "w_li"), ("J. van der Berg", "j_van_der_berg"), ("Plato", "plato"), ("王芳", "f_wang"), ("-", "-")],
)
def test_blocks_that_names_make(name: str, block: str) -> None:
    assert block_of(name) == block


def test_rules_keep_to_published_figures(tmp_path: Path) -> None:
    """The conventions are those under which the rules have the figures they are known by."""
    data = shared_data()
    if data is None:
        folder = _folder(tmp_path / "toy")
        known = {"exact_name": (0.167, 0.679), "shared_coauthor": (1.0, 1.0)}
    else:
        folder = data / "dev" / "and_aminer110"
        known = {"exact_name": (0.503, 0.600), "shared_coauthor": (0.651, 0.784)}
    problem = read_identity(Folder.open(folder), 0)
    blocks = np.unique([problem.mentions[at].block for at in problem.labelled.tolist()], return_inverse=True)[1]
    true = np.unique(problem.authors, return_inverse=True)[1]
    for name, figures in known.items():
        found = RULES[name](problem.papers, problem.mentions)[problem.labelled]
        measures = clustering_measures(blocks, found, true)
        assert (measures["pairwise_macro_f1"], measures["b3_f1"]) == pytest.approx(figures, abs=6e-4)
