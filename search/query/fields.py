"""The fields of the query language and of the filter grammar: one table for both, and for writing queries back."""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum

from records.ids import PAPER_SCHEMES, ExternalId, IdScheme
from search.query.ast import KeywordField, NumberField, TextField

__all__ = ["HAS_VALUES", "Field", "FieldKind", "closest", "field_names", "find_field"]


class FieldKind(StrEnum):
    """How the value of a field is read."""

    TEXT = "text"  # analysed words, phrases, groups
    KEYWORD = "keyword"  # exact values
    NUMBER = "number"  # a number or a range
    FLAG = "flag"  # has_abstract:true


@dataclass(frozen=True, slots=True)
class Field:
    """A field as users write it. ``target`` is the AST's field; ``scheme`` is set for external ids.

    ``normalise`` turns a value as typed into the value as stored, and raises ``ValueError``
    (a bad external id's error is one) with a message for people.
    """

    name: str
    kind: FieldKind
    target: str
    normalise: Callable[[str], str] = str
    scheme: IdScheme | None = None
    aliases: tuple[str, ...] = ()


HAS_VALUES: tuple[str, ...] = ("abstract", "doi", "references")
"""What ``has:`` can ask for."""


def _one_of(*allowed: str) -> Callable[[str], str]:
    def normalise(value: str) -> str:
        folded = value.lower()
        if folded not in allowed:
            raise ValueError(f"{value[:40]!r} is not one of {', '.join(allowed)}")
        return folded

    return normalise


def _code(*lengths: int, what: str, upper: bool = False) -> Callable[[str], str]:
    def normalise(value: str) -> str:
        if not (value.isascii() and value.isalpha() and len(value) in lengths):
            raise ValueError(f"{value[:40]!r} is not {what}")
        return value.upper() if upper else value.lower()

    return normalise


def _language(value: str) -> str:
    """A language tag: an ISO 639 code, perhaps with subtags ("zh-Hans"), which sources write in lower case."""
    head, *subtags = value.split("-")
    _code(2, 3, what="a language code such as en or zh")(head)
    if not all(tag.isascii() and tag.isalnum() for tag in subtags):
        raise ValueError(f"{value[:40]!r} is not a language code such as en or zh")
    return value.lower()


def _boolean(value: str) -> str:
    spellings = {"true": "true", "yes": "true", "1": "true", "false": "false", "no": "false", "0": "false"}
    folded = spellings.get(value.lower())
    if folded is None:
        raise ValueError(f"{value[:40]!r} is not true or false")
    return folded


def _external(scheme: IdScheme) -> Callable[[str], str]:
    def normalise(value: str) -> str:
        return str(ExternalId.parse(value, scheme))

    return normalise


def _any_external(value: str) -> str:
    return str(ExternalId.parse(value))


def _orcid(value: str) -> str:
    return ExternalId.parse(value, IdScheme.ORCID).value


def _text(target: TextField, *aliases: str) -> Field:
    return Field(target.value, FieldKind.TEXT, target.value, aliases=(f"{target.value}.search", *aliases))


def _keyword(name: str, target: KeywordField, *aliases: str, normalise: Callable[[str], str] = str) -> Field:
    return Field(name, FieldKind.KEYWORD, target.value, normalise, aliases=aliases)


def _number(target: NumberField, *aliases: str) -> Field:
    return Field(target.value, FieldKind.NUMBER, target.value, aliases=aliases)


_FIELDS: tuple[Field, ...] = (
    _text(TextField.TEXT, "search", "default.search"),
    _text(TextField.TITLE, "display_name.search"),
    _text(TextField.ABSTRACT),
    _text(TextField.AUTHOR, "author.name", "raw_author_name.search"),
    _text(TextField.VENUE, "journal"),
    _text(TextField.AFFILIATION, "raw_affiliation_strings.search"),
    _keyword("id", KeywordField.ID),
    _keyword("external_id", KeywordField.EXTERNAL_ID, normalise=_any_external),
    _keyword("author.id", KeywordField.AUTHOR_ID, "authorships.author.id"),
    _keyword("author.orcid", KeywordField.AUTHOR_ORCID, "orcid", "authorships.author.orcid", normalise=_orcid),
    _keyword("institution.id", KeywordField.INSTITUTION_ID, "institutions.id", "authorships.institutions.id"),
    _keyword(
        "country",
        KeywordField.COUNTRY,
        "institutions.country_code",
        "authorships.countries",
        normalise=_code(2, what="a two-letter country code such as DE", upper=True),
    ),
    _keyword("venue.id", KeywordField.VENUE_ID, "primary_location.source.id"),
    _keyword("venue.name", KeywordField.VENUE_NAME),
    _keyword("topic", KeywordField.TOPIC, "topics", "topics.id"),
    _keyword("type", KeywordField.TYPE, normalise=str.lower),
    _keyword("language", KeywordField.LANGUAGE, "lang", normalise=_language),
    _keyword("cites", KeywordField.REFERENCE, "refersto", "referenced_works"),
    _keyword("citedby", KeywordField.CITED_BY, "cited_by"),
    _keyword("title_key", KeywordField.TITLE_KEY),
    _keyword("retracted", KeywordField.RETRACTED, "is_retracted", normalise=_boolean),
    _keyword("has", KeywordField.HAS, normalise=_one_of(*HAS_VALUES)),
    *(
        Field(scheme.value, FieldKind.KEYWORD, KeywordField.EXTERNAL_ID.value, _external(scheme), scheme)
        for scheme in sorted(PAPER_SCHEMES)
    ),
    _number(NumberField.YEAR, "publication_year"),
    _number(NumberField.CITATIONS, "cited_by_count"),
    _number(NumberField.AUTHORS, "authors_count"),
    _number(NumberField.REFERENCES, "referenced_works_count"),
    *(Field(f"has_{value}", FieldKind.FLAG, value, _boolean) for value in HAS_VALUES),
)

_BY_NAME: dict[str, Field] = {name: entry for entry in _FIELDS for name in (entry.name, *entry.aliases)}


def find_field(name: str, metrics: Collection[str] = ()) -> Field | None:
    """The field written ``name`` (any case), or None. ``metrics`` are the numeric metrics that exist besides."""
    folded = name.lower()
    if found := _BY_NAME.get(folded):
        return found
    if name in metrics:
        return Field(name, FieldKind.NUMBER, name)
    return Field(folded, FieldKind.NUMBER, folded) if folded in metrics else None


def field_names(metrics: Collection[str] = ()) -> list[str]:
    """The main name of every field, sorted, for messages and documentation."""
    return sorted({entry.name for entry in _FIELDS if entry.target != KeywordField.TITLE_KEY} | set(metrics))


def closest(name: str, metrics: Collection[str] = ()) -> str | None:
    """The field name (or alias) most like ``name``, if any is like it."""
    found = difflib.get_close_matches(name.lower(), [*_BY_NAME, *sorted(metrics)], n=1, cutoff=0.75)
    return found[0] if found else None
