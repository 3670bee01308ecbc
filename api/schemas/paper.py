"""Papers over the wire."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from records.ids import ExternalId
from records.name import Name
from records.paper import Authorship, Paper, Venue
from search.engine import PaperDocument
from search.people.standing import PaperStanding
from search.request import PaperHit

__all__ = [
    "AffiliationModel",
    "AuthorshipModel",
    "CitationYearModel",
    "NameModel",
    "PaperDetail",
    "PaperModel",
    "PaperResult",
    "TopicModel",
    "VenueModel",
    "external_ids",
    "finite",
]

_EXAMPLE: dict[str, Any] = {
    "id": "demo:p42",
    "title": "Sparse retrieval with learned term weights",
    "year": 2019,
    "authorships": [{"position": 0, "author_id": "demo:a7", "name": {"full": "Ada Moreau", "family": "Moreau"}}],
    "ids": {"doi": ["10.5555/demo.42"]},
    "metrics": {"citations": 17.0},
}


def external_ids(ids: Iterable[ExternalId]) -> dict[str, list[str]]:
    """Identifiers grouped by scheme, in normal form."""
    grouped: dict[str, list[str]] = {}
    for external in ids:
        grouped.setdefault(external.scheme.value, []).append(external.value)
    return grouped


def finite(numbers: Mapping[str, float]) -> dict[str, float]:
    """The numbers JSON can say; a metric without a value is left out."""
    return {name: number for name, number in numbers.items() if math.isfinite(number)}


class NameModel(BaseModel):
    """A personal name: ``full`` is for display, the parts for everything else."""

    full: str
    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    native: str = ""

    @classmethod
    def of(cls, name: Name) -> NameModel:
        """From the record."""
        return cls(
            full=name.full,
            family=name.family,
            given=name.given,
            particle=name.particle,
            suffix=name.suffix,
            native=name.native,
        )


class AffiliationModel(BaseModel):
    """An affiliation as printed on the paper."""

    text: str
    institution_id: str | None = None
    country: str | None = Field(default=None, description="ISO 3166-1 alpha-2.")


class AuthorshipModel(BaseModel):
    """An author's place on the paper."""

    position: int = Field(description="0-based.")
    author_id: str | None = None
    name: NameModel
    ids: dict[str, list[str]] = Field(default_factory=dict)
    affiliations: list[AffiliationModel] = Field(default_factory=list)

    @classmethod
    def of(cls, authorship: Authorship) -> AuthorshipModel:
        """From the record. E-mail addresses stay inside: nobody asked their owners."""
        return cls(
            position=authorship.position,
            author_id=authorship.author_id,
            name=NameModel.of(authorship.name),
            ids=external_ids(authorship.ids),
            affiliations=[
                AffiliationModel(text=a.text, institution_id=a.institution_id, country=a.country)
                for a in authorship.affiliations
            ],
        )


class VenueModel(BaseModel):
    """Where the paper appeared."""

    name: str
    id: str | None = None
    acronym: str = ""
    kind: str = ""
    ids: dict[str, list[str]] = Field(default_factory=dict)

    @classmethod
    def of(cls, venue: Venue) -> VenueModel:
        """From the record."""
        return cls(name=venue.name, id=venue.id, acronym=venue.acronym, kind=venue.kind, ids=external_ids(venue.ids))


class TopicModel(BaseModel):
    """A topic a source assigned, with its confidence in [0, 1]."""

    name: str
    id: str | None = None
    score: float = 1.0


class PaperModel(BaseModel):
    """A paper. ``metrics`` are numbers by name; ``/metrics`` says what each means and in which unit."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    id: str
    title: str = ""
    abstract: str = ""
    year: int | None = None
    date: str | None = Field(default=None, description="ISO 8601, as precise as the source.")
    venue: VenueModel | None = None
    authorships: list[AuthorshipModel] = Field(default_factory=list)
    ids: dict[str, list[str]] = Field(default_factory=dict, description="External identifiers by scheme.")
    references: list[str] = Field(default_factory=list, description="Ids of the papers it cites.")
    topics: list[TopicModel] = Field(default_factory=list)
    keywords: list[str] = Field(default_factory=list)
    type: str = ""
    language: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    url: str = ""
    retracted: bool = False
    metrics: dict[str, float] = Field(default_factory=dict)

    @classmethod
    def of(cls, document: PaperDocument) -> PaperModel:
        """From what an engine stores."""
        return cls(**_paper_fields(document.paper), metrics=finite(document.metrics))


class CitationYearModel(BaseModel):
    """Citations from the papers of one year."""

    year: int
    citations: int


class PaperDetail(PaperModel):
    """A paper by itself, and how it stands among its peers."""

    percentiles: dict[str, float] = Field(
        default_factory=dict,
        description="By metric: percent of the papers of its field (main topic) and year below it, ties counting half.",
    )
    citations_by_year: list[CitationYearModel] = Field(
        default_factory=list, description="Every year from the first in which it was cited to the last."
    )
    undated_citations: int = Field(default=0, description="Citations from papers whose year is unknown.")

    @classmethod
    def standing(cls, document: PaperDocument, standing: PaperStanding) -> PaperDetail:
        """From what an engine stores, and the arrays say."""
        return cls(
            **_paper_fields(document.paper),
            metrics=finite(document.metrics),
            percentiles={name: round(value, 2) for name, value in standing.percentiles.items()},
            citations_by_year=[CitationYearModel(year=y, citations=n) for y, n in standing.citations_by_year],
            undated_citations=standing.undated_citations,
        )


class PaperResult(PaperModel):
    """A paper that was found, with why."""

    rank: int = Field(default=0, description="1-based, over all pages.")
    score: float = 0.0
    highlights: dict[str, list[str]] = Field(
        default_factory=dict, description="Fragments by field; matches stand in <mark>, everything else is escaped."
    )
    explanation: dict[str, float] = Field(default_factory=dict, description="Named parts of the score.")

    @classmethod
    def of_hit(cls, hit: PaperHit) -> PaperResult:
        """From a hit of the search service."""
        return cls(
            **_paper_fields(hit.paper),
            metrics=finite(hit.metrics),
            rank=hit.rank,
            score=hit.score,
            highlights={field: list(fragments) for field, fragments in hit.highlights.items()},
            explanation=finite(hit.explanation),
        )


def _paper_fields(paper: Paper) -> dict[str, Any]:
    return {
        "id": paper.id,
        "title": paper.title,
        "abstract": paper.abstract,
        "year": paper.year,
        "date": paper.date,
        "venue": VenueModel.of(paper.venue) if paper.venue else None,
        "authorships": [AuthorshipModel.of(authorship) for authorship in paper.authorships],
        "ids": external_ids(paper.ids),
        "references": list(paper.references),
        "topics": [TopicModel(name=t.name, id=t.id, score=t.score) for t in paper.topics],
        "keywords": list(paper.keywords),
        "type": paper.type,
        "language": paper.language,
        "volume": paper.volume,
        "issue": paper.issue,
        "pages": paper.pages,
        "publisher": paper.publisher,
        "url": paper.url,
        "retracted": paper.retracted,
    }
