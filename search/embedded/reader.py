"""The embedded engine: answers the protocol from one open generation."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from functools import partial
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from search.embedded.generation import Generation
from search.embedded.retrieval import Retrieval
from search.embedded.suggest import going_on
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
from search.reading import Completions, GenerationReader, check_kind, one_by_one, suggestions
from search.text import analyze

__all__ = ["EmbeddedEngine", "Generations"]


class Generations(Protocol):
    """What a reader needs of the store."""

    def current(self) -> str | None:
        """The id of the current generation, None when there is none."""

    def open(self, generation_id: str | None = None) -> Generation:
        """Open a generation, by default the current one."""

    def exists(self, generation_id: str) -> bool:
        """Whether it is still kept."""


class EmbeddedEngine(GenerationReader[Retrieval]):
    """Implements :class:`search.engine.Engine`. Each call works on the generation open when it began.

    :raises GenerationError: when nothing was built yet, or the generation is corrupt.
    """

    name = "embedded"

    def __init__(self, store: Generations) -> None:
        super().__init__(store.current, lambda wanted: Retrieval(store.open(wanted), store.exists))

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        """Arrays that the build kept with the generation, by name; empty when it kept none under ``group``."""
        return self._open().generation.arrays(group)

    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Vectors of papers: a (len(ids), dimension) matrix and a mask of the rows that exist (others are zero)."""
        generation = self._open().generation
        if generation.vectors is None:
            return np.zeros((len(ids), generation.info.dimension), dtype=np.float32), np.zeros(len(ids), dtype=bool)
        return generation.vectors.get(generation.positions(ids))

    def vectors_at(self, positions: npt.NDArray[np.integer]) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """The same for papers by position; a mask says which are there (not -1, nor without a vector)."""
        generation = self._open().generation
        count = len(positions)
        if generation.vectors is None or not generation.info.papers:
            return np.zeros((count, generation.info.dimension), dtype=np.float32), np.zeros(count, dtype=bool)
        inside = (positions >= 0) & (positions < generation.info.papers)
        return generation.vectors.get(np.where(inside, positions, -1).astype(np.int64))

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        """Documents by id, in the order asked; None for an id that is not live (see :meth:`resolve`)."""
        generation = self._open().generation
        found = (generation.position(paper_id) for paper_id in ids)
        return [None if position is None else generation.paper(position) for position in found]

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        """People by id, in the order asked."""
        generation = self._open().generation
        return [generation.author(author_id) for author_id in ids]

    def find_authors(self, name: str, limit: int = 10) -> list[AuthorDocument]:
        """People with a name holding every word of ``name`` (folded; the last may be a prefix), most papers first.

        A single letter stands for every word that begins with it ("J Smith").
        """
        return self._open().generation.find_authors(name, limit)

    def resolve(self, kind: str, identifier: str) -> str | None:
        """The live id behind ``identifier``: itself, what it was merged into, or None. ``kind``: "paper", "author"."""
        check_kind(kind)
        return self._open().generation.resolve(kind, identifier)

    def statistics(self, words: Sequence[str]) -> TextStatistics:
        """Document frequencies, in title or abstract, of words as typed (analysed here)."""
        generation = self._open().generation
        terms = dict.fromkeys(token.term for word in words for token in analyze(word))
        searcher = generation.text.searcher
        return TextStatistics(generation.info.papers, {term: searcher.doc_freq("text", term) for term in terms})

    def gather(
        self, queries: Sequence[PaperQuery], nearest: NearestQuery | None = None, vectors_of: Sequence[str] = ()
    ) -> Gathered:
        """What the queries, the neighbours and the vectors would be when asked for one by one, as they are here."""
        return one_by_one(self, queries, nearest, vectors_of)

    def suggest(self, prefix: str, limit: int = 10, kinds: Collection[SuggestionKind] = SUGGESTED) -> list[Suggestion]:
        """Completions of ``prefix``: titles, people, venues and terms, the best of each of ``kinds`` in turn."""
        answers = self._open()
        parts = Completions(
            partial(going_on, answers), answers.search, answers.generation.find_authors, answers.generation.find_venues
        )
        return suggestions(parts, prefix, limit, kinds)
