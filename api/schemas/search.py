"""Searches over the wire."""

from __future__ import annotations

from pydantic import BaseModel, Field

from api.schemas.paper import PaperModel, PaperResult
from search.engine import FacetResult, SearchPage, Suggestion
from search.request import SearchResult

__all__ = [
    "FacetModel",
    "FacetValueModel",
    "Links",
    "PaperList",
    "SearchResponse",
    "SuggestionList",
    "SuggestionModel",
    "WarningModel",
]


class FacetValueModel(BaseModel):
    """A value and in how many matches it occurs. ``label`` is what to show for an id."""

    value: str
    count: int
    label: str = ""


class FacetModel(BaseModel):
    """The most frequent values of a field among all matches; ``other`` counts those not listed."""

    field: str
    values: list[FacetValueModel]
    other: int = 0

    @classmethod
    def of(cls, facet: FacetResult) -> FacetModel:
        """From the engine's count."""
        values = [FacetValueModel(value=v.value, count=v.count, label=v.label) for v in facet.values]
        return cls(field=facet.field, values=values, other=facet.other)


class WarningModel(BaseModel):
    """What the caller should know about what was really searched."""

    code: str
    message: str


class Links(BaseModel):
    """Paths of this page and of the next one (null: this is the last)."""

    self: str
    next: str | None = None


class SearchResponse(BaseModel):
    """One page of found papers. ``total`` counts all matches and is the same on every page."""

    total: int
    results: list[PaperResult]
    facets: list[FacetModel] = Field(default_factory=list)
    warnings: list[WarningModel] = Field(default_factory=list)
    interpretation: str = Field(default="", description="The query as it was understood.")
    mode: str = ""
    generation: str = ""
    took_ms: float = 0.0
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, result: SearchResult, links: Links | None = None) -> SearchResponse:
        """From a result of the search service."""
        return cls(
            total=result.total,
            results=[PaperResult.of_hit(hit) for hit in result.hits],
            facets=[FacetModel.of(facet) for facet in result.facets],
            warnings=[WarningModel(code=w.code, message=w.message) for w in result.warnings],
            interpretation=result.interpretation,
            mode=result.mode.value,
            generation=result.generation,
            took_ms=result.took_ms,
            next_cursor=result.next,
            links=links,
        )


class PaperList(BaseModel):
    """One page of papers that stand in a relation to something (its citations, its author's papers)."""

    total: int
    results: list[PaperModel]
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, page: SearchPage, links: Links | None = None) -> PaperList:
        """From a page of the engine, asked for with documents."""
        results = [PaperModel.of(hit.document) for hit in page.hits if hit.document is not None]
        return cls(total=page.total, results=results, next_cursor=page.next, links=links)


class SuggestionModel(BaseModel):
    """A completion: ``kind`` says of what ("title", "author", "venue", "term")."""

    text: str
    kind: str
    id: str | None = None
    count: int = 0


class SuggestionList(BaseModel):
    """Completions, best first."""

    results: list[SuggestionModel]

    @classmethod
    def of(cls, suggestions: list[Suggestion]) -> SuggestionList:
        """From the engine's suggestions."""
        return cls(results=[SuggestionModel(text=s.text, kind=s.kind, id=s.id, count=s.count) for s in suggestions])
