"""Searching one generation: translation, order, pages, facets, neighbours.

A generation's indices never change, and hits come in a total order (score or value, then position). So a cursor is the
place of the last hit in that order, and whoever holds it may show it to any server: nothing is kept open for it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from records.errors import CursorError, EngineError
from search.elasticsearch.facets import FacetPlan
from search.elasticsearch.neighbours import neighbours_body, neighbours_pool, with_ids
from search.elasticsearch.opened import Answer, OpenGeneration, complete, partial_reason
from search.elasticsearch.records import Records
from search.elasticsearch.schema import DATE, DOCUMENT, ORD, PAPERS, keyword_field
from search.elasticsearch.translate import Clause, Translation, Translator
from search.elasticsearch.vocabulary import Vocabulary
from search.engine import (
    FacetResult,
    Gathered,
    Hit,
    NearestQuery,
    PaperDocument,
    PaperQuery,
    Pool,
    SearchPage,
    Sort,
    Vectors,
)
from search.plan import check_query, decode_cursor, encode_cursor, fingerprint, simplify
from search.query.ast import Everything, KeywordField, Node

__all__ = ["Retrieval"]

_BEST_FIRST = [{"_score": "desc"}, {ORD: "asc"}]
_BY_POSITION = [{ORD: "asc"}]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A query as it is sent, and what of it the answer is read with: its digest and the hits before its page."""

    query: PaperQuery
    translation: Translation
    plan: FacetPlan
    constrained: Clause
    body: dict[str, Any]
    told: str
    before: int


