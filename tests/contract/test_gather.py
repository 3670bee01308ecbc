"""Several questions at once are answered as they are one by one."""

from __future__ import annotations

from contextlib import closing

import numpy as np
import pytest

from records.errors import CursorError, EngineError
from search.engine import Engine, EngineStore, FacetRequest, NearestQuery, PaperQuery, Sort
from search.query.ast import Everything, Keyword, KeywordField, Match, Range
from tests.contract.corpus import DIMENSION, PAPERS, toy_vectors

IDS = [document.paper.id for document in PAPERS]
QUERIES = (
    PaperQuery(Match("graph"), limit=2, facets=(FacetRequest("year"), FacetRequest("author.id", 2))),
    PaperQuery(Match("learn", prefix=True), Range("year", 2000, 2014), documents=False),
    PaperQuery(Everything(), sort=Sort("citations"), limit=3),
    PaperQuery(Match("ranking"), limit=0, facets=(FacetRequest("type"),)),
    PaperQuery(Keyword(KeywordField.ID, ("p:22", "nobody"))),
    PaperQuery(Match("zzz")),
)


@pytest.mark.parametrize("count", [0, 1, len(QUERIES)])
@pytest.mark.parametrize("near", [None, NearestQuery(toy_vectors()[0][0], 4, Range("year", 2000, 2020))], ids=str)
@pytest.mark.parametrize("vectors_of", [(), ("p:24", "nobody", "p:22", "p:24", "")], ids=str)
def test_answers_are_what_they_are_alone(
    engine: Engine, count: int, near: NearestQuery | None, vectors_of: tuple[str, ...]
) -> None:
    found = engine.gather(QUERIES[:count], near, vectors_of)
    assert found.pages == tuple(engine.search(query) for query in QUERIES[:count])
    assert found.nearest == (() if near is None else engine.nearest(near.vector, near.k, near.where))
    vectors, there = engine.vectors(vectors_of)
    np.testing.assert_array_equal(found.vectors, vectors)
    np.testing.assert_array_equal(found.has_vector, there)
    assert found.vectors.shape == (len(vectors_of), DIMENSION)


def test_a_page_goes_on_from_a_cursor(engine: Engine) -> None:
    query = PaperQuery(Match("graph"), limit=2)
    first, other = engine.gather((query, QUERIES[2])).pages
    assert first.next is not None
    following = PaperQuery(Match("graph"), limit=2, after=first.next)
    assert engine.gather((following, QUERIES[2])).pages == (engine.search(following), other)


def test_one_bad_question_is_refused_with_its_reason(engine: Engine) -> None:
    with pytest.raises(CursorError, match="cursor"):
        engine.gather((QUERIES[0], PaperQuery(Match("graph"), after="zzz")))
    with pytest.raises(EngineError, match="novelty"):
        engine.gather((QUERIES[0], PaperQuery(Match("graph"), sort=Sort("novelty"))))
    with pytest.raises(EngineError, match="components"):
        engine.gather((QUERIES[0],), NearestQuery(np.ones(3, np.float32), 4))


def test_a_generation_without_vectors_has_no_neighbours(store: EngineStore) -> None:
    writer = store.writer()
    writer.add_papers(PAPERS, None, None)
    writer.commit()
    with closing(store.reader()) as bare:
        found = bare.gather(QUERIES[:2], NearestQuery(np.ones(4, np.float32), 3), ("p:22",))
    assert found.nearest == ()
    assert not found.has_vector.any()
    assert len(found.pages) == 2
