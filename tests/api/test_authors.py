"""People over HTTP: found, completed, and their profiles."""

from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient

from search.profiles import PARTS
from tests.api.toy import PAPERS


def _get(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "application/json"
    return answer.json()


@pytest.mark.parametrize(
    ("params", "expected"),
    [
        ({}, ["toy:bo", "toy:ada"]),
        ({"name": "MOREAU a"}, ["toy:ada"]),
        ({"id": "orcid:0000-0002-1825-0097"}, ["toy:ada"]),
        ({"id": "dblp:pid/65/9612"}, ["toy:ada"]),
        ({"id": "toy:a.moreau"}, ["toy:ada"]),
        ({"affiliation": "informatique lyon"}, ["toy:ada"]),
        ({"filter": f"papers:{PAPERS}"}, ["toy:bo"]),
        ({"filter": "country:FR"}, ["toy:ada"]),
        ({"sort": "papers:asc"}, ["toy:ada", "toy:bo"]),
        ({"name": "nobody"}, []),
    ],
)
def test_people_are_found(client: TestClient, params: dict[str, str], expected: list[str]) -> None:
    found = _get(client, "/authors", **params)
    assert [person["id"] for person in found["results"]] == expected
    assert found["total"] == len(expected)
    assert found["warnings"] == []


def test_similar_names_come_with_a_warning(client: TestClient) -> None:
    found = _get(client, "/authors", name="ada moraeu")
    assert [person["id"] for person in found["results"]] == ["toy:ada"]
    assert [warning["code"] for warning in found["warnings"]] == ["similar_names"]
    assert _get(client, "/authors", name="ada moraeu", similar=False)["total"] == 0


def test_people_page_by_page(client: TestClient) -> None:
    answer = client.get("/authors", params={"sort": "papers", "limit": 1})
    first = answer.json()
    assert (first["total"], len(first["results"])) == (2, 1)
    assert answer.headers["link"] == f'<{first["links"]["next"]}>; rel="next"'
    second = client.get(first["links"]["next"]).json()
    assert [one["results"][0]["id"] for one in (first, second)] == ["toy:bo", "toy:ada"]
    assert (second["total"], second["next_cursor"]) == (2, None)
    again = _get(client, "/authors", sort="papers", limit=1, cursor=first["next_cursor"])
    assert again["results"] == second["results"]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/authors?filter=year:2000", "filter"),
        ("/authors?filter=papers", "filter"),
        ("/authors?sort=fame", "query"),
        ("/authors?cursor=nonsense", "cursor"),
        ("/authors/toy:ada/profile?central=charm", "query"),
    ],
)
def test_what_cannot_be_asked(client: TestClient, path: str, code: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.json()["type"].endswith(code)


def test_names_are_completed(client: TestClient) -> None:
    found = _get(client, "/suggest", q="ada mor", kind="author")["results"]
    assert found == [{"text": "Ada Moreau", "kind": "author", "id": "toy:ada", "count": (PAPERS + 1) // 2}]


def test_a_profile(client: TestClient) -> None:
    found = _get(client, "/authors/toy:ada/profile")
    assert set(PARTS) < set(found)
    assert found["author"] == _get(client, "/authors/toy:ada")
    assert found["totals"]["papers"] == (PAPERS + 1) // 2 == sum(row["papers"] for row in found["years"])
    assert found["totals"]["citations"] == sum(row["citations"] for row in found["years"])
    assert [row["id"] for row in found["pinned"]] == ["toy:p04", "toy:p00"]
    (coauthor,) = found["coauthors"]
    assert (coauthor["id"], coauthor["name"], coauthor["papers"]) == ("toy:bo", "Bo Chen", (PAPERS + 1) // 2)
    assert found["network"]["cut"].startswith("All 1 co-authors")


def test_parts_of_a_profile(client: TestClient) -> None:
    found = _get(client, "/authors/toy:ada/profile", select="years,most_central,metrics", limit=2)
    assert set(found) == {"author", "generation", "years", "most_central", "central_by", "metrics", "cohort"}
