"""Papers and what they are made of.

A :class:`Paper` lives in two stages with the same shape. As a *source record* (what a reader yields) ``id`` is the
source's own id, references are whatever the source points with and author ids are the source's own. As a *catalog
paper* (what the catalog yields to a build and engines store) ``id`` is ours (``<source>:<source id>`` of the record
that came first), references are ids of catalog papers and author ids are ids of catalog authors.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime

import msgspec

from records.errors import RecordError
from records.ids import ExternalId
from records.name import Name
from records.text import check_text

__all__ = [
    "FIRST_YEAR",
    "MAX_ABSTRACT_LENGTH",
    "MAX_TITLE_LENGTH",
    "Affiliation",
    "Authorship",
    "Paper",
    "Topic",
    "Venue",
    "last_year",
]

MAX_TITLE_LENGTH = 10_000
"""Code points; longer is an abstract or a broken file."""

MAX_ABSTRACT_LENGTH = 200_000
"""Code points; longer is a full text."""

MAX_ID_LENGTH = 500
"""Code points of a source's own id."""

FIRST_YEAR = 1000
"""Years before it are typing errors more often than papers."""

_DATE = re.compile(r"[0-9]{4}(?:-(?:0[1-9]|1[0-2])(?:-(?:0[1-9]|[12][0-9]|3[01]))?)?")


def last_year() -> int:
    """The latest year a paper may carry: two years ahead of today, since proceedings are announced early."""
    return datetime.now(UTC).year + 2


class Affiliation(msgspec.Struct, frozen=True, omit_defaults=True):
    """An affiliation as printed on one paper, linked to an institution when that is known."""

    text: str
    institution_id: str | None = None
    country: str | None = None  # ISO 3166-1 alpha-2, upper case

    def __post_init__(self) -> None:
        if not self.text:
            raise RecordError("an affiliation has no text; leave it out instead")
        country = self.country
        if country is not None and not (len(country) == 2 and country.isascii() and country.isupper()):
            raise RecordError(f"country {country[:40]!r} is not an ISO 3166-1 code of two capitals, such as DE")


class Authorship(msgspec.Struct, frozen=True, omit_defaults=True):
    """One author's place on one paper. The year of its affiliations is the paper's."""

    name: Name
    position: int  # 0-based
    author_id: str | None = None
    ids: tuple[ExternalId, ...] = ()
    affiliations: tuple[Affiliation, ...] = ()
    email: str | None = None

    def __post_init__(self) -> None:
        if self.position < 0:
            raise RecordError(f"an author's position is {self.position}; positions count from 0")


class Venue(msgspec.Struct, frozen=True, omit_defaults=True):
    """Where a paper appeared. ``kind`` is "journal", "conference", "workshop", "repository", "book" or ""."""

    name: str
    id: str | None = None
    acronym: str = ""
    kind: str = ""
    ids: tuple[ExternalId, ...] = ()

    def __post_init__(self) -> None:
        if not self.name:
            raise RecordError("a venue has no name; leave the venue out instead")


class Topic(msgspec.Struct, frozen=True, omit_defaults=True):
    """A topic a source assigned to a paper, with the source's confidence in [0, 1]."""

    name: str
    id: str | None = None
    score: float = 1.0

    def __post_init__(self) -> None:
        if not self.name:
            raise RecordError("a topic has no name; leave it out instead")
        if not 0.0 <= self.score <= 1.0:
            raise RecordError(f"topic {self.name[:80]!r} has score {self.score}; scores lie between 0 and 1")


class Paper(msgspec.Struct, frozen=True, omit_defaults=True):
    """A paper. See the module docstring for the two stages; ``year`` is None when no source knows it.

    :raises RecordError: for an empty id or title, a title or abstract too long or with NUL or a lone surrogate,
        a year outside 1000 to two years from now, or a date that is not ISO 8601.
    """

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

    def __post_init__(self) -> None:
        if not self.id or self.id.isspace():
            raise RecordError("a paper has no id")
        check_text("the id", self.id, MAX_ID_LENGTH)
        if not self.title or self.title.isspace():
            raise RecordError("the title is empty")
        check_text("the title", self.title, MAX_TITLE_LENGTH)
        check_text("the abstract", self.abstract, MAX_ABSTRACT_LENGTH)
        if self.year is not None and not FIRST_YEAR <= self.year <= last_year():
            raise RecordError(f"the year is {self.year}; it must lie between {FIRST_YEAR} and {last_year()}")
        if self.date is not None and not _DATE.fullmatch(self.date):
            raise RecordError(f"the date is {self.date[:40]!r}; write 2019, 2019-07 or 2019-07-28")
