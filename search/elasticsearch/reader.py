"""The engine on a cluster: answers the protocol from one generation, and keeps no state but which one that is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from search.at_once import at_once
from search.elasticsearch.opened import OpenGeneration
from search.elasticsearch.retrieval import Retrieval
from search.engine import (
    SUGGESTED,
    AuthorDocument,
    Gathered,
    NearestQuery,
    PaperDocument,
    PaperQuery,
    Suggestion,
    SuggestionKind,
    TextStatistics,
    Vectors,
)
from search.reading import Completions, GenerationReader, check_kind, suggestions
from search.text import analyze

__all__ = ["ElasticsearchEngine", "Generations"]


class Generations(Protocol):
    """What a reader needs of the store."""

    def current(self) -> str | None:
        """The id of the current generation, None when there is none."""

    def open(self, generation_id: str | None = None) -> OpenGeneration:
        """Open a generation, by default the current one."""

    def exists(self, generation_id: str) -> bool:
        """Whether it is still kept."""

    def arrays(self, generation_id: str, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """The arrays kept with a generation."""


class ElasticsearchEngine(GenerationReader[Retrieval]):
    """Implements :class:`search.engine.Engine`. Each call works on the generation open when it began.

    Any number of readers, in any number of processes, may serve one store; a cursor made by one is good for all.

    :raises GenerationError: when nothing was built yet.
    :raises EngineUnavailableError: when the cluster cannot answer, or not completely (but :meth:`search` gives what it
        has, and says so).
    """

    name = "elasticsearch"

    def __init__(self, store: Generations) -> None:
        self._store = store
        super().__init__(store.current, lambda wanted: Retrieval(store.open(wanted), store.exists))

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays that the build kept with the generation, by name; empty when it kept none under ``group``."""
        return self._store.arrays(self.generation.id, group)

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Vectors of papers: a (len(ids), dimension) matrix and a mask of the rows that exist (others are zero)."""
        return self._open().records.vectors(ids)

    def vectors_at(self, positions: npt.NDArray[np.integer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """The same for papers by position; a mask says which are there (not -1, nor without a vector)."""
        return self._open().records.vectors_at(positions)

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        """Documents by id, in the order asked; None for an id that is not live (see :meth:`resolve`)."""
        return self._open().records.papers(ids)

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        """People by id, in the order asked."""
        return self._open().records.authors(ids)

    def find_authors(self, name: str, limit: int = 10) -> list[AuthorDocument]:
        """People with a name holding every word of ``name`` (folded; the last may be a prefix), most papers first.

        A single letter stands for every word that begins with it ("J Smith").
        """
        return self._open().records.find_authors(name, limit)

    def resolve(self, kind: str, identifier: str) -> str | None:
        """The live id behind ``identifier``: itself, what it was merged into, or None. ``kind``: "paper", "author"."""
        check_kind(kind)
        return self._open().records.resolve(kind, identifier)

    def statistics(self, words: Sequence[str]) -> TextStatistics:
        """Document frequencies, in title or abstract, of words as typed (analysed here)."""
        return self._open().vocabulary.statistics([token.term for word in words for token in analyze(word)])

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None = None, vectors_of: Sequence[str] = ()
    ) -> Gathered:
        """What the queries, the neighbours and the vectors would be when asked for one by one, in one request."""
        return self._open().gather(queries, nearest, vectors_of)

    def suggest(self, prefix: str, limit: int = 10, kinds: Collection[SuggestionKind] = SUGGESTED) -> list[Suggestion]:
        """Completions of ``prefix``: titles, people, venues and terms, the best of each of ``kinds`` in turn."""
        answers = self._open()
        parts = Completions(
            answers.vocabulary.going_on, answers.search, answers.records.find_authors, answers.records.find_venues
        )
        return suggestions(parts, prefix, limit, kinds, at_once)
