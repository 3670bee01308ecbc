from __future__ import annotations

from pathlib import Path
from typing import Any

from tests.cli.conftest import Command


def _prolific(command: Command, demo: Path) -> str:
    ranked: Any = command("--data", demo, "rank", "authors", "--metric", "papers", "--limit", "1", "--json").json
    return str(ranked["results"][0]["id"])


def test_collaborators_of_an_author(command: Command, demo: Path) -> None:
    author = _prolific(command, demo)
    found = command("--data", demo, "collaborators", author, "--min-papers", "1", "-n", "5", "--json").json
    assert 1 <= len(found["results"]) <= 5
    assert author not in {row["id"] for row in found["results"]}
    shown = command("--data", demo, "collaborators", author, "--min-papers", "1", "-n", "5")
    assert shown.code == 0
    for row in found["results"]:
        assert row["name"] in shown.out
        assert row["met"]["papers"] == 0
    assert "score:" in shown.out


def test_a_profile_from_a_file(command: Command, demo: Path, tmp_path: Path) -> None:
    author = _prolific(command, demo)
    titles = command("--data", demo, "author", author, "--json")
    assert titles.code == 0
    papers: Any = command("--data", demo, "search", "", "--limit", "3", "--json").json
    profile = tmp_path / "profile.txt"
    profile.write_text("\n".join(hit["title"] for hit in papers["results"]), "utf-8")
    found = command("--data", demo, "collaborators", "--file", profile, "--min-papers", "1", "--json").json
    assert found["results"]
    assert all(row["path"] == [] for row in found["results"])


def test_wrong_use(command: Command, demo: Path, tmp_path: Path) -> None:
    assert command("--data", demo, "collaborators").code == 2
    assert command("--data", demo, "collaborators", "nobody").code == 1
    assert command("--data", demo, "collaborators", "--file", tmp_path / "missing.txt").code == 2
    wrong = command("--data", demo, "collaborators", _prolific(command, demo), "--filter", "nonsense:1")
    assert wrong.code == 2
    assert not wrong.out
