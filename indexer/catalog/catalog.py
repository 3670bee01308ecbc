"""The catalog: the system of record, one DuckDB file, opened by one process at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

from indexer.catalog.deriving import catalog_digest, derive, last_derivation
from indexer.catalog.importing import BATCH_ITEMS, run_import
from indexer.catalog.merging import merge_records
from indexer.catalog.precedence import set_precedence
from indexer.catalog.reading import CatalogArrays, read_arrays, read_one, read_papers
from indexer.catalog.report import CatalogStatus, DeriveReport, ImportReport, StoredRejection
from indexer.catalog.schema import open_database
from indexer.catalog.status import read_rejections, read_status
from indexer.identity.judgements import Judgement, Verdict, add_judgement, read_judgements, undo_judgement
from indexer.identity.pins import PinnedList, add_pins, read_pins
from indexer.identity.profiles import read_authors
from indexer.sources.base import Reader
from indexer.sql import Connection
from records.author import Author
from records.errors import CatalogError, NotFoundError
from records.paper import Paper
from records.progress import NO_PROGRESS, Progress

__all__ = ["Catalog"]

_READ_BATCH = 2048


class Catalog:
    """An open catalog. Use :meth:`open` as a context manager; not for use from several threads."""

    def __init__(self, con: Connection, path: Path, *, read_only: bool) -> None:
        self._con = con
        self.path = path
        self.read_only = read_only

    @classmethod
    def open(cls, path: Path, *, read_only: bool = False, memory: str = "1GB") -> Catalog:
        """Open the catalog at ``path``; a missing file is made unless ``read_only``.

        ``memory`` bounds what the database keeps in memory; larger work spills to a folder beside the file.

        :raises CatalogLockedError: when another process has it open.
        :raises CatalogError: when the file is not a catalog, or one of a newer version.
        """
        path = Path(path)
        return cls(open_database(path, read_only=read_only, memory=memory), path, read_only=read_only)

    def __enter__(self) -> Catalog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let the file go. Idempotent."""
        self._con.close()

    def import_source(
        self,
        reader: Reader,
        path: Path,
        progress: Progress = NO_PROGRESS,
        *,
        force: bool = False,
        batch_items: int = BATCH_ITEMS,
    ) -> ImportReport:
        """Read ``path`` into the catalog.

        Idempotent: finished parts that did not change are skipped (not with ``force``), records that say what they said
        before are left alone, changed ones are replaced. Records that are no longer in the file stay. What one import
        reads twice under one id is kept as it came first, and the second is rejected. A crash loses at most the batch
        at work; the next import of the same path goes on.

        :raises SourceError: when the path cannot be read; what came before is kept.
        :raises CatalogError: when the catalog is open for reading only.
        """
        self._writable()
        return run_import(self._con, reader, Path(path), progress, batch_items=batch_items, force=force)

    def derive(self, progress: Progress = NO_PROGRESS, *, force: bool = False) -> DeriveReport:
        """Merge records into papers, resolve citations and identify people; nothing to do when up to date."""
        self._writable()
        return derive(self._con, progress, force=force)

    def status(self) -> CatalogStatus:
        """What is in the catalog."""
        return read_status(self._con, self.path)

    def rejections(self, source: str | None = None, limit: int | None = None) -> list[StoredRejection]:
        """Records that could not be read, of one source or all."""
        return read_rejections(self._con, source, limit)

    def digest(self) -> str:
        """A fingerprint of everything a build depends on; equal for equal states, whatever way led there."""
        return catalog_digest(self._con)

    def prefer(self, sources: Sequence[str]) -> None:
        """Ask these sources first, in this order, for the fields of merged papers."""
        self._writable()
        set_precedence(self._con, sources)

    def arrays(self) -> CatalogArrays:
        """The derived catalog as arrays.

        :raises CatalogError: when the derivation is missing or out of date; call :meth:`derive`.
        """
        self._derived()
        return read_arrays(self._con)

    def papers(self, arrays: CatalogArrays | None = None, *, batch: int = _READ_BATCH) -> Iterator[list[Paper]]:
        """Catalog papers in ascending order of id, in batches."""
        self._derived()
        return read_papers(self._con, read_arrays(self._con) if arrays is None else arrays, batch)

    def authors(self, *, batch: int = _READ_BATCH) -> Iterator[list[Author]]:
        """People in ascending order of id, in batches."""
        self._derived()
        return read_authors(self._con, batch)

    def redirects(self, kind: str) -> list[tuple[str, str]]:
        """(merged-away id, live id) of papers or authors; ``kind`` is "paper" or "author"."""
        self._derived()
        if kind not in ("paper", "author"):
            raise CatalogError(f"redirects are of papers or authors, not of {kind!r}")
        return self._con.execute(f"SELECT old, live FROM {kind}_redirects ORDER BY old").fetchall()  # noqa: S608 - checked

    def records(self, paper_id: str) -> list[tuple[str, Paper]]:
        """What each source said of a live paper, first the source whose word counts most.

        :raises NotFoundError: when no live paper has that id.
        """
        self._derived()
        found = read_one(self._con, paper_id)
        if not found:
            raise NotFoundError("paper", paper_id)
        return found

    def provenance(self, paper_id: str) -> dict[str, str]:
        """Which source gave each field of a live paper ("acl", or "acl+openalex" for a field united from both).

        :raises NotFoundError: when no live paper has that id.
        """
        return merge_records(paper_id, self.records(paper_id))[1]

    def judge(self, verdict: Verdict, a: str, b: str, *, who: str, why: str = "") -> int:
        """Log that two ends are the "same" person or "different" people; the judgement's number.

        An end is an author id or one place on a paper, ``<paper id>#<place>``. The next derivation respects it.

        :raises NotFoundError: when an end names nobody.
        :raises CatalogError: when it contradicts valid judgements.
        """
        self._writable()
        self._derived()
        return add_judgement(self._con, verdict, a, b, who=who, why=why)

    def undo_judgement(self, number: int, *, who: str, why: str = "") -> int:
        """Log that a judgement is taken back; the number of the new row.

        :raises NotFoundError: when there is no such judgement.
        :raises CatalogError: when it was taken back before, or is itself an undo.
        """
        self._writable()
        return undo_judgement(self._con, number, who=who, why=why)

    def judgements(self) -> list[Judgement]:
        """All judgements, in the order they were made."""
        return read_judgements(self._con)

    def pin(self, author: str, papers: Sequence[str], *, who: str, why: str = "") -> int:
        """Log which of a person's papers to show first, in this order (none: no longer any); the list's number.

        The next build carries it into the person's document.

        :raises NotFoundError: when the author or a paper is none.
        :raises CatalogError: when a paper is not one of the author's, given twice, or there are too many.
        """
        self._writable()
        self._derived()
        return add_pins(self._con, author, papers, who=who, why=why)

    def pins(self) -> list[PinnedList]:
        """All lists of pinned papers, in the order they were made."""
        return read_pins(self._con)

    def _writable(self) -> None:
        if self.read_only:
            raise CatalogError(f"the catalog {self.path} is open for reading only")

    def _derived(self) -> None:
        if last_derivation(self._con) is None:
            raise CatalogError("nothing was derived from the catalog yet; call derive() first (a build does)")
