"""The reader protocol: a path in, items and rejections out.

A reader splits a path into *parts* (a file, a member of an archive): the unit an interrupted import resumes at. Reading
a part yields papers, curated people, citation links and rejections in the order of the file. One bad record becomes a
:class:`Rejection` and the reader goes on; only a path that is not the promised format at all raises
:class:`records.errors.SourceError`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol, TypeAlias

import msgspec

from records.ids import ExternalId
from records.name import Name
from records.paper import Paper

__all__ = ["SNIPPET_LENGTH", "CitationLink", "Item", "Part", "Person", "Reader", "Rejection"]

SNIPPET_LENGTH = 300
"""Code points of the raw record kept with a rejection."""


class Person(msgspec.Struct, frozen=True, omit_defaults=True):
    """A person a source curates: its own author id, names and ids. ``not_same_as`` are look-alikes it tells apart."""

    id: str
    name: Name
    variants: tuple[Name, ...] = ()
    ids: tuple[ExternalId, ...] = ()
    affiliations: tuple[str, ...] = ()
    not_same_as: tuple[str, ...] = ()


class CitationLink(msgspec.Struct, frozen=True):
    """One paper cites another. Each end is a paper id of the same source, or an external id as ``scheme:value``."""

    citing: str
    cited: str


class Rejection(msgspec.Struct, frozen=True, omit_defaults=True):
    """A record that could not be read: where, why, and how it began (raw, cut to ``SNIPPET_LENGTH``).

    ``partial`` says that the record itself was read and only a value of it left out (an ORCID whose checksum is wrong).
    """

    part: str
    reason: str
    line: int | None = None  # 1-based
    record: str = ""  # the record's own id where that could be read
    snippet: str = ""
    partial: bool = False


Item: TypeAlias = Paper | Person | CitationLink | Rejection


@dataclass(frozen=True, slots=True)
class Part:
    """A unit of reading. ``digest`` changes when the content does, so a finished part is not read again.

    Parts of a stream (an archive that cannot seek) must be read, or skipped, in the order they come.
    """

    name: str
    digest: str
    read: Callable[[], Iterator[Item]]


class Reader(Protocol):
    """Reads one format. ``source`` names who says so in the catalog ("acl"); it prefixes paper ids."""

    source: str

    def parts(self, path: Path) -> Iterator[Part]:
        """Split ``path``.

        :raises SourceError: when there is nothing of this format at ``path``.
        """
