"""Pages of experts, collaborators, rankings, trends and countries."""

from __future__ import annotations

import html
import re
from urllib.parse import urlsplit

import pytest
from fastapi.testclient import TestClient

from api.pages.forms import Form
from tests.api.test_pages import check_markup
from tests.api.toy import PAPERS

HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
CALL = "We look for reviewers of these areas:\n- graph things\n- parsing things\n- gardening with xylophones\n"


def _page(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path, headers=HTML)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    return answer.text


def _links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def _rows(page: str) -> list[str]:
    return re.findall(r"<tr>.*?</tr>", page, re.DOTALL)


@pytest.mark.parametrize(
    "path",
    [
        "/experts",
        "/experts?q=parsing&coverage=true",
        "/experts?q=parsing&filter=hindex:3",
        "/experts?paper=toy:p05&exclude_authors=true",
        "/author/toy:ada/collaborators?not_met_within=0",
        "/author/toy:ada/collaborators?filter=topic:astrology",
        "/rankings",
        "/rankings?entity=papers&metric=citations&published=1995-2000",
        "/rankings?entity=venues",
        "/rankings?entity=institutions",
        "/rankings?metric=fame",
        "/trends",
        "/trends?topic=parsing",
        "/trends?years=long+ago",
        "/countries",
        "/countries?of=QQ",
    ],
)
def test_pages_are_well_formed_and_accessible(client: TestClient, path: str) -> None:
    text = client.get(path, headers=HTML).text
    assert text.startswith("<!doctype html>")
    check_markup(text)
    assert text.count("<h1") == 1
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert "<caption>" in table
        assert 'scope="col"' in table
    assert re.search(r"<a aria-current=\"page\" href=\"/(people|experts|rankings|trends|countries)\">", text)
    assert not re.search(r'(src|href|action)="(https?:)?//', text)  # nothing from elsewhere
    assert "<script" not in text


def test_an_address_shared_with_the_api_answers_each_in_their_way(client: TestClient) -> None:
    for path in ("/experts?q=parsing", "/trends?topic=parsing"):
        assert client.get(path).headers["content-type"] == "application/json"
        page = client.get(path, headers=HTML)
        assert page.headers["content-type"].startswith("text/html")
        assert page.headers["vary"] == "Accept"
    assert client.get("/trends?format=csv", headers=HTML).headers["content-type"].startswith("text/csv")
    assert client.get("/trends?format=json", headers=HTML).headers["content-type"] == "application/json"
    assert client.post("/experts", json={"texts": ["parsing"]}, headers=HTML).json()["total"] == 2


def test_experts_with_what_speaks_for_them(client: TestClient) -> None:
    page = _page(client, "/experts?q=parsing")
    assert re.search(rf"2 people, from \d+ relevant papers of {PAPERS} compared", page)
    assert page.index("/author/toy:bo") < page.index("/author/toy:ada")
    assert "Laboratoire d&#39;Informatique, Lyon" in page
    assert "own papers" in page
    assert "through co-authors" in page
    assert "/paper/toy:p21" in _links(page)
    assert 'id="coverage"' not in page
    assert "1990–2014" in page


def test_a_need_is_kept_in_an_address_when_it_is_short(client: TestClient) -> None:
    answer = client.post("/experts", data={"q": "parsing ", "filter": "country:FR", "half_life": ""})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/experts?q=parsing+&filter=country%3AFR"
    page = _page(client, answer.headers["location"])
    assert "1 person" in page
    assert "/author/toy:bo" not in _links(page)


def test_a_call_is_answered_part_by_part(client: TestClient) -> None:
    answer = client.post("/experts", data={"q": CALL}, headers=HTML)
    assert answer.status_code == 200
    table = re.search(r"<caption>Who on this page.*?</table>", answer.text, re.DOTALL)
    assert table is not None
    told = client.post("/experts", json={"texts": [CALL.strip()], "coverage": True}).json()
    aspects, names = told["coverage"]["aspects"], {row["id"]: row["name"] for row in told["results"]}
    rows = _rows(table[0])[1:]
    assert len(rows) == len(aspects) == 3
    for row, aspect in zip(rows, aspects, strict=True):
        assert aspect["text"] in row
        assert f"{aspect['papers']} paper" in row
        assert {name for name in names.values() if name in row} == {names[one] for one in aspect["experts"]}
        assert ("nobody here" in row) == (not aspect["experts"])
    assert "100%" in rows[1]
    assert html.escape(CALL.strip().split("\n")[1]) in answer.text  # what was pasted is still there
    check_markup(answer.text)


