"""Paper search: a request in, a page of papers out, the same on every engine.

What a search finds and in what order, what its total and facets count, and how pages go on is said in
``docs/search.md``; in short:

- *Relevance*: a fused and guarded head (:mod:`search.head`), then the rest of the matches in lexical order.
- *Vector mode*: the :data:`NEAREST` nearest papers are the matches.
- *Any other sort*, and searches in which nothing scores: the engine's order over what the query matches.
"""

from __future__ import annotations

import hashlib
import json
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from records.errors import CursorError, EngineError
from search.embedding import Embedder
from search.engine import Engine, FacetRequest, FacetResult, Hit, PaperDocument, PaperQuery, Sort, Vectors
from search.head import Head, Ranked, build_head
from search.highlight import Highlighter
from search.interpretation import Interpretation, conjunction, every_word, interpret
from search.options import check_limit, parse_facets, parse_sort
from search.plan import decode_cursor, encode_cursor
from search.query.ast import Keyword, KeywordField
from search.request import Mode, PaperHit, SearchRequest, SearchResult, SearchWarning

__all__ = ["NEAREST", "PaperSearch"]

NEAREST = 1_000
"""Papers that a search in vector mode finds: nearness has no natural end."""

_ATTEMPTS = 3


@dataclass(frozen=True, slots=True)
class _Page:
    """Hits with their final scores, and what goes with them."""

    ranked: tuple[Ranked, ...]
    total: int
    facets: tuple[FacetResult, ...]
    position: list[int | str | None] | None  # of the next page
    partial: str | None = None


@dataclass(frozen=True, slots=True)
class _Search:
    """One request, read."""

    request: SearchRequest
    asked: Interpretation
    sort: Sort
    facets: tuple[FacetRequest, ...]
    offset: int
    after: str | None
    vector: Vectors | None


