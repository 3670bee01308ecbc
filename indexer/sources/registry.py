"""The readers by name, for ``scholarcore import <name> <path>``. A new format is one more entry here."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module
from typing import cast

from indexer.sources.base import Reader
from records.errors import SourceError

__all__ = ["SOURCES", "SourceFormat", "reader_for"]


@dataclass(frozen=True, slots=True)
class SourceFormat:
    """A format we read. ``options`` are further keyword arguments of its reader, each with what it does."""

    name: str
    description: str
    reader: str  # "module:Class", imported on use: a start of the program should not load every parser
    options: tuple[tuple[str, str], ...] = ()


SOURCES: dict[str, SourceFormat] = {
    entry.name: entry
    for entry in (
        SourceFormat(
            "acl",
            "ACL Anthology: a folder or tar archive with xml/ and yaml/, or one XML file",
            "indexer.sources.acl:AclReader",
        ),
        SourceFormat(
            "acl-citations",
            "citing/cited pairs, tab-separated (.tsv, .txt; also .gz, .xz, .bz2)",
            "indexer.sources.citation_pairs:CitationPairsReader",
            (("scheme", "what the ids are: acl (default), doi, ..., or none for paper ids of the same source"),),
        ),
        SourceFormat(
            "jsonl",
            "JSON Lines in ScholarCore's schema (.jsonl; also .gz, .xz, .bz2), a file or a folder",
            "indexer.sources.jsonl:JsonlReader",
        ),
        SourceFormat(
            "bibtex",
            "BibTeX (.bib; also .gz, .xz, .bz2), a file or a folder",
            "indexer.sources.bibtex:BibtexReader",
        ),
    )
}
"""Every format by name."""


def reader_for(name: str, source: str | None = None, **options: str | None) -> Reader:
    """A reader of the format ``name``.

    ``source`` is what the catalog calls the collection (default: the format's name); ids of its papers begin with it.

    :raises SourceError: for an unknown format or option; the message lists those that exist.
    """
    entry = SOURCES.get(name)
    if entry is None:
        raise SourceError(f"unknown source format {name[:40]!r}; known: {', '.join(SOURCES)}")
    known = [option for option, _ in entry.options]
    unknown = sorted(set(options) - set(known))
    if unknown:
        raise SourceError(f"format {name} has no option {unknown[0][:40]!r}; known: {', '.join(known) or 'none'}")
    module, _, reader = entry.reader.partition(":")
    make = cast(Callable[..., Reader], getattr(import_module(module), reader))
    try:
        return make(source or name, **options)
    except ValueError as error:
        raise SourceError(f"format {name}: {error}") from None
