"""Imports: idempotent, interruptible, nothing doubled and nothing lost.

Items are gathered into batches. One transaction commits a batch together with the parts that ended in it, so the
checkpoint never runs ahead of the data or behind it: after a crash at any moment the next import skips the finished
parts and reads the others from their beginning; what they had committed is recognised by source, id and content.
"""

from __future__ import annotations

import re
import time
from collections.abc import Generator
from contextlib import closing
from pathlib import Path

import msgspec
import pyarrow as pa

from indexer.catalog.extract import EXTRACT_VERSION, Columns, PaperRows, PersonRows, external
from indexer.catalog.report import ImportReport
from indexer.catalog.upsert import Where, upsert
from indexer.sources.base import SNIPPET_LENGTH, CitationLink, Item, Part, Person, Reader, Rejection
from indexer.sql import Connection, in_transaction, now, registered, scalar
from records.errors import CatalogError, ScholarCoreError
from records.paper import Paper
from records.progress import Progress

__all__ = ["BATCH_ITEMS", "run_import"]

BATCH_ITEMS = 5000
"""Items committed at a time."""

BATCH_SECONDS = 10.0
"""A slow source commits this often, whatever has come."""

_SOURCE = re.compile(r"[a-z][a-z0-9_-]*")


def run_import(
    con: Connection, reader: Reader, path: Path, progress: Progress, *, batch_items: int = BATCH_ITEMS, force: bool
) -> ImportReport:
    """Read ``path`` into the catalog. See :meth:`indexer.catalog.Catalog.import_source`."""
    if not _SOURCE.fullmatch(reader.source):
        raise CatalogError(f"a source is named in lower-case letters, digits, '-' and '_', not {reader.source!r}")
    began = time.monotonic()
    run = _Import(con, reader.source, str(Path(path).resolve()), progress, batch_items)
    progress.start(f"import {reader.source}")
    run.open()
    try:
        # A reader may hold a file or an archive open; closing its generator releases that on an error too.
        with closing(_parts(reader, path)) as parts:
            for part in parts:
                if not force and run.is_done(part):
                    run.skip(part)
                else:
                    run.read(part)
    except (ScholarCoreError, OSError):
        run.flush()  # what was read before the error is good
        raise
    run.close()
    progress.finish()
    return msgspec.structs.replace(run.report, seconds=time.monotonic() - began).freeze()


def _parts(reader: Reader, path: Path) -> Generator[Part, None, None]:
    yield from reader.parts(path)


class _Tally(msgspec.Struct):
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

    def freeze(self) -> ImportReport:
        return ImportReport(**msgspec.structs.asdict(self))


