"""The shape of our JSON Lines as types: the reader decodes with them, the documented JSON Schema is made of them."""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Annotated, Any

import msgspec
from msgspec import Meta

from records.ids import IdScheme

__all__ = [
    "LINES",
    "AffiliationObject",
    "AuthorObject",
    "CitationLine",
    "CitationObject",
    "Ids",
    "NameObject",
    "PaperLine",
    "PersonLine",
    "PersonObject",
    "TopicObject",
    "VenueObject",
    "explain",
    "json_schema",
]

Ids = dict[str, str | list[str]]
"""External ids by scheme: {"doi": "10.1000/182", "arxiv": ["2101.00001"]}."""


class _Line(msgspec.Struct, forbid_unknown_fields=True, omit_defaults=True):
    pass


class AffiliationObject(_Line):
    """An affiliation as printed, with the institution it belongs to where that is known."""

    text: str
    institution: str | None = None
    ror: str | None = None
    country: str | None = None


class NameObject(_Line):
    """A personal name: either ``name`` as free text, or ``family`` with ``given`` and the rest apart."""

    name: str | None = None
    given: str = ""
    family: str = ""
    particle: str = ""
    suffix: str = ""
    native: str = ""


class AuthorObject(NameObject):
    """An author of a paper."""

    id: str | None = None
    orcid: str | None = None
    ids: Ids = {}
    affiliations: list[str | AffiliationObject] = []
    email: str | None = None


class VenueObject(_Line):
    """Where a paper appeared."""

    name: str
    id: str | None = None
    acronym: str = ""
    kind: str = ""
    issn: str | list[str] | None = None
    ids: Ids = {}


class TopicObject(_Line):
    """A topic with the source's confidence."""

    name: str
    id: str | None = None
    score: Annotated[float, Meta(ge=0.0, le=1.0)] = 1.0


class PaperLine(_Line):
    """A paper: one line."""

    id: str
    title: str
    abstract: str | None = None
    year: int | None = None
    date: str | None = None
    authors: list[str | AuthorObject] = []
    venue: str | VenueObject | None = None
    ids: Ids = {}
    references: list[str] = []
    topics: list[str | TopicObject] = []
    keywords: list[str] = []
    type: str = ""
    language: str = ""
    volume: str = ""
    issue: str = ""
    pages: str = ""
    publisher: str = ""
    url: str = ""
    retracted: bool = False


class PersonObject(_Line):
    """A person the source curates under its own author id."""

    id: str
    name: str | None = None
    given: str = ""
    family: str = ""
    particle: str = ""
    suffix: str = ""
    native: str = ""
    variants: list[str | NameObject] = []
    orcid: str | None = None
    ids: Ids = {}
    affiliations: list[str] = []
    not_same_as: list[str] = []


class PersonLine(_Line):
    """A person: one line, ``{"person": {...}}``."""

    person: PersonObject


class CitationObject(_Line):
    """One paper cites another; each is a paper id of this source or an external id as ``scheme:value``."""

    citing: str
    cited: str


class CitationLine(_Line):
    """A citation: one line, ``{"citation": {...}}``; the same as a reference of the citing paper."""

    citation: CitationObject


LINES: tuple[type[msgspec.Struct], ...] = (PaperLine, PersonLine, CitationLine)
"""The kinds of line."""

_PLACES: dict[str, type[msgspec.Struct]] = {
    "authors": AuthorObject,
    "authors.affiliations": AffiliationObject,
    "venue": VenueObject,
    "topics": TopicObject,
    "person.variants": NameObject,
    "person": PersonObject,
    "citation": CitationObject,
}
_UNKNOWN = re.compile(r"Object contains unknown field `(?P<field>.*?)`(?: - at `\$\.?(?P<path>.*)`)?", re.S)
_INDEX = re.compile(r"\[[0-9]+\]")


def json_schema() -> dict[str, Any]:
    """The JSON Schema (2020-12) of one line."""
    references, definitions = msgspec.json.schema_components(LINES, ref_template="#/$defs/{name}")
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A line of a ScholarCore JSON Lines file",
        "anyOf": list(references),
        "$defs": definitions,
    }


def explain(error: msgspec.ValidationError, line: type[msgspec.Struct]) -> str:
    """What was wrong with a line; for an unknown field also what the known ones are."""
    found = _UNKNOWN.fullmatch(str(error))
    if found is None:
        return f"not a record of our schema: {error}"
    field, path = found["field"], _INDEX.sub("", found["path"] or "")
    known = _PLACES.get(path, line).__struct_fields__
    where = f"in {found['path']}" if found["path"] else "at the top of the line"
    if field in set(IdScheme):
        hint = f'; write "ids": {{"{field}": ...}}'
    else:
        close = get_close_matches(field, known, 1)
        hint = f"; did you mean {close[0]!r}?" if close else ""
    return f"unknown field {field[:80]!r} {where}{hint}; known there: {', '.join(known)}"
