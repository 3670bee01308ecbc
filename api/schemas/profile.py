"""Profiles over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from pydantic import BaseModel, Field

from api.schemas.author import AuthorModel
from search.profiles import Profile
from search.profiles.model import (
    CitingRow,
    CoauthorRow,
    Cohort,
    KinRow,
    MetricRow,
    Network,
    PaperRow,
    PlaceRow,
    Standing,
    TopicRow,
    Totals,
    VenueRow,
    YearRow,
)

__all__ = ["ProfileModel", "parts_shown"]

_WITH = {"metrics": ("cohort",), "most_central": ("central_by",)}


class ProfileModel(BaseModel):
    """A person and what the collection says of them. Parts that were not asked for are left out."""

    author: AuthorModel
    generation: str
    totals: Totals | None = None
    years: list[YearRow] | None = Field(
        default=None,
        description="From the first paper or citation to the last one; citations by the year of the citing paper.",
    )
    metrics: list[MetricRow] | None = None
    cohort: Cohort | None = None
    standing: list[Standing] | None = None
    topics: list[TopicRow] | None = None
    pinned: list[PaperRow] | None = Field(default=None, description="Papers that a curator put first.")
    most_cited: list[PaperRow] | None = None
    most_central: list[PaperRow] | None = Field(default=None, description="By the paper metric in `central_by`.")
    central_by: str | None = None
    venues: list[VenueRow] | None = None
    places: list[PlaceRow] | None = None
    coauthors: list[CoauthorRow] | None = None
    cited_by: list[CitingRow] | None = Field(default=None, description="People whose papers cite this person's most.")
    cites: list[CitingRow] | None = Field(default=None, description="People whose papers this person cites most.")
    advisors: list[KinRow] | None = Field(default=None, description="Guesses from bylines, never facts; see `rule`.")
    advisees: list[KinRow] | None = Field(default=None, description="Guesses from bylines, never facts; see `rule`.")
    network: Network | None = None

    @classmethod
    def of(cls, profile: Profile) -> ProfileModel:
        """From a profile."""
        parts = {field.name: getattr(profile, field.name) for field in fields(profile) if field.name != "document"}
        return cls(author=AuthorModel.of(profile.document), **parts)


def parts_shown(select: Sequence[str]) -> str | None:
    """The fields of the model that answer ``select``; None: all."""
    if not select:
        return None
    more = (name for part in select for name in _WITH.get(part, ()))
    return ",".join(dict.fromkeys(("author", "generation", *select, *more)))
