from __future__ import annotations

import json
from pathlib import Path

import pytest
from bibtexparser.entrypoint import parse_string

from search.request import Mode
from tests.cli.conftest import PAPERS, Command


@pytest.fixture
def on(command: Command, demo: Path) -> Command:
    """A command over the demo."""
    return lambda *arguments: command("--data", demo, *arguments)


def test_search_prints_what_the_api_answers(on: Command) -> None:
    found = on("search", "--json", "--facet", "year:3", "--limit", "5").json
    assert found["total"] == PAPERS
    assert len(found["results"]) == 5
    assert len(found["facets"][0]["values"]) == 3
    assert found["results"][0]["title"]


def test_search_for_people_to_read(on: Command) -> None:
    title = on("search", "--json", "--limit", "1").json["results"][0]["title"]
    ran = on("search", title, "--limit", "2", "--highlight", "--explain", "--facet", "venue.name")
    assert ran.code == 0
    first = ran.out.split("\n  1. ")[1].split("\n")[0]
    assert first.startswith(title)
    assert "score" in ran.out
    assert "venue.name" in ran.out
    assert "<mark>" not in ran.out
    assert "\x1b" not in ran.out  # not a terminal, no colours


def test_every_match_as_lines(on: Command) -> None:
    ran = on("search", "--all", "--sort", "date:asc")
    papers = [json.loads(line) for line in ran.out.splitlines()]
    assert len({paper["id"] for paper in papers}) == len(papers) == PAPERS
    years = [paper["year"] for paper in papers]
    assert years == sorted(years)


def test_pages_go_on_by_cursor(on: Command) -> None:
    first = on("search", "--json", "--limit", "70").json
    second = on("search", "--json", "--limit", "70", "--cursor", first["next_cursor"]).json
    ids = [paper["id"] for page in (first, second) for paper in page["results"]]
    assert len(set(ids)) == len(ids) == PAPERS
    assert second["next_cursor"] is None
    assert "--cursor" in on("search", "--limit", "3").out


def test_modes_of_the_option_are_those_of_the_service(on: Command) -> None:
    for mode in Mode:
        assert on("search", "a", "--mode", mode.value, "--json", "--limit", "1").json["mode"] == mode.value
    ran = on("search", "a", "--mode", "psychic")
    assert ran.code == 2
    assert all(mode.value in ran.err for mode in Mode)


def test_a_wrong_query_points_at_the_column(on: Command) -> None:
    ran = on("search", 'graph "neural')
    assert (ran.code, ran.out) == (2, "")
    message, query, caret = ran.err.splitlines()[:3]
    assert message.startswith("error: ")
    assert query.index('"') == caret.index("^")
    assert "Traceback" not in ran.err


@pytest.mark.parametrize("arguments", [("--filter", "yaer:1999"), ("--cursor", "nonsense"), ("--limit", "0")])
def test_what_is_asked_wrongly_exits_with_2(on: Command, arguments: tuple[str, ...]) -> None:
    ran = on("search", *arguments)
    assert (ran.code, ran.out) == (2, "")
    assert ran.err


def test_paper(on: Command) -> None:
    wanted = on("search", "--json", "--limit", "1", "--sort", "citations").json["results"][0]
    assert on("paper", wanted["id"], "--json").json["title"] == wanted["title"]
    shown = on("paper", wanted["id"]).out
    assert wanted["title"] in shown
    assert f"cited by {wanted['metrics']['citations']:.0f} papers here" in shown
    assert "metric" in shown
    library = parse_string(on("paper", wanted["id"], "--bibtex").out)
    assert len(library.entries) == 1
    assert not library.failed_blocks


def test_paper_by_doi_says_so(on: Command) -> None:
    wanted = on("search", "--json", "--limit", "1", "--filter", "has_doi:true").json["results"][0]
    ran = on("paper", f"doi:{wanted['ids']['doi'][0]}", "--json")
    assert ran.json["id"] == wanted["id"]
    assert wanted["id"] in ran.err


def test_author_by_id_and_by_name(on: Command) -> None:
    paper = on("search", "--json", "--limit", "1").json["results"][0]
    authorship = paper["authorships"][0]
    person = on("author", authorship["author_id"], "--json").json
    assert person["papers"] >= 1
    shown = on("author", authorship["author_id"]).out
    assert person["name"]["full"] in shown
    assert "h-index" in shown.lower()
    found = on("author", person["name"]["full"], "--json").json["results"]
    assert authorship["author_id"] in [one["id"] for one in found]
    assert person["name"]["full"] in on("author", person["name"]["full"]).out


@pytest.mark.parametrize("arguments", [("paper", "nothing"), ("author", "nobody at all")])
def test_unknown_ids(on: Command, arguments: tuple[str, ...]) -> None:
    ran = on(*arguments)
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: no ")


def test_status(on: Command) -> None:
    status = on("status", "--json").json
    assert status["catalog"]["papers"] == status["generation"]["papers"] == PAPERS
    assert status["generation_is_stale"] is False
    shown = on("status").out
    assert "demo" in shown
    assert str(PAPERS) in shown


def test_generations_list_and_verify(on: Command) -> None:
    (generation,) = on("generations", "list", "--json").json
    assert generation["current"] is True
    assert on("generations", "verify", "--json").json == {"verified": generation["id"]}
    assert generation["id"] in on("generations", "list").out
    ran = on("generations", "switch", "nonsense")
    assert (ran.code, ran.out) == (1, "")


def test_sources_metrics_settings(command: Command) -> None:
    assert {"acl", "jsonl", "bibtex"} <= {entry["name"] for entry in command("sources", "--json").json}
    assert "h_index" in {metric["name"] for metric in command("metrics", "--json").json}
    rows = {row["name"]: row for row in command("--data", "elsewhere", "settings", "--json").json}
    assert rows["data"]["value"] == "elsewhere"
    assert rows["embedding.model"]["value"] == "hashing"
    for name in ("sources", "metrics", "settings"):
        ran = command(name)
        assert ran.code == 0
        assert len(ran.out.splitlines()) > 3


def test_a_later_data_option_wins(command: Command) -> None:
    rows = {row["name"]: row for row in command("--data", "a", "settings", "--data", "b", "--json").json}
    assert rows["data"]["value"] == "b"


def test_wrong_settings_exit_with_2(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_PORT", "many")
    ran = command("status")
    assert (ran.code, ran.out) == (2, "")
    assert "port" in ran.err


def test_nothing_there_yet(command: Command) -> None:
    ran = command("status", "--json")
    assert ran.json["catalog"] is None
    assert ran.json["generation"] is None
    assert "no catalog yet" in command("status").out
    for arguments in (("search", "a"), ("build",), ("paper", "x")):
        ran = command(*arguments)
        assert (ran.code, ran.out) == (1, "")
        assert "scholarcore" in ran.err  # says what to run


def test_evaluate_and_bench_name_what_is_missing(command: Command, tmp_path: Path) -> None:
    ran = command("evaluate", "search", tmp_path, "--json")
    assert (ran.code, ran.out) == (1, "")
    assert ran.err.startswith("error: ")
    ran = command("evaluate", "astrology", tmp_path)
    assert (ran.code, ran.out) == (1, "")
    assert "search" in ran.err
    ran = command("bench", "astrology")
    assert ran.code == 1
    assert command("evaluate", "search", tmp_path, "-o", "novalue").code == 2