def test_long_texts_page_through_a_form(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.experts._LISTED", 1)
    first = client.post("/experts", data={"q": CALL, "sort": "papers"}, headers=HTML).text
    more = re.search(r'<form class="more".*?</form>', first, re.DOTALL)
    assert more is not None
    hidden = re.findall(r'name="(\w+)" value="([^"]*)"', more[0])
    fields = {name: html.unescape(value) for name, value in hidden}
    assert fields["q"] == CALL
    second = client.post("/experts", data=fields, headers=HTML)
    assert second.status_code == 200, second.text
    assert "/author/toy:bo" in _links(first.split('aria-label="Experts"')[1])
    assert "/author/toy:ada" in _links(second.text.split('aria-label="Experts"')[1])
    assert 'class="more"' not in second.text
    page = _page(client, "/experts?q=parsing")
    following = re.search(r'rel="next" href="([^"]+)"', page)
    assert following is not None
    assert "/author/toy:ada" in _links(_page(client, "/experts" + html.unescape(following[1])))


@pytest.mark.parametrize(
    ("path", "says"),
    [
        ("/experts?q=parsing&filter=hindex:3", "no filter 'hindex' of people"),
        ("/experts?q=parsing&filter=papers:%3E1,topic:parsin|gardening", "none called 'gardening'"),
        ("/experts?q=parsing&paper_filter=yaer:3", "hint: did you mean year"),
        ("/author/toy:ada/collaborators?filter=venue:Nowhere", "none called 'Nowhere'"),
        ("/author/toy:ada/collaborators?career_from=9&career_to=3", "the first must not exceed the last"),
        ("/rankings?metric=h_indx", "did you mean h_index"),
        ("/rankings?published=soon", "not a window of years"),
        ("/rankings?entity=papers&metric=pagerank&parameter=damping", "write name=value"),
        ("/trends?years=2000-1990", "runs backwards"),
        ("/countries?of=QQ", "No country with id"),
    ],
)
def test_what_is_wrong_is_told_beside_the_form(client: TestClient, path: str, says: str) -> None:
    page = _page(client, path, 400)
    assert says in html.unescape(page)
    assert "<form" in page
    if ":" in urlsplit(path).query:
        assert "^" in page.split("<pre>")[1]
        assert "(column" in page


def test_errors_of_addresses_and_bodies_are_pages(client: TestClient) -> None:
    _page(client, "/author/none/collaborators", 404)
    _page(client, "/experts?paper=none", 404)
    assert "half_life" in _page(client, "/experts?q=a&half_life=-1", 400)
    wrong = client.post("/experts", data={"q": "a", "half_life": "soon"}, headers=HTML)
    assert wrong.status_code == 400
    assert "half_life" in wrong.text
    assert client.post("/experts", data={"q": "x" * 200_001}, headers=HTML).status_code == 400
    chunks = iter([b"q=" + b"x" * 600_000] * 2)  # no length is announced
    kind = {"content-type": "application/x-www-form-urlencoded"}
    assert client.post("/experts", content=chunks, headers=kind).status_code in {400, 413}


def test_what_was_typed_comes_back_escaped(client: TestClient) -> None:
    for path in ("/experts?q=", "/trends?topic=", "/rankings?topic=", "/countries?q="):
        page = client.get(f"{path}%22%3E%3Cscript%3E", headers=HTML).text
        assert "<script" not in page


def test_collaborators_and_why(client: TestClient) -> None:
    assert "/author/toy:ada/collaborators" in _links(client.get("/author/toy:ada").text)
    page = _page(client, "/author/toy:ada/collaborators?not_met_within=0")
    assert "1 person" in page
    assert "13 joint papers, the last in 2014" in page
    assert "13 joint, 1990–2014" in page
    assert "/paper/toy:p24" in _links(page)
    assert "They cite Ada Moreau" in page
    assert "Shared topics" in page
    nobody = _page(client, "/author/toy:ada/collaborators?other_country=true&interdisciplinary=true")
    assert "Nobody passes" in nobody
    assert 'name="other_country" value="true" checked' in nobody
    moved = client.get("/author/toy:a.moreau/collaborators?min_papers=2", headers=HTML)
    assert moved.headers["location"] == "/author/toy:ada/collaborators?min_papers=2"


def test_rankings_link_to_their_data(client: TestClient) -> None:
    page = _page(client, "/rankings?metric=papers&published=1990-2014&self_citations=false&filter=papers:%3E0")
    first, second = _rows(page)[1:]
    assert "/author/toy:bo" in first
    assert f"<strong>{PAPERS}</strong>" in first
    assert "/author/toy:ada" in second
    assert '<option value="false" selected>' in page
    data = next(link for link in _links(page) if "format=json" in link)
    answer = client.get(data, headers=HTML).json()
    assert [row["id"] for row in answer["results"]] == ["toy:bo", "toy:ada"]
    assert answer["window"] == {"published": "1990-2014", "cited": "", "within": None, "self_citations": False}
    table = client.get(next(link for link in _links(page) if "format=csv" in link), headers=HTML)
    assert table.headers["content-type"].startswith("text/csv")
    venues = _page(client, next(link for link in _links(page) if "entity=venues" in link))
    assert 'name="published" type="text" value="1990-2014"' in venues
    assert "/?filter=venue.name%3A%22Journal+of+Toys%2C+Series+A%22" in _links(venues)


def test_parameters_of_metrics_reach_the_ranking_and_its_data(client: TestClient) -> None:
    page = _page(client, "/rankings?entity=papers&metric=pagerank&parameter=damping%3D0.7")
    answer = client.get(next(link for link in _links(page) if "format=json" in link)).json()
    assert answer["parameters"]["damping"] == 0.7
    first = re.search(r"<strong>([^<]+)</strong>", page)
    assert first is not None
    assert float(first[1]) == pytest.approx(answer["results"][0]["value"], rel=1e-3)


def test_rankings_page_on(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.rankings._LISTED", 10)
    path, seen = "/rankings?entity=papers&metric=citations", list[str]()
    while path:
        page = _page(client, path)
        seen += re.findall(r'<th scope="row"><a href="/paper/([^"]+)"', page)
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/rankings" + html.unescape(following[1]) if following else ""
    assert len(seen) == len(set(seen)) == PAPERS


def test_a_trend_is_drawn_and_told(client: TestClient) -> None:
    page = _page(client, "/trends?topic=parsing")
    assert "parsing: 5 papers" in page
    assert "Papers by year from 1991 to 2011; the most in 1991: 1 papers" in page
    assert page.count("<svg") == 2
    rows = {re.sub("<.*?>", " ", row).split()[0]: re.sub("<.*?>", " ", row).split()[1:] for row in _rows(page)}
    assert rows["2011"][:2] == ["1", "100%"]
    assert rows["2010"][:2] == ["0", "0%"]
    assert "/rankings?topic=parsing" in _links(page)
    assert "The same as" in page
    assert '<option value="parsing">' in page
    assert "No topic is called" in _page(client, "/trends?topic=gardening")
    assert "All papers: 25 papers" in _page(client, "/trends")


def test_countries_without_pairs_say_so(client: TestClient) -> None:
    page = _page(client, "/countries")
    assert "0 pairs" in page
    assert "No countries publish together here" in page
    assert "Institutions that publish together" in _page(client, "/countries?kind=institutions")


def test_a_metric_is_shown_once(client: TestClient) -> None:
    for path, columns in {
        "/rankings?entity=papers&metric=citations": ["Rank", "Paper", "Citations", "Percentile", "Year"],
        "/rankings": ["Rank", "Name", "h-index", "Percentile", "Papers", "Citations", "Years"],
        "/rankings?entity=venues&metric=papers": [
            "Rank",
            "Name",
            "Papers",
            "Percentile",
            "Citations",
            "h-index",
            "Years",
        ],
    }.items():
        assert re.findall(r'<th scope="col".*?>(.*?)</th>', _page(client, path)) == columns


def test_what_links_carry() -> None:
    assert Form(cursor="x").parameters() == {}