class PaperSearch:
    """Searches papers of ``engine``. Without an ``embedder``, or with one whose vectors the generation does not have,
    every search is lexical. Thread-safe if both are.
    """

    def __init__(self, engine: Engine, embedder: Embedder | None = None) -> None:
        self._engine = engine
        self._embedder = embedder

    def search(self, request: SearchRequest) -> SearchResult:
        """Answer ``request``.

        :raises QueryError: for a text, sort, facet or limit that cannot be read (:class:`FilterError` for the filter).
        :raises CursorError: when the cursor is malformed or belongs to another search or generation.
        :raises EngineError: when the engine fails.
        """
        started = time.perf_counter()
        for _ in range(_ATTEMPTS):
            generation = self._engine.generation.id
            result = self._answer(request)
            # Whoever owns the engine may move it to a newer generation meanwhile; one answer never mixes two.
            if self._engine.generation.id == generation:
                took = (time.perf_counter() - started) * 1000
                return replace(result, generation=generation, took_ms=took)
        raise EngineError("the index is being replaced faster than it can be searched; try again")

    def _answer(self, request: SearchRequest) -> SearchResult:
        check_limit(request.limit)
        metrics = self._engine.generation.metrics
        sort, facets = parse_sort(request.sort, metrics), parse_facets(request.facets)
        offset, after = self._position(request)
        asked = interpret(request.text, request.filter, self._engine)
        mode, warnings = self._mode(request, asked, sort)
        if sort.key != "relevance" and mode is Mode.LEXICAL:
            asked, told = self._narrowed(asked, sort)
            warnings.extend(told)
        vector = None if mode is Mode.LEXICAL or self._embedder is None else self._embedder.embed_query(asked.meaning)
        search = _Search(request, asked, sort, facets, offset, after, vector)
        page = self._page(search, mode)
        partial = page.partial or asked.statistics.partial
        if partial:
            warnings.append(SearchWarning("partial", f"the answer is not complete: {partial}"))
        return SearchResult(
            hits=self._hits(search, page),
            total=page.total,
            next=None if page.position is None else self._cursor(request, page.position),
            facets=page.facets,
            warnings=(*asked.warnings, *warnings),
            interpretation=asked.written,
            mode=mode,
        )

    def _mode(self, request: SearchRequest, asked: Interpretation, sort: Sort) -> tuple[Mode, list[SearchWarning]]:
        """The mode that is really used, and warnings where that is not what was asked for."""
        if request.mode is Mode.LEXICAL:
            return Mode.LEXICAL, []
        if not asked.meaning:
            if request.mode is Mode.HYBRID:
                return Mode.LEXICAL, []
            return Mode.LEXICAL, [
                SearchWarning("nothing-to-embed", "the query has no words whose meaning can be compared")
            ]
        unavailable = self._why_no_vectors()
        if unavailable:
            message = f"searched by words alone: {unavailable}"
            return Mode.LEXICAL, [SearchWarning("vectors-unavailable", message)]
        if request.mode is Mode.HYBRID and sort.key != "relevance":
            message = f"sorted by {sort.key}, so only papers that match by their words are listed"
            return Mode.LEXICAL, [SearchWarning("sorted-lexical-only", message)]
        return request.mode, []

    def _narrowed(self, asked: Interpretation, sort: Sort) -> tuple[Interpretation, list[SearchWarning]]:
        """All of the plain words are required where relevance does not decide the order, if any paper has them all.

        Otherwise the papers that come first would be those that share one common word with the query.
        """
        narrow = every_word(asked)
        if narrow is None or not self._engine.count(conjunction(narrow.query, asked.where) or narrow.query):
            return asked, []
        message = f"sorted by {sort.key}, so only papers with all of the words are listed"
        return narrow, [SearchWarning("sorted-all-words", message)]

    def _why_no_vectors(self) -> str:
        info = self._engine.generation
        if not info.vectors:
            return "this index was built without vectors"
        if self._embedder is None:
            return "there is no embedder for queries"
        if self._embedder.name != info.model:
            return f"the index has vectors of {info.model!r}, queries are embedded by {self._embedder.name!r}"
        return ""

    def _page(self, search: _Search, mode: Mode) -> _Page:
        if mode is Mode.VECTOR:
            return self._nearest_page(search)
        if search.sort.key != "relevance" or not search.asked.scores:
            return self._sorted_page(search)
        return self._relevance_page(search)

    def _sorted_page(self, search: _Search) -> _Page:
        """The engine's own order; a search in which nothing scores lists the most cited first."""
        sort = Sort("citations") if search.sort.key == "relevance" else search.sort
        query = PaperQuery(
            search.asked.query,
            search.asked.where,
            sort,
            search.request.limit,
            search.after,
            search.facets,
            documents=False,
        )
        page = self._engine.search(query)
        ranked = tuple(Ranked(hit.id, hit.score, {}) for hit in page.hits)
        position = _next_position(search.offset + len(ranked), page.next)
        return _Page(ranked, page.total, page.facets, position, page.partial)

    def _nearest_page(self, search: _Search) -> _Page:
        assert search.vector is not None  # noqa: S101 - so says the mode
        hits = self._engine.nearest(search.vector, NEAREST, search.asked.near)
        matched = Keyword(KeywordField.ID, tuple(sorted(hit.id for hit in hits)))
        if search.sort.key != "relevance":
            return self._sorted_page(replace(search, asked=replace(search.asked, query=matched, where=None)))
        facets, partial = self._facets(PaperQuery(matched), search.facets)
        chosen = hits[search.offset : search.offset + search.request.limit]
        end = search.offset + len(chosen)
        ranked = tuple(Ranked(hit.id, hit.score, {"vector": hit.score}) for hit in chosen)
        return _Page(ranked, len(hits), facets, [end, None] if end < len(hits) else None, partial)

    def _relevance_page(self, search: _Search) -> _Page:
        asked, engine = search.asked, self._engine
        head = build_head(asked, search.request.text, search.vector, engine, search.facets)
        partial = head.partial
        ranked = list(head.ranked[search.offset : search.offset + search.request.limit])
        after = search.after
        missing = search.request.limit - len(ranked)
        if missing and head.beyond is not None:
            tail = engine.search(
                PaperQuery(
                    asked.query, conjunction(asked.where, head.beyond), limit=missing, after=after, documents=False
                )
            )
            ranked.extend(_beyond(hit, head) for hit in tail.hits)
            after, partial = tail.next, partial or tail.partial
        end = search.offset + len(ranked)
        position = [end, after] if ranked and end < head.total else None
        return _Page(tuple(ranked), head.total, head.facets, position, partial)

    def _facets(
        self, query: PaperQuery, facets: tuple[FacetRequest, ...]
    ) -> tuple[tuple[FacetResult, ...], str | None]:
        """The facets, and why they may be short."""
        if not facets:
            return (), None
        page = self._engine.search(replace(query, limit=0, facets=facets))
        return page.facets, page.partial

    def _hits(self, search: _Search, page: _Page) -> tuple[PaperHit, ...]:
        ids = [ranked.id for ranked in page.ranked]
        documents = self._engine.papers(ids)
        mark = Highlighter(search.asked.query).highlight if search.request.highlight else None
        explanations = self._explanations(search.asked, ids) if search.request.explain else {}
        found = zip(page.ranked, documents, strict=True)
        return tuple(
            _hit(search.offset + place, ranked, document, mark, explanations.get(ranked.id))
            for place, (ranked, document) in enumerate(found, start=1)
            if document is not None
        )

    def _explanations(self, asked: Interpretation, ids: Sequence[str]) -> dict[str, Mapping[str, float]]:
        """What each word adds to the lexical score, by paper, where the query scores the paper at all."""
        if not ids or not asked.scores:
            return {id_: {} for id_ in ids}
        among = conjunction(asked.where, Keyword(KeywordField.ID, tuple(ids)))
        page = self._engine.search(PaperQuery(asked.query, among, limit=len(ids), documents=False, explain=True))
        return {id_: {} for id_ in ids} | {hit.id: hit.explanation for hit in page.hits}

    def _position(self, request: SearchRequest) -> tuple[int, str | None]:
        """Hits before this page, and the engine's cursor within its order."""
        if request.cursor is None:
            return 0, None
        position = decode_cursor(request.cursor, self._engine.generation.id, _told(request), exists=lambda _: True)
        return _checked(position)

    def _cursor(self, request: SearchRequest, position: list[int | str | None]) -> str:
        return encode_cursor(self._engine.generation.id, _told(request), position)


def _checked(position: list[Any]) -> tuple[int, str | None]:
    match position:
        case [int(offset), (str() | None) as after] if offset >= 0:
            return offset, after
        case _:
            raise CursorError("the cursor's position does not fit its search; start again without one")


def _told(request: SearchRequest) -> str:
    """A digest of what decides the order of hits."""
    told = json.dumps(["papers", request.text, request.filter, request.mode, request.sort])
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _next_position(end: int, after: str | None) -> list[int | str | None] | None:
    return None if after is None else [end, after]


def _beyond(hit: Hit, head: Head) -> Ranked:
    score = min(hit.score * head.scale, head.floor)
    return Ranked(hit.id, score, {"lexical": hit.score * head.scale})


def _hit(
    rank: int,
    ranked: Ranked,
    document: PaperDocument,
    mark: Callable[..., dict[str, tuple[str, ...]]] | None,
    words: Mapping[str, float] | None,
) -> PaperHit:
    return PaperHit(
        id=ranked.id,
        rank=rank,
        score=ranked.score,
        paper=document.paper,
        metrics=document.metrics,
        highlights=mark(document.paper) if mark else {},
        explanation={} if words is None else {**ranked.parts, **words},
    )
