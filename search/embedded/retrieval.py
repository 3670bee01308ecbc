"""Searching one generation: translation, order, facets, neighbours, explanations."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence

import numpy as np
import numpy.typing as npt
import tantivy
from tantivy import Occur, Query

from records.errors import EngineError
from search.cache import Cache
from search.embedded.facets import count_values
from search.embedded.generation import Generation
from search.embedded.ordering import FieldOrder, Page, Position, by_field, by_position, by_score
from search.embedded.schema import DATE, ORD
from search.embedded.translate import Translation, Translator, constant
from search.engine import KEYWORD_FACETS, FacetResult, Hit, PaperQuery, Pool, SearchPage, Sort, Vectors
from search.plan import check_query, decode_cursor, encode_cursor, fingerprint, simplify
from search.query.ast import Everything, Node

__all__ = ["Retrieval"]

_KEPT_POSITIONS = 64 << 20  # bytes of match sets
_KEPT_FACETS = 1024


class Retrieval:
    """Answers queries from ``generation``. ``exists`` says whether a generation is still kept. Thread-safe."""

    def __init__(self, generation: Generation, exists: Callable[[str], bool]) -> None:
        self.generation = generation
        self._exists = exists
        self._index = generation.text
        self._translator = Translator(generation.text)
        self._labels = {field: label for field in KEYWORD_FACETS if (label := generation.label(field)) is not None}
        self._positions: Cache[npt.NDArray[np.int64]] = Cache(_KEPT_POSITIONS, lambda found: found.nbytes + 64)
        self._facets: Cache[tuple[FacetResult, ...]] = Cache(_KEPT_FACETS, lambda _: 1)

    def search(self, query: PaperQuery) -> SearchPage:
        """See :meth:`search.engine.Engine.search`."""
        check_query(query)
        told = fingerprint(query)
        generation_id = self.generation.info.id
        after = None
        if query.after is not None:
            after = decode_cursor(query.after, generation_id, told, exists=self._exists)
        translation = self._translation(query.query)
        constrained = self._constrained(translation.query, query.where)
        page = self._page(translation, constrained, query.sort, query.limit, after)
        return SearchPage(
            hits=tuple(self._hit(query, translation, score, position) for score, position in page.hits),
            total=page.total,
            facets=self._counted(query, told, constrained),
            next=None if page.next is None else encode_cursor(generation_id, told, page.next),
        )

    def _translation(self, node: Node) -> Translation:
        return self._translator.translate(simplify(node, self._cited_by))

    def _constrained(self, query: Query, where: Node | None) -> Query:
        if where is None or isinstance(where, Everything):
            return query
        condition = constant(self._translation(where).query)
        return Query.boolean_query([(Occur.Must, query), (Occur.Must, condition)])

    def _cited_by(self, ids: Sequence[str]) -> tuple[str, ...]:
        positions = [self.generation.position(paper_id) for paper_id in ids]
        papers = [self.generation.paper(position) for position in positions if position is not None]
        return tuple(dict.fromkeys(reference for paper in papers for reference in paper.paper.references))

    def _page(self, translation: Translation, query: Query, sort: Sort, limit: int, after: Position | None) -> Page:
        if sort.key == "relevance":
            order = by_score if translation.parts else by_position
            return order(self._index, query, limit, after)
        if sort.key == "date":
            kind = FieldOrder(DATE, tantivy.FieldType.Integer, sort.descending)
        else:
            kind = FieldOrder(self._sort_field(sort.key), tantivy.FieldType.Float, sort.descending)
        return by_field(self._index, query, kind, limit, after)

    def _sort_field(self, key: str) -> str:
        if key not in self._index.numbers:
            known = ", ".join(["relevance", "date", *self._index.numbers])
            raise EngineError(f"this index cannot sort by {key!r}; it can by {known}")
        return self._index.numbers[key]

    def _hit(self, query: PaperQuery, translation: Translation, score: float, position: int) -> Hit:
        document = self.generation.paper(position) if query.documents else None
        paper_id = document.paper.id if document else self.generation.id_of(position)
        explanation = self._explained(translation, position) if query.explain else {}
        return Hit(paper_id, float(score), document, explanation)

    def _explained(self, translation: Translation, position: int) -> Mapping[str, float]:
        """What each scoring part adds to the score of the paper at ``position``."""
        only = Query.term_query(self._index.schema, ORD, position)
        (_, address), *_ = self._index.top(only, 1)[0]
        found: dict[str, float] = {}
        for name, part in translation.parts:
            if self._index.count(Query.boolean_query([(Occur.Must, only), (Occur.Must, part)])):
                value = float(json.loads(part.explain(self._index.searcher, address).to_json())["value"])
                found[name] = found.get(name, 0.0) + value
        return found

    def _counted(self, query: PaperQuery, told: str, constrained: Query) -> tuple[FacetResult, ...]:
        if not query.facets:
            return ()
        return self._facets.get(
            (told, query.facets), lambda: count_values(self._index, constrained, query.facets, self._labels)
        )

    def count(self, where: Node) -> int:
        """How many papers match."""
        return self._index.count(self._translation(where).query)

    def positions(self, where: Node) -> npt.NDArray[np.int64]:
        """Positions of all matches, ascending."""
        return self._positions.get(fingerprint(PaperQuery(where)), lambda: self._match_set(where))

    def _match_set(self, where: Node) -> npt.NDArray[np.int64]:
        result = self._index.searcher.search(
            self._translation(where).query,
            max(1, self.generation.info.papers),
            count=False,
            order_by_field=ORD,
            order=tantivy.Order.Asc,
        )
        hits = result.hits
        return np.fromiter((position for position, _ in hits), dtype=np.int64, count=len(hits))

    def pool(self, query: Node, k: int, where: Node | None) -> Pool:
        """See :meth:`search.engine.Engine.pool`."""
        asked = PaperQuery(query, where, limit=k, documents=False)
        check_query(asked)
        translation = self._translation(query)
        page = self._page(translation, self._constrained(translation.query, where), asked.sort, k, None)
        scores, positions = zip(*page.hits, strict=True) if page.hits else ((), ())
        return Pool(np.array(positions, dtype=np.int64), np.array(scores, dtype=np.float32))

    def nearest(self, vector: Vectors, k: int, where: Node | None) -> tuple[Hit, ...]:
        """See :meth:`search.engine.Engine.nearest`."""
        found = self.nearest_pool(vector, k, where)
        return tuple(
            Hit(self.generation.id_of(int(position)), float(cosine))
            for position, cosine in zip(found.positions, found.scores, strict=True)
        )

    def nearest_pool(self, vector: Vectors, k: int, where: Node | None) -> Pool:
        """See :meth:`search.engine.Engine.nearest_pool`."""
        if k < 0:
            raise EngineError(f"the number of neighbours must not be negative, not {k}")
        nothing = Pool(np.empty(0, dtype=np.int64), np.empty(0, dtype=np.float32))
        vectors = self.generation.vectors
        if vectors is None:
            return nothing
        dimension = self.generation.info.dimension
        given = np.asarray(vector, dtype=np.float32)
        if given.shape != (dimension,) or not bool(np.isfinite(given).all()):
            raise EngineError(f"a query vector has {dimension} finite components here, not shape {given.shape}")
        length = float(np.linalg.norm(given))
        if length == 0.0:
            return nothing
        allowed = None if where is None or isinstance(where, Everything) else self.positions(where)
        return Pool(*vectors.nearest(given / np.float32(length), k, allowed))
