"""The engine protocol: everything serving and building ask of an engine, and nothing an engine's own.

Engines are synchronous and thread-safe: the embedded one computes in native code that releases the interpreter lock, a
client of a cluster waits on sockets, and the API runs both in its thread pool. Every engine passes ``tests/contract``.

A *generation* is one immutable build. A reader is opened on the current generation and stays on it until
:meth:`Engine.refresh` says otherwise, so results, totals and cursors never mix two builds.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, Protocol, TypeAlias

import msgspec
import numpy as np
import numpy.typing as npt

from records.author import Author
from records.paper import Paper
from search.query.ast import KeywordField, Node

__all__ = [
    "SUGGESTED",
    "AuthorDocument",
    "Engine",
    "EngineStore",
    "FacetRequest",
    "FacetResult",
    "FacetValue",
    "Gathered",
    "GenerationInfo",
    "GenerationWriter",
    "Hit",
    "NearestQuery",
    "PaperDocument",
    "PaperQuery",
    "Pool",
    "SearchPage",
    "Sort",
    "Suggestion",
    "SuggestionKind",
    "TextStatistics",
    "Vectors",
]

Vectors: TypeAlias = npt.NDArray[np.float32]
"""A matrix of row vectors, shape (rows, dimension), unit length unless said otherwise."""


class PaperDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an engine stores and returns for a paper: the catalog paper and its metrics by registry name."""

    paper: Paper
    metrics: dict[str, float] = {}


class AuthorDocument(msgspec.Struct, frozen=True, omit_defaults=True):
    """What an engine stores and returns for a person."""

    author: Author
    metrics: dict[str, float] = {}