class _Import:
    """One run: buffers, the parts that began and ended since the last commit, and the counts."""

    def __init__(self, con: Connection, source: str, input_name: str, progress: Progress, batch_items: int) -> None:
        self.report = _Tally(source)
        self._counted = _Tally(source)
        self._con = con
        self._source = source
        self._input = input_name
        self._progress = progress
        self._batch_items = batch_items
        self._import_id = 0
        self._where = Where(source, input_name, set())
        self._begun: list[Part] = []
        self._ended: list[Part] = []
        self._pending = 0
        self._flushed = time.monotonic()
        text = pa.string()
        self._links = Columns(
            [("part", text), ("citing", text), ("citing_external", text), ("cited", text), ("cited_external", text)]
        )
        self._rejections = Columns(
            [
                ("part", text),
                ("line", pa.int64()),
                ("reason", text),
                ("record", text),
                ("snippet", text),
                ("partial", pa.bool_()),
            ]
        )
        self._papers = PaperRows()
        self._people = PersonRows()
        self._done = {
            (name, digest)
            for name, digest in con.execute(
                "SELECT name, digest FROM parts WHERE source = ? AND input = ? AND done", [source, input_name]
            ).fetchall()
        }

    def open(self) -> None:
        """Go on with the source's interrupted import of this input, or begin a new one."""
        with in_transaction(self._con):
            unfinished = scalar(
                self._con,
                "SELECT max(id) FROM imports WHERE source = ? AND input = ? AND finished IS NULL",
                [self._source, self._input],
            )
            if unfinished is not None:
                self._import_id = unfinished
                return
            self._import_id = scalar(self._con, "SELECT coalesce(max(id), 0) + 1 FROM imports")
            self._con.execute("DELETE FROM import_seen WHERE source = ? AND input = ?", [self._source, self._input])
            self._con.execute(
                "INSERT INTO imports VALUES (?, ?, ?, ?, NULL, 0, 0, 0, 0, 0, 0, 0)",
                [self._import_id, self._source, self._input, now()],
            )

    def close(self) -> None:
        """Commit what is left and end the import."""
        self.flush()
        with in_transaction(self._con):
            self._con.execute("DELETE FROM import_seen WHERE source = ? AND input = ?", [self._source, self._input])
            self._con.execute("UPDATE imports SET finished = ? WHERE id = ?", [now(), self._import_id])

    def is_done(self, part: Part) -> bool:
        """True when this very content was read to its end before."""
        return (part.name, _digest(part)) in self._done

    def skip(self, part: Part) -> None:
        """Count a finished part."""
        self._where.skipped.add(part.name)
        self.report.parts_skipped += 1

    def read(self, part: Part) -> None:
        """Read a part to its end."""
        self._begun.append(part)
        for item in part.read():
            self._add(item, part)
            if self._pending >= self._batch_items or time.monotonic() - self._flushed > BATCH_SECONDS:
                self.flush()
        self._ended.append(part)
        self.report.parts_read += 1

    def _add(self, item: Item, part: Part) -> None:
        self._pending += 1
        if isinstance(item, Rejection):
            self._reject(item, part)
        elif isinstance(item, CitationLink):
            self._add_link(item, part)
        elif not item.id:
            self._reject(Rejection(part.name, "the record has no id", snippet=repr(item)[:SNIPPET_LENGTH]), part)
        else:
            self._add_record(item, part)

    def _add_link(self, link: CitationLink, part: Part) -> None:
        ends = f"{link.citing} {link.cited}"
        if not link.citing or not link.cited or _printable(ends) != ends:
            reason = "a citation needs two ids of valid Unicode"
            self._reject(Rejection(part.name, reason, snippet=repr(link)[:SNIPPET_LENGTH]), part)
        else:
            self._links.add(part.name, link.citing, external(link.citing), link.cited, external(link.cited))

    def _add_record(self, item: Paper | Person, part: Part) -> None:
        try:
            if isinstance(item, Paper):
                self._papers.add(item, self._input, part.name)
            else:
                self._people.add(item, self._input, part.name)
        except UnicodeEncodeError:
            self._reject(
                Rejection(part.name, "a text of the record is not valid Unicode", record=_printable(item.id)), part
            )

    def _reject(self, rejection: Rejection, part: Part) -> None:
        if rejection.partial:
            self.report.partial += 1
        else:
            self.report.rejected += 1
        self._rejections.add(
            part.name,
            rejection.line,
            _printable(rejection.reason),
            _printable(rejection.record),
            _printable(rejection.snippet[:SNIPPET_LENGTH]),
            rejection.partial,
        )

    def flush(self) -> None:
        """Commit the batch and its checkpoint in one transaction."""
        if not (self._pending or self._begun or self._ended):
            return
        with in_transaction(self._con):
            self._forget_begun()
            self._write_papers()
            self._write_people()
            self._write_links()
            self._write_rejections()
            self._mark_ended()
            self._count()
        self._progress.advance(self._pending)
        self._pending = 0
        self._flushed = time.monotonic()
        self._begun, self._ended = [], []
        self._papers, self._people = PaperRows(), PersonRows()

    def _forget_begun(self) -> None:
        """What belongs to a part as a whole is read anew with it."""
        if not self._begun:
            return
        names = {"name": pa.array([part.name for part in self._begun], pa.string())}
        with registered(self._con, begun=names):
            for table in ("source_links", "rejections", "import_seen", "parts"):
                column = "name" if table == "parts" else "part"
                self._con.execute(
                    f"DELETE FROM {table} WHERE source = ? AND input = ? AND {column} IN (SELECT name FROM begun)",  # noqa: S608
                    [self._source, self._input],
                )
        self._mark(self._begun, done=False)

    def _mark_ended(self) -> None:
        if self._ended:
            names = [part.name for part in self._ended]
            self._con.execute(
                "UPDATE parts SET done = true WHERE source = ? AND input = ? AND name IN (SELECT unnest(?))",
                [self._source, self._input, names],
            )

    def _mark(self, parts: list[Part], *, done: bool) -> None:
        rows = {
            "name": pa.array([part.name for part in parts], pa.string()),
            "digest": pa.array([_digest(part) for part in parts], pa.string()),
        }
        with registered(self._con, marked=rows):
            self._con.execute(
                "INSERT INTO parts SELECT ?, ?, name, digest, ? FROM marked", [self._source, self._input, done]
            )

    def _write_papers(self) -> None:
        if not len(self._papers.papers):
            return
        incoming = self._papers.papers.take()
        done = upsert(self._con, "source_papers", incoming, self._papers.children, self._where)
        self.report.new += done.new
        self.report.updated += done.updated
        self.report.unchanged += done.unchanged
        self._reject_duplicates(incoming, done.duplicates)

    def _write_people(self) -> None:
        if not len(self._people.people):
            return
        incoming = self._people.people.take()
        done = upsert(self._con, "source_people", incoming, self._people.children, self._where)
        self.report.people += done.new + done.updated + done.unchanged
        self._reject_duplicates(incoming, done.duplicates)

    def _reject_duplicates(self, incoming: pa.Table, rows: tuple[int, ...]) -> None:
        for row in incoming.take(pa.array(rows, pa.int64())).to_pylist():
            self.report.rejected += 1
            self._rejections.add(
                row["part"],
                None,
                f"duplicate id {row['source_id']!r}: this import has a record with that id already, which is kept",
                row["source_id"],
                row["record"][:SNIPPET_LENGTH],
                False,
            )

    def _write_links(self) -> None:
        if not len(self._links):
            return
        links = self._links.take()
        self.report.links += links.num_rows
        with registered(self._con, incoming=links):
            self._con.execute("INSERT INTO source_links SELECT ?, ?, * FROM incoming", [self._source, self._input])

    def _write_rejections(self) -> None:
        if not len(self._rejections):
            return
        with registered(self._con, incoming=self._rejections.take()):
            self._con.execute(
                "INSERT INTO rejections SELECT ?, ?, * FROM incoming",
                [self._source, self._input],
            )

    def _count(self) -> None:
        now, before = self.report, self._counted
        fields = ("new", "updated", "unchanged", "people", "links", "rejected", "partial")
        self._con.execute(
            f"UPDATE imports SET {', '.join(f'{name} = {name} + ?' for name in fields)} WHERE id = ?",  # noqa: S608
            [*(getattr(now, name) - getattr(before, name) for name in fields), self._import_id],
        )
        self._counted = msgspec.structs.replace(now)


def _digest(part: Part) -> str:
    return f"{EXTRACT_VERSION}:{part.digest}"


def _printable(text: str) -> str:
    return text.encode("utf-8", "backslashreplace").decode()
