"""Pages: nothing lost, nothing twice, one total, one order, however large the pages are."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise

import msgspec
import pytest

from records.errors import CursorError
from search.request import Mode, SearchRequest, SearchResult
from search.service import NEAREST, PaperSearch
from tests.search.library import ConceptEmbedder, shelf

REQUESTS = [
    SearchRequest("network"),
    SearchRequest("network filler"),
    SearchRequest("network", mode=Mode.LEXICAL),
    SearchRequest("study 7"),
    SearchRequest("study 7", mode=Mode.LEXICAL),
    SearchRequest("network", mode=Mode.VECTOR),
    SearchRequest("network", filter="citations:>2"),
    SearchRequest("network", sort="citations"),
    SearchRequest("network", sort="date:asc", mode=Mode.LEXICAL),
    SearchRequest("network", sort="citations", mode=Mode.VECTOR),
    SearchRequest('network AND "filler filler"'),
    SearchRequest("network -filler"),
    SearchRequest(filter="year:2000-2010"),
]


def pages(papers: PaperSearch, request: SearchRequest) -> list[SearchResult]:
    found = [papers.search(request)]
    while found[-1].next is not None:
        found.append(papers.search(replace(request, cursor=found[-1].next)))
    return found


@pytest.mark.parametrize("request_", REQUESTS, ids=lambda r: f"{r.text}|{r.filter}|{r.mode}|{r.sort}")
def test_all_pages_together_are_the_matches(masses: PaperSearch, request_: SearchRequest) -> None:
    in_one = pages(masses, replace(request_, limit=1000))
    found = pages(masses, replace(request_, limit=97))
    order = [hit.id for page in found for hit in page.hits]
    assert len(order) == len(set(order)) == found[0].total > 0
    assert {page.total for page in found} == {found[0].total}
    assert order == [hit.id for page in in_one for hit in page.hits]
    assert [hit.rank for page in found for hit in page.hits] == list(range(1, len(order) + 1))
    assert all(len(page.hits) == 97 for page in found[:-1])


@pytest.mark.parametrize("request_", REQUESTS[:7], ids=lambda r: f"{r.text}|{r.filter}|{r.mode}")
def test_scores_never_rise(masses: PaperSearch, request_: SearchRequest) -> None:
    scores = [hit.score for page in pages(masses, replace(request_, limit=300)) for hit in page.hits]
    assert all(before >= after for before, after in pairwise(scores))


def test_there_is_more_than_a_head(masses: PaperSearch) -> None:
    total = masses.search(SearchRequest("network")).total
    lexical = masses.search(SearchRequest("network", mode=Mode.LEXICAL)).total
    assert lexical == 525
    assert lexical < total <= lexical + 200


def test_hybrid_finds_all_that_either_half_finds(masses: PaperSearch) -> None:
    hybrid = {hit.id for page in pages(masses, SearchRequest("network", limit=200)) for hit in page.hits}
    lexical = {
        hit.id for page in pages(masses, SearchRequest("network", mode=Mode.LEXICAL, limit=200)) for hit in page.hits
    }
    assert lexical < hybrid
    assert masses.search(SearchRequest("network", mode=Mode.VECTOR)).total == min(700, NEAREST)


def test_facets_are_the_same_on_every_page(masses: PaperSearch) -> None:
    request = SearchRequest("network", facets=("venue.name",), limit=300)
    first, *others = pages(masses, request)
    assert sum(value.count for value in first.facets[0].values) == first.total
    assert others
    assert all(page.facets == first.facets for page in others)


def test_the_page_size_may_change_on_the_way(masses: PaperSearch) -> None:
    request = SearchRequest("network filler", limit=1000)
    whole = [hit.id for hit in masses.search(request).hits]
    order: list[str] = []
    cursor = None
    for limit in (1, 150, 17, 300, 1000):
        page = masses.search(replace(request, limit=limit, cursor=cursor, facets=("year",), highlight=True))
        order.extend(hit.id for hit in page.hits)
        cursor = page.next
    assert cursor is None
    assert order == whole


@pytest.mark.parametrize(
    "change", [{"text": "graph"}, {"filter": "year:2000"}, {"mode": Mode.LEXICAL}, {"sort": "date"}]
)
def test_a_cursor_belongs_to_its_search(masses: PaperSearch, change: dict[str, object]) -> None:
    request = SearchRequest("network")
    cursor = masses.search(request).next
    with pytest.raises(CursorError, match="another query"):
        masses.search(replace(request, cursor=cursor, **change))  # type: ignore[arg-type]


@pytest.mark.parametrize("cursor", ["", "x", "*", "AAAA", "é", "A" * 5000, "\ud800"])
def test_what_is_no_cursor_is_refused(masses: PaperSearch, cursor: str) -> None:
    with pytest.raises(CursorError):
        masses.search(SearchRequest("network", cursor=cursor))


def test_a_cursor_belongs_to_its_generation() -> None:
    engine = shelf().brute()
    papers = PaperSearch(engine, ConceptEmbedder())
    request = SearchRequest("graph", limit=1)
    cursor = papers.search(request).next
    engine.info = msgspec.structs.replace(engine.info, id="g2")
    with pytest.raises(CursorError, match="generation g1"):
        papers.search(replace(request, cursor=cursor))
