"""The collaborators task on a small folder whose figures can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from evaluation import run_evaluation
from evaluation.collaborator_folder import name_id
from records.errors import EvaluationError
from tests.evaluation.folders import write_lines


def _paper(number: int, year: int | None, title: str, *authors: str, with_ids: bool = True) -> str:
    byline = [{"name": name, **({"id": name_id(name)} if with_ids else {})} for name in authors]
    record = {"id": f"p{number:02}", "title": title, "year": year, "venue": "ACL", "authors": byline}
    return json.dumps(record)


def _papers(*, with_ids: bool = True) -> list[str]:
    bylines: list[tuple[int | None, str, tuple[str, ...]]] = [
        (2015, "Parsing trees", ("Ann Núñez", "Bob Ray")),
        (2016, "Parsing Czech", ("Bob Ray", "Cid Olm")),
        (2016, "Speech", ("Dan Ash", "Eve Orr")),
        (2017, "Parsing again", ("Ann Núñez", "Bob Ray")),
        (2019, "The future", ("Ann Núñez", "Cid Olm", "Dan Ash")),
        (None, "Undated", ("Ann Núñez", "Eve Orr")),
    ]
    return [_paper(i, year, title, *authors, with_ids=with_ids) for i, (year, title, authors) in enumerate(bylines)]


def _folder(path: Path, *, papers: bool = True, links: tuple[str, ...] = ("ann-nunez\tcid-olm\t1",)) -> Path:
    path.mkdir(parents=True)
    readme = {"train_until": 2018, "test": [2019, 2020], "min_prior_papers": 1, "max_authors_per_paper": 15}
    (path / "README.json").write_text(json.dumps({**readme, "corpus": "elsewhere"}), "utf-8")
    write_lines(path / "new_links_test.tsv", links)
    write_lines(path / "queries.jsonl.gz", [json.dumps({"id": name}) for name in ("ann-nunez", "cid-olm")])
    if papers:
        write_lines(path / "papers.jsonl.gz", _papers())
    return path


def _rows(result: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {row["name"]: row for row in result["rows"]}


def test_new_links_are_found_among_those_not_met_by_then(tmp_path: Path) -> None:
    result = run_evaluation("collaborators", _folder(tmp_path / "links"))
    rows = _rows(result)
    assert list(rows) == ["default", "adamic_adar", "common_neighbours", "walk"]
    for row in rows.values():
        assert row["queries"] == 2
    # Two steps lead from Ann to Cid and back, and to nobody else.
    for name in ("adamic_adar", "common_neighbours"):
        assert (rows[name]["R@20"], rows[name]["MRR"], rows[name]["candidate_recall"]) == (1.0, 1.0, 1.0)
    assert rows["default"]["candidate_recall"] == 1.0
    assert rows["default"]["R@20_ci"] == [1.0, 1.0]
    assert result["settings"]["papers"] == 4  # nothing after 2018, nothing without a year
    assert result["settings"]["learned_from"] == 0


def test_the_future_is_not_seen(tmp_path: Path) -> None:
    rows = _rows(run_evaluation("collaborators", _folder(tmp_path / "links", links=("ann-nunez\tdan-ash\t1",))))
    assert rows["adamic_adar"]["candidate_recall"] == 0.0
    assert rows["walk"]["R@100"] == 0.0


def test_papers_from_elsewhere_match_by_name(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "links", papers=False)
    (tmp_path / "corpus").mkdir()
    write_lines(tmp_path / "corpus" / "papers.jsonl.gz", _papers(with_ids=False))
    with pytest.raises(EvaluationError, match="--corpus"):
        run_evaluation("collaborators", folder)
    result = run_evaluation("collaborators", folder, {"corpus": str(tmp_path / "corpus"), "model": "shipped"})
    assert _rows(result)["walk"]["R@20"] == 1.0


def test_a_second_run_says_the_same(tmp_path: Path) -> None:
    folder = _folder(tmp_path / "links")
    assert run_evaluation("collaborators", folder)["rows"] == run_evaluation("collaborators", folder)["rows"]


@pytest.mark.parametrize(
    ("name", "text", "said"),
    [
        ("README.json", "{}", "train_until"),
        ("README.json", "no json", "train_until"),
        ("new_links_test.tsv", "one\n", "columns"),
        ("new_links_test.tsv", "", "no links"),
        ("new_links_test.tsv", "nobody\tnoone\t1\n", "author ids"),
    ],
)
def test_folders_that_cannot_be_scored(tmp_path: Path, name: str, text: str, said: str) -> None:
    folder = _folder(tmp_path / "links")
    (folder / name).write_text(text, "utf-8")
    with pytest.raises(EvaluationError, match=said):
        run_evaluation("collaborators", folder)


@pytest.mark.parametrize("options", [{"model": "none"}, {"engine": "other"}, {"nonsense": 1}])
def test_wrong_options(tmp_path: Path, options: dict[str, Any]) -> None:
    with pytest.raises(EvaluationError):
        run_evaluation("collaborators", _folder(tmp_path / "links"), options)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Ann Núñez", "ann-nunez"),
        ("Tim O'Gorman", "tim-o-gorman"),
        ("Anders Søgaard", "anders-s-gaard"),
        ("王芳", "王芳"),
    ],
)
def test_ids_that_names_give(name: str, expected: str) -> None:
    assert name_id(name) == expected
