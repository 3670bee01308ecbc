"""How many requests a search sends: none may need one for each hit, word or candidate."""

from __future__ import annotations

from collections.abc import Iterator
from unittest.mock import Mock

import pytest

from search.elasticsearch import ElasticsearchStore
from search.request import Mode, SearchRequest
from search.service import PaperSearch
from tests.elasticsearch_server.stores import make_store
from tests.search.library import ConceptEmbedder, shelf


@pytest.fixture
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ElasticsearchStore]:
    store = make_store(tmp_path_factory.mktemp("c"))
    shelf().in_store(store).close()
    yield store
    store.close()


@pytest.mark.parametrize(
    ("request_", "first", "again"),
    [
        # Words are counted once a generation; the rest is: candidates, and documents of the page.
        (SearchRequest("graph networks", mode=Mode.LEXICAL), 3, 2),
        (SearchRequest("graph networks", "year:>2000", mode=Mode.LEXICAL, facets=("year", "type")), 3, 2),
        # Candidates of both halves at once, then what each lacks of the other's (and facets), then documents.
        (SearchRequest("graph networks"), 4, 3),
        (SearchRequest("graph networks", "year:>2000", facets=("year", "venue.name")), 4, 3),
        (SearchRequest("year:2018"), 2, 2),
    ],
    ids=str,
)
def test_requests_of_a_search(
    store: ElasticsearchStore, request_: SearchRequest, first: int, again: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    search = PaperSearch(store.reader(), ConceptEmbedder())
    counted = Mock(wraps=store.client.transport.perform_request)
    monkeypatch.setattr(store.client.transport, "perform_request", counted)
    for most in (first, again):
        counted.reset_mock()
        assert search.search(request_).hits
        assert 0 < counted.call_count <= most
