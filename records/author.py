"""People and institutions as the catalog knows them."""

from __future__ import annotations

from enum import StrEnum

import msgspec

from records.errors import RecordError
from records.ids import ExternalId
from records.name import Name

__all__ = ["AffiliationYears", "Author", "IdentityBasis", "Institution"]


class IdentityBasis(StrEnum):
    """Why authorships were put together as one person, strongest first."""

    JUDGEMENT = "judgement"  # a curator said so
    EXTERNAL_ID = "external_id"  # the same ORCID (or other person id)
    SOURCE_ID = "source_id"  # the source's own curated author id
    NAME = "name"  # nothing but the same full name: provisional


class AffiliationYears(msgspec.Struct, frozen=True, omit_defaults=True):
    """An affiliation as printed, with the first and last year it was seen and on how many papers."""

    text: str
    first_year: int | None
    last_year: int | None
    papers: int
    institution_id: str | None = None
    country: str | None = None

    def __post_init__(self) -> None:
        if not self.text:
            raise RecordError("an affiliation has no text")
        if self.first_year is not None and self.last_year is not None and self.first_year > self.last_year:
            raise RecordError(f"an affiliation first seen in {self.first_year} was last seen in {self.last_year}")


class Author(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person. ``name`` is the form used most (latest on ties), ``variants`` the other forms seen.

    ``pinned``: ids of the papers to show first, in this order, as a curator chose.
    """

    id: str
    name: Name
    variants: tuple[Name, ...] = ()
    ids: tuple[ExternalId, ...] = ()
    affiliations: tuple[AffiliationYears, ...] = ()
    papers: int = 0
    first_year: int | None = None
    last_year: int | None = None
    basis: IdentityBasis = IdentityBasis.NAME
    pinned: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not self.id:
            raise RecordError("an author has no id")
        if self.papers < 0:
            raise RecordError(f"author {self.id} has {self.papers} papers")


class Institution(msgspec.Struct, frozen=True, omit_defaults=True):
    """An organisation people are affiliated with."""

    id: str
    name: str
    country: str | None = None
    ids: tuple[ExternalId, ...] = ()
    parent_id: str | None = None

    def __post_init__(self) -> None:
        if not self.id or not self.name:
            raise RecordError("an institution needs an id and a name")
