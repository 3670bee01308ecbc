from __future__ import annotations

import html
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import uvicorn
from fastapi.testclient import TestClient
from lxml import etree  # type: ignore[import-untyped]

from api.app import create_app
from api.serving import Serving
from search.embedded import EmbeddedStore
from tests.api.toy import PAPERS, ToyEmbedder


def _page(client: TestClient, path: str, status: int = 200) -> str:
    answer = client.get(path)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert answer.text.startswith("<!doctype html>")
    return answer.text


def _links(page: str) -> list[str]:
    return [html.unescape(link) for link in re.findall(r'href="([^"]+)"', page)]


def test_the_first_page_invites(client: TestClient) -> None:
    page = _page(client, "/")
    assert f"Search {PAPERS} papers by 2 people" in page
    assert "<script" not in page


def test_results_are_marked_escaped_and_linked(client: TestClient) -> None:
    page = _page(client, "/?q=parsing&mode=lexical")
    assert f"{PAPERS // 5} papers" in page
    assert "<mark>parsing</mark>" in page
    assert "&lt;things&gt;" in page
    assert "<things>" not in page
    assert "/paper/toy:p01" in _links(page)
    assert "/author/toy:bo" in _links(page)
    assert 'class="explain"' not in page
    assert 'class="explain"' in _page(client, "/?q=parsing&explain=true")


def test_what_was_typed_comes_back_escaped(client: TestClient) -> None:
    page = _page(client, "/?q=%22%3E%3Cscript%3Ealert(1)%3C/script%3E&filter=year:1990-", 400)
    assert "<script" not in page
    page = _page(client, "/people?name=%3Cscript%3E")
    assert "<script" not in page


def test_a_facet_narrows_and_lets_go(client: TestClient) -> None:
    page = _page(client, "/?q=parsing&mode=lexical")
    link = next(link for link in _links(page) if "Journal" in link)  # a name with a comma in it
    narrowed = _page(client, "/" + link)
    assert 'aria-current="true"' in narrowed
    chosen = re.search(r'href="([^"]+)" aria-current', narrowed)
    assert chosen is not None
    again = _page(client, "/" + html.unescape(chosen.group(1)))
    everything = f">{PAPERS // 5} papers<"
    assert everything in again
    assert everything not in narrowed


def test_next_leads_through_all_pages(client: TestClient) -> None:
    path, seen = "/?filter=year:1990-&sort=date", list[str]()
    while path:
        page = _page(client, path)
        main = page.split('<ol class="papers">')[1].split("</ol>")[0]
        seen += [link for link in _links(main) if link.startswith("/paper/")]
        following = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/" + html.unescape(following.group(1)) if following else ""
    assert len(seen) == len(set(seen)) == PAPERS


def test_a_wrong_query_is_shown_where_it_can_be_put_right(client: TestClient) -> None:
    page = _page(client, "/?q=graph+%22neural", 400)
    assert "cannot be read" in page
    assert 'value="graph &#34;neural"' in page
    assert "^" in page
    assert "The filter cannot be read" in _page(client, "/?q=a&filter=yaer:1", 400)


def test_a_paper_and_its_neighbours(client: TestClient) -> None:
    page = _page(client, "/paper/toy:p05")
    assert "Cited by 2" in page
    assert "Cites 2 here" in page
    assert {
        "/paper/toy:p03",
        "/paper/toy:p04",
        "/paper/toy:p06",
        "/paper/toy:p07",
        "/papers/toy:p05?format=bibtex",
    } <= set(_links(page))
    assert "bo@example.org" not in page
    assert client.get("/paper/toy:old").headers["location"] == "/paper/toy:p03"


def test_a_person(client: TestClient) -> None:
    page = _page(client, "/author/toy:ada")
    assert "Also A. Moreau" in page
    assert "Laboratoire d&#39;Informatique, Lyon" in page
    assert "/paper/toy:p24" in _links(page)
    assert "may be by several people" in _page(client, "/author/toy:bo")
    assert client.get("/author/toy:a.moreau").headers["location"] == "/author/toy:ada"
    assert "/author/toy:ada" in _links(_page(client, "/people?name=ada"))


def test_a_profile_is_drawn_and_listed(client: TestClient) -> None:
    page = _page(client, "/author/toy:ada")
    assert page.count('<rect class="bar part"') >= PAPERS - 1
    assert "Papers by year from 1990 to 2014; the most in 1990: 1 papers" in page
    assert f"{(PAPERS + 1) // 2} papers" in page
    assert page.index("Pinned papers") < page.index("/paper/toy:p04") < page.index("Most cited")
    assert "/author/toy:bo" in _links(page)
    assert "All 1 co-authors" in page


