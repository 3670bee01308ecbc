from __future__ import annotations

import json
from pathlib import Path

from tests.cli.conftest import Command

GOOD = [{"id": f"p{n}", "title": f"Paper number {n}", "year": 2000 + n} for n in range(3)]


def _file(folder: Path, *lines: str) -> Path:
    path = folder / "papers.jsonl"
    path.write_text("\n".join([*map(json.dumps, GOOD), *lines]) + "\n", "utf-8")
    return path


def test_import_build_search(command: Command, tmp_path: Path) -> None:
    report = command("import", "jsonl", _file(tmp_path), "--source", "ours", "--json").json
    assert (report["source"], report["new"], report["rejected"]) == ("ours", 3, 0)
    assert command("status", "--json").json["generation"] is None
    built = command("build", "--json").json
    assert built["built"] is True
    assert built["generation"]["papers"] == 3
    assert command("search", "number", "--json").json["total"] == 3
    assert command("build", "--json").json["built"] is False
    assert "--force" in command("build").out


def test_rejected_records_are_counted_shown_and_listed(command: Command, tmp_path: Path) -> None:
    path = _file(tmp_path, "{broken", *['{"id": "x%d", "year": "soon", "title": "t"}' % n for n in range(8)])  # noqa: UP031 - braces
    ran = command("import", "jsonl", path)
    assert ran.code == 0
    assert "3 papers read" in ran.out
    assert "papers.jsonl:4" in ran.out
    assert "{broken" in ran.out
    assert "--rejections" in ran.err
    document = command("import", "jsonl", path, "--json").json
    assert document["rejections"]["total"] == 9
    assert sum(row["count"] for row in document["rejections"]["by_reason"]) == 9
    assert len(document["rejections"]["records"]) < 9
    listed = command("import", "jsonl", path, "--json", "--rejections").json
    assert len(listed["rejections"]["records"]) == 9
    assert listed["rejections"]["records"][0]["line"] == 4
    assert command("import", "jsonl", path, "--strict").code == 1


def test_again_changes_nothing(command: Command, tmp_path: Path) -> None:
    path = _file(tmp_path)
    command("import", "jsonl", path)
    again = command("import", "jsonl", path, "--json").json
    assert (again["new"], again["parts_skipped"]) == (0, 1)
    forced = command("import", "jsonl", path, "--force", "--json").json
    assert (forced["new"], forced["unchanged"]) == (0, 3)


def test_a_changed_catalog_makes_the_generation_stale_and_old_ones_are_dropped(
    command: Command, tmp_path: Path
) -> None:
    ids: list[str] = []
    for number in range(3):
        command("import", "jsonl", _file(tmp_path, json.dumps({"id": f"more{number}", "title": f"More {number}"})))
        if ids:
            assert command("status", "--json").json["generation_is_stale"] is True
            assert "scholarcore build" in command("status").err
        ids.append(command("build", "--json").json["generation"]["id"])
    kept = command("generations", "list", "--json").json
    assert [generation["id"] for generation in kept] == ids[:0:-1]
    assert command("generations", "switch", ids[1], "--json").json == {"current": ids[1]}
    assert [g["current"] for g in command("generations", "list", "--json").json] == [False, True]
    assert command("generations", "prune", "--keep", "1", "--json").json == {"dropped": []}  # never the current one


def test_without_vectors(command: Command, tmp_path: Path) -> None:
    command("import", "jsonl", _file(tmp_path))
    assert command("build", "--without-vectors", "--json").json["generation"].get("vectors", 0) == 0
    assert command("search", "number", "--mode", "lexical", "--json").json["total"] == 3


def test_vectors_of_another_model_are_told(command: Command, tmp_path: Path) -> None:
    import os

    command("import", "jsonl", _file(tmp_path))
    command("build")
    os.environ["SCHOLARCORE_EMBEDDING__MODEL"] = "none"  # the fixture puts it back
    ran = command("search", "number", "--json")
    assert ran.json["total"] == 3
    assert "build again" in ran.err


def test_unreadable_sources(command: Command, tmp_path: Path) -> None:
    for arguments in (
        ("jsonl", tmp_path / "nothing.jsonl"),
        ("docx", tmp_path),
        ("jsonl", _file(tmp_path), "-o", "a=b"),
    ):
        ran = command("import", *arguments)
        assert (ran.code, ran.out) == (1, "")
        assert ran.err.startswith("error: ")


def test_demo_never_touches_a_real_collection(command: Command, tmp_path: Path) -> None:
    command("import", "jsonl", _file(tmp_path))
    ran = command("demo", "--no-serve")
    assert ran.code == 2
    assert "--data" in ran.err
    assert command("status", "--json").json["catalog"]["source_papers"] == 3


def test_demo_is_made_once_for_the_same_numbers(command: Command) -> None:
    assert command("demo", "--papers", "30", "--no-serve", "--json").json["built_now"] is True
    assert command("demo", "--papers", "30", "--no-serve", "--json").json["built_now"] is False
    assert command("demo", "--papers", "40", "--no-serve", "--json").json["built_now"] is True
    assert command("search", "--json").json["total"] == 40
