"""Writes a generation: everything into a temporary folder, which becomes the generation in one rename."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any

import msgspec
import numpy as np
import numpy.typing as npt
import tantivy

from records.errors import EngineError, GenerationError
from search.document import name_forms
from search.embedded.analysis import register
from search.embedded.arrays import write_arrays
from search.embedded.generation import AUTHORS, DOCUMENTS, IDS, NAMES, REDIRECTS, TEXT, VENUES, VenueRow
from search.embedded.names import NameWriter
from search.embedded.schema import build, document, number_fields
from search.embedded.tables import StringMap, TableWriter
from search.embedded.vectors import VectorWriter
from search.engine import AuthorDocument, GenerationInfo, PaperDocument, Vectors
from search.writing import VenueCounts, check_ascending, check_vectors

__all__ = ["EmbeddedWriter"]


class EmbeddedWriter:
    """Implements :class:`search.engine.GenerationWriter`. Made by :meth:`EmbeddedStore.writer`, one at a time.

    ``publish`` takes the finished folder and what it holds, and makes it current; ``release`` gives up the lock.
    """

    def __init__(
        self,
        folder: Path,
        info: GenerationInfo,
        *,
        heap: int,
        flush_every: int | None,
        publish: Callable[[Path, GenerationInfo], GenerationInfo],
        release: Callable[[Path], None],
    ) -> None:
        self._folder = folder
        self._info = info
        self._publish = publish
        self._release = release
        self._flush_every = flush_every
        self._open = self._indexing = True
        self._numbers = number_fields(info.metrics)
        (folder / TEXT).mkdir()
        index = tantivy.Index(build(info.metrics), path=str(folder / TEXT), sort_by_field="ord")
        register(index)
        self._text = index.writer(heap, 1)
        self._ids = TableWriter(folder / IDS)
        self._documents = TableWriter(folder / DOCUMENTS, compress=True)
        self._authors = TableWriter(folder / AUTHORS, compress=True)
        self._names = NameWriter(folder / NAMES)
        self._vectors = VectorWriter(folder, info.dimension) if info.dimension else None
        self._author_rows: dict[str, str] = {}
        self._venues = VenueCounts()
        self._redirects: dict[str, dict[str, str]] = {kind: {} for kind in REDIRECTS}
        self._last_id = ""
        self._encoder = msgspec.msgpack.Encoder()

    def add_papers(
        self, papers: Sequence[PaperDocument], vectors: Vectors | None, mask: npt.NDArray[np.bool_] | None
    ) -> None:
        """Append papers, in ascending order of id across all calls, with unit vectors where ``mask`` is True.

        :raises EngineError: when an id repeats or does not ascend, or vectors are not unit vectors of the generation's
            dimension; nothing of the batch was added then.
        """
        self._check_open()
        check_ascending(papers, self._last_id)
        present = check_vectors(len(papers), self._info.dimension, vectors, mask)
        start = self._ids.count
        if self._vectors is not None and vectors is not None and len(present):
            self._vectors.append(vectors[present], present + start)
        for position, paper in enumerate(papers, start):
            self._text.add_document(document(paper, position, self._numbers))
            self._ids.append(paper.paper.id.encode())
            self._documents.append(self._encoder.encode(paper))
            if paper.paper.venue is not None:
                self._venues.add(paper.paper.venue)
            if self._flush_every and (position + 1) % self._flush_every == 0:
                self._text.commit()
        if papers:
            self._last_id = papers[-1].paper.id

    def add_authors(self, authors: Sequence[AuthorDocument]) -> None:
        """Append people.

        :raises EngineError: when an id repeats.
        """
        self._check_open()
        for entry in authors:
            author = entry.author
            if author.id in self._author_rows:
                raise EngineError(f"the author {author.id!r} was added twice")
            row = self._authors.count
            self._author_rows[author.id] = str(row)
            self._authors.append(self._encoder.encode(entry))
            forms = [form for name in (author.name, *author.variants) for form in name_forms(name)]
            for form in dict.fromkeys(forms):
                self._names.add("author", form, row, author.papers)

    def add_arrays(self, group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep arrays of numbers with the generation.

        :raises EngineError: when one of them cannot be kept, or the group was added before.
        """
        self._check_open()
        write_arrays(self._folder, group, arrays)

    def add_redirects(self, kind: str, redirects: Iterable[tuple[str, str]]) -> None:
        """Append (merged-away id, live id) pairs; ``kind``: "paper" or "author"."""
        self._check_open()
        if kind not in self._redirects:
            raise EngineError(f"redirects are of papers or authors, not of {kind!r}")
        self._redirects[kind].update(redirects)

    def commit(self) -> GenerationInfo:
        """Finish the generation, verify it and make it current, atomically.

        :raises GenerationError: when it cannot be written; the generation before stays current.
        """
        self._check_open()
        try:
            info = self._publish(self._folder, self._finish())
        except OSError as error:
            raise GenerationError(
                f"the generation could not be written: {error}; free space and build again"
            ) from error
        self._open = False
        self._release(self._folder)
        return info

    def _finish(self) -> GenerationInfo:
        self._text.commit()
        self._indexing = False  # waiting ends the index writer, whatever becomes of the generation
        self._text.wait_merging_threads()
        for table in (self._ids, self._documents, self._authors):
            table.finish()
        if self._vectors is not None:
            self._vectors.finish()
        StringMap.write(self._folder / f"{AUTHORS}.ids", self._author_rows.items())
        redirects = sum(
            StringMap.write(self._folder / REDIRECTS[kind], pairs.items()) for kind, pairs in self._redirects.items()
        )
        self._finish_venues()
        self._names.finish()
        return msgspec.structs.replace(
            self._info,
            papers=self._ids.count,
            authors=self._authors.count,
            vectors=0 if self._vectors is None else self._vectors.count,
            redirects=redirects,
        )

    def _finish_venues(self) -> None:
        rows = [VenueRow(*row) for row in self._venues.rows()]
        for row, venue in enumerate(rows):
            self._names.add("venue", venue.name, row, venue.papers)
        (self._folder / VENUES).write_bytes(self._encoder.encode(rows))

    def abort(self) -> None:
        """Throw away what was written. Idempotent; does nothing after :meth:`commit`."""
        if not self._open:
            return
        self._open = False
        try:
            for table in (self._ids, self._documents, self._authors, self._vectors):
                if table is not None:
                    table.close()
            # Its threads would go on writing into the folder that is being removed.
            if self._indexing:
                self._text.rollback()
                self._text.wait_merging_threads()
            self._names.abort()
        finally:
            self._release(self._folder)

    def suspend(self) -> None:
        """Throw away what was written: it is quickly written again, and vectors are in a cache. Idempotent."""
        self.abort()

    def _check_open(self) -> None:
        if not self._open:
            raise GenerationError("this writer has committed or aborted; open another one")

    def __enter__(self) -> EmbeddedWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.abort()
