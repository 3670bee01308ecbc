"""The typed query: what the parser makes, what rewriting changes and what engines translate.

Every node is frozen, knows the span of the text it came from (for error pointers and "what was really searched"), and
means the same on every engine. Nodes split into *scoring* text matches and *exact* constraints:

- :class:`Match` scores by BM25: words (any of them, or all) or a phrase in a text field.
- :class:`Keyword` and :class:`Range` constrain and never score.
- :class:`And`, :class:`Or`, :class:`Not` combine; :class:`Everything` matches all papers and scores nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from dataclasses import field as _field
from enum import StrEnum
from typing import TypeAlias

__all__ = [
    "And",
    "Everything",
    "Keyword",
    "KeywordField",
    "Match",
    "Node",
    "Not",
    "NumberField",
    "Or",
    "Range",
    "Span",
    "TextField",
]


class TextField(StrEnum):
    """Analysed fields. ``TEXT`` is title and abstract in one, the field that plain words search."""

    TEXT = "text"
    TITLE = "title"
    ABSTRACT = "abstract"
    AUTHOR = "author"
    VENUE = "venue"
    AFFILIATION = "affiliation"


class KeywordField(StrEnum):
    """Exact-match fields; values compare as stored (ids in normal form, ``title_key`` folded)."""

    ID = "id"
    EXTERNAL_ID = "external_id"  # "doi:10.1000/1", in normal form
    AUTHOR_ID = "author.id"
    AUTHOR_ORCID = "author.orcid"
    INSTITUTION_ID = "institution.id"
    COUNTRY = "country"
    VENUE_ID = "venue.id"
    VENUE_NAME = "venue.name"
    TOPIC = "topic"
    TYPE = "type"
    LANGUAGE = "language"
    REFERENCE = "reference"  # ids of the papers cited: `cites:X` is Keyword(REFERENCE, X)
    CITED_BY = "citedby"  # papers that X cites; rewritten to ID before it reaches an engine
    TITLE_KEY = "title_key"  # see search.text.title_key
    RETRACTED = "retracted"  # "true" / "false"
    HAS = "has"  # "abstract", "doi", "references"


class NumberField(StrEnum):
    """Numeric fields. Any other numeric metric of the ranking registry is addressed by its name."""

    YEAR = "year"
    CITATIONS = "citations"
    AUTHORS = "authors"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Span:
    """Half-open code-point offsets into the query text."""

    start: int = 0
    end: int = 0


_NOWHERE = Span()


@dataclass(frozen=True, slots=True)
class Match:
    """Words or a phrase in an analysed field.

    ``phrase`` asks for the words side by side (after analysis); otherwise ``all_words`` says whether every word must
    occur (an explicit AND, a fielded ``title:(a b)``) or any may (plain words: more matching words score higher).
    ``prefix`` lets the last word be the beginning of a word.
    """

    text: str
    field: TextField = TextField.TEXT
    phrase: bool = False
    all_words: bool = False
    prefix: bool = False
    boost: float = 1.0
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Keyword:
    """The field holds one of ``values`` exactly."""

    field: KeywordField
    values: tuple[str, ...]
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Range:
    """``low <= field <= high``; None leaves a side open. Papers without a value do not match."""

    field: str  # a NumberField or a metric name
    low: float | None = None
    high: float | None = None
    include_low: bool = True
    include_high: bool = True
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class And:
    """All children match; the score is the sum of their scores."""

    children: tuple[Node, ...]
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Or:
    """At least one child matches; the score is the sum of the matching children's scores."""

    children: tuple[Node, ...]
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Not:
    """The child does not match."""

    child: Node
    span: Span = _field(default=_NOWHERE, compare=False)


@dataclass(frozen=True, slots=True)
class Everything:
    """Every paper."""

    span: Span = _field(default=_NOWHERE, compare=False)


Node: TypeAlias = Match | Keyword | Range | And | Or | Not | Everything
