"""From the fields of a BibTeX or BibLaTeX entry to a paper."""

from __future__ import annotations

import re

from bibtexparser.middlewares.names import parse_single_name_into_parts, split_multiple_persons_names

from indexer.sources.latex import latex_to_text
from records.errors import RecordError
from records.ids import ExternalId, IdKind, IdScheme
from records.name import Name
from records.name_parse import is_cjk
from records.paper import Authorship, Paper, Venue
from records.text import clean_text

__all__ = ["Fields", "inherit", "paper_of"]

Fields = dict[str, str]
"""Raw LaTeX values by lower-case field name."""

_TYPES = {
    "article": "article",
    "inproceedings": "proceedings-article",
    "conference": "proceedings-article",
    "proceedings": "proceedings",
    "book": "book",
    "booklet": "book",
    "collection": "book",
    "inbook": "book-chapter",
    "incollection": "book-chapter",
    "phdthesis": "dissertation",
    "mastersthesis": "dissertation",
    "thesis": "dissertation",
    "techreport": "report",
    "report": "report",
    "dataset": "dataset",
    "software": "software",
}
_CONTAINERS = {
    "article": ("journal", "journaltitle"),
    "inproceedings": ("booktitle", "eventtitle"),
    "conference": ("booktitle", "eventtitle"),
    "inbook": ("booktitle",),
    "incollection": ("booktitle",),
}
_WHOLE_BOOKS = frozenset({"book", "booklet", "collection", "proceedings"})
_OWN = frozenset({"title", "subtitle", "crossref", "author", "doi", "url", "abstract", "pages"})
"""Fields of a whole volume that say nothing of a paper in it."""

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_DASHES = re.compile(r"\s*(?:-{1,3}|[\u2010-\u2015])\s*")
_ISO_DATE = re.compile(r"([0-9]{4})(?:-([0-9]{2})(?:-([0-9]{2}))?)?")


def inherit(child: Fields, parent: Fields) -> Fields:
    """``child`` with what it lacks taken from its crossref ``parent``, whose title is the child's book title."""
    passed_on = {key: value for key, value in parent.items() if key not in _OWN}
    if "title" in parent:
        passed_on["booktitle"] = parent.get("booktitle", parent["title"])
    return {**passed_on, **child}


def paper_of(entry_type: str, key: str, fields: Fields, left_out: list[str]) -> Paper:
    """The paper of an entry; values that cannot be used are left out of it and named in ``left_out``.

    :raises RecordError: when there is no key or title, or an author's name cannot be read.
    """
    if not key:
        raise RecordError("the entry has no key")
    title = _plain(fields, "title")
    if not title:
        raise RecordError("the entry has no title")
    if "subtitle" in fields:
        title = f"{title}: {_plain(fields, 'subtitle')}"
    year, date = _when(fields, left_out)
    return Paper(
        id=key,
        title=title,
        abstract=_plain(fields, "abstract"),
        year=year,
        date=date,
        venue=_venue(entry_type, fields, left_out),
        authorships=_authorships(fields.get("author", "")),
        ids=_ids(entry_type, key, fields, left_out),
        keywords=tuple(word for part in re.split("[,;]", fields.get("keywords", "")) if (word := _text(part))),
        type=_TYPES.get(entry_type, "other"),
        language=_plain(fields, "language") or _plain(fields, "langid"),
        volume=_plain(fields, "volume"),
        issue=_plain(fields, "number") or _plain(fields, "issue"),
        pages=_DASHES.sub("-", _plain(fields, "pages")),
        publisher=next((text for name in ("publisher", "school", "institution") if (text := _plain(fields, name))), ""),
        url=clean_text(fields.get("url", "").replace("\\", "")),
    )


def _text(latex: str) -> str:
    return clean_text(latex_to_text(latex))


def _plain(fields: Fields, name: str) -> str:
    value = fields.get(name)
    return _text(value) if value else ""


