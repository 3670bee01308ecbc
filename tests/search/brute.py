"""An engine in memory that answers by looking at every paper: for what is built on engines, not for speed."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from records.author import Author
from search.document import sort_date
from search.engine import (
    SUGGESTED,
    AuthorDocument,
    Engine,
    FacetRequest,
    FacetResult,
    FacetValue,
    Gathered,
    GenerationInfo,
    Hit,
    NearestQuery,
    PaperDocument,
    PaperQuery,
    Pool,
    SearchPage,
    Sort,
    Suggestion,
    SuggestionKind,
    TextStatistics,
    Vectors,
)
from search.plan import check_query, decode_cursor, encode_cursor, fingerprint, match_terms
from search.query.ast import And, KeywordField, Match, Node
from search.query.rewrite import texts
from search.reading import one_by_one
from search.text import analyze, words
from tests.contract.oracle import Oracle, keywords, number
from tests.contract.oracle import texts as texts_of

__all__ = ["BruteEngine"]


class BruteEngine:
    """Implements :class:`search.engine.Engine`. Tests may change ``info``, ``partial`` and ``calls`` as they like."""

    name = "brute"

    def __init__(
        self,
        papers: Sequence[PaperDocument],
        vectors: Vectors,
        mask: npt.NDArray[np.bool_],
        model: str,
        redirects: Mapping[tuple[str, str], str],
    ) -> None:
        self._papers = {entry.paper.id: entry for entry in papers}
        self._oracle = Oracle(papers)
        self._vectors = {p.paper.id: v for p, v, has in zip(papers, vectors, mask, strict=True) if has}
        self._redirects = redirects
        self._frequency = Counter(term for entry in papers for term in set(self._terms(entry)))
        self.partial: str | None = None
        self.calls: list[str] = []
        self.kept: dict[str, dict[str, npt.NDArray[Any]]] = {}
        self.people: dict[str, AuthorDocument] = {}
        self.info = GenerationInfo(
            "g1", "2026-01-01T00:00:00Z", len(papers), 0, vectors.shape[1], len(self._vectors), model, ("citations",)
        )

    @staticmethod
    def _terms(entry: PaperDocument) -> list[str]:
        return [token.term for token in analyze(f"{entry.paper.title} \n {entry.paper.abstract}")]

    @property
    def generation(self) -> GenerationInfo:
        return self.info

    def refresh(self) -> bool:
        return False

    def search(self, query: PaperQuery) -> SearchPage:
        self.calls.append("search")
        check_query(query)
        told = fingerprint(query)
        start = 0
        if query.after is not None:
            (start,) = decode_cursor(query.after, self.info.id, told, exists=lambda _: False)
        node = query.query if query.where is None else And((query.query, query.where))
        found = self._oracle.ids(node)
        scores = {paper: sum(self._parts(query.query, paper).values()) for paper in found}
        ordered = self._ordered(found, scores, query.sort)
        page = ordered[start : start + query.limit]
        end = start + len(page)
        following = encode_cursor(self.info.id, told, [end]) if page and end < len(ordered) else None
        hits = tuple(self._hit(query, paper, scores[paper]) for paper in page)
        return SearchPage(hits, len(ordered), self._facets(found, query.facets), following, self.partial)

    def _ordered(self, found: Sequence[str], scores: Mapping[str, float], sort: Sort) -> list[str]:
        if sort.key == "relevance":
            return sorted(found, key=lambda paper: (-scores[paper], paper))
        values = {paper: self._sort_value(paper, sort.key) for paper in found}
        sign = -1.0 if sort.descending else 1.0
        known = [paper for paper in found if values[paper] is not None]
        known.sort(key=lambda paper: (sign * (values[paper] or 0.0), paper))
        return known + [paper for paper in found if values[paper] is None]

    def _sort_value(self, paper: str, key: str) -> float | None:
        entry = self._papers[paper]
        return sort_date(entry.paper) if key == "date" else number(entry, key)

    def _hit(self, query: PaperQuery, paper: str, score: float) -> Hit:
        document = self._papers[paper] if query.documents else None
        relevance = query.sort.key == "relevance"
        return Hit(
            paper, score if relevance else 0.0, document, self._parts(query.query, paper) if query.explain else {}
        )

    def _parts(self, query: Node, paper: str) -> dict[str, float]:
        """A plain tf-idf for every term of every positive match."""
        parts: dict[str, float] = {}
        for match in texts(query, frozenset(field.value for field in type(Match("").field))):
            held = Counter(t.term for text in texts_of(self._papers[paper].paper, match.field) for t in analyze(text))
            for _, term in match_terms(match).terms:
                if held[term]:
                    weight = math.log(1 + len(self._papers) / (self._frequency[term] or 1))
                    parts[f"bm25:{term}"] = parts.get(f"bm25:{term}", 0.0) + weight * held[term] / (held[term] + 1.2)
        return parts

    def _facets(self, found: Sequence[str], requests: Sequence[FacetRequest]) -> tuple[FacetResult, ...]:
        results = []
        for request in requests:
            counts: Counter[str] = Counter()
            for paper in found:
                counts.update(self._values(paper, request.field))
            ordered = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
            values = tuple(FacetValue(value, count) for value, count in ordered[: request.size])
            results.append(FacetResult(request.field, values, sum(count for _, count in ordered[request.size :])))
        return tuple(results)

    def _values(self, paper: str, field: str) -> set[str]:
        entry = self._papers[paper]
        if field == "year":
            return set() if entry.paper.year is None else {str(entry.paper.year)}
        return keywords(entry.paper, KeywordField(field))

    def nearest(self, vector: Vectors, k: int, where: Node | None = None) -> tuple[Hit, ...]:
        self.calls.append("nearest")
        allowed = self._vectors if where is None else [p for p in self._oracle.ids(where) if p in self._vectors]
        scored = [(float(self._vectors[paper] @ vector), paper) for paper in allowed]
        return tuple(Hit(paper, score) for score, paper in sorted(scored, key=lambda hit: (-hit[0], hit[1]))[:k])

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None = None, vectors_of: Sequence[str] = ()
    ) -> Gathered:
        return one_by_one(self, queries, nearest, vectors_of)

    def pool(self, query: Node, k: int, where: Node | None = None) -> Pool:
        return self._as_pool(self.search(PaperQuery(query, where, limit=k, documents=False)).hits)

    def nearest_pool(self, vector: Vectors, k: int, where: Node | None = None) -> Pool:
        return self._as_pool(self.nearest(vector, k, where))

    def _as_pool(self, hits: Sequence[Hit]) -> Pool:
        place = {paper: position for position, paper in enumerate(sorted(self._papers))}
        positions = np.array([place[hit.id] for hit in hits], dtype=np.int64)
        return Pool(positions, np.array([hit.score for hit in hits], dtype=np.float32))

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        return self.kept.get(group, {})

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        self.calls.append("vectors")
        empty = np.zeros(self.info.dimension, np.float32)
        rows = np.array([self._vectors.get(paper, empty) for paper in ids], np.float32)
        return rows.reshape(len(ids), self.info.dimension), np.array([paper in self._vectors for paper in ids], bool)

    def vectors_at(self, positions: npt.NDArray[np.integer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        known = dict(enumerate(sorted(self._papers)))
        return self.vectors([known.get(position, "") for position in positions.tolist()])

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        self.calls.append("papers")
        return [self._papers.get(paper) for paper in ids]

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        return [self.people.get(author) for author in ids]

    def find_authors(self, name: str, limit: int = 10) -> list[AuthorDocument]:
        people = {
            a.author_id: a.name for entry in self._papers.values() for a in entry.paper.authorships if a.author_id
        }
        asked = {token.term for token in words(name)}
        found = [who for who, known in people.items() if asked <= {token.term for token in words(known.full)}]
        return [AuthorDocument(Author(who, people[who])) for who in sorted(found)][:limit]

    def resolve(self, kind: str, identifier: str) -> str | None:
        if kind == "paper" and identifier in self._papers:
            return identifier
        people = {a.author_id for entry in self._papers.values() for a in entry.paper.authorships}
        if kind == "author" and identifier in people | set(self.people):
            return identifier
        return self._redirects.get((kind, identifier))

    def count(self, where: Node) -> int:
        return len(self._oracle.ids(where))

    def statistics(self, words: Sequence[str]) -> TextStatistics:
        terms = dict.fromkeys(token.term for word in words for token in analyze(word))
        return TextStatistics(len(self._papers), {term: self._frequency[term] for term in terms})

    def suggest(self, prefix: str, limit: int = 10, kinds: Collection[SuggestionKind] = SUGGESTED) -> list[Suggestion]:
        if "term" not in kinds:
            return []
        known: Counter[str] = Counter()
        for entry in self._papers.values():
            known.update({token.term for token in words(f"{entry.paper.title} {entry.paper.abstract}")})
        begun = sorted((w for w in known if w.startswith(prefix)), key=lambda word: (-known[word], word))
        return [Suggestion(word, "term", None, known[word]) for word in begun[:limit]]

    def close(self) -> None:
        pass


def _conforms(engine: BruteEngine) -> Engine:
    return engine
