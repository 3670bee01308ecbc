"""What of a paper is searched: the values of every field of the query language, the same for every engine."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Collection, Iterable

from anyascii import anyascii

from records.ids import IdScheme
from records.name import Name
from records.paper import Paper
from search.engine import PaperDocument
from search.query.ast import KeywordField, NumberField, TextField
from search.text import fold, title_key

__all__ = ["keyword_term", "keyword_values", "name_forms", "number_values", "sort_date", "text_values"]

_LONGEST_TERM = 1024


def keyword_term(value: str) -> str:
    """The term an exact value is indexed and looked up as: itself, or a digest behind its start when it is very long.

    Engines drop or refuse terms beyond some tens of kilobytes.
    """
    if len(value) <= _LONGEST_TERM:
        return value
    digest = hashlib.blake2b(value.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()
    return f"{value[: _LONGEST_TERM - 40]}…{digest}"


def keyword_values(paper: Paper) -> dict[KeywordField, tuple[str, ...]]:
    """Exact values by field, each value once. Fields without values are left out."""
    authorships = paper.authorships
    affiliations = [affiliation for authorship in authorships for affiliation in authorship.affiliations]
    external = {identifier.scheme: str(identifier) for identifier in paper.ids}
    has = (("abstract", paper.abstract), ("doi", IdScheme.DOI in external), ("references", paper.references))
    values: dict[KeywordField, Iterable[str | None]] = {
        KeywordField.ID: (paper.id,),
        KeywordField.EXTERNAL_ID: (str(identifier) for identifier in paper.ids),
        KeywordField.AUTHOR_ID: (authorship.author_id for authorship in authorships),
        KeywordField.AUTHOR_ORCID: (i.value for a in authorships for i in a.ids if i.scheme == IdScheme.ORCID),
        KeywordField.INSTITUTION_ID: (affiliation.institution_id for affiliation in affiliations),
        KeywordField.COUNTRY: (affiliation.country for affiliation in affiliations),
        KeywordField.VENUE_ID: (paper.venue.id if paper.venue else None,),
        KeywordField.VENUE_NAME: (paper.venue.name if paper.venue else None,),
        KeywordField.TOPIC: (topic.name for topic in paper.topics),
        KeywordField.TYPE: (paper.type,),
        KeywordField.LANGUAGE: (paper.language,),
        KeywordField.REFERENCE: paper.references,
        KeywordField.TITLE_KEY: (title_key(paper.title),),
        KeywordField.RETRACTED: ("true" if paper.retracted else "false",),
        KeywordField.HAS: (name for name, value in has if value),
    }
    unique = {field: tuple(dict.fromkeys(v for v in found if v)) for field, found in values.items()}
    return {field: found for field, found in unique.items() if found}


def number_values(document: PaperDocument, metrics: Collection[str]) -> dict[str, float]:
    """Numbers by field: year, citations, author and reference counts, and those of ``metrics`` that the paper has."""
    paper = document.paper
    numbers: dict[str, float] = {
        NumberField.AUTHORS: float(len(paper.authorships)),
        NumberField.REFERENCES: float(len(paper.references)),
    }
    if paper.year is not None:
        numbers[NumberField.YEAR] = float(paper.year)
    for name in (NumberField.CITATIONS, *metrics):
        value = document.metrics.get(name)
        if value is not None and not math.isnan(value):
            numbers.setdefault(name, float(value) + 0.0)  # no negative zero: it would sort below zero
    return numbers


def sort_date(paper: Paper) -> int | None:
    """Year, month and day as one number (20190728), unknown parts as zeros; None when not even the year is known."""
    digits = (paper.date or "").replace("-", "")
    if not digits:
        return None if paper.year is None else paper.year * 10_000
    return int(digits.ljust(8, "0"))


def name_forms(name: Name) -> tuple[str, ...]:
    """The printings a name is found by: as printed, in its own script, and both romanised."""
    printed = [form for form in (name.full, name.native) if form]
    romanised = [anyascii(form) for form in printed if not fold(form).isascii()]
    return tuple(dict.fromkeys(printed + romanised))


def text_values(paper: Paper) -> dict[TextField, tuple[str, ...]]:
    """Texts by analysed field (``TEXT`` is title and abstract), not yet prepared for an engine."""
    abstract = (paper.abstract,) if paper.abstract else ()
    venue = paper.venue
    return {
        TextField.TITLE: (paper.title,),
        TextField.ABSTRACT: abstract,
        TextField.TEXT: (paper.title, *abstract),
        TextField.AUTHOR: tuple(form for authorship in paper.authorships for form in name_forms(authorship.name)),
        TextField.VENUE: () if venue is None else tuple(dict.fromkeys(v for v in (venue.name, venue.acronym) if v)),
        TextField.AFFILIATION: tuple(
            dict.fromkeys(affiliation.text for a in paper.authorships for affiliation in a.affiliations)
        ),
    }
