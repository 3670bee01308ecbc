"""Items in, Arrow columns out: what the catalog keeps of a record besides the record itself.

The columns are what matching, citations and identity work on, so that none of them ever decodes records.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import msgspec
import pyarrow as pa

from indexer.catalog.titles import is_weak
from indexer.identity.names import is_full
from indexer.sources.base import Person
from indexer.sql import hash64
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Paper
from search.people.gather import main_topic, topic_key, venue_key
from search.text import title_key

__all__ = ["EXTRACT_VERSION", "Columns", "PaperRows", "PersonRows", "external"]

EXTRACT_VERSION = 1
"""Raised when the columns below would come out differently, so that an import reads finished parts again."""

_NAME = [
    *((part, pa.string()) for part in ("family", "given", "particle", "suffix", "native")),
    ("name_key", pa.uint64()),
    ("family_key", pa.uint64()),
    ("full_name", pa.bool_()),
]


def _content(record: str) -> int:
    return hash64(f"{EXTRACT_VERSION} {record}")


class Columns:
    """Rows on their way into one table."""

    def __init__(self, fields: list[tuple[str, Any]]) -> None:
        self._schema = pa.schema(fields)
        self._rows: list[tuple[object, ...]] = []

    def add(self, *values: object) -> None:
        """Append a row, values in the order of the fields."""
        self._rows.append(values)

    def __len__(self) -> int:
        return len(self._rows)

    def take(self) -> Any:
        """The rows as a ``pyarrow.Table``; the buffer is empty afterwards."""
        rows, self._rows = self._rows, []
        by_column = list(zip(*rows, strict=True)) if rows else [()] * len(self._schema)
        arrays = [pa.array(values, field.type) for values, field in zip(by_column, self._schema, strict=True)]
        return pa.Table.from_arrays(arrays, schema=self._schema)


@lru_cache(maxsize=1 << 16)
def _name_parts(name: Name) -> tuple[str, str, str, str, str, int, int, bool]:
    """The columns of ``_NAME``."""
    parts = (name.family, name.given, name.particle, name.suffix, name.native)
    return *parts, hash64(name.match_key), hash64(_family_key(name)), is_full(name)


_SCHEMES = frozenset(scheme.value for scheme in IdScheme)


def external(target: str) -> str | None:
    """A citation's end in the normal form ``scheme:value`` when it is written as an external id, else None."""
    if target.partition(":")[0].lower() not in _SCHEMES:
        return None
    found = ExternalId.try_parse(target)
    return None if found is None else str(found)


def _family_key(name: Name) -> str:
    """The last word of the family name, folded: what printings of one name agree on ("van der Berg", "Berg")."""
    words = name.family.split()
    return title_key(words[-1]) if words else ""


class PaperRows:
    """Source papers of a batch. ``row`` numbers them inside the batch until they get their ``seq``."""

    def __init__(self) -> None:
        row = ("row", pa.int32())
        text = pa.string()
        self.papers = Columns(
            [
                row,
                ("source_id", text),
                ("key", pa.uint64()),
                ("content", pa.uint64()),
                ("input", text),
                ("part", text),
                ("title_hash", pa.uint64()),
                ("title_weak", pa.bool_()),
                ("year", pa.int16()),
                ("first_family", pa.uint64()),
                ("byline", pa.uint64()),
                ("first_page", text),
                ("authors", pa.int32()),
                ("venue", text),
                ("topic", text),
                ("abstract", pa.bool_()),
                ("record", text),
            ]
        )
        self.children = {
            "paper_ids": Columns([row, ("scheme", text), ("value", text)]),
            "paper_references": Columns([row, ("target", text), ("external", text)]),
            "authorships": Columns([row, ("place", pa.int32()), ("author_id", text), *_NAME]),
            "authorship_ids": Columns([row, ("place", pa.int32()), ("scheme", text), ("value", text)]),
            "affiliations": Columns(
                [row, ("place", pa.int32()), ("text", text), ("institution_id", text), ("country", text)]
            ),
        }

    def add(self, paper: Paper, input_name: str, part: str) -> None:
        """Append a record.

        :raises UnicodeEncodeError: when a text of it cannot be stored (a lone surrogate).
        """
        record = msgspec.json.encode(paper).decode()
        row = len(self.papers)
        key = title_key(paper.title)
        families = [_family_key(authorship.name) for authorship in paper.authorships]
        self.papers.add(
            row,
            paper.id,
            hash64(paper.id),
            _content(record),
            input_name,
            part,
            hash64(key) if key else None,
            is_weak(key),
            paper.year,
            hash64(families[0]) if families and families[0] else None,
            hash64("|".join(families)) if families else None,
            paper.pages.replace("\N{EN DASH}", "-").partition("-")[0].strip(),
            len(families),
            venue_key(paper),
            _topic(paper),
            bool(paper.abstract),
            record,
        )
        self._add_children(row, paper)

    def _add_children(self, row: int, paper: Paper) -> None:
        every = dict.fromkeys(same for identifier in paper.ids for same in (identifier, *identifier.equivalents()))
        for identifier in every:
            self.children["paper_ids"].add(row, identifier.scheme.value, identifier.value)
        for target in dict.fromkeys(paper.references):
            self.children["paper_references"].add(row, target, external(target))
        for place, authorship in enumerate(paper.authorships):
            self.children["authorships"].add(row, place, authorship.author_id or None, *_name_parts(authorship.name))
            for identifier in dict.fromkeys(authorship.ids):
                self.children["authorship_ids"].add(row, place, identifier.scheme.value, identifier.value)
            for affiliation in authorship.affiliations:
                self.children["affiliations"].add(
                    row, place, affiliation.text, affiliation.institution_id, affiliation.country
                )


def _topic(paper: Paper) -> str | None:
    best = main_topic(paper)
    return None if best is None else topic_key(best)


class PersonRows:
    """People of a batch, numbered by ``row`` like papers."""

    def __init__(self) -> None:
        row = ("row", pa.int32())
        text = pa.string()
        self.people = Columns(
            [
                row,
                ("source_id", text),
                ("key", pa.uint64()),
                ("content", pa.uint64()),
                ("input", text),
                ("part", text),
                ("record", text),
            ]
        )
        self.children = {
            "person_names": Columns([row, ("canonical", pa.bool_()), *_NAME]),
            "person_ids": Columns([row, ("scheme", text), ("value", text)]),
            "person_affiliations": Columns([row, ("text", text)]),
            "person_distinct": Columns([row, ("other", text)]),
        }

    def add(self, person: Person, input_name: str, part: str) -> None:
        """Append a person.

        :raises UnicodeEncodeError: when a text of it cannot be stored.
        """
        record = msgspec.json.encode(person).decode()
        row = len(self.people)
        self.people.add(row, person.id, hash64(person.id), _content(record), input_name, part, record)
        for name in dict.fromkeys((person.name, *person.variants)):
            self.children["person_names"].add(row, name == person.name, *_name_parts(name))
        for identifier in dict.fromkeys(person.ids):
            self.children["person_ids"].add(row, identifier.scheme.value, identifier.value)
        for affiliation in dict.fromkeys(person.affiliations):
            self.children["person_affiliations"].add(row, affiliation)
        for other in dict.fromkeys(person.not_same_as):
            self.children["person_distinct"].add(row, other)
