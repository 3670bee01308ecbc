"""Collaborator finding over the wire."""

from __future__ import annotations

from typing import Any

from pydantic import BaseModel, ConfigDict, Field, field_validator

from api.schemas.params import MAX_LIMIT, check_select, cursor_of, split
from api.schemas.search import Links, WarningModel
from search.collaborators import Collaborator, CollaboratorRequest, CollaboratorResult

__all__ = ["CollaboratorBody", "CollaboratorModel", "CollaboratorParams", "CollaboratorResponse"]

MAX_EXCLUDED = 10_000
MAX_TEXT = 100_000


class _Shared(BaseModel):
    model_config = ConfigDict(extra="forbid")

    not_met_within: int | None = Field(
        default=None, ge=0, le=200, description="List former co-authors again after so many years; never by default."
    )
    other_country: bool = Field(default=False, description="Only people whose latest country is known and another.")
    other_institution: bool = Field(
        default=False, description="Only people whose latest institution is known and another."
    )
    career_from: int | None = Field(default=None, ge=0, le=200, description="Least years since the first paper.")
    career_to: int | None = Field(default=None, ge=0, le=200, description="Most years since the first paper.")
    active_since: int | None = Field(default=None, ge=1000, le=9999, description="With a paper in or after that year.")
    interdisciplinary: bool = Field(default=False, description="Only people whose main topic is another.")
    filter: str = Field(default="", max_length=10_000, description="Who may be listed: `country:DE|AT,h_index:5-30`.")
    min_papers: int = Field(default=3, ge=1, le=100_000, description="Papers they have at least.")
    limit: int = Field(default=10, ge=1, le=MAX_LIMIT, description="People a page.")
    cursor: str | None = Field(
        default=None, max_length=4096, description="`next_cursor` of the page before; `*` for the first."
    )
    select: str | None = Field(
        default=None, max_length=1000, description="Fields of a person to return, separated by commas."
    )

    @field_validator("select")
    @classmethod
    def _known(cls, value: str | None) -> str | None:
        return check_select(value, CollaboratorModel)

    def _request(self, **asked: Any) -> CollaboratorRequest:
        return CollaboratorRequest(
            **asked,
            not_met_within=self.not_met_within,
            other_country=self.other_country,
            other_institution=self.other_institution,
            career=(self.career_from, self.career_to),
            active_since=self.active_since,
            interdisciplinary=self.interdisciplinary,
            filter=self.filter,
            min_papers=self.min_papers,
            limit=self.limit,
            cursor=cursor_of(self.cursor),
        )


class CollaboratorParams(_Shared):
    """Who may be listed, for somebody in the collection."""

    exclude: str | None = Field(
        default=None, max_length=100_000, description="Ids of people not to list, separated by commas."
    )

    def request(self, author: str) -> CollaboratorRequest:
        """As the service takes it."""
        return self._request(author=author, exclude=split(self.exclude))


class CollaboratorBody(_Shared):
    """Somebody in the collection by id, or anybody by what they do: one of `author` and `text` must be given."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"text": "I work on parsing of low-resource languages.", "limit": 5}]},
    )

    author: str = Field(default="", max_length=1000, description="Our id of a person.")
    text: str = Field(default="", max_length=MAX_TEXT, description="A profile: interests, titles of papers.")
    exclude: list[str] = Field(default_factory=list, max_length=MAX_EXCLUDED, description="Ids of people not to list.")

    def request(self) -> CollaboratorRequest:
        """As the service takes it."""
        return self._request(author=self.author, text=self.text, exclude=tuple(self.exclude))


class PersonModel(BaseModel):
    """Somebody, by id and name."""

    id: str
    name: str


class JointPaperModel(BaseModel):
    """A paper two people wrote together."""

    id: str
    title: str
    year: int | None


class PathStepModel(BaseModel):
    """Two people on the path, how many papers they wrote together and when; the latest few."""

    one: PersonModel
    other: PersonModel
    papers: int
    first_year: int | None
    last_year: int | None
    examples: list[JointPaperModel]


class TopicShareModel(BaseModel):
    """A topic and how many papers both have in it."""

    topic: str
    yours: int
    theirs: int


class CitationsModel(BaseModel):
    """Citations between the papers of both."""

    theirs_of_yours: int
    yours_of_theirs: int


class MetModel(BaseModel):
    """Joint papers of former co-authors, and the year of the last one."""

    papers: int
    last_year: int | None


class CollaboratorModel(BaseModel):
    """A person, and what speaks for working with them."""

    id: str
    rank: int
    name: str
    score: float = Field(description="0 is the mean candidate; only the order means something.")
    parts: dict[str, float] = Field(description="What each kind of evidence adds; they add up to the score.")
    path: list[PathStepModel] = Field(description="Co-authors that lead there; empty when more than two are between.")
    common_coauthors: int
    met: MetModel
    shared_topics: list[TopicShareModel]
    complementary_topics: list[TopicShareModel] = Field(description="Topics that only they have papers in.")
    shared_words: list[str] = Field(description="Terms weighty in the papers of both.")
    complementary_words: list[str] = Field(description="Terms weighty in theirs alone.")
    shared_venues: list[str] = Field(description="The rarest first.")
    citations: CitationsModel
    papers: int
    recent_papers: int = Field(description="Of the last three years of the collection.")
    first_year: int | None
    last_year: int | None
    active: bool = Field(description="With a paper in the last two years of the collection.")
    institutions: list[str] = Field(description="The latest.")
    countries: list[str] = Field(description="The latest, ISO 3166-1 alpha-2.")

    @classmethod
    def of(cls, found: Collaborator) -> CollaboratorModel:
        """From the service's."""
        papers, last = found.met
        values = {name: getattr(found, name) for name in cls.model_fields if name != "met"}
        return cls.model_validate({**values, "met": MetModel(papers=papers, last_year=last)}, from_attributes=True)


class CollaboratorResponse(BaseModel):
    """One page of people. ``total`` counts all candidates and is the same on every page."""

    total: int
    results: list[CollaboratorModel]
    until: int = Field(description="The year the view is from: that of the latest paper.")
    learned_from: int = Field(
        description="People whose later collaborators the ranking was learned from; 0: it came with the program."
    )
    warnings: list[WarningModel] = Field(default_factory=list)
    generation: str = ""
    took_ms: float = 0.0
    next_cursor: str | None = None
    links: Links | None = None

    @classmethod
    def of(cls, result: CollaboratorResult, links: Links | None = None) -> CollaboratorResponse:
        """From the service's answer."""
        return cls(
            total=result.total,
            results=[CollaboratorModel.of(found) for found in result.collaborators],
            until=result.until,
            learned_from=result.learned_from,
            warnings=[WarningModel(code=w.code, message=w.message) for w in result.warnings],
            generation=result.generation,
            took_ms=result.took_ms,
            next_cursor=result.next,
            links=links,
        )