class Retrieval:
    """Answers queries from ``generation``. ``exists`` says whether a generation is still kept. Thread-safe."""

    def __init__(self, generation: OpenGeneration, exists: Callable[[str], bool]) -> None:
        self.generation = generation
        self.records = Records(generation)
        self.vocabulary = Vocabulary(generation)
        self._exists = exists
        self._translator = Translator(generation.numbers, self.vocabulary.stems)

    def search(self, query: PaperQuery) -> SearchPage:
        """See :meth:`search.engine.Engine.search`."""
        asked = self._asked(query)
        return self._page(asked, self.generation.ask(PAPERS, asked.body, named_scores=query.explain))

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None, vectors_of: Sequence[str]
    ) -> Gathered:
        """See :meth:`search.engine.Engine.gather`: one request, and further ones for facets that shards cut short."""
        asked = [self._asked(query) for query in queries]
        near = None if nearest is None else self._neighbours(nearest.vector, nearest.k, nearest.where)
        wanted = self.records.vectors_wanted(vectors_of)
        bodies = [one.body for one in asked] + ([] if near is None else [with_ids(near)]) + wanted.bodies
        answers = iter(self.generation.ask_at_once(PAPERS, bodies))
        pages = tuple(self._page(one, next(answers)) for one in asked)
        hits = () if near is None or nearest is None else self._near(complete(next(answers)), nearest.k)
        return Gathered(pages, hits, *wanted.read([complete(answer) for answer in answers]))

    def _asked(self, query: PaperQuery) -> _Asked:
        """The request for a query, and what is needed to read the answer."""
        check_query(query)
        told = fingerprint(query)
        before, after = 0, None
        if query.after is not None:
            before, after = _position(decode_cursor(query.after, self.generation.info.id, told, exists=self._exists))
        translation = self._translation(query)
        constrained = self._constrained(translation.query, query.where)
        plan = FacetPlan(query.facets, self.generation.numbers)
        body = self._body(query, constrained, self._order(query.sort, translation), after)
        if query.facets:
            body["aggs"] = plan.aggregations()
        return _Asked(query, translation, plan, constrained, body, told, before)

    def _page(self, asked: _Asked, answer: Answer) -> SearchPage:
        query, plan = asked.query, asked.plan
        partial = partial_reason(answer)
        facets = self._facets(plan, asked.constrained, answer) if query.facets else ()
        found = answer["hits"]["hits"]
        total = int(answer["hits"]["total"]["value"])
        end = asked.before + len(found)
        following = None
        if found and end < total:
            following = encode_cursor(self.generation.info.id, asked.told, [end, *found[-1]["sort"]])
        hits = self._hits(query, asked.translation, found)
        return SearchPage(hits, total, facets, following, partial or plan.partial())

    def _body(
        self, query: PaperQuery, constrained: Clause, order: list[dict[str, Any]], after: list[Any] | None
    ) -> dict[str, Any]:
        body: dict[str, Any] = {
            "query": constrained,
            "size": query.limit,
            "track_total_hits": True,
            "_source": [DOCUMENT] if query.documents else False,
        }
        if query.limit:
            body["sort"] = order
            if not query.documents:
                # From columns: stored fields would be unpacked for each hit.
                body |= {"stored_fields": "_none_", "docvalue_fields": [keyword_field(KeywordField.ID)]}
            if after is not None:
                if len(after) != len(order):
                    raise CursorError("the cursor's position does not fit its search; start again without one")
                body["search_after"] = after
        return body

    def _translation(self, query: PaperQuery) -> Translation:
        node = simplify(query.query, self.records.cited_by)
        if query.sort.key == "relevance" or query.explain:
            return self._translator.translate(node, named=query.explain)
        return Translation({"bool": {"filter": [self._translator.condition(node)]}})

    def condition(self, where: Node) -> Clause:
        """``where`` as a clause that does not score."""
        return self._translator.condition(simplify(where, self.records.cited_by))

    def _constrained(self, query: Clause, where: Node | None) -> Clause:
        if where is None or isinstance(where, Everything):
            return query
        return {"bool": {"must": [query], "filter": [self.condition(where)]}}

    def _order(self, sort: Sort, translation: Translation) -> list[dict[str, Any]]:
        if sort.key == "relevance":
            return _BEST_FIRST if translation.parts else _BY_POSITION
        field, kind = (DATE, "long") if sort.key == "date" else (self._sort_field(sort.key), "double")
        direction = "desc" if sort.descending else "asc"
        return [{field: {"order": direction, "missing": "_last", "unmapped_type": kind}}, {ORD: "asc"}]

    def _sort_field(self, key: str) -> str:
        numbers = self.generation.numbers
        if key not in numbers:
            known = ", ".join(["relevance", "date", *numbers])
            raise EngineError(f"this index cannot sort by {key!r}; it can by {known}")
        return numbers[key]

    def _facets(self, plan: FacetPlan, constrained: Clause, answer: Answer) -> tuple[FacetResult, ...]:
        plan.read(answer)
        while (aggregations := plan.aggregations()) and not partial_reason(answer):
            body = {"query": constrained, "size": 0, "aggs": aggregations}
            answer = self.generation.ask(PAPERS, body)
            plan.read(answer)
        return plan.results(self.records.labels)

    def _hits(self, query: PaperQuery, translation: Translation, found: Sequence[Mapping[str, Any]]) -> tuple[Hit, ...]:
        documents: Sequence[PaperDocument | None]
        if query.documents:
            documents = [self.records.paper_of(hit) for hit in found]
            ids = [document.paper.id for document in documents if document]
        else:
            documents = [None] * len(found)
            ids = self.records.ids_of(found)
        relevance = query.sort.key == "relevance"
        return tuple(
            Hit(
                paper_id,
                float(hit.get("_score") or 0.0) if relevance else 0.0,
                document,
                _explained(translation, hit) if query.explain else {},
            )
            for paper_id, hit, document in zip(ids, found, documents, strict=True)
        )

    def count(self, where: Node) -> int:
        """How many papers match."""
        body = {"query": self.condition(where), "size": 0, "track_total_hits": True}
        return int(self.generation.ask_all(PAPERS, body)["hits"]["total"]["value"])

    def pool(self, query: Node, k: int, where: Node | None) -> Pool:
        """See :meth:`search.engine.Engine.pool`."""
        asked = PaperQuery(query, where, limit=k, documents=False)
        check_query(asked)
        translation = self._translation(asked)
        constrained = self._constrained(translation.query, where)
        body = {
            **self._body(asked, constrained, self._order(asked.sort, translation), None),
            "track_total_hits": False,
        }
        body.pop("docvalue_fields", None)  # ids, which a pool does without
        found = self.generation.ask_all(PAPERS, body)["hits"]["hits"] if k else []
        return Pool(
            np.array([hit["sort"][-1] for hit in found], dtype=np.int64),
            np.array([hit.get("_score") or 0.0 for hit in found], dtype=np.float32),
        )

    def nearest(self, vector: Vectors, k: int, where: Node | None) -> tuple[Hit, ...]:
        """See :meth:`search.engine.Engine.nearest`."""
        body = self._neighbours(vector, k, where)
        return self._near(None if body is None else self.generation.ask_all(PAPERS, with_ids(body)), k)

    def nearest_pool(self, vector: Vectors, k: int, where: Node | None) -> Pool:
        """See :meth:`search.engine.Engine.nearest_pool`."""
        body = self._neighbours(vector, k, where)
        return neighbours_pool(None if body is None else self.generation.ask_all(PAPERS, body), k)

    def _neighbours(self, vector: Vectors, k: int, where: Node | None) -> Answer | None:
        condition = None if where is None or isinstance(where, Everything) else self.condition(where)
        return neighbours_body(self.generation, vector, k, condition)

    def _near(self, answer: Answer | None, k: int) -> tuple[Hit, ...]:
        if answer is None:
            return ()
        pool, ids = neighbours_pool(answer, k), self.records.ids_of(answer["hits"]["hits"][:k])
        return tuple(Hit(paper_id, float(cosine)) for paper_id, cosine in zip(ids, pool.scores, strict=True))


def _position(position: list[Any]) -> tuple[int, list[Any]]:
    match position:
        case [int(before), *values] if before >= 0 and all(isinstance(v, int | float | str) for v in values):
            return before, values
        case _:
            raise CursorError("the cursor's position does not fit its search; start again without one")


def _explained(translation: Translation, hit: Mapping[str, Any]) -> Mapping[str, float]:
    """What each scoring part adds to a hit's score."""
    found: dict[str, float] = {}
    for number, score in hit.get("matched_queries", {}).items():
        name = translation.parts[int(number)]
        found[name] = found.get(name, 0.0) + float(score)
    return found
