from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import pytest

from tests.cli.conftest import PAPERS, Command


def test_a_ranking_for_people_and_for_programs(command: Command, demo: Path) -> None:
    shown = command("--data", demo, "rank", "authors", "--limit", "3")
    assert shown.code == 0
    assert shown.out.startswith("h-index: The largest number h")
    rows = command("--data", demo, "rank", "authors", "--limit", "3", "--json").json
    assert [row["rank"] for row in rows["results"]] == sorted(row["rank"] for row in rows["results"])
    assert all(row["label"] in shown.out and row["id"] in shown.out for row in rows["results"])
    assert rows["counted"]["papers"] == PAPERS
    assert f"more: --cursor {rows['next_cursor']}" in shown.out
    assert command("--data", demo, "rank", "authors", "--cursor", rows["next_cursor"]).out.count("\n") > 3


def test_every_row_is_listed_once(command: Command, demo: Path) -> None:
    lines = command("--data", demo, "rank", "papers", "--metric", "citations", "--all").out.splitlines()
    ids = [json.loads(line)["id"] for line in lines]
    assert len(ids) == len(set(ids)) == PAPERS
    table = list(csv.DictReader(io.StringIO(command("--data", demo, "rank", "papers", "--all", "--csv").out)))
    assert [row["id"] for row in table] == ids


def test_windows_parameters_and_filters_reach_the_ranking(command: Command, demo: Path) -> None:
    window = ("--published", "2000-", "--cited", "2005-2020", "--within", "5", "--no-self-citations")
    found = command("--data", demo, "rank", "papers", *window, "--json").json
    assert found["window"] == {"published": "2000-", "cited": "2005-2020", "within": 5, "self_citations": False}
    everything = command("--data", demo, "rank", "papers", "--json").json
    assert 0 < found["counted"]["citations"] < everything["counted"]["citations"]
    damped = command("--data", demo, "rank", "papers", "-m", "pagerank", "-p", "damping=0.5", "--json")
    assert damped.json["parameters"] == {"damping": 0.5}
    assert "metric pagerank" in damped.err or damped.err == ""
    few = command("--data", demo, "rank", "authors", "--filter", "papers:>=3", "--json").json
    assert 0 < few["total"] < command("--data", demo, "rank", "authors", "--json").json["total"]
    assert command("--data", demo, "rank", "venues", "--min-papers", "5", "--json").json["total"] > 0
    assert "name" in command("--data", demo, "rank", "institutions").out


def test_trends_of_a_topic(command: Command, demo: Path) -> None:
    paper = command("--data", demo, "rank", "papers", "--limit", "1", "--json").json["results"][0]
    topic = command("--data", demo, "paper", paper["id"], "--json").json["topics"][0]["name"]
    found = command("--data", demo, "trends", topic, "--json").json
    assert found["scope"]["topic"] == topic
    assert sum(year["papers"] for year in found["results"]) + found["undated"] == found["scope"]["papers"]
    shown = command("--data", demo, "trends", topic)
    assert shown.code == 0
    assert f"topic {topic!r}" in shown.out
    topics = command("--data", demo, "trends", "--topics", "--json").json["results"]
    assert topic in {one["topic"] for one in topics}
    assert topics[0]["topic"] in command("--data", demo, "trends", "--topics").out
    assert command("--data", demo, "trends", "--topics", "--csv").code == 2
    whole = list(csv.DictReader(io.StringIO(command("--data", demo, "trends", "--csv").out)))
    assert sum(int(row["papers"]) for row in whole) <= PAPERS


@pytest.mark.parametrize("kind", ["countries", "institutions"])
def test_who_publishes_with_whom(command: Command, demo: Path, kind: str) -> None:
    found = command("--data", demo, kind, "--limit", "5", "--json").json
    assert (found["kind"], found["total"] > 5) == (kind, True)
    assert found["joint"] <= found["placed"] <= found["papers"] == PAPERS
    first = found["results"][0]
    shown = command("--data", demo, kind, "--limit", "5").out
    assert first["first_label"] in shown
    yearly = command("--data", demo, kind, first["first"], "--by-year", "--all", "--csv")
    rows = [row for row in csv.DictReader(io.StringIO(yearly.out)) if row["second"] == first["second"]]
    assert sum(int(row["papers"]) for row in rows) == first["papers"]
    lines = command("--data", demo, kind, "--all", "--counting", "fractional").out.splitlines()
    assert len(lines) == found["total"]


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (("rank", "authors", "--metric", "hindex"), "did you mean h_index?"),
        (("rank", "papers", "-m", "pagerank", "-p", "damping"), "name=value"),
        (("rank", "papers", "--published", "then"), "window of years"),
        (("rank", "authors", "--filter", "h_index>3"), "filter"),
        (("trends", "--years", "x"), "window of years"),
    ],
)
def test_what_was_asked_wrongly(command: Command, demo: Path, arguments: tuple[str, ...], told: str) -> None:
    answer = command("--data", demo, *arguments)
    assert (answer.code, answer.out) == (2, "")
    assert told in answer.err


def test_an_unknown_country(command: Command, demo: Path) -> None:
    answer = command("--data", demo, "countries", "ZZ")
    assert (answer.code, answer.out) == (1, "")
    assert "no country with id 'ZZ'" in answer.err
