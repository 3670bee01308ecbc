from __future__ import annotations

import json
from typing import Any

import pytest
from fastapi.testclient import TestClient


def _get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_query_finds_people_and_says_why(client: TestClient) -> None:
    found = _get(client, "/experts?q=parsing")
    assert {row["id"] for row in found["results"]} == {"toy:ada", "toy:bo"}
    first = found["results"][0]
    assert first["id"] == "toy:bo"
    assert sum(first["parts"].values()) == pytest.approx(first["score"])
    assert first["evidence"][0]["id"].startswith("toy:p")
    assert first["evidence"][0]["words"] == ["parsing"]
    assert first["last_year"] == 2014
    ada = found["results"][1]
    assert ada["place"]["affiliation"] == "Laboratoire d'Informatique, Lyon"
    assert ada["place"]["country"] == "FR"
    assert found["needs"] == ["parsing"]
    assert found["links"]["self"] == "/experts?q=parsing"


def test_papers_filters_and_exclusions_reach_the_service(client: TestClient) -> None:
    both = _get(client, "/experts?paper=toy:p02,doi:10.5555/toy.7&evidence=50")
    assert all(paper["id"] not in {"toy:p02", "toy:p07"} for row in both["results"] for paper in row["evidence"])
    assert all(row["query_author"] for row in both["results"])
    assert _get(client, "/experts?paper=toy:p02&exclude_authors=true")["total"] == 0
    assert [row["id"] for row in _get(client, "/experts?q=parsing&exclude=toy:bo")["results"]] == ["toy:ada"]
    assert [row["id"] for row in _get(client, "/experts?q=parsing&filter=country:FR")["results"]] == ["toy:ada"]
    late = _get(client, "/experts?q=parsing&paper_filter=year:2005-&evidence=50&half_life=3")
    assert all(paper["year"] >= 2005 for row in late["results"] for paper in row["evidence"])


def test_fields_and_pages(client: TestClient) -> None:
    answer = client.get("/experts?q=parsing&limit=1&select=id,score")
    page = answer.json()
    assert [set(row) for row in page["results"]] == [{"id", "score"}]
    assert page["total"] == 2
    assert answer.headers["Link"] == f'<{page["links"]["next"]}>; rel="next"'
    rest = _get(client, page["links"]["next"])
    assert len(rest["results"]) == 1
    assert rest["next_cursor"] is None
    assert rest["results"][0]["id"] != page["results"][0]["id"]


def test_pasted_texts_are_posted(client: TestClient) -> None:
    call = "We invite papers on:\n- parsing\n- speech\n- graph\n"
    found = client.post("/experts", json={"texts": [call], "coverage": True, "limit": 1}).json()
    assert found["needs"] == ["parsing", "speech", "graph"]
    assert found["coverage"]["covered"] == 1
    assert [aspect["text"] for aspect in found["coverage"]["aspects"]] == ["parsing", "speech", "graph"]
    assert [cover["aspect"] for cover in found["results"][0]["covers"]] == [0, 1, 2]
    again = client.post(
        "/experts", json={"texts": [call], "coverage": True, "limit": 1, "cursor": found["next_cursor"]}
    ).json()
    assert again["results"][0]["rank"] == 2
    assert client.post("/experts", json={"query": "parsing"}).json()["total"] == 2
    assert client.post("/experts", json={"papers": ["toy:p02"], "select": "id"}).json()["results"][0].keys() == {"id"}


@pytest.mark.parametrize(
    ("query", "status", "code", "told"),
    [
        ("", 400, "query", "a query, a text or papers"),
        ("q=%22open", 400, "query", ""),
        ("q=x&filter=nonsense:1", 400, "filter", "nonsense"),
        ("q=x&paper_filter=nonsense:1", 400, "filter", "nonsense"),
        ("q=x&sort=nonsense", 400, "query", "nonsense"),
        ("q=x&half_life=0", 400, "parameter", "half_life"),
        ("q=x&half_life=nan", 400, "parameter", "half_life"),
        ("q=x&limit=100000", 400, "parameter", "limit"),
        ("q=x&select=nonsense", 400, "parameter", "nonsense"),
        ("q=x&nonsense=1", 400, "parameter", "nonsense"),
        ("q=x&cursor=nonsense", 400, "cursor", ""),
        ("paper=nothing", 404, "not-found", "nothing"),
        ("q=x&exclude=nobody", 404, "not-found", "nobody"),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    client: TestClient, query: str, status: int, code: str, told: str
) -> None:
    answer = client.get(f"/experts?{query}")
    assert answer.status_code == status
    assert answer.headers["content-type"] == "application/problem+json"
    assert answer.json()["type"].endswith(f":{code}")
    assert told in answer.text


@pytest.mark.parametrize(
    ("body", "told"),
    [
        ({}, "a query, a text or papers"),
        ({"texts": "not a list"}, "texts"),
        ({"texts": ["x"] * 21}, "texts"),
        ({"query": "x", "nonsense": 1}, "nonsense"),
        ({"texts": ["\ud800"]}, ""),
    ],
)
def test_bodies_are_checked(client: TestClient, body: dict[str, Any], told: str) -> None:
    answer = client.post("/experts", content=json.dumps(body), headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.text


def test_a_body_that_is_no_json_is_a_problem(client: TestClient) -> None:
    answer = client.post("/experts", content=b"{", headers={"content-type": "application/json"})
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