def test_people_are_found_filtered_and_corrected(client: TestClient) -> None:
    page = _page(client, "/people?name=ada+moraeu&sort=papers")
    assert "similar names" in page
    assert "/author/toy:ada" in _links(page)
    assert "2 people" in _page(client, "/people?filter=papers:%3E0")
    assert "1 person" in _page(client, "/people?affiliation=lyon")
    wrong = _page(client, "/people?filter=hindex:3", 400)
    assert "The filter cannot be read" in wrong
    assert "hindex:3" in html.unescape(wrong)
    assert "cannot be searched" in _page(client, "/people?name=a&sort=fame", 400)


def test_errors_are_pages(client: TestClient) -> None:
    assert "There is nothing with this id" in _page(client, "/paper/none", 404)
    _page(client, "/author/none", 404)
    _page(client, "/?q=a&cursor=nonsense", 400)
    _page(client, "/?q=a&mode=psychic", 400)


def check_markup(text: str) -> None:
    """Well formed, in a language, with one title; fields and pictures have names; ids are there once."""
    parser = etree.HTMLParser(recover=False)
    text = text.replace("<mark>", "<b>").replace("</mark>", "</b>")  # the parser knows HTML 4
    for chart in re.findall(r"<svg.*?</svg>", text, re.DOTALL):
        drawn = etree.fromstring(chart)
        assert drawn.get("role") == "img"
        assert drawn.find("title").get("id") == drawn.get("aria-labelledby")
    text = re.sub(r"<svg.*?</svg>", "", text, flags=re.DOTALL)
    later = "main|header|nav|section|article|aside|details|summary|figure|figcaption|datalist"
    tree = etree.fromstring(re.sub(rf"<(/?)({later})\b", r"<\1div", text), parser)
    assert tree.get("lang") == "en"
    assert len(tree.findall(".//title")) == 1
    labelled = {label.get("for") for label in tree.iter("label")}
    for field in tree.iter("input", "select", "textarea"):
        if field.get("type") == "hidden":
            continue
        in_label = any(ancestor.tag == "label" for ancestor in field.iterancestors())
        assert in_label or field.get("id") in labelled
    ids = [element.get("id") for element in tree.iter() if element.get("id")]
    assert len(ids) == len(set(ids))


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/?q=parsing&explain=true",
        "/?q=%22",
        "/paper/toy:p05",
        "/author/toy:ada",
        "/author/toy:bo",
        "/people?name=bo",
        "/people?filter=h_inx:2",
        "/paper/none",
    ],
)
def test_pages_are_well_formed_and_accessible(client: TestClient, path: str) -> None:
    check_markup(client.get(path).text)


def test_style_sheet(client: TestClient) -> None:
    answer = client.get("/static/style.css")
    assert answer.headers["content-type"].startswith("text/css")
    assert "http" not in answer.text  # nothing from elsewhere


@pytest.fixture(scope="module")
def address(store: EmbeddedStore) -> Iterator[str]:
    """A real server on a free port."""
    app = create_app(Serving(store, lambda _: ToyEmbedder()))
    server = uvicorn.Server(uvicorn.Config(app, port=0, log_level="error"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    deadline = time.monotonic() + 60
    while not server.started and time.monotonic() < deadline:
        time.sleep(0.02)
    port = server.servers[0].sockets[0].getsockname()[1]
    yield f"http://127.0.0.1:{port}"
    server.should_exit = True
    thread.join(timeout=60)


_FLAGS = (
    "headless",
    "no-sandbox",
    "disable-gpu",
    "disable-quic",
    "no-first-run",
    "disable-background-networking",
    "disable-component-update",
    "disable-sync",
)


def _browse(address: str, profile: Path, *options: str) -> str:
    chromium = shutil.which("chromium")
    if chromium is None:
        if os.environ.get("CI"):
            pytest.fail("continuous integration must have chromium: .ci/run installs it")
        pytest.skip("no chromium here; continuous integration runs this test")
    flags = [f"--{flag}" for flag in _FLAGS]
    command = [chromium, *flags, f"--user-data-dir={profile}", *options, address]
    return subprocess.run(command, check=True, capture_output=True, text=True, timeout=120).stdout


def test_a_browser_shows_results(address: str, tmp_path: Path) -> None:
    picture = tmp_path / "page.png"
    dom = _browse(f"{address}/?q=parsing", tmp_path / "profile", "--dump-dom")
    assert "<mark>parsing</mark>" in dom
    _browse(f"{address}/?q=parsing", tmp_path / "profile", f"--screenshot={picture}", "--window-size=1000,800")
    assert picture.read_bytes().startswith(b"\x89PNG")
    assert picture.stat().st_size > 20_000  # text and colours, not an empty page


def test_a_browser_gets_the_page_where_the_api_has_the_same_address(address: str, tmp_path: Path) -> None:
    dom = _browse(f"{address}/experts?q=parsing", tmp_path / "profile", "--dump-dom", "--window-size=320,900")
    assert "relevant papers of" in dom
    assert "Bo Chen" in dom
