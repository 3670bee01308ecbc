"""The product's own engine over a benchmark folder's papers, searched the way the API searches."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

import numpy as np
import numpy.typing as npt

from evaluation.vectors import KeptVectors
from records.errors import QueryError
from records.paper import Paper
from records.progress import NO_PROGRESS, Progress
from search.embedded.store import EmbeddedStore
from search.embedding import Embedder, paper_text
from search.engine import (
    Engine,
    EngineStore,
    Gathered,
    Hit,
    NearestQuery,
    PaperDocument,
    PaperQuery,
    SearchPage,
    Vectors,
)
from search.people import GROUP, people_of_papers
from search.query.ast import And, Keyword, KeywordField, Match, Node
from search.query.lexer import plain_words
from search.query.parser import parse
from search.reading import one_by_one
from search.request import SearchRequest
from search.service import PaperSearch

__all__ = ["SearchIndex", "documents", "plain", "write_generation"]

_BATCH = 1_000
_PAGE = 1_000


def plain(text: str) -> str:
    """``text`` such that the query language finds plain words in it and nothing else; as it is, where that is so.

    A test collection's query is free text: an unbalanced quote or a colon in it is not an operator.
    """
    try:
        node = parse(text)
    except QueryError:
        node = None
    if isinstance(node, Match) and not (node.phrase or node.all_words or node.prefix) and node.field == "text":
        return text
    return " ".join(plain_words(text))


def documents(papers: Iterable[Paper]) -> list[PaperDocument]:
    """Papers as engines take them: in ascending order of id, with how often they are cited among themselves."""
    ordered = sorted(papers, key=lambda paper: paper.id)
    known = {paper.id for paper in ordered}
    cited = Counter(cited for paper in ordered for cited in set(paper.references) if cited in known)
    return [PaperDocument(paper, {"citations": float(cited[paper.id])}) for paper in ordered]


def write_generation(
    papers: Sequence[Paper], folder: Path, vectors: KeptVectors | None, progress: Progress = NO_PROGRESS
) -> EngineStore:
    """Write ``papers`` to a new generation of the embedded engine in ``folder``, as a build does.

    ``vectors`` embeds the papers; None writes a generation without vectors.
    """
    ready = documents(papers)
    made, model, dimension = None, "", 0
    if vectors is not None:
        made = vectors.embed([paper_text(item.paper.title, item.paper.abstract) for item in ready], progress)
        model, dimension = vectors.embedder.name, vectors.embedder.dimension
    store = EmbeddedStore(folder)
    writer = store.writer(model=model, dimension=dimension, metrics=("citations",))
    progress.start("index", len(ready))
    try:
        for start in range(0, len(ready), _BATCH):
            batch = ready[start : start + _BATCH]
            of_batch = None if made is None else made[start : start + len(batch)]
            writer.add_papers(batch, of_batch, None if made is None else np.ones(len(batch), dtype=np.bool_))
            progress.advance(len(batch))
        writer.add_arrays(GROUP, people_of_papers([item.paper for item in ready]).pack())
        writer.commit()
    finally:
        writer.abort()
    progress.finish()
    return store


class _Among:
    """An engine that knows of no other papers than these, whatever is asked of it; a filter of any length.

    Scores and document frequencies stay those of the whole collection.
    """

    def __init__(self, engine: Engine, ids: Sequence[str]) -> None:
        self._engine = engine
        self._only = Keyword(KeywordField.ID, tuple(ids))

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, query: PaperQuery) -> SearchPage:
        return self._engine.search(replace(query, where=self._and(query.where)))

    def nearest(self, vector: Vectors, k: int, where: Node | None = None) -> tuple[Hit, ...]:
        return self._engine.nearest(vector, k, self._and(where))

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None = None, vectors_of: Sequence[str] = ()
    ) -> Gathered:
        return one_by_one(self, queries, nearest, vectors_of)

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        return self._engine.vectors(ids)

    def count(self, where: Node) -> int:
        return self._engine.count(self._and(where))

    def _and(self, where: Node | None) -> Node:
        return self._only if where is None else And((self._only, where))


class SearchIndex:
    """One open generation behind the search service. Use as a context manager."""

    def __init__(self, store: EngineStore, embedder: Embedder | None) -> None:
        self._engine: Engine = store.reader()
        self._embedder = embedder

    def __enter__(self) -> SearchIndex:
        return self

    def __exit__(self, *_: object) -> None:
        self._engine.close()

    def rank(self, request: SearchRequest, text: str, depth: int, *, among: Sequence[str] | None = None) -> list[str]:
        """Ids of the ``depth`` best papers for ``request`` with free ``text`` as its query, best first.

        ``among`` restricts the search to these papers as a filter by id would if it could be that long.
        """
        words = plain(text)
        if not words:
            return []
        engine = self._engine if among is None else cast(Engine, _Among(self._engine, among))
        search = PaperSearch(engine, self._embedder)
        ids: list[str] = []
        cursor: str | None = None
        while len(ids) < depth:
            page = search.search(replace(request, text=words, limit=min(_PAGE, depth - len(ids)), cursor=cursor))
            ids.extend(hit.id for hit in page.hits)
            cursor = page.next
            if cursor is None or not page.hits:
                break
        return ids
