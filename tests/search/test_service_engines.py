"""Paper search over engines that move, fail in part or count what they are asked."""

from __future__ import annotations

from dataclasses import replace

import msgspec
import pytest

from search.engine import GenerationInfo, PaperQuery, SearchPage, Vectors
from search.request import Mode, SearchRequest
from search.service import PaperSearch
from tests.search.brute import BruteEngine
from tests.search.library import ConceptEmbedder, shelf


def test_an_answer_never_mixes_two_generations() -> None:
    engine = shelf().brute()
    papers = PaperSearch(engine, _Switching(engine))
    result = papers.search(SearchRequest("graph", limit=100))
    assert result.generation == engine.info.id == "g2"
    assert engine.calls.count("nearest") == 2


def test_partial_answers_are_said_to_be() -> None:
    engine = shelf().brute()
    engine.partial = "1 of 3 shards failed"
    for request in (SearchRequest("graph"), SearchRequest("year:2018"), SearchRequest("graph", sort="date")):
        result = PaperSearch(engine, ConceptEmbedder()).search(request)
        assert "1 of 3 shards failed" in next(w.message for w in result.warnings if w.code == "partial")


class _PartlyAway(BruteEngine):
    """One of the searches that an answer is made of is not complete."""

    failing = 0
    searched = 0

    def search(self, query: PaperQuery) -> SearchPage:
        page = super().search(query)
        self.searched += 1
        return replace(page, partial="a shard failed") if self.searched == self.failing else page


def _partly_away(failing: int = 0) -> _PartlyAway:
    engine = shelf().brute(_PartlyAway)
    assert isinstance(engine, _PartlyAway)
    engine.failing = failing
    return engine


@pytest.mark.parametrize("mode", [Mode.HYBRID, Mode.LEXICAL, Mode.VECTOR])
def test_an_answer_is_partial_if_anything_it_is_made_of_is(mode: Mode) -> None:
    request = SearchRequest("introduction to graph networks", facets=("year",), mode=mode)
    whole = _partly_away()
    PaperSearch(whole, ConceptEmbedder()).search(request)
    assert whole.searched >= 1
    for failing in range(1, whole.searched + 1):
        engine = _partly_away(failing)
        assert any(
            warning.code == "partial" for warning in PaperSearch(engine, ConceptEmbedder()).search(request).warnings
        ), f"search {failing}"


def test_a_search_takes_few_round_trips() -> None:
    engine = shelf().brute()
    request = SearchRequest("graph networks", filter="type:article", facets=("year", "type", "venue.name"))
    PaperSearch(engine, ConceptEmbedder()).search(request)
    assert len(engine.calls) <= 8


class _Switching(ConceptEmbedder):
    """Moves the engine to another generation while the first query is embedded."""

    def __init__(self, engine: BruteEngine) -> None:
        super().__init__()
        self._engine = engine

    def embed_query(self, text: str) -> Vectors:
        self._engine.info = _renamed(self._engine, "g2")
        return super().embed_query(text)


def _renamed(engine: BruteEngine, name: str) -> GenerationInfo:
    return msgspec.structs.replace(engine.info, id=name)
