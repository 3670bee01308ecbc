from __future__ import annotations

from typing import Any

import pytest
from bibtexparser.entrypoint import parse_string
from fastapi.testclient import TestClient

from tests.api.toy import PAPERS


def _ok(client: TestClient, path: str, **params: Any) -> Any:
    answer = client.get(path, params=params)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_search_finds_by_word(client: TestClient) -> None:
    found = _ok(client, "/papers", q="parsing", mode="lexical")
    assert found["total"] == PAPERS // 5
    assert all("parsing" in hit["title"] for hit in found["results"])
    assert [hit["rank"] for hit in found["results"]] == list(range(1, PAPERS // 5 + 1))
    assert found["mode"] == "lexical"


@pytest.mark.parametrize("mode", ["hybrid", "vector"])
def test_search_by_meaning(client: TestClient, mode: str) -> None:
    found = _ok(client, "/papers", q="parsing", mode=mode, limit=3)
    assert len(found["results"]) == 3
    assert "parsing" in found["results"][0]["title"]


def test_a_paper_comes_whole_but_for_addresses_of_people(client: TestClient) -> None:
    paper = _ok(client, "/papers/toy:p02")
    assert paper["authorships"][0]["name"]["full"] == "Ada Moreau"
    assert paper["authorships"][0]["ids"] == {"orcid": ["0000-0002-1825-0097"]}
    assert paper["authorships"][0]["affiliations"][0]["country"] == "FR"
    assert paper["ids"] == {"doi": ["10.5555/toy.2"]}
    assert paper["references"] == ["toy:p00", "toy:p01"]
    assert paper["metrics"]["citations"] == 2
    assert "example.org" not in str(paper)


def test_no_query_finds_everything_and_facets_count_it(client: TestClient) -> None:
    found = _ok(client, "/papers", facets="year:3,venue.name", sort="date")
    assert found["total"] == PAPERS
    year, venue = found["facets"]
    assert len(year["values"]) == 3
    assert year["other"] == PAPERS - 3
    assert sum(value["count"] for value in venue["values"]) == PAPERS
    assert found["results"][0]["id"] == f"toy:p{PAPERS - 1}"


def test_filters_and_sorting(client: TestClient) -> None:
    found = _ok(client, "/papers", filter="year:1995-1999", sort="date:asc", limit=100)
    assert [hit["year"] for hit in found["results"]] == [1995, 1996, 1997, 1998, 1999]
    found = _ok(client, "/papers", filter='venue.name:"Journal of Toys, Series A",author.id:toy:ada')
    assert found["total"] == sum(1 for n in range(PAPERS) if n % 3 and n % 2 == 0)


def test_paging_walks_through_everything_once(client: TestClient) -> None:
    path, seen, totals = "/papers?limit=4&sort=citations&cursor=*", list[str](), set[int]()
    while path:
        answer = client.get(path)
        assert answer.status_code == 200, answer.text
        page = answer.json()
        seen += [hit["id"] for hit in page["results"]]
        totals.add(page["total"])
        path = page["links"]["next"]
        assert ('rel="next"' in answer.headers.get("link", "")) == bool(path)
        assert bool(page["next_cursor"]) == bool(path)
    assert len(seen) == len(set(seen)) == PAPERS
    assert totals == {PAPERS}


def test_highlights_are_escaped(client: TestClient) -> None:
    hit = _ok(client, "/papers", q="parsing", highlight="true")["results"][0]
    title = hit["highlights"]["title"][0]
    assert "<mark>parsing</mark>" in title
    assert "&lt;things&gt;" in title


def test_explanations_are_given_on_demand(client: TestClient) -> None:
    assert _ok(client, "/papers", q="parsing")["results"][0]["explanation"] == {}
    assert _ok(client, "/papers", q="parsing", explain="true")["results"][0]["explanation"]


def test_select(client: TestClient) -> None:
    found = _ok(client, "/papers", q="parsing", mode="lexical", select="id, title")
    assert all(set(hit) == {"id", "title"} for hit in found["results"])
    assert found["total"] == PAPERS // 5
    assert set(_ok(client, "/papers/toy:p01", select="year")) == {"year"}


def test_citations_and_references(client: TestClient) -> None:
    citing = _ok(client, "/papers/toy:p05/citations", sort="date:asc")
    assert [paper["id"] for paper in citing["results"]] == ["toy:p06", "toy:p07"]
    cited = _ok(client, "/papers/toy:p05/references")
    assert [paper["id"] for paper in cited["results"]] == ["toy:p04", "toy:p03"]
    assert _ok(client, "/papers/toy:p00/references") == {
        "total": 0,
        "results": [],
        "next_cursor": None,
        "links": {"self": "/papers/toy:p00/references", "next": None},
    }


@pytest.mark.parametrize(
    ("path", "location"),
    [
        ("/papers/toy:old", "/papers/toy:p03"),
        ("/papers/toy:old?select=id", "/papers/toy:p03?select=id"),
        ("/papers/doi:10.5555/TOY.7", "/papers/toy:p07"),
        ("/papers/https:%2F%2Fdoi.org%2F10.5555%2Ftoy.7", "/papers/toy:p07"),
        ("/papers/toy:old/citations?limit=2", "/papers/toy:p03/citations?limit=2"),
        ("/papers/toy:old/references", "/papers/toy:p03/references"),
        ("/authors/toy:a.moreau", "/authors/toy:ada"),
        ("/authors/toy:a.moreau/papers?limit=2", "/authors/toy:ada/papers?limit=2"),
        ("/authors/orcid:0000-0002-1825-0097", "/authors/toy:ada"),
        ("/authors/dblp:pid/65/9612", "/authors/toy:ada"),
        ("/authors/toy:a.moreau/profile?select=totals", "/authors/toy:ada/profile?select=totals"),
    ],
)
def test_other_ids_redirect(client: TestClient, path: str, location: str) -> None:
    answer = client.get(path)
    assert (answer.status_code, answer.headers["location"]) == (308, location)
    assert client.get(location).status_code == 200


@pytest.mark.parametrize(
    ("params", "headers"),
    [
        ({"format": "bibtex"}, {}),
        ({}, {"Accept": "application/x-bibtex"}),
        ({}, {"Accept": "text/x-bibtex;q=0.9, */*"}),
    ],
)
@pytest.mark.parametrize("path", ["/papers?q=parsing", "/papers/toy:p01", "/authors/toy:ada/papers"])
def test_bibtex(client: TestClient, path: str, params: dict[str, str], headers: dict[str, str]) -> None:
    answer = client.get(
        path + ("&" if "?" in path else "?") + "&".join(f"{k}={v}" for k, v in params.items()), headers=headers
    )
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("application/x-bibtex")
    library = parse_string(answer.text)
    assert not library.failed_blocks
    assert library.entries
    assert all(entry.key.startswith("toy:p") for entry in library.entries)


def test_json_beats_bibtex_when_it_is_asked_for(client: TestClient) -> None:
    answer = client.get("/papers/toy:p01?format=json", headers={"Accept": "application/x-bibtex"})
    assert answer.json()["id"] == "toy:p01"


def test_people(client: TestClient) -> None:
    ada = _ok(client, "/authors/toy:ada")
    assert ada["basis"] == "external_id"
    assert ada["variants"][0]["full"] == "A. Moreau"
    assert [person["id"] for person in _ok(client, "/authors", name="moreau")["results"]] == ["toy:ada"]
    papers = _ok(client, "/authors/toy:ada/papers", limit=5)
    assert papers["total"] == (PAPERS + 1) // 2
    assert papers["results"][0]["year"] > papers["results"][1]["year"]


def test_suggest_metrics_health(client: TestClient) -> None:
    assert any(s["kind"] for s in _ok(client, "/suggest", q="toy")["results"])
    metrics = {metric["name"]: metric for metric in _ok(client, "/metrics")["results"]}
    assert metrics["citations"]["unit"] == "papers"
    health = _ok(client, "/health")
    assert health["status"] == "ready"
    assert health["generation"]["papers"] == PAPERS
