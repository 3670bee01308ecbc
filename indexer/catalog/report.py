"""What the catalog says about an import and about itself."""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["CatalogStatus", "DeriveReport", "ImportReport", "SourceStatus", "StoredRejection"]


@dataclass(frozen=True, slots=True)
class ImportReport:
    """What one import did.

    ``people`` and ``links`` count what was read; ``unchanged`` are papers read again that say what they said before.
    ``rejected`` records were not kept, of ``partial`` ones only a value was left out. ``parts_skipped`` are parts that
    were finished before and did not change, so nothing of them was read.
    """

    source: str
    new: int = 0
    updated: int = 0
    unchanged: int = 0
    people: int = 0
    links: int = 0
    rejected: int = 0
    partial: int = 0
    parts_read: int = 0
    parts_skipped: int = 0
    seconds: float = 0.0

    @property
    def papers(self) -> int:
        """Papers read and kept."""
        return self.new + self.updated + self.unchanged


@dataclass(frozen=True, slots=True)
class StoredRejection:
    """A record that could not be read: where it stood, why, and how it began. ``line`` is 1-based."""

    source: str
    input: str
    part: str
    line: int | None
    reason: str
    record: str
    snippet: str
    partial: bool = False  # the record was kept, a value of it left out


@dataclass(frozen=True, slots=True)
class SourceStatus:
    """What the catalog holds of one source."""

    source: str
    papers: int
    people: int
    links: int
    rejections: int
    last_import: str | None  # ISO 8601, UTC
    unfinished: bool  # the last import was interrupted; run it again to go on


@dataclass(frozen=True, slots=True)
class DeriveReport:
    """What merging, citations and identity came to.

    ``title_conflicts`` counts groups of papers with one title, year and first author that were left apart because
    they contradict each other. ``citations`` links two different live papers, once; ``self_citations`` were dropped;
    ``unresolved`` point at nothing in the catalog (or at an id that several papers carry).
    """

    source_papers: int
    papers: int
    merged_by_id: int
    merged_by_title: int
    title_conflicts: int
    citations: int
    self_citations: int
    unresolved: int
    authors: int
    authorships: int
    seconds: dict[str, float]


@dataclass(frozen=True, slots=True)
class CatalogStatus:
    """What the catalog holds. Figures from ``papers`` on are of the last derivation, None while it is out of date."""

    path: str
    bytes: int
    sources: tuple[SourceStatus, ...]
    source_papers: int
    judgements: int
    papers: int | None = None
    merged: int | None = None
    authors: int | None = None
    citations: int | None = None
    self_citations: int | None = None
    unresolved_citations: int | None = None
    with_abstract: int | None = None
    with_doi: int | None = None
    first_year: int | None = None
    last_year: int | None = None
