"""One generation, open for reading: its files under one roof. Immutable, so threads share it freely."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt

from records.errors import GenerationError
from search.embedded import manifest as manifests
from search.embedded.arrays import ArrayGroup
from search.embedded.names import NameIndex
from search.embedded.schema import TextIndex
from search.embedded.tables import StringMap, Table
from search.embedded.vectors import VectorIndex
from search.engine import AuthorDocument, GenerationInfo, PaperDocument

__all__ = ["AUTHORS", "DOCUMENTS", "IDS", "NAMES", "REDIRECTS", "TEXT", "VENUES", "Generation", "VenueRow"]

TEXT, NAMES = "text", "names"
IDS, DOCUMENTS, AUTHORS, VENUES = "ids", "documents", "authors", "venues.msgpack"
REDIRECTS = {"paper": "redirects.paper", "author": "redirects.author"}

_LONGEST_CHAIN = 100


class VenueRow(msgspec.Struct, frozen=True, array_like=True):
    """A venue: its id if it has one, its most frequent printing, and its number of papers."""

    id: str | None
    name: str
    papers: int


class Generation:
    """Opens ``folder``.

    :raises GenerationError: when it is incomplete, damaged, or of another version.
    """

    def __init__(self, folder: Path) -> None:
        manifest = manifests.read(folder)
        manifests.check_files(folder, manifest)
        self.info: GenerationInfo = manifest.info
        try:
            self._open(folder)
        except (ValueError, OSError, msgspec.DecodeError) as error:
            raise GenerationError(
                f"generation {folder.name} cannot be opened ({error}); build again, or switch to an older generation"
            ) from error
        self._papers = msgspec.msgpack.Decoder(PaperDocument)
        self._people = msgspec.msgpack.Decoder(AuthorDocument)

    def _open(self, folder: Path) -> None:
        info = self.info
        self.text = TextIndex.open(folder / TEXT, info.metrics)
        self.ids = Table(folder / IDS)
        self._documents = Table(folder / DOCUMENTS, compressed=True)
        self._authors = Table(folder / AUTHORS, compressed=True)
        self._author_rows = StringMap(folder / f"{AUTHORS}.ids")
        self._redirects = {kind: StringMap(folder / name) for kind, name in REDIRECTS.items()}
        self.names = NameIndex(folder / NAMES)
        venues = (folder / VENUES).read_bytes()
        self.venues: list[VenueRow] = msgspec.msgpack.decode(venues, type=list[VenueRow])
        self._venue_names = {venue.id: venue.name for venue in self.venues if venue.id}
        self.vectors: VectorIndex | None = None
        if info.vectors:
            self.vectors = VectorIndex(folder, papers=info.papers, count=info.vectors, dimension=info.dimension)
        self._groups = ArrayGroup.all_of(folder)
        counts = (self.text.searcher.num_docs, len(self.ids), len(self._documents))
        if counts != (info.papers,) * 3 or len(self._authors) != info.authors:
            raise ValueError(f"papers in text, ids and documents: {counts}, promised: {info.papers}")

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """See :meth:`search.engine.Engine.arrays`. What is mapped stays readable after the generation is gone."""
        return self._groups.get(group, {})

    def id_of(self, position: int) -> str:
        """The id of the paper at ``position``."""
        return self.ids[position].decode()

    def position(self, paper_id: str) -> int | None:
        """The position of a live paper."""
        return self.ids.find(paper_id.encode("utf-8", "surrogatepass"))

    def positions(self, ids: Sequence[str]) -> npt.NDArray[np.int64]:
        """Positions of papers, -1 for those that are not live."""
        found = (self.position(paper_id) for paper_id in ids)
        return np.array([-1 if position is None else position for position in found], dtype=np.int64)

    def paper(self, position: int) -> PaperDocument:
        """The document at ``position``."""
        return self._papers.decode(self._documents[position])

    def author_at(self, row: int) -> AuthorDocument:
        """The person in a row of the authors table."""
        return self._people.decode(self._authors[row])

    def author(self, author_id: str) -> AuthorDocument | None:
        """A live person."""
        row = self._author_rows.get(author_id)
        return None if row is None else self.author_at(int(row))

    def find_authors(self, name: str, limit: int) -> list[AuthorDocument]:
        """See :meth:`search.engine.Engine.find_authors`."""
        found = self.names.find("author", name, limit, lambda row: self.author_at(row).author.id)
        return [self.author_at(row) for row, _ in found]

    def find_venues(self, name: str, limit: int) -> list[VenueRow]:
        """Venues with a name holding every word of ``name``, most papers first."""
        found = self.names.find("venue", name, limit, lambda row: self.venues[row].name)
        return [self.venues[row] for row, _ in found]

    def label(self, field: str) -> Callable[[str], str] | None:
        """A function from a value of a facet field to what to show for it; None when values speak for themselves."""
        return {"author.id": self._author_label, "venue.id": self._venue_label}.get(field)

    def _author_label(self, author_id: str) -> str:
        author = self.author(author_id)
        return author.author.name.full if author else ""

    def _venue_label(self, venue_id: str) -> str:
        return self._venue_names.get(venue_id, "")

    def resolve(self, kind: str, identifier: str) -> str | None:
        """See :meth:`search.engine.Engine.resolve`."""
        for _ in range(_LONGEST_CHAIN):
            row = self.position(identifier) if kind == "paper" else self._author_rows.get(identifier)
            if row is not None:
                return identifier
            following = self._redirects[kind].get(identifier)
            if following is None:
                return None
            identifier = following
        return None
