"""People over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.schemas.paper import NameModel, external_ids, finite
from api.schemas.search import Links, WarningModel
from search.engine import AuthorDocument
from search.people.find import AuthorResult as Found

__all__ = ["AffiliationYearsModel", "AuthorList", "AuthorModel", "AuthorResult"]

_EXAMPLE: dict[str, Any] = {
    "id": "demo:a7",
    "name": {"full": "Ada Moreau", "family": "Moreau", "given": "Ada"},
    "papers": 12,
    "first_year": 2004,
    "last_year": 2021,
    "basis": "source_id",
}


class AffiliationYearsModel(BaseModel):
    """An affiliation as printed, with the first and last year it was seen and on how many papers."""

    text: str
    first_year: int | None = None
    last_year: int | None = None
    papers: int = 0
    institution_id: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2.")


class AuthorModel(BaseModel):
    """A person. ``basis`` says what the identity rests on; "name" alone is provisional."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    name: NameModel
    variants: list[NameModel] = Field(default_factory=list)
    ids: dict[str, list[str]] = Field(default_factory=dict, description="External identifiers by scheme.")
    affiliations: list[AffiliationYearsModel] = Field(default_factory=list)
    papers: int = 0
    first_year: int | None = None
    last_year: int | None = None
    basis: str = Field(default="name", description="judgement, external_id, source_id or name; strongest first.")
    metrics: dict[str, float] = Field(default_factory=dict)
    pinned: list[str] = Field(default_factory=list, description="Ids of papers to show first, as a curator chose.")

    @classmethod
    def of(cls, document: AuthorDocument) -> AuthorModel:
        """From what an engine stores."""
        author = document.author
        return cls(
            id=author.id,
            name=NameModel.of(author.name),
            variants=[NameModel.of(variant) for variant in author.variants],
            ids=external_ids(author.ids),
            affiliations=[
                AffiliationYearsModel(
                    text=a.text,
                    first_year=a.first_year,
                    last_year=a.last_year,
                    papers=a.papers,
                    institution_id=a.institution_id,
                    country=a.country,
                )
                for a in author.affiliations
            ],
            papers=author.papers,
            first_year=author.first_year,
            last_year=author.last_year,
            basis=author.basis.value,
            metrics=finite(document.metrics),
            pinned=list(author.pinned),
        )


class AuthorResult(AuthorModel):
    """A person found. ``score`` is 0 unless sorted by relevance."""

    score: float = 0.0


class AuthorList(BaseModel):
    """One page of people found. ``total`` counts all of them and is the same on every page."""

    total: int
    results: list[AuthorResult]
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def found(cls, result: Found, links: Links | None = None) -> AuthorList:
        """From a result of the search for people."""
        people = [AuthorResult(**dict(AuthorModel.of(hit.document)), score=hit.score) for hit in result.hits]
        return cls(
            total=result.total,
            results=people,
            warnings=[WarningModel(code=w.code, message=w.message) for w in result.warnings],
            generation=result.generation,
            next_cursor=result.next,
            links=links,
        )
