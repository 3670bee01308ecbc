from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import Command


def test_experts_for_people_and_for_programs(command: Command, demo: Path) -> None:
    shown = command("--data", demo, "experts", "machine learning", "--limit", "3")
    assert shown.code == 0
    rows = command("--data", demo, "experts", "machine learning", "--limit", "3", "--evidence", "3", "--json").json
    assert [row["rank"] for row in rows["results"]] == [1, 2, 3]
    for row in rows["results"]:
        assert row["name"] in shown.out
        assert row["id"] in shown.out
        assert all(paper["title"] in shown.out for paper in row["evidence"])
    assert f"more: --cursor {rows['next_cursor']}" in shown.out
    more = command("--data", demo, "experts", "machine learning", "--cursor", rows["next_cursor"], "--json").json
    assert more["results"][0]["rank"] == 4


def test_a_call_is_read_from_a_file_or_from_stdin(
    command: Command, demo: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    call = tmp_path / "call.txt"
    call.write_text("Topics:\n- graph theory\n- machine translation\n- climate\n")
    shown = command("--data", demo, "experts", "--file", call, "--coverage")
    assert shown.code == 0
    assert "machine translation" in shown.out
    assert "covered: " in shown.out
    given = command("--data", demo, "experts", "--file", call, "--coverage", "--json").json
    assert given["needs"] == ["graph theory", "machine translation", "climate"]
    assert len(given["coverage"]["aspects"]) == 3
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(call.read_bytes())))
    piped = command("--data", demo, "experts", "--file", "-", "--coverage", "--json").json
    assert piped["results"] == given["results"]


def test_papers_and_their_authors(command: Command, demo: Path) -> None:
    paper = command("--data", demo, "search", "learning", "--limit", "1", "--json").json["results"][0]
    rows = command("--data", demo, "experts", "--paper", paper["id"], "--limit", "1000", "--json").json["results"]
    writers = {row["id"] for row in rows if row["query_author"]}
    left = command("--data", demo, "experts", "--paper", paper["id"], "--exclude-authors", "-n", "1000", "--json").json
    assert {row["id"] for row in left["results"]} == {row["id"] for row in rows} - writers
    assert all(found["id"] != paper["id"] for row in rows for found in row["evidence"])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ((), "a query, a text or papers"),
        (("--file", "missing.txt"), "missing.txt cannot be read"),
        (("--paper", "nothing"), "nothing"),
        (("x", "--sort", "nonsense"), "nonsense"),
        (("x", "--filter", "nonsense:1"), "nonsense"),
        (("x", "--half-life", "0"), "half_life"),
    ],
)
def test_what_cannot_be_answered_is_said(command: Command, demo: Path, arguments: tuple[str, ...], told: str) -> None:
    ran = command("--data", demo, "experts", *arguments)
    assert ran.code != 0
    assert told in ran.err
    assert not ran.out


def test_a_file_that_is_no_text_is_refused(command: Command, demo: Path, tmp_path: Path) -> None:
    (tmp_path / "call.pdf").write_bytes(b"%PDF\xff\xfe")
    ran = command("--data", demo, "experts", "--file", tmp_path / "call.pdf")
    assert ran.code != 0
    assert "is not UTF-8 text" in ran.err
