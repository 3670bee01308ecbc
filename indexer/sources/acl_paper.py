"""From the Anthology's elements to records: volume meta, papers, authors."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from lxml import etree  # type: ignore[import-untyped]

from indexer.sources.acl_markup import plain_text
from indexer.sources.acl_people import People
from records.errors import RecordError
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Venue
from records.text import clean_text

__all__ = ["Volume", "acl_id", "paper_of", "volume_of"]

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_MAX_PAGES = 60
"""Code points; longer than any page range."""

_TYPES = (
    (re.compile(r"(?:editorial|preface|foreword|editors?['’]? note|from the editors?)\b", re.I), "editorial"),
    (re.compile(r"(?:erratum|errata|corrigendum)\b", re.I), "erratum"),
    (re.compile(r"book reviews?\b", re.I), "book-review"),
)
_SPACELESS_SCRIPTS = frozenset({"hani", "hans", "hant", "jpan", "kore", "hang"})
_DASHES = re.compile(r"\s*[-\u2010-\u2015]+\s*")


@dataclass(frozen=True, slots=True)
class Volume:
    """What the papers of a volume share."""

    collection: str = ""
    id: str = ""
    type: str = ""
    year: int | None = None
    date: str | None = None
    venue: Venue | None = None
    journal_volume: str = ""
    issue: str = ""
    publisher: str = ""

    @property
    def prefix(self) -> str:
        """The volume's own id, for reports: "P18-1", "2020.acl-main"."""
        return f"{self.collection}-{self.id}"


def volume_of(meta: etree._Element, volume: Volume, venues: Mapping[str, Venue]) -> tuple[Volume, list[str]]:
    """``volume`` with its meta read, and what of the meta had to be left out."""
    texts: dict[str, str] = {}
    venue_ids: list[str] = []
    for child in meta:
        if not isinstance(child.tag, str):
            continue
        if child.tag == "venue":
            venue_ids.append(clean_text(child.text or ""))
        elif child.tag != "editor":
            texts.setdefault(child.tag, _text(child))
    trouble = []
    year = int(texts["year"]) if re.fullmatch(r"[0-9]{4}", texts.get("year", "")) else None
    if year is None:
        trouble.append(
            f"left out: the volume's year {texts.get('year', '')!r} is not four digits; its papers have no year"
        )
    read = replace(
        volume,
        year=year,
        date=_date(year, texts.get("month", "")),
        venue=_venue(venue_ids, texts, volume.type, venues),
        journal_volume=texts.get("journal-volume", ""),
        issue=texts.get("journal-issue", ""),
        publisher=texts.get("publisher", ""),
    )
    return read, trouble


def _text(element: etree._Element) -> str:
    try:
        return plain_text(element)
    except RecordError:
        return ""


def _date(year: int | None, month: str) -> str | None:
    if year is None:
        return None
    first = re.match(r"[a-z]{3}|[0-9]{1,2}$", month.strip().lower())
    if first is None:
        return str(year)
    number = int(first[0]) if first[0].isdigit() else _MONTHS.index(first[0]) + 1 if first[0] in _MONTHS else 0
    return f"{year}-{number:02d}" if 1 <= number <= 12 else str(year)


def _venue(ids: list[str], texts: Mapping[str, str], volume_type: str, venues: Mapping[str, Venue]) -> Venue | None:
    # "ws" is the Anthology's drawer for workshops without a series; a volume in another series belongs there.
    named = [venue_id for venue_id in ids if venue_id and venue_id != "ws"] or [
        venue_id for venue_id in ids if venue_id
    ]
    if named and named[0] in venues and named[0] != "ws":
        return venues[named[0]]
    title = texts.get("journal-title") or texts.get("booktitle", "")
    if not title:
        return None
    kind = "journal" if volume_type == "journal" else "workshop" if "workshop" in title.lower() else "conference"
    return Venue(title, named[0] if named and named[0] != "ws" else None, kind=kind)


