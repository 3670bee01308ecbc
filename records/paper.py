"""Papers and what they are made of.

A :class:`Paper` lives in two stages with the same shape. As a *source record* (what a reader yields) ``id`` is the
source's own id, references are whatever the source points with and author ids are the source's own. As a *catalog
paper* (what the catalog yields to a build and engines store) ``id`` is ours (``<source>:<source id>`` of the record
that came first), references are ids of catalog papers and author ids are ids of catalog authors.
"""

from __future__ import annotations

import msgspec

from records.ids import ExternalId
from records.name import Name

__all__ = ["Affiliation", "Authorship", "Paper", "Topic", "Venue"]


class Affiliation(msgspec.Struct, frozen=True, omit_defaults=True):
    """An affiliation as printed on one paper, linked to an institution when that is known."""

    text: str
    institution_id: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, upper case


class Authorship(msgspec.Struct, frozen=True, omit_defaults=True):
    """One author's place on one paper. The year of its affiliations is the paper's."""

    name: Name
    position: int  # 0-based
    author_id: str | None = None
    ids: tuple[ExternalId, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    email: str | None = None


class Venue(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a paper appeared. ``kind`` is "journal", "conference", "workshop", "repository", "book" or ""."""

    name: str
    id: str | None = None
    acronym: str = ""
    kind: str = ""
    ids: tuple[ExternalId, ...] = ()


class Topic(msgspec.Struct, frozen=True, omit_defaults=True):
    """A topic a source assigned to a paper, with the source's confidence in [0, 1]."""

    name: str
    id: str | None = None
    score: float = 1.0


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper. See the module docstring for the two stages; ``year`` is None when no source knows it."""

    id: str
    title: str
    abstract: str = ""
    year: int | None = None
    date: str | None = None  # ISO 8601, as precise as the source: "2019", "2019-07", "2019-07-28"
    venue: Venue | None = None
    authorships: tuple[Authorship, ...] = ()
    ids: tuple[ExternalId, ...] = ()
    references: tuple[str, ...] = ()
    topics: tuple[Topic, ...] = ()
    keywords: tuple[str, ...] = ()
    type: str = ""  # "article", "proceedings-article", "book", "editorial", ...
    language: str = ""  # ISO 639, as the source has it
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    url: str = ""
    retracted: bool = False
