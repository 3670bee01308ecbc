"""A reader of items given in the test, and short ways to write records."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

import msgspec

from indexer.sources.base import Item, Part
from records.ids import ExternalId
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Venue

__all__ = ["FakeReader", "author", "paper"]


class FakeReader:
    """Reads ``parts``: name -> items. The digest is that of the items, as a real reader's is of the file."""

    def __init__(self, source: str, parts: Mapping[str, Sequence[Item]]) -> None:
        self.source = source
        self.given = parts
        self.read: list[str] = []

    def parts(self, path: Path) -> Iterator[Part]:
        for name, items in self.given.items():
            digest = hashlib.sha256(ascii(items).encode()).hexdigest()
            yield Part(name, digest, lambda name=name, items=items: self._items(name, items))  # type: ignore[misc]

    def _items(self, name: str, items: Sequence[Item]) -> Iterator[Item]:
        self.read.append(name)
        yield from items


def author(
    name: str, author_id: str | None = None, *, orcid: str | None = None, affiliation: str | None = None
) -> Authorship:
    return Authorship(
        Name.parse(name),
        0,
        author_id,
        ids=() if orcid is None else (ExternalId.parse(orcid, "orcid"),),
        affiliations=() if affiliation is None else (Affiliation(affiliation),),
    )


def paper(
    identifier: str,
    title: str = "A study of something quite particular",
    *authors: str | Authorship,
    year: int | None = 2001,
    ids: Sequence[str] = (),
    references: Sequence[str] = (),
    venue: str | None = None,
    abstract: str = "",
    pages: str = "",
) -> Paper:
    names = [one if isinstance(one, Authorship) else author(one) for one in authors]
    return Paper(
        identifier,
        title,
        abstract=abstract,
        year=year,
        venue=None if venue is None else Venue(venue),
        authorships=tuple(msgspec.structs.replace(one, position=place) for place, one in enumerate(names)),
        ids=tuple(ExternalId.parse(text) for text in ids),
        references=tuple(references),
        pages=pages,
    )
