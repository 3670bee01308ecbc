from __future__ import annotations

from typing import Any

import pytest
from fastapi.testclient import TestClient


def test_collaborators_of_a_person(client: TestClient) -> None:
    answer = client.get("/authors/toy:ada/collaborators", params={"not_met_within": 0, "limit": 5})
    assert answer.status_code == 200
    found = answer.json()
    assert [row["id"] for row in found["results"]] == ["toy:bo"]
    (row,) = found["results"]
    assert row["name"] == "Bo Chen"
    assert row["met"] == {"papers": 13, "last_year": 2014}
    assert [(step["one"]["id"], step["other"]["id"]) for step in row["path"]] == [("toy:ada", "toy:bo")]
    assert row["path"][0]["examples"][0]["id"] == "toy:p24"
    assert row["citations"]["theirs_of_yours"] > 0
    assert row["score"] == pytest.approx(sum(row["parts"].values()), abs=1e-4)
    assert (found["total"], found["until"], found["next_cursor"]) == (1, 2014, None)


def test_whom_one_met_is_not_listed(client: TestClient) -> None:
    found = client.get("/authors/toy:ada/collaborators").json()
    assert (found["total"], found["results"]) == (0, [])


def test_other_ids_lead_to_the_live_one(client: TestClient) -> None:
    answer = client.get("/authors/toy:a.moreau/collaborators?limit=3")
    assert answer.status_code == 308
    assert answer.headers["location"] == "/authors/toy:ada/collaborators?limit=3"


def test_a_pasted_profile_pages_by_cursor(client: TestClient) -> None:
    body: dict[str, Any] = {"text": "things about graph parsing", "limit": 1, "select": "id,rank"}
    first = client.post("/collaborators", json=body).json()
    assert first["total"] == 2
    second = client.post("/collaborators", json={**body, "cursor": first["next_cursor"]}).json()
    rows = first["results"] + second["results"]
    assert [row["rank"] for row in rows] == [1, 2]
    assert {row["id"] for row in rows} == {"toy:ada", "toy:bo"}
    assert all(row.keys() == {"id", "rank"} for row in rows)
    assert second["next_cursor"] is None


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/authors/nobody/collaborators", 404),
        ("/authors/toy:ada/collaborators?limit=0", 400),
        ("/authors/toy:ada/collaborators?nonsense=1", 400),
        ("/authors/toy:ada/collaborators?select=nonsense", 400),
        ("/authors/toy:ada/collaborators?filter=nonsense:1", 400),
        ("/authors/toy:ada/collaborators?cursor=AAAA", 400),
        ("/authors/toy:ada/collaborators?career_from=9&career_to=2", 400),
        ("/authors/toy:ada/collaborators?exclude=nobody", 404),
    ],
)
def test_wrong_requests(client: TestClient, path: str, status: int) -> None:
    answer = client.get(path)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["detail"]


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"author": "toy:ada", "text": "graphs"},
        {"text": "zzzz"},
        {"text": "graphs", "nonsense": 1},
        {"limit": 0},
        [],
    ],
)
def test_wrong_bodies(client: TestClient, body: object) -> None:
    answer = client.post("/collaborators", json=body)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
