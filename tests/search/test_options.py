from __future__ import annotations

import pytest

from records.errors import QueryError
from search.engine import FacetRequest, Sort
from search.options import check_limit, parse_facets, parse_sort

METRICS = ("pagerank",)


@pytest.mark.parametrize(
    ("text", "sort"),
    [
        ("", Sort()),
        ("relevance", Sort()),
        ("relevance:desc", Sort()),
        ("citations", Sort("citations")),
        ("cited_by_count:desc", Sort("citations")),
        (" date : ASC ", Sort("date", descending=False)),
        ("publication_date", Sort("date")),
        ("pagerank:asc", Sort("pagerank", descending=False)),
        ("year", Sort("year")),
    ],
)
def test_sorts(text: str, sort: Sort) -> None:
    assert parse_sort(text, METRICS) == sort


@pytest.mark.parametrize(
    ("text", "message", "hint"),
    [
        ("citation", "authors, citations, date, pagerank", "did you mean citations?"),
        ("pagerank:up", ":asc or :desc", None),
        ("title", "cannot sort", None),
        ("relevance:asc", "no ascending", None),
    ],
)
def test_wrong_sorts(text: str, message: str, hint: str | None) -> None:
    with pytest.raises(QueryError, match=message) as caught:
        parse_sort(text, METRICS)
    assert caught.value.hint == hint


def test_facets() -> None:
    assert parse_facets(["year", "venue.name:20", "is_retracted", "year"]) == (
        FacetRequest("year"),
        FacetRequest("venue.name", 20),
        FacetRequest("retracted"),
    )
    assert parse_facets([]) == ()


@pytest.mark.parametrize("text", ["title", "citations", "mood", "year:0", "year:x", "year:1001", "year:", "year:٣", ""])
def test_wrong_facets(text: str) -> None:
    with pytest.raises(QueryError):
        parse_facets([text])


def test_limits() -> None:
    check_limit(1)
    check_limit(1000)
    for limit in (0, -1, 1001):
        with pytest.raises(QueryError, match=str(limit)):
            check_limit(limit)
