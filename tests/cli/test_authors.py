from __future__ import annotations

import shutil
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from search.profiles import PARTS
from tests.cli.conftest import Command, Ran

On = Callable[..., Ran]


@pytest.fixture
def on(command: Command, demo: Path) -> On:
    return partial(command, "--data", demo)


@pytest.fixture
def somebody(on: On) -> str:
    """The id of the person with most papers."""
    found = on("author", "--sort", "papers", "--limit", "1", "--json").json
    return str(found["results"][0]["id"])


def test_a_list_of_people(on: On) -> None:
    found = on("author", "--filter", "papers:>=2", "--sort", "papers", "--limit", "3", "--json").json
    papers = [person["papers"] for person in found["results"]]
    assert papers == sorted(papers, reverse=True)
    assert min(papers) >= 2
    ran = on("author", "--filter", "papers:>=2", "--sort", "papers", "--limit", "3")
    assert found["results"][0]["name"]["full"] in ran.out
    assert f"--cursor {found['next_cursor']}" in ran.err
    further = on(
        "author", "--filter", "papers:>=2", "--sort", "papers", "--cursor", found["next_cursor"], "--json"
    ).json
    assert further["total"] == found["total"]
    assert {p["id"] for p in further["results"]}.isdisjoint({p["id"] for p in found["results"]})


def test_a_misspelt_name(on: On, somebody: str) -> None:
    name = on("author", somebody, "--json").json["name"]
    assert len(name["family"]) >= 4
    typo = name["family"][:-2] + name["family"][-1] + name["family"][-2] + " "
    ran = on("author", f"{name['given']} {typo}")
    if name["family"][-1] != name["family"][-2]:
        assert "similar names" in ran.err
    assert name["full"] in ran.out


def test_a_profile_for_people_and_for_programs(on: On, somebody: str) -> None:
    profile = on("author", somebody, "--profile", "--json").json
    assert set(PARTS) < set(profile)
    assert profile["author"] == on("author", somebody, "--json").json
    assert profile["totals"]["papers"] == sum(row["papers"] for row in profile["years"])
    shown = on("author", somebody).out
    for part in ("totals", "metrics", "most cited papers", "co-authors", "cited by", "network of co-authors"):
        assert part in shown
    assert profile["standing"][0]["sentence"] in shown
    assert profile["coauthors"][0]["name"] in shown


def test_parts_of_a_profile(on: On, somebody: str) -> None:
    found = on("author", somebody, "--select", "totals, advisors", "--json").json
    assert set(found) == {"author", "generation", "totals", "advisors"}
    shown = on("author", somebody, "--select", "totals").out
    assert "totals" in shown
    assert "most cited papers" not in shown


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("--filter", "hindex:3"), 2, "did you mean h_index?"),
        (("--sort", "fame"), 2, "cannot sort people by 'fame'"),
        (("--cursor", "nonsense"), 2, "cursor"),
        (("no such name", "--sort", "papers"), 1, "no author or author name with id 'no such name'"),
        (("--affiliation", "nowhere at all"), 0, "nobody was found"),
    ],
)
def test_what_cannot_be_listed(on: On, arguments: tuple[str, ...], code: int, said: str) -> None:
    ran = on("author", *arguments)
    assert (ran.code, ran.out) == (code, "")
    assert said in ran.err


def test_an_unknown_part(on: On, somebody: str) -> None:
    ran = on("author", somebody, "--select", "fame")
    assert ran.code == 2
    assert "a profile has no part 'fame'" in ran.err


def test_pinned_papers_show_after_the_next_build(command: Command, demo: Path, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(demo, data)
    on: On = partial(command, "--data", data)
    person = on("author", "--sort", "papers", "--limit", "1", "--json").json["results"][0]["id"]
    chosen = [row["id"] for row in on("author", person, "--select", "most_cited", "--json").json["most_cited"]][1::-1]
    assert on("pin", person, "nothing", "--who", "Cy").code == 1
    ran = on("pin", person, *chosen, "--who", "Cy", "--json")
    assert ran.json == {"number": 1, "author": person, "papers": chosen}
    assert on("status", "--json").json["generation_is_stale"] is True
    assert on("author", person, "--select", "pinned", "--json").json["pinned"] == []
    assert on("build").code == 0
    found = on("author", person, "--select", "pinned", "--json").json
    assert [row["id"] for row in found["pinned"]] == chosen == found["author"]["pinned"]
    assert "pinned papers" in on("author", person).out
