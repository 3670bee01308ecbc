"""A paper by itself shows how it stands; lists of papers do not, so that they stay quick."""

from __future__ import annotations

from fastapi.testclient import TestClient


def test_citations_by_year(client: TestClient) -> None:
    paper = client.get("/papers/toy:p02").json()
    assert paper["citations_by_year"] == [{"year": 1993, "citations": 1}, {"year": 1994, "citations": 1}]
    assert paper["undated_citations"] == 0
    assert paper["percentiles"] == {}  # the toy collection was not built from a catalog
    assert client.get("/papers/toy:p02", params={"select": "id,citations_by_year"}).json() == {
        "id": "toy:p02",
        "citations_by_year": paper["citations_by_year"],
    }
    for path in ("/papers", "/papers/toy:p02/citations"):
        assert "citations_by_year" not in client.get(path).json()["results"][0]


def test_page(client: TestClient) -> None:
    page = client.get("/paper/toy:p02").text
    assert "Citations by year" in page
    assert '<th scope="row">1993</th>' in page
    assert "Citations by year" not in client.get("/paper/toy:p24").text
