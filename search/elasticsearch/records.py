"""Stored papers, people, venues, redirects and vectors of one generation, by id and by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from search.document import keyword_term
from search.elasticsearch.opened import Answer, OpenGeneration
from search.elasticsearch.schema import (
    AUTHORS,
    DOCUMENT,
    LOOKUP,
    ORD,
    PAPERS,
    STORED_VECTOR,
    document_id,
    keyword_field,
    redirect_id,
    vectors_of,
)
from search.engine import AuthorDocument, GenerationInfo, PaperDocument, Vectors
from search.query.ast import KeywordField
from search.text import words

__all__ = ["Records", "VenueRow", "WantedVectors"]

_ID = keyword_field(KeywordField.ID)
_LONGEST_CHAIN = 100
_VECTORS_AT_ONCE = 2_000  # of 384 components, 2 MB
_SHORTENED = "…"  # in the term of an id that is too long to be one


class VenueRow(msgspec.Struct, frozen=True):
    """A venue: its id if it has one, its most frequent printing, and its number of papers."""

    id: str | None
    name: str
    papers: int


class WantedVectors:
    """Vectors of papers by a ``field`` that no two of them share, in the order of ``wanted``; None is no paper.

    ``bodies`` are the requests for them.
    """

    def __init__(self, info: GenerationInfo, field: str, wanted: Sequence[Any]) -> None:
        self._info, self._field, self._wanted = info, field, wanted
        unique = list(dict.fromkeys(one for one in wanted if one is not None)) if info.vectors else []
        parts = (unique[start : start + _VECTORS_AT_ONCE] for start in range(0, len(unique), _VECTORS_AT_ONCE))
        self.bodies = [_columns(field, part, (field, STORED_VECTOR)) for part in parts]

    def read(self, answers: Sequence[Answer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """A (len(wanted), dimension) matrix, and a mask of the rows that exist (others are zero)."""
        found = np.zeros((len(self._wanted), self._info.dimension), dtype=np.float32)
        exists = np.zeros(len(self._wanted), dtype=bool)
        told = [hit["fields"] for answer in answers for hit in answer["hits"]["hits"]]
        stored = {one[self._field][0]: one[STORED_VECTOR][0] for one in told if STORED_VECTOR in one}
        rows = [row for row, one in enumerate(self._wanted) if one in stored]
        if rows:
            found[rows] = vectors_of([stored[self._wanted[row]] for row in rows])
            exists[rows] = True
        return found, exists


class Records:
    """Looks things up in ``generation``. Thread-safe."""

    def __init__(self, generation: OpenGeneration) -> None:
        self._generation = generation

    @staticmethod
    def paper_of(hit: Mapping[str, Any]) -> PaperDocument:
        """The document that came with a hit of the papers index."""
        return msgspec.convert(hit["_source"][DOCUMENT], PaperDocument)

    def ids_of(self, hits: Sequence[Mapping[str, Any]]) -> list[str]:
        """Ids of papers whose hits came with the term of their id."""
        terms: list[str] = [hit["fields"][_ID][0] for hit in hits]
        shortened = [place for place, term in enumerate(terms) if _SHORTENED in term]
        if shortened:
            places = {term: None for place, term in enumerate(terms) if place in set(shortened)}
            body = {"query": {"terms": {_ID: list(places)}}, "size": len(places), "_source": [DOCUMENT]}
            found = self._generation.ask_all(PAPERS, body)["hits"]["hits"]
            full = {keyword_term(paper.paper.id): paper.paper.id for paper in map(self.paper_of, found)}
            terms = [full.get(term, term) for term in terms]
        return terms

    def _stored(self, room: str, ids: Sequence[str], field: str) -> list[Any]:
        known = [document_id(identifier) for identifier in ids]
        unique = list(dict.fromkeys(found for found in known if found is not None))
        if not unique:
            return [None] * len(ids)
        told = dict(zip(unique, self._generation.get(((room, one) for one in unique), field), strict=True))
        return [None if one is None else told[one] for one in known]

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        """See :meth:`search.engine.Engine.papers`."""
        found = self._stored(PAPERS, ids, DOCUMENT)
        return [None if stored is None else msgspec.convert(stored, PaperDocument) for stored in found]

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        """See :meth:`search.engine.Engine.authors`."""
        found = self._stored(AUTHORS, ids, DOCUMENT)
        return [None if stored is None else msgspec.convert(stored, AuthorDocument) for stored in found]

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """See :meth:`search.engine.Engine.vectors`."""
        return self._read(self.vectors_wanted(ids))

    def vectors_at(self, positions: npt.NDArray[np.integer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """See :meth:`search.engine.Engine.vectors_at`."""
        return self._read(WantedVectors(self._generation.info, ORD, positions.tolist()))

    def vectors_wanted(self, ids: Sequence[str]) -> WantedVectors:
        """Requests for the vectors of papers by id."""
        terms = [keyword_term(one) if document_id(one) is not None else None for one in ids]
        return WantedVectors(self._generation.info, _ID, terms)

    def _read(self, wanted: WantedVectors) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        return wanted.read([self._generation.ask_all(PAPERS, body) for body in wanted.bodies])

    def cited_by(self, ids: Sequence[str]) -> tuple[str, ...]:
        """Ids of all papers that these refer to."""
        papers = [paper for paper in self.papers(ids) if paper is not None]
        return tuple(dict.fromkeys(reference for paper in papers for reference in paper.paper.references))

    def resolve(self, kind: str, identifier: str) -> str | None:
        """See :meth:`search.engine.Engine.resolve`."""
        room = PAPERS if kind == "paper" else AUTHORS
        for _ in range(_LONGEST_CHAIN):
            alive, redirect = document_id(identifier), redirect_id(kind, identifier)
            if alive is None or redirect is None:
                return None
            found, merged = self._generation.get([(room, alive), (LOOKUP, redirect)], DOCUMENT)
            if found is not None:
                return identifier
            if merged is None:
                return None
            identifier = merged["to"]
        return None

    def find_authors(self, name: str, limit: int) -> list[AuthorDocument]:
        """See :meth:`search.engine.Engine.find_authors`."""
        printed = _name_query("names.name", name)
        if printed is None or limit <= 0:
            return []
        query = {"nested": {"path": "names", "query": printed, "score_mode": "none"}}
        hits = self._most_papers(AUTHORS, query, "author_id", limit)
        return [msgspec.convert(hit["_source"][DOCUMENT], AuthorDocument) for hit in hits]

    def find_venues(self, name: str, limit: int) -> list[VenueRow]:
        """Venues with a name holding every word of ``name``, most papers first."""
        printed = _name_query("venue", name)
        if printed is None or limit <= 0:
            return []
        hits = self._most_papers(LOOKUP, printed, "label", limit)
        return [msgspec.convert(hit["_source"][DOCUMENT], VenueRow) for hit in hits]

    def _most_papers(self, room: str, query: Mapping[str, Any], ties: str, limit: int) -> Sequence[Any]:
        body = {
            "query": {"bool": {"filter": [query]}},
            "size": limit,
            "sort": [{"papers": "desc"}, {ties: "asc"}],
            "track_total_hits": False,
            "_source": [DOCUMENT],
        }
        found: Sequence[Any] = self._generation.ask_all(room, body)["hits"]["hits"]
        return found

    def labels(self, field: str, values: Sequence[str]) -> Mapping[str, str]:
        """What to show for values of a facet field that are ids; empty for fields whose values speak for themselves."""
        if not values:
            return {}
        if field == KeywordField.AUTHOR_ID:
            people = zip(values, self.authors(values), strict=True)
            return {value: found.author.name.full for value, found in people if found is not None}
        if field == KeywordField.VENUE_ID:
            body = {"query": {"terms": {"venue_id": list(values)}}, "size": len(values), "_source": [DOCUMENT]}
            hits = self._generation.ask_all(LOOKUP, body)["hits"]["hits"]
            venues = [msgspec.convert(hit["_source"][DOCUMENT], VenueRow) for hit in hits]
            return {keyword_term(venue.id): venue.name for venue in venues if venue.id}
        return {}


def _columns(field: str, values: Sequence[Any], columns: Sequence[str]) -> dict[str, Any]:
    """Documents that have one of ``values``: their columns alone, so that no stored document is read."""
    return {
        "query": {"bool": {"filter": [{"terms": {field: values}}]}},
        "size": len(values),
        "sort": ["_doc"],
        "track_total_hits": False,
        "_source": False,
        "stored_fields": "_none_",
        "docvalue_fields": list(columns),
    }


def _name_query(field: str, name: str) -> dict[str, Any] | None:
    """A name that holds every word of ``name``; the last may be the beginning of one, and so may an initial."""
    typed = [token.term for token in words(name)]
    if not typed:
        return None
    clauses = []
    for position, word in enumerate(typed):
        initial = len(word) == 1 and word.isascii() and word.isalpha()
        kind = "prefix" if position == len(typed) - 1 or initial else "term"
        clauses.append({kind: {field: {"value": word}}})
    return {"bool": {"filter": clauses}}
