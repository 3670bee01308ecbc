"""BibTeX that BibTeX and biber both read.

Text is written as LaTeX: special characters are escaped and accents become macros, so old styles work too; scripts that
LaTeX has no macros for (Han, Cyrillic, ...) stay Unicode. Braces inside text become ``\\textbraceleft`` and
``\\textbraceright`` because BibTeX counts braces without regard to backslashes. Words with a capital inside are
protected from styles that lower titles ("BERT", "LaTeX").
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Any

from pylatexenc.latexencode import RULE_DICT, UnicodeToLatexConversionRule, UnicodeToLatexEncoder

from records.ids import IdScheme
from records.name import Name
from records.paper import Paper

__all__ = ["MEDIA_TYPE", "bibtex", "bibtex_entry", "escape"]

MEDIA_TYPE = "application/x-bibtex"

_KEY_UNSAFE = re.compile(r"[^A-Za-z0-9:._/-]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")
_PAGE_RANGE = re.compile(r"\s*[-\u2010-\u2015]+\s*")
_URL_UNSAFE = {"{": "%7B", "}": "%7D", "\\": "%5C", " ": "%20", '"': "%22"}

_TYPES = {
    "article": "article",
    "journal-article": "article",
    "proceedings-article": "inproceedings",
    "book": "book",
    "proceedings": "proceedings",
    "book-chapter": "incollection",
    "dissertation": "phdthesis",
    "thesis": "phdthesis",
    "report": "techreport",
}
_TYPES_BY_VENUE = {"journal": "article", "conference": "inproceedings", "workshop": "inproceedings"}
_VENUE_FIELD = {
    "article": "journal",
    "inproceedings": "booktitle",
    "incollection": "booktitle",
    "phdthesis": "school",
    "techreport": "institution",
}


@lru_cache(maxsize=1)
def _encoder() -> Any:
    return UnicodeToLatexEncoder(
        conversion_rules=[
            UnicodeToLatexConversionRule(RULE_DICT, {ord("{"): r"\textbraceleft", ord("}"): r"\textbraceright"}),
            "defaults",
        ],
        replacement_latex_protection="braces-all",
        unknown_char_policy="keep",
        unknown_char_warning=False,
    )


def escape(text: str) -> str:
    """``text`` as LaTeX that is safe inside a braced BibTeX value."""
    encoded: str = _encoder().unicode_to_latex(_CONTROL.sub(" ", text))
    return encoded


def bibtex(papers: Iterable[Paper]) -> str:
    """A bibliography; keys are the papers' ids, made distinct."""
    seen: set[str] = set()
    entries: list[str] = []
    for paper in papers:
        base = key = _KEY_UNSAFE.sub("_", paper.id).strip("_") or "paper"
        number = 2
        while key in seen:
            key, number = f"{base}-{number}", number + 1
        seen.add(key)
        entries.append(bibtex_entry(paper, key))
    return "\n".join(entries)


def bibtex_entry(paper: Paper, key: str) -> str:
    """One entry."""
    kind = _entry_type(paper)
    fields = {name: value for name, value in _fields(paper, kind) if value}
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{kind}{{{key},\n{lines}}}\n"


def _entry_type(paper: Paper) -> str:
    known = _TYPES.get(paper.type)
    return known or _TYPES_BY_VENUE.get(paper.venue.kind if paper.venue else "", "misc")


def _fields(paper: Paper, kind: str) -> Iterable[tuple[str, str]]:
    yield "title", _title(paper.title)
    yield "author", " and ".join(_name(authorship.name) for authorship in paper.authorships)
    yield "year", str(paper.year) if paper.year is not None else ""
    if paper.venue:
        yield _VENUE_FIELD.get(kind, "howpublished"), escape(paper.venue.name)
    yield "volume", escape(paper.volume)
    yield "number", escape(paper.issue)
    yield "pages", "--".join(escape(part) for part in _PAGE_RANGE.split(paper.pages))
    yield "publisher", escape(paper.publisher)
    for external in paper.ids:
        if external.scheme is IdScheme.DOI:
            yield "doi", _verbatim(external.value)
        elif external.scheme is IdScheme.ISBN:
            yield "isbn", external.value
        elif external.scheme is IdScheme.ARXIV:
            yield "eprint", external.value
            yield "archiveprefix", "arXiv"
    yield "url", _verbatim(paper.url)


def _verbatim(text: str) -> str:
    """Addresses are not LaTeX to the programs that read them; only what would break the entry is percent-encoded."""
    return "".join(_URL_UNSAFE.get(c, c) for c in _CONTROL.sub("", text))


def _title(title: str) -> str:
    words = (f"{{{escape(word)}}}" if any(c.isupper() for c in word[1:]) else escape(word) for word in title.split())
    return " ".join(words)


def _name(name: Name) -> str:
    family = _whole(name.family)
    if not name.given and not name.particle and not name.suffix:
        return family if " " not in name.family else f"{{{escape(name.family)}}}"
    last = f"{_whole(name.particle)} {family}" if name.particle else family
    parts = [last, _whole(name.suffix), _whole(name.given)] if name.suffix else [last, _whole(name.given)]
    return ", ".join(parts)


def _whole(part: str) -> str:
    """A part of a name; one that BibTeX would take apart (a comma, the word "and") stays together in braces."""
    escaped = escape(part)
    return f"{{{escaped}}}" if "," in part or "and" in part.lower().split() else escaped
