"""``scholarcore committee`` from files."""

from __future__ import annotations

import json
from pathlib import Path

from typer.testing import CliRunner

from cli.app import app
from records.errors import AssignmentError, InfeasibleError


def test_a_committee_with_limits_and_alternates(tmp_path: Path) -> None:
    subjects = ("graph cuts", "speech models", "protein folding")
    people = [
        {
            "id": f"c{i}",
            "country": "DE" if i < 4 else "FR",
            "papers": [{"title": f"{subjects[i % 3]} {i}", "abstract": f"About {subjects[i % 3]}.", "year": 2020}],
        }
        for i in range(8)
    ]
    path = tmp_path / "people.json"
    path.write_text(json.dumps(people))
    options = ["--size", "3", "--words-only", "--data", str(tmp_path / "data")]
    for subject in subjects:
        options += ["-t", subject]
    limits = ["--limit", "country<=2", "--redundancy", "1", "--seats", "graph cuts=1", "--include", "c1"]
    done = CliRunner().invoke(app, ["committee", str(path), *options, *limits, "--json"])
    assert done.exit_code == 0, done.output
    found = json.loads(done.stdout)
    members = {member["candidate"] for member in found["members"]}
    assert len(members) == 3
    assert "c1" in members
    assert sum(one in {"c0", "c1", "c2", "c3"} for one in members) <= 2
    assert set(found["coverage"]) == set(subjects)
    assert min(found["coverage"].values()) > 0.5
    assert found["costs"]["each country: at most 2"] >= 0
    shown = CliRunner().invoke(app, ["committee", str(path), *options, *limits])
    assert "alternates" in shown.stdout
    none = CliRunner().invoke(app, ["committee", str(path), *options, "--limit", "country<=1"])
    assert isinstance(none.exception, InfeasibleError)
    nothing = CliRunner().invoke(app, ["committee", str(path), "--data", str(tmp_path / "data")])
    assert isinstance(nothing.exception, AssignmentError)


def test_a_topic_has_words(tmp_path: Path) -> None:
    for topics in ([], ["-t", ""], ["-t", "graph cuts", "-t", " "]):
        done = CliRunner().invoke(app, ["committee", str(tmp_path / "people.json"), "--size", "2", *topics])
        assert isinstance(done.exception, AssignmentError)
        assert "topics to cover" in str(done.exception)
