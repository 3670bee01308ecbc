"""``scholarcore assign`` from files to files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from cli.app import app
from records.errors import InfeasibleError, SettingsError

SUBJECTS = ("graph cuts", "speech models", "protein folding")


@pytest.fixture
def files(tmp_path: Path) -> tuple[str, str]:
    submissions = [
        {"id": f"s{i}", "title": f"New {subject}", "abstract": f"On {subject}.", "authors": [f"Author {name}"]}
        for i, (subject, name) in enumerate(zip(SUBJECTS, ("Ant", "Bee", "Cat"), strict=True))
    ]
    reviewers = [
        {"id": f"r{i}", "papers": [{"title": f"{SUBJECTS[i % 3]} {i}", "abstract": "Text.", "year": 2020}]}
        for i in range(6)
    ]
    names = tmp_path / "submissions.json", tmp_path / "reviewers.json"
    for path, records in zip(names, (submissions, reviewers), strict=True):
        path.write_text(json.dumps(records))
    return str(names[0]), str(names[1])


def test_pairs_reasons_and_files(tmp_path: Path, files: tuple[str, str]) -> None:
    pairs, page = tmp_path / "pairs.csv", tmp_path / "page.html"
    options = ["--demand", "2", "--load", "1", "--words-only", "-o", str(pairs), "--report", str(page), "--json"]
    done = CliRunner().invoke(app, ["assign", *files, *options, "--data", str(tmp_path / "data")])
    assert done.exit_code == 0, done.output
    result = json.loads(done.stdout)
    assert {(pair["submission"], pair["reviewer"]) for pair in result["pairs"]} == {
        (f"s{i % 3}", f"r{i}") for i in range(6)
    }
    assert result["gap"] == 0
    assert all(pair["explanation"]["papers"] for pair in result["pairs"])
    assert len(pairs.read_text().splitlines()) == 7
    assert "Reviewer assignment" in page.read_text()
    assert "nothing is built yet" in done.stderr
    shown = CliRunner().invoke(app, ["assign", *files, *options[:-1], "--data", str(tmp_path / "data")])
    assert "every rule was checked" in shown.stdout


def test_scores_conflicts_and_what_cannot_be(tmp_path: Path, files: tuple[str, str]) -> None:
    scores, never = tmp_path / "scores.csv", tmp_path / "never.csv"
    scores.write_text("".join(f"s{i},r{i},1\n" for i in range(3)))
    never.write_text("s0,r0\n")
    given = ["--scores", str(scores), "--conflicts", str(never), "--data", str(tmp_path / "data")]
    done = CliRunner().invoke(app, ["assign", *files, "--demand", "1", "--load", "1", *given, "--json"])
    result = json.loads(done.stdout)
    assert result["total"] == 2
    assert ("s0", "r0") not in {(pair["submission"], pair["reviewer"]) for pair in result["pairs"]}
    failed = CliRunner().invoke(app, ["assign", *files, "--demand", "3", "--load", "1", *given])
    assert isinstance(failed.exception, InfeasibleError)
    assert "the papers need 9 reviews and the reviewers may do 6" in str(failed.exception)
    wrong = CliRunner().invoke(app, ["assign", *files, "--policy", "lax", *given])
    assert isinstance(wrong.exception, SettingsError)
