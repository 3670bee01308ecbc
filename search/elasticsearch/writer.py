"""Writes a generation: new indices, loaded without refreshes, then counted, settled and switched to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from types import TracebackType
from typing import Any, TypeVar

import msgspec
import numpy as np
import numpy.typing as npt
from elasticsearch import Elasticsearch

from records.errors import EngineError, EngineUnavailableError, GenerationError
from search.elasticsearch.arrays import array_items
from search.elasticsearch.bulk import BulkSender, Item
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.indices import IndexMaker
from search.elasticsearch.lock import BuildLock
from search.elasticsearch.patience import patiently
from search.elasticsearch.refused import Refused
from search.elasticsearch.registry import GenerationRecord
from search.elasticsearch.schema import (
    ARRAYS,
    AUTHORS,
    DOCUMENT,
    LOOKUP,
    PAPERS,
    VECTOR,
    VECTOR_DIGEST,
    author_source,
    document_id,
    number_fields,
    paper_source,
    redirect_id,
    redirect_source,
    stored_vector,
    unit,
    vector_digest,
    venue_source,
)
from search.elasticsearch.seen import Seen
from search.embedded.arrays import check_arrays
from search.engine import AuthorDocument, GenerationInfo, PaperDocument, Vectors
from search.writing import VenueCounts, check_ascending, check_vectors

__all__ = ["ElasticsearchWriter"]

_Answer = TypeVar("_Answer")
_KINDS = ("paper", "author")


class ElasticsearchWriter:
    """Implements :class:`search.engine.GenerationWriter`. Made by :meth:`ElasticsearchStore.writer`, one at a time.

    ``publish`` makes the finished generation current, ``discard`` deletes an unfinished one. Documents are on their way
    when a method returns; that all arrived is made sure of by :meth:`commit`.
    """

    def __init__(
        self,
        client: Elasticsearch,
        record: GenerationRecord,
        *,
        indices: IndexMaker,
        sender: BulkSender,
        refused: Refused,
        lock: BuildLock,
        publish: Callable[[GenerationRecord], None],
        discard: Callable[[GenerationRecord], None],
        patience: float,
        resumed: int = 0,
    ) -> None:
        self._client = client
        self._record = record
        self._indices = indices
        self._sender = sender
        self._refused = refused
        self._lock = lock
        self._publish = publish
        self._discard = discard
        self._patience = patience
        self._resumed = resumed
        self._open = True
        self._numbers = number_fields(record.info.metrics)
        self._papers = self._authors = self._with_vector = self._redirects = 0
        self._last_id = ""
        self._seen = Seen()
        self._venues = VenueCounts()
        self._arrays: dict[str, dict[str, Any]] = {}

    def add_papers(
        self, papers: Sequence[PaperDocument], vectors: Vectors | None, mask: npt.NDArray[np.bool_] | None
    ) -> None:
        """Append papers, in ascending order of id across all calls, with unit vectors where ``mask`` is True.

        :raises EngineError: when an id repeats or does not ascend, or vectors are not unit vectors of the generation's
            dimension; nothing of the batch was added then. Also when an earlier request failed.
        """
        self._check_open()
        check_ascending(papers, self._last_id)
        present = check_vectors(len(papers), self._record.info.dimension, vectors, mask)
        rows: dict[int, Vectors] = {}
        if vectors is not None:
            rows = dict(zip(present.tolist(), unit(vectors[present]), strict=True))
        there = self._already_there(papers, rows)
        sources = [
            None if row in there else paper_source(paper, self._papers + row, self._numbers, rows.get(row))
            for row, paper in enumerate(papers)
        ]
        target = self._record.indices[PAPERS]
        for paper, source in zip(papers, sources, strict=True):
            if source is not None:
                self._sender.add(Item(target, _id(paper.paper.id), 1, source))
            if paper.paper.venue is not None:
                self._venues.add(paper.paper.venue)
        self._papers += len(papers)
        self._with_vector += len(rows)
        if papers:
            self._last_id = papers[-1].paper.id

    def _already_there(self, papers: Sequence[PaperDocument], rows: Mapping[int, Vectors]) -> set[int]:
        """Rows of papers that an interrupted load had sent before, exactly as they are now."""
        if self._papers >= self._resumed or not papers:
            return set()
        ids = [_id(paper.paper.id) for paper in papers]
        found = self._patiently(lambda: self._stored(PAPERS, ids))
        same = set()
        for row, (paper, told) in enumerate(zip(papers, found, strict=True)):
            source = told.get("_source") or {}
            digest = vector_digest(stored_vector(rows[row])) if row in rows else None
            if source and source.get(VECTOR_DIGEST) == digest and _converted(source[DOCUMENT]) == paper:
                same.add(row)
        return same

    def _stored(self, room: str, ids: Sequence[str]) -> Sequence[Any]:
        with typed_errors():
            found: Sequence[Any] = self._client.mget(index=self._record.indices[room], ids=ids)["docs"]
        return found

    def add_authors(self, authors: Sequence[AuthorDocument]) -> None:
        """Append people.

        :raises EngineError: when an id repeats, or an earlier request failed.
        """
        self._check_open()
        self._check_new([entry.author.id for entry in authors])
        target = self._record.indices[AUTHORS]
        for entry in authors:
            self._sender.add(Item(target, _id(entry.author.id), 1, author_source(entry)))
        self._authors += len(authors)

    def _check_new(self, ids: Sequence[str]) -> None:
        counts = Counter(ids)
        repeated = [one for one in ids if counts[one] > 1] or self._confirmed(self._seen.add(ids))
        twice = next(iter(repeated), None)
        if twice is not None:
            raise EngineError(f"the author {twice!r} was added twice")

    def _confirmed(self, suspected: list[str]) -> list[str]:
        """Those that the index holds. After an interruption it may hold any; then the digest has to do."""
        if not suspected or self._resumed:
            return suspected
        self._sender.flush()
        ids = [_id(one) for one in suspected]
        found = self._patiently(lambda: self._stored(AUTHORS, ids))
        return [one for one, told in zip(suspected, found, strict=True) if told["found"]]

    def add_arrays(self, group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep arrays of numbers with the generation.

        :raises EngineError: when one of them cannot be kept, or the group was added before.
        """
        self._check_open()
        check_arrays(group, arrays)
        if group in self._arrays:
            raise EngineError(f"the arrays {group!r} were added twice")
        target = self._patiently(lambda: self._indices.make(self._record, ARRAYS))
        entries = self._arrays[group] = {}
        for name, array in arrays.items():
            entries[name], items = array_items(target, group, name, array)
            for item in items:
                self._sender.add(item)

    def add_redirects(self, kind: str, redirects: Iterable[tuple[str, str]]) -> None:
        """Append (merged-away id, live id) pairs; ``kind``: "paper" or "author". The last one of an id counts."""
        self._check_open()
        if kind not in _KINDS:
            raise EngineError(f"redirects are of papers or authors, not of {kind!r}")
        target = self._record.indices[LOOKUP]
        for merged, live in redirects:
            identity = redirect_id(kind, merged)
            if identity is not None:
                self._redirects += 1
                self._sender.add(Item(target, identity, self._redirects, redirect_source(live)))

    def commit(self) -> GenerationInfo:
        """Finish the generation, verify it and make it current, atomically.

        :raises RefusedDocumentsError: when the server refused documents; the file it names has them.
        :raises GenerationError: when something is missing, or another build took over; the generation before stays
            current.
        """
        self._check_open()
        target = self._record.indices[LOOKUP]
        for number, (venue_id, name, papers) in enumerate(self._venues.rows()):
            self._sender.add(Item(target, f"venue:{number}", 1, venue_source(venue_id, name, papers)))
        self._sender.flush()
        self._refused.check(final=True)
        record = self._patiently(self._counted)
        self._patiently(lambda: self._indices.settle(record))
        self._patiently(self._lock.check)
        complete = msgspec.structs.replace(record, state="complete", loaded_from="")
        self._patiently(lambda: self._publish(complete))
        self._end()
        return record.info

    def _patiently(self, ask: Callable[[], _Answer]) -> _Answer:
        return patiently(ask, self._patience)

    def _counted(self) -> GenerationRecord:
        record = self._record
        self._indices.refresh(record)
        papers, authors = (self._indices.count(record, room) for room in (PAPERS, AUTHORS))
        vectors = self._indices.count(record, PAPERS, {"exists": {"field": VECTOR}}) if self._with_vector else 0
        promised = (self._papers, self._authors, self._with_vector)
        if (papers, authors, vectors) != promised:
            raise GenerationError(
                f"the search server holds {papers} papers, {authors} people and {vectors} vectors, of {promised[0]}, "
                f"{promised[1]} and {promised[2]} that were sent; build again"
            )
        redirects = self._indices.count(record, LOOKUP, {"term": {"kind": "redirect"}})
        info = msgspec.structs.replace(
            record.info, papers=papers, authors=authors, vectors=vectors, redirects=redirects
        )
        return msgspec.structs.replace(record, info=info, arrays=self._arrays)

    def abort(self) -> None:
        """Throw away what was written. Idempotent; does nothing after :meth:`commit`.

        What cannot be deleted because the cluster is away is deleted by the next build.
        """
        self._give_up(keep=False)

    def suspend(self) -> None:
        """Give up for now: what was written stays, for the next writer of the same source to go on with. Idempotent."""
        self._give_up(keep=True)

    def _give_up(self, *, keep: bool) -> None:
        if not self._open:
            return
        try:
            self._sender.close()
            if not keep:
                self._lock.check()
                self._discard(self._record)
        except (EngineUnavailableError, GenerationError):
            return  # the cluster is away, or all of it is another build's by now
        finally:
            self._end()

    def _end(self) -> None:
        self._open = False
        self._sender.close()
        try:
            self._lock.release()
        except EngineUnavailableError:
            return  # the lock ends by itself

    def _check_open(self) -> None:
        if not self._open:
            raise GenerationError("this writer has committed or aborted; open another one")

    def __enter__(self) -> ElasticsearchWriter:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self.abort()


def _id(identifier: str) -> str:
    found = document_id(identifier)
    if found is None:
        raise EngineError(f"{identifier!r} cannot be an id: it must be some text in Unicode")
    return found


def _converted(stored: Any) -> PaperDocument | None:
    try:
        return msgspec.convert(stored, PaperDocument)
    except msgspec.ValidationError:
        return None
