"""A paper of a benchmark folder from its JSON record; what is missing stays empty, what is odd is counted.

A record always becomes a paper: judgements may point at it, and leaving it out would flatter or punish a ranking.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from records.errors import EvaluationError, PersonalNameError
from records.name import Name
from records.paper import (
    FIRST_YEAR,
    MAX_ABSTRACT_LENGTH,
    MAX_TITLE_LENGTH,
    Authorship,
    Paper,
    Venue,
    last_year,
)
from records.text import clean_text

__all__ = ["paper_of"]

_YEAR = re.compile(r"\d{4}")
_KEYWORD_SEPARATOR = re.compile(r"[;,\n]")
_SENTENCE_END = re.compile(r"(?<=[.!?])\s")
_NOT_TEXT = re.compile("[\x00\ud800-\udfff]")
_NO_TITLE = "\N{EM DASH}"
"""Title of a paper without any text: a record must have one, and this one holds no word that a query could match."""

_MAX_BORROWED = 200


def paper_of(identifier: str, record: Mapping[str, Any], where: str, notes: Counter[str]) -> Paper:
    """The paper ``record`` describes. ``where`` names its line in complaints; ``notes`` counts oddities.

    :raises EvaluationError: a title or abstract that is not text.
    """
    venue = _text(record, "venue", where, notes)
    title, abstract = _text(record, "title", where, notes), _text(record, "abstract", where, notes)
    if len(title) > MAX_TITLE_LENGTH or len(abstract) > MAX_ABSTRACT_LENGTH:
        notes["overlong texts cut"] += 1
    if not title:
        title, abstract = _borrow_title(abstract)
    return Paper(
        id=identifier,
        title=title[:MAX_TITLE_LENGTH],
        abstract=abstract[:MAX_ABSTRACT_LENGTH],
        year=_year(record.get("year"), notes),
        venue=Venue(venue) if venue else None,
        authorships=_authorships(record.get("authors"), notes),
        references=_references(record.get("references")),
        keywords=_keywords(record.get("keywords")),
    )


def _borrow_title(abstract: str) -> tuple[str, str]:
    """The first sentence of ``abstract`` as a title, and the rest: no word lost and none doubled."""
    sentence = _SENTENCE_END.split(abstract, maxsplit=1)[0]
    if len(sentence) > _MAX_BORROWED:
        sentence = sentence[:_MAX_BORROWED].rpartition(" ")[0] or sentence[:_MAX_BORROWED]
    return sentence or _NO_TITLE, abstract[len(sentence) :].strip()


def _text(record: Mapping[str, Any], key: str, where: str, notes: Counter[str]) -> str:
    """Clean text; sentences of a list are joined, an object's ``name`` is taken, numbers are written out."""
    value = record.get(key)
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise EvaluationError(f"{where}: {key!r} must be text, not {type(value).__name__}")
    text = str(value)
    if _NOT_TEXT.search(text):
        notes["texts with characters that are none"] += 1
        text = _NOT_TEXT.sub(" ", text)
    return clean_text(text)


def _year(value: Any, notes: Counter[str]) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        match = _YEAR.match(value.strip())
        value = int(match.group()) if match else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and FIRST_YEAR <= value <= last_year():
        return value
    notes["years that cannot be read"] += 1
    return None


def _authorships(value: Any, notes: Counter[str]) -> tuple[Authorship, ...]:
    authorships: list[Authorship] = []
    for author in value if isinstance(value, list) else ():
        fields = author if isinstance(author, Mapping) else {"name": author}
        name, author_id = fields.get("name"), fields.get("id")
        if not isinstance(name, str) or not name.strip():
            notes["authors without a name"] += 1
            continue
        known = str(author_id) if isinstance(author_id, str | int) and str(author_id).strip() else None
        authorships.append(Authorship(name=_name(name, notes), position=len(authorships), author_id=known))
    return tuple(authorships)


def _name(printed: str, notes: Counter[str]) -> Name:
    try:
        return Name.parse(printed)
    except PersonalNameError:
        notes["names that cannot be parsed"] += 1
        return Name(family=clean_text(printed) or _NO_TITLE)


def _references(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else ()
    return tuple(str(item) for item in items if isinstance(item, str | int) and not isinstance(item, bool))


def _keywords(value: Any) -> tuple[str, ...]:
    items = _KEYWORD_SEPARATOR.split(value) if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
