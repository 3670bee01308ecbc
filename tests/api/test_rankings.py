from __future__ import annotations

import csv
import io
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from fastapi.testclient import TestClient

from tests.api.toy import PAPERS


def _get(client: TestClient, path: str) -> Any:
    answer = client.get(path)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_people_by_what_they_are_asked_for(client: TestClient) -> None:
    found = _get(client, "/rankings/authors?metric=papers")
    assert [(row["rank"], row["id"], row["value"]) for row in found["results"]] == [
        (1, "toy:bo", PAPERS),
        (2, "toy:ada", (PAPERS + 1) // 2),
    ]
    assert (found["entity"], found["metric"]["name"], found["total"]) == ("authors", "papers", 2)
    assert found["results"][1]["label"] == "Ada Moreau"
    assert found["results"][1]["where"] == "Laboratoire d'Informatique, Lyon"
    assert found["counted"] == {"papers": PAPERS, "citations": 2 * PAPERS - 3, "cited_until": 1990 + PAPERS - 1}


def test_windows_topics_and_queries(client: TestClient) -> None:
    found = _get(client, "/rankings/papers?published=1995-1999&cited=2000-&limit=2")
    assert found["total"] == 5
    assert {row["first_year"] for row in found["results"]} <= set(range(1995, 2000))
    assert [row["value"] for row in found["results"]] == [2.0, 1.0]  # of 1999 and of 1998
    assert found["window"] == {"published": "1995-1999", "cited": "2000-", "within": None, "self_citations": True}
    assert all(row["value"] == 0 for row in _get(client, "/rankings/papers?self_citations=false")["results"])
    topic = _get(client, "/rankings/papers?topic=Parsing")
    assert topic["scope"] == {"topic": "parsing", "query": "", "papers": 5}
    assert {row["authors"][-1] for row in topic["results"]} <= {"Bo Chen", "Ada Moreau"}
    words = _get(client, "/rankings/authors?q=parsing&metric=papers")
    assert (words["scope"]["query"], words["results"][0]["papers"]) == ("parsing", 5)
    assert _get(client, "/rankings/papers?topic=pars")["warnings"][0]["code"] == "topic-as-query"


def test_parameters_of_metrics(client: TestClient) -> None:
    found = _get(client, "/rankings/papers?metric=attrank&parameter=follow=0.1&parameter=decay=3")
    assert found["parameters"] == {"follow": 0.1, "attention": 0.5, "years": 3.0, "decay": 3.0}


def test_pages_lead_to_the_end(client: TestClient) -> None:
    ids: list[str] = []
    path: str | None = "/rankings/papers?limit=7&metric=citations"
    while path:
        page = _get(client, path)
        assert page["total"] == PAPERS
        ids += [row["id"] for row in page["results"]]
        path = page["links"]["next"]
        if path:
            assert parse_qs(urlsplit(path).query)["limit"] == ["7"]
    assert len(ids) == len(set(ids)) == PAPERS


def test_venues_and_institutions(client: TestClient) -> None:
    venues = _get(client, "/rankings/venues?metric=papers")
    assert [row["label"] for row in venues["results"]] == ["Journal of Toys, Series A", "Toy Conference"]
    assert _get(client, "/rankings/institutions")["warnings"][0]["code"] == "no-institutions"


def test_trends(client: TestClient) -> None:
    found = _get(client, "/trends?topic=parsing&years=1990-2000")
    assert [row["papers"] for row in found["results"]] == [0] * 0 + [1, 0, 0, 0, 0, 1, 0, 0, 0, 0][
        : len(found["results"])
    ]
    assert found["scope"] == {"topic": "parsing", "query": "", "papers": 5}
    whole = _get(client, "/trends")
    assert (len(whole["results"]), whole["share_growth"]) == (PAPERS, None)
    assert whole["growth"]["rate"] == pytest.approx(0.0, abs=1e-6)
    assert whole["growth_years"] == f"{1990 + PAPERS - 6}-{1990 + PAPERS - 2}"


def test_collaborations(client: TestClient) -> None:
    found = _get(client, "/collaborations/countries")
    assert (found["papers"], found["placed"], found["joint"]) == (PAPERS, (PAPERS + 1) // 2, 0)
    assert (found["total"], found["results"], found["kind"]) == (0, [], "countries")
    assert client.get("/collaborations/countries?of=ZZ").status_code == 404
    assert _get(client, "/collaborations/institutions")["warnings"][0]["code"] == "not-placed"


def test_rows_as_csv(client: TestClient) -> None:
    answer = client.get("/rankings/papers?format=csv&limit=3")
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert len(rows) == 3
    assert rows[0]["h_index"] == ""
    assert "; " in {row["authors"]: None for row in rows}.popitem()[0] or rows
    assert 'rel="next"' in answer.headers["link"]
    years = list(csv.DictReader(io.StringIO(client.get("/trends?format=csv").text)))
    assert years[0]["complete"] == "true"
    assert client.get("/collaborations/countries?format=csv").text.startswith("first,first_label,second")


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/rankings/authors?metric=nothing", "no metric"),
        ("/rankings/papers?parameter=damping", "no parameter"),
        ("/rankings/papers?metric=pagerank&parameter=damping=2", "must lie in"),
        ("/rankings/papers?published=soon", "window of years"),
        ("/rankings/papers?published=2010-2000", "backwards"),
        ("/rankings/papers?cursor=x", "cursor"),
        ("/rankings/authors?filter=nothing:3", "no filter"),
        ("/rankings/venues?filter=papers:3", "topic or a query"),
        ("/rankings/papers?within=-1", "within"),
        ("/rankings/papers?metrics=h_index", "metrics"),
        ("/rankings/journals", "entity"),
        ("/trends?years=x", "window of years"),
        ("/collaborations/cities", "kind"),
        ("/collaborations/countries?counting=double", "counting"),
    ],
)
def test_what_cannot_be_read_is_a_problem(client: TestClient, path: str, told: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.json()["detail"]
