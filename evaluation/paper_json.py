"""A paper of a benchmark folder from its JSON record; what is missing stays empty, what is odd is counted."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from typing import Any

from records.errors import EvaluationError
from records.name import Name
from records.paper import Authorship, Paper, Venue

__all__ = ["paper_of"]

_YEAR = re.compile(r"\d{4}")
_KEYWORD_SEPARATOR = re.compile(r"[;,\n]")


def paper_of(identifier: str, record: Mapping[str, Any], where: str, notes: Counter[str]) -> Paper:
    """The paper ``record`` describes. ``where`` names its line in complaints; ``notes`` counts oddities.

    :raises EvaluationError: a title or abstract that is not text.
    """
    venue = _text(record, "venue", where)
    return Paper(
        id=identifier,
        title=_text(record, "title", where),
        abstract=_text(record, "abstract", where),
        year=_year(record.get("year"), notes),
        venue=Venue(venue) if venue else None,
        authorships=_authorships(record.get("authors"), notes),
        references=_references(record.get("references")),
        keywords=_keywords(record.get("keywords")),
    )


def _text(record: Mapping[str, Any], key: str, where: str) -> str:
    """Text as it is; sentences of a list are joined, an object's ``name`` is taken, numbers are written out."""
    value = record.get(key)
    if isinstance(value, Mapping):
        value = value.get("name")
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = " ".join(value)
    if value is None:
        return ""
    if isinstance(value, bool) or not isinstance(value, str | int | float):
        raise EvaluationError(f"{where}: {key!r} must be text, not {type(value).__name__}")
    return str(value).strip()


def _year(value: Any, notes: Counter[str]) -> int | None:
    if value is None or value == "":
        return None
    if isinstance(value, str):
        match = _YEAR.match(value.strip())
        value = int(match.group()) if match else None
    elif isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, int) and not isinstance(value, bool) and 1000 <= value <= 9999:
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
        authorships.append(Authorship(name=_name(name), position=len(authorships), author_id=known))
    return tuple(authorships)


def _name(printed: str) -> Name:
    return Name(family=printed.strip())


def _references(value: Any) -> tuple[str, ...]:
    items = value if isinstance(value, list) else ()
    return tuple(str(item) for item in items if isinstance(item, str | int) and not isinstance(item, bool))


def _keywords(value: Any) -> tuple[str, ...]:
    items = _KEYWORD_SEPARATOR.split(value) if isinstance(value, str) else value if isinstance(value, list) else ()
    return tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
