"""Topics of a build: the sources' where they have any, else our own."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from indexer.build.vectors import VectorSpool
from indexer.catalog import Catalog, CatalogArrays
from indexer.topics import PaperTexts, TextVectors, Topics, make_topics, opening, topic_count
from search.engine import Vectors

__all__ = ["own_topics", "topics_wanted"]

_BATCH = 4096


def topics_wanted(arrays: CatalogArrays, asked: int | None) -> int:
    """How many topics to make: none when a source names any; ``asked``, or as many as fit the number of papers."""
    papers = len(arrays.paper_ids)
    if arrays.n_topics or topic_count(papers) == 0:
        return 0
    return topic_count(papers) if asked is None else min(asked, papers)


def own_topics(
    catalog: Catalog, arrays: CatalogArrays, texts: PaperTexts, spool: VectorSpool | None, count: int
) -> Topics | None:
    """About ``count`` topics from the vectors in ``spool``, or from words where there are none; None without either."""
    if spool is not None:
        return make_topics(texts, spool.take(texts.rows, _BATCH), spool.batches(_BATCH), count)
    found = TextVectors(texts.sample)
    if not found.dimension:
        return None
    if texts.complete:
        parts: Iterable[list[str]] = (
            texts.openings[start : start + _BATCH] for start in range(0, len(texts.openings), _BATCH)
        )
    else:
        parts = ([opening(paper) for paper in papers] for papers in catalog.papers(arrays, batch=_BATCH))
    return make_topics(texts, found.of(texts.sample), _vectors(found, parts), count)


def _vectors(found: TextVectors, parts: Iterable[list[str]]) -> Iterator[Vectors]:
    return (found.of(part) for part in parts)
