"""Helpers: write a small source, read it whole, part the items by kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from indexer.sources.base import CitationLink, Item, Person, Reader, Rejection
from indexer.sources.registry import reader_for
from records.paper import Paper

__all__ = ["Reading", "read", "read_text"]


@dataclass
class Reading:
    items: list[Item] = field(default_factory=list)

    @property
    def papers(self) -> list[Paper]:
        return [item for item in self.items if isinstance(item, Paper)]

    @property
    def people(self) -> list[Person]:
        return [item for item in self.items if isinstance(item, Person)]

    @property
    def links(self) -> list[CitationLink]:
        return [item for item in self.items if isinstance(item, CitationLink)]

    @property
    def rejections(self) -> list[Rejection]:
        """Records that were not read."""
        return [item for item in self.items if isinstance(item, Rejection) and not item.partial]

    @property
    def left_out(self) -> list[Rejection]:
        """Values that were left out of a record that was read."""
        return [item for item in self.items if isinstance(item, Rejection) and item.partial]


def read(reader: Reader, path: Path) -> Reading:
    """Everything a reader finds, part by part."""
    return Reading([item for part in reader.parts(path) for item in part.read()])


SUFFIX = {"acl": ".xml", "acl-citations": ".tsv", "jsonl": ".jsonl", "bibtex": ".bib"}


def read_text(name: str, folder: Path, content: str | bytes) -> Reading:
    """Read ``content`` as a file of the format ``name``."""
    path = folder / f"file{SUFFIX[name]}"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read(reader_for(name), path)