def _when(fields: Fields, left_out: list[str]) -> tuple[int | None, str | None]:
    iso = _ISO_DATE.match(fields.get("date", ""))
    year_text = iso[1] if iso else _plain(fields, "year")
    if not year_text:
        return None, None
    if not re.fullmatch("[0-9]{4}", year_text):
        left_out.append(f"the year {year_text[:40]!r} is not four digits")
        return None, None
    month = iso[2] if iso else _month(_plain(fields, "month"))
    day = iso[3] if iso else None
    return int(year_text), "-".join(part for part in (year_text, month, day if month else None) if part)


def _month(text: str) -> str | None:
    if text.isascii() and text.isdigit() and 1 <= int(text) <= 12:
        return f"{int(text):02d}"
    start = text[:3].lower()
    return f"{_MONTHS.index(start) + 1:02d}" if start in _MONTHS else None


def _venue(entry_type: str, fields: Fields, left_out: list[str]) -> Venue | None:
    names = _CONTAINERS.get(entry_type, ("journal", "journaltitle", "booktitle"))
    name = next((text for field in names if (text := _plain(fields, field))), "")
    if not name:
        return None
    if entry_type == "article" or "journal" in fields or "journaltitle" in fields:
        kind = "journal"
    elif entry_type in {"inbook", "incollection"}:
        kind = "book"
    else:
        kind = "workshop" if "workshop" in name.lower() else "conference"
    issn = _id(fields.get("issn", ""), IdScheme.ISSN, left_out)
    return Venue(name, kind=kind, ids=(issn,) if issn else ())


def _authorships(value: str) -> tuple[Authorship, ...]:
    if not value.strip():
        return ()
    names = [name.strip() for name in split_multiple_persons_names(" ".join(value.split()))]
    # "and others" says that the list goes on, not that somebody is called so.
    listed = [name for name in names if name.strip("{} ").lower() != "others" and name]
    authorships = []
    for position, name in enumerate(listed):
        try:
            authorships.append(Authorship(_name(name), position))
        except RecordError as error:
            raise RecordError(f"author {position + 1}: {error}") from None
    return tuple(authorships)


def _name(latex: str) -> Name:
    """A name by BibTeX's rules: "First von Last", "von Last, First", "von Last, Jr, First"; {braces} keep together."""
    if is_cjk(latex):
        return Name.parse(_text(latex))
    parts = parse_single_name_into_parts(latex, strict=False)
    given, particle, family, suffix = (
        _text(" ".join(words)) for words in (parts.first, parts.von, parts.last, parts.jr)
    )
    if particle and family:
        Name.of(given, f"{particle} {family}")  # the checks of a name, which the plain constructor leaves out
        return Name(family, given, particle, suffix)
    return Name.of(given, family or particle, suffix=suffix)


def _ids(entry_type: str, key: str, fields: Fields, left_out: list[str]) -> tuple[ExternalId, ...]:
    found: list[ExternalId | None] = [
        _id(fields.get("doi", ""), IdScheme.DOI, left_out),
        _id(fields.get("pmid", ""), IdScheme.PMID, left_out),
        _eprint(fields, left_out),
    ]
    if entry_type in _WHOLE_BOOKS:
        found.append(_id(fields.get("isbn", ""), IdScheme.ISBN, left_out))
    if key.lower().startswith("dblp:"):
        found.append(ExternalId.try_parse(key))
    if "://" in fields.get("url", ""):
        linked = ExternalId.try_parse(fields["url"].replace("\\", ""))
        found.append(linked if linked and linked.kind is IdKind.PAPER else None)
    return tuple(dict.fromkeys(external for external in found if external))


def _eprint(fields: Fields, left_out: list[str]) -> ExternalId | None:
    archive = (fields.get("archiveprefix") or fields.get("eprinttype") or "").lower()
    eprint = fields.get("eprint", "")
    if archive in {"", "arxiv"}:
        return _id(eprint, IdScheme.ARXIV, left_out) if archive else ExternalId.try_parse(eprint, IdScheme.ARXIV)
    return None


def _id(value: str, scheme: IdScheme, left_out: list[str]) -> ExternalId | None:
    text = value.strip().replace("\\", "")  # "10.1000/a\_b"
    if not text:
        return None
    found = ExternalId.try_parse(text, scheme)
    if found is None:
        left_out.append(f"{text[:80]!r} is not a valid {scheme.value}")
    return found