def acl_id(collection: str, volume: str, paper: str) -> ExternalId:
    """The Anthology id of a paper: "P18-1001", "W18-5001", "2020.acl-main.1".

    In the old style four digits follow the hyphen. The volume takes two of them in W collections, in C69 and in D19
    from volume 5 on, else one.

    :raises RecordError: when the parts make no valid id.
    """
    if not re.fullmatch(r"[0-9]+", paper):
        raise RecordError(f"the paper's id is {paper!r}; it must be a number")
    if "." in collection:
        text = f"{collection}-{volume}.{paper}"
    elif not volume.isdigit():
        raise RecordError(f"volume {volume!r} of the old-style collection {collection!r} must be a number")
    elif collection.startswith("W") or collection == "C69" or (collection == "D19" and int(volume) >= 5):
        text = f"{collection}-{int(volume):02d}{int(paper):02d}"
    else:
        text = f"{collection}-{int(volume)}{int(paper):03d}"
    return ExternalId.parse(text, IdScheme.ACL)


def paper_of(element: etree._Element, volume: Volume, people: People, left_out: list[str]) -> Paper:
    """A paper; values that cannot be used are left out of it and named in ``left_out``.

    :raises RecordError: when what is there cannot be a paper.
    """
    anthology_id = acl_id(volume.collection, volume.id, element.get("id", ""))
    texts: dict[str, str] = {}
    authors: list[etree._Element] = []
    for child in element:
        tag = child.tag
        if tag == "author":
            authors.append(child)
        elif tag in {"title", "abstract"}:
            texts.setdefault(tag, plain_text(child))
        elif isinstance(tag, str):
            texts.setdefault(tag, clean_text(child.text or ""))
    if not texts.get("title"):
        raise RecordError("no title")
    return Paper(
        id=anthology_id.value,
        title=texts["title"],
        abstract=texts.get("abstract", ""),
        year=volume.year,
        date=volume.date,
        venue=volume.venue,
        authorships=tuple(_authorship(author, index, people, left_out) for index, author in enumerate(authors)),
        ids=_ids(anthology_id, texts.get("doi", ""), left_out),
        type=_type(element.get("type", ""), texts["title"], volume),
        language=texts.get("language", ""),
        volume=volume.journal_volume,
        issue=texts.get("issue") or volume.issue,
        pages=_pages(texts.get("pages", ""), left_out),
        publisher=volume.publisher,
        url=anthology_id.url,
        retracted="retracted" in texts or "removed" in texts,
    )


def _ids(anthology_id: ExternalId, doi: str, left_out: list[str]) -> tuple[ExternalId, ...]:
    if not doi:
        return (anthology_id,)
    parsed = ExternalId.try_parse(doi, IdScheme.DOI)
    if parsed is None:
        left_out.append(f"{doi[:80]!r} is not a valid DOI")
        return (anthology_id,)
    return (anthology_id, parsed)


def _pages(pages: str, left_out: list[str]) -> str:
    if len(pages) > _MAX_PAGES:
        left_out.append(f"pages of {len(pages)} characters are no page range")
        return ""
    return _DASHES.sub("-", pages).strip("-")


def _type(marked: str, title: str, volume: Volume) -> str:
    if marked == "backmatter":
        return "other"
    for pattern, kind in _TYPES:
        if pattern.match(title):
            return kind
    is_journal = volume.type == "journal" or (volume.venue is not None and volume.venue.kind == "journal")
    return "article" if is_journal else "proceedings-article"


def _authorship(author: etree._Element, position: int, people: People, left_out: list[str]) -> Authorship:
    given = family = native = ""
    affiliations: list[Affiliation] = []
    for child in author:
        text = clean_text(child.text or "")
        if child.tag == "first":
            given = text
        elif child.tag == "last":
            family = text
        elif child.tag == "affiliation" and text:
            affiliations.append(Affiliation(text))
        elif child.tag == "variant":
            native = native or _native(child)
    ids: tuple[ExternalId, ...] = ()
    if orcid := author.get("orcid"):
        parsed = ExternalId.try_parse(orcid, IdScheme.ORCID)
        if parsed is None:
            left_out.append(f"{orcid[:80]!r} of author {position + 1} is not a valid ORCID")
        else:
            ids = (parsed,)
    return Authorship(
        name=_name(given, family, native),
        position=position,
        author_id=people.author_id(given, family, author.get("id", "")),
        ids=ids,
        affiliations=tuple(affiliations),
    )


@lru_cache(maxsize=1 << 16)
def _name(given: str, family: str, native: str) -> Name:
    return Name.of(given, family, native=native)


def _native(variant: etree._Element) -> str:
    first, last = clean_text(variant.findtext("first") or ""), clean_text(variant.findtext("last") or "")
    if variant.get("script", "").lower() in _SPACELESS_SCRIPTS:
        return last + first
    return f"{first} {last}".strip()
