"""One paper out of several records, field by field, with the source each field came from.

Records come in order of precedence. A single-valued field is that of the first record that has one, except that the
date must agree with the year and is the most precise that does. The byline is taken whole from the first record that
has one; other records of the same byline fill in what its places lack. Ids, keywords, topics and the retraction mark
are united: any source may know one more.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import msgspec

from records.paper import Authorship, Paper
from search.text import title_key

__all__ = ["SCALARS", "merge_records"]

SCALARS = (
    "title",
    "abstract",
    "year",
    "venue",
    "type",
    "language",
    "volume",
    "issue",
    "pages",
    "publisher",
    "url",
)


def merge_records(identifier: str, records: Sequence[tuple[str, Paper]]) -> tuple[Paper, dict[str, str]]:
    """The merged paper called ``identifier`` and, for each field that has a value, the source it came from.

    ``records``: (source, record), first the one whose word counts most. A field united from several sources names them
    all, joined by "+". References are left as the first record that has any said; the catalog resolves them.
    """
    fields: dict[str, Any] = {}
    said: dict[str, str] = {}
    for name in SCALARS:
        for source, record in records:
            value = getattr(record, name)
            if value is not None and value != "":
                fields[name], said[name] = value, source
                break
    _date(records, fields, said)
    _byline(records, fields, said)
    for name in ("ids", "topics", "keywords"):
        _unite(name, records, fields, said)
    retracting = [source for source, record in records if record.retracted]
    if retracting:
        fields["retracted"], said["retracted"] = True, "+".join(dict.fromkeys(retracting))
    fields.setdefault("title", "")
    return Paper(id=identifier, **fields), said


def _date(records: Sequence[tuple[str, Paper]], fields: dict[str, Any], said: dict[str, str]) -> None:
    year = fields.get("year")
    prefix = "" if year is None else f"{year:04d}"
    dates = [(record.date, source) for source, record in records if record.date and record.date.startswith(prefix)]
    if dates:
        # max keeps the first of equally precise dates.
        fields["date"], said["date"] = max(dates, key=lambda item: len(item[0] or ""))


def _byline(records: Sequence[tuple[str, Paper]], fields: dict[str, Any], said: dict[str, str]) -> None:
    bearing = [(source, record.authorships) for source, record in records if record.authorships]
    if not bearing:
        return
    source, byline = bearing[0]
    sources = [source]
    for other, authorships in bearing[1:]:
        filled = fill_byline(byline, authorships)
        if filled != byline:
            byline = filled
            sources.append(other)
    fields["authorships"], said["authorships"] = byline, "+".join(dict.fromkeys(sources))


def fill_byline(byline: tuple[Authorship, ...], other: tuple[Authorship, ...]) -> tuple[Authorship, ...]:
    """``byline`` with ids, affiliations and e-mails it lacks, from a byline of the same length and family names."""
    if len(byline) != len(other):
        return byline
    return tuple(
        msgspec.structs.replace(
            mine,
            ids=tuple(dict.fromkeys((*mine.ids, *theirs.ids))),
            affiliations=mine.affiliations or theirs.affiliations,
            email=mine.email or theirs.email,
        )
        if _same_family(mine, theirs)
        else mine
        for mine, theirs in zip(byline, other, strict=True)
    )


def _same_family(mine: Authorship, theirs: Authorship) -> bool:
    return title_key(mine.name.family.split()[-1]) == title_key(theirs.name.family.split()[-1])


def _unite(name: str, records: Sequence[tuple[str, Paper]], fields: dict[str, Any], said: dict[str, str]) -> None:
    found: dict[Any, Any] = {}
    sources: list[str] = []
    for source, record in records:
        for value in getattr(record, name):
            key = value if name != "topics" else (value.id or value.name)
            if key not in found:
                found[key] = value
                sources.append(source)
    if found:
        fields[name], said[name] = tuple(found.values()), "+".join(dict.fromkeys(sources))
