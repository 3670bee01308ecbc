"""Scores are BM25 (k1 1.2, b 0.75) of title and abstract together, and a share of that of the title."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from search.embedded import EmbeddedStore
from search.engine import PaperQuery
from search.plan import TITLE_BOOST
from search.query.ast import Match
from search.text import analyze
from tests.contract.corpus import PAPERS, build

TITLES = {e.paper.id: [t.term for t in analyze(e.paper.title)] for e in PAPERS}
TEXTS = {e.paper.id: TITLES[e.paper.id] + [t.term for t in analyze(e.paper.abstract)] for e in PAPERS}


def bm25(term: str, paper_id: str, texts: dict[str, list[str]]) -> float:
    """Robertson and Zaragoza (2009), with the idf that is never negative."""
    frequency = texts[paper_id].count(term)
    holding = sum(term in text for text in texts.values())
    average = sum(map(len, texts.values())) / len(texts)
    idf = math.log(1 + (len(texts) - holding + 0.5) / (holding + 0.5))
    return idf * frequency * 2.2 / (frequency + 1.2 * (0.25 + 0.75 * len(texts[paper_id]) / average))


@pytest.mark.parametrize("flush_every", [None, 5])
@pytest.mark.parametrize("text", ["graph", "neural networks", "learning learning graph", "ranking of ids"])
def test_closed_form(tmp_path: Path, text: str, flush_every: int | None) -> None:
    store = EmbeddedStore(tmp_path / "store", flush_every=flush_every)
    build(store)
    engine = store.reader()
    terms = [token.term for token in analyze(text)]
    hits = engine.search(PaperQuery(Match(text), limit=100)).hits
    assert hits
    for hit in hits:
        expected = sum(bm25(t, hit.id, TEXTS) + TITLE_BOOST * bm25(t, hit.id, TITLES) for t in terms)
        assert hit.score == pytest.approx(expected, rel=1e-4)
    engine.close()


def test_segments_are_really_several(tmp_path: Path) -> None:
    """Or the contract's second way to make a store would test nothing."""
    store = EmbeddedStore(tmp_path / "store", flush_every=6)
    build(store)
    assert store.open().text.searcher.num_segments > 1