class GenerationInfo(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a generation says about itself (embedded: its manifest)."""

    id: str
    created: str  # ISO 8601, UTC
    papers: int
    authors: int
    dimension: int = 0  # of the vectors; 0 when built without
    vectors: int = 0  # papers that have one
    model: str = ""  # what made the vectors; a query must be embedded by the same
    metrics: tuple[str, ...] = ()  # numeric paper metrics that can be filtered and sorted
    redirects: int = 0
    source_digest: str = ""  # of the catalog state it was built from
    schema_version: int = 1


@dataclass(frozen=True, slots=True)
class Sort:
    """``key`` is "relevance", "date", "citations" or the name of a numeric metric. Ties always go by paper id."""

    key: str = "relevance"
    descending: bool = True


@dataclass(frozen=True, slots=True)
class FacetRequest:
    """Count the values of a field among all matches. ``field`` is a :class:`KeywordField` value or "year"."""

    field: str
    size: int = 10


@dataclass(frozen=True, slots=True)
class FacetValue:
    """One value and in how many matches it occurs. ``label`` is what to show for an id."""

    value: str
    count: int
    label: str = ""


@dataclass(frozen=True, slots=True)
class FacetResult:
    """The most frequent values (ties by value); ``other`` counts occurrences of values not listed."""

    field: str
    values: tuple[FacetValue, ...]
    other: int = 0


@dataclass(frozen=True, slots=True)
class PaperQuery:
    """One request to an engine.

    ``query`` scores, ``where`` only constrains. ``after`` is the cursor of the page before (:attr:`SearchPage.next`).
    ``documents`` asks for the stored documents with the hits, ``explain`` for the parts of every hit's score.
    """

    query: Node
    where: Node | None = None
    sort: Sort = Sort()
    limit: int = 10
    after: str | None = None
    facets: tuple[FacetRequest, ...] = ()
    documents: bool = True
    explain: bool = False


@dataclass(frozen=True, slots=True)
class Hit:
    """A matching paper. ``explanation`` maps a part ("bm25:graph") to what it adds to ``score``."""

    id: str
    score: float
    document: PaperDocument | None = None
    explanation: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SearchPage:
    """Hits, the exact number of all matches, facets over all matches, and the cursor of the next page (None: no more).

    ``partial`` tells why the answer is not complete (a shard that failed), and is None when it is.
    """

    hits: tuple[Hit, ...]
    total: int
    facets: tuple[FacetResult, ...] = ()
    next: str | None = None
    partial: str | None = None


@dataclass(frozen=True, slots=True, eq=False)
class NearestQuery:
    """What :meth:`Engine.nearest` is asked: the ``k`` papers nearest to ``vector`` under ``where``."""

    vector: Vectors
    k: int
    where: Node | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Gathered:
    """Answers of :meth:`Engine.gather`: a page a query, the neighbours, and vectors as :meth:`Engine.vectors` gives."""

    pages: tuple[SearchPage, ...]
    nearest: tuple[Hit, ...]
    vectors: Vectors
    has_vector: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Pool:
    """Many papers as arrays: ``positions`` (int64) in ascending order of id, counted from 0 over the generation, and
    ``scores`` (float32), best first, ties by position.
    """

    positions: npt.NDArray[np.int64]
    scores: npt.NDArray[np.float32]


SuggestionKind: TypeAlias = Literal["term", "paper", "author", "venue"]

SUGGESTED: tuple[SuggestionKind, ...] = ("term", "paper", "author", "venue")
"""All kinds of completions, in the order in which they take turns."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A completion of what was typed: a term, a paper title, a person or a venue, with how often it occurs."""

    text: str
    kind: SuggestionKind
    id: str | None = None
    count: int = 0


@dataclass(frozen=True, slots=True)
class TextStatistics:
    """How common words are: what guards against rare words being ignored, and warns of words that match nothing.

    ``partial`` tells why counts may be too small (a shard that failed), and is None when they are exact.
    """

    papers: int
    document_frequency: Mapping[str, int]  # analysed term -> papers whose title or abstract hold it
    partial: str | None = None


class Engine(Protocol):
    """A reader of one generation."""

    name: str

    @property
    def generation(self) -> GenerationInfo:
        """The generation this reader answers from."""

    def refresh(self) -> bool:
        """Move to the current generation if there is a newer one; True when it moved."""

    def search(self, query: PaperQuery) -> SearchPage:
        """Papers matching ``query``.

        :raises CursorError: when ``after`` is malformed, or was made for another query or generation.
        :raises EngineError: when a field or sort key is unknown to this generation.
        """

    def nearest(self, vector: Vectors, k: int, where: Node | None = None) -> tuple[Hit, ...]:
        """The ``k`` papers nearest to ``vector`` (shape (dimension,)) by cosine, under ``where``, best first.

        ``Hit.score`` is the cosine. Empty when the generation has no vectors.
        """

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None = None, vectors_of: Sequence[str] = ()
    ) -> Gathered:
        """What :meth:`search` finds for each query, :meth:`nearest` for one vector and :meth:`vectors` for these ids.

        None may need another's answer: an engine behind a network asks for them all at once.
        """

    def pool(self, query: Node, k: int, where: Node | None = None) -> Pool:
        """The ``k`` best papers for ``query`` under ``where`` by lexical score: what :meth:`search` finds."""

    def nearest_pool(self, vector: Vectors, k: int, where: Node | None = None) -> Pool:
        """What :meth:`nearest` finds, as arrays; scores are cosines."""

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays that the build kept with the generation (:meth:`GenerationWriter.add_arrays`), by name.

        Empty when it kept none under ``group``. They may be memory-mapped and must not be changed.
        """

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Vectors of papers: a (len(ids), dimension) matrix and a mask of the rows that exist (others are zero)."""

    def vectors_at(self, positions: npt.NDArray[np.integer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """What :meth:`vectors` gives, by position as in a :class:`Pool`, shape (n,), in any order: no id is looked up.

        A position of no paper has no vector.
        """

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        """Documents by id, in the order asked; None for an id that is not live (see :meth:`resolve`)."""

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        """People by id, in the order asked."""

    def find_authors(self, name: str, limit: int = 10) -> list[AuthorDocument]:
        """People with a name holding every word of ``name`` (folded; the last may be a prefix), most papers first."""

    def resolve(self, kind: str, identifier: str) -> str | None:
        """The live id behind ``identifier``: itself, what it was merged into, or None. ``kind``: "paper", "author"."""

    def count(self, where: Node) -> int:
        """How many papers match."""

    def statistics(self, words: Sequence[str]) -> TextStatistics:
        """Document frequencies, in title or abstract, of words as typed (analysed here)."""

    def suggest(self, prefix: str, limit: int = 10, kinds: Collection[SuggestionKind] = SUGGESTED) -> list[Suggestion]:
        """Completions of ``prefix``: titles, people, venues and terms, or only some of these ``kinds``."""

    def close(self) -> None:
        """Release files and connections. Idempotent."""


class GenerationWriter(Protocol):
    """Writes one new generation. Nothing is visible to readers before :meth:`commit`; a crash leaves no trace of it."""

    def add_papers(
        self, papers: Sequence[PaperDocument], vectors: Vectors | None, mask: npt.NDArray[np.bool_] | None
    ) -> None:
        """Append papers, in ascending order of id across all calls, with unit vectors where ``mask`` is True."""

    def add_authors(self, authors: Sequence[AuthorDocument]) -> None:
        """Append people."""

    def add_arrays(self, group: str, arrays: Mapping[str, npt.NDArray[Any]]) -> None:
        """Keep arrays of numbers with the generation, under names of letters, digits, ``_``, ``-`` and ``.``.

        :raises EngineError: for another name, an array of objects, or a group given twice.
        """

    def add_redirects(self, kind: str, redirects: Iterable[tuple[str, str]]) -> None:
        """Append (merged-away id, live id) pairs; ``kind``: "paper" or "author"."""

    def commit(self) -> GenerationInfo:
        """Finish the generation, verify it and make it current, atomically."""

    def abort(self) -> None:
        """Throw away what was written. Idempotent."""

    def suspend(self) -> None:
        """Stop for now, as :meth:`abort` does, but keep what a next writer of the same source could go on with.

        What that is, is the engine's affair; it may be nothing. Idempotent.
        """


class EngineStore(Protocol):
    """Where generations live."""

    def writer(
        self, *, model: str = "", dimension: int = 0, source_digest: str = "", metrics: Sequence[str] = ()
    ) -> GenerationWriter:
        """Open a new generation. One writer at a time.

        :raises GenerationError: when another live writer holds the store.
        """

    def check_writable(self) -> None:
        """Make sure that :meth:`writer` would open one now: builds ask before the long work that comes first.

        :raises GenerationError: when another live writer holds the store.
        :raises EngineError: when nothing can be written there.
        """

    def reader(self) -> Engine:
        """A reader of the current generation.

        :raises GenerationError: when nothing was built yet, or the generation is corrupt.
        """

    def generations(self) -> list[GenerationInfo]:
        """Complete generations, newest first."""

    def current(self) -> str | None:
        """The id of the current generation, None when nothing was built yet. Cheap: servers ask every second."""

    def switch(self, generation_id: str) -> None:
        """Make a complete generation current, atomically (roll forward or back)."""

    def prune(self, keep: int = 2) -> list[str]:
        """Drop all but the newest ``keep`` complete generations (never the current one); the ids dropped."""


KEYWORD_FACETS: frozenset[str] = frozenset(
    (
        KeywordField.AUTHOR_ID,
        KeywordField.VENUE_NAME,
        KeywordField.VENUE_ID,
        KeywordField.TOPIC,
        KeywordField.TYPE,
        KeywordField.LANGUAGE,
        KeywordField.COUNTRY,
        KeywordField.INSTITUTION_ID,
        KeywordField.RETRACTED,
    )
)
"""Keyword fields that can be counted; "year" can too."""
