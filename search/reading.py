"""What the readers of all engines do alike: follow generations, hand requests on, complete words, count facets."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import chain, zip_longest
from typing import Any, Generic, Protocol, TypeAlias, TypeVar

import numpy as np
import numpy.typing as npt

from records.errors import EngineError
from search.engine import (
    AuthorDocument,
    Gathered,
    GenerationInfo,
    Hit,
    NearestQuery,
    PaperQuery,
    Pool,
    SearchPage,
    Sort,
    Suggestion,
    SuggestionKind,
    Vectors,
)
from search.query.ast import Match, Node, TextField
from search.text import words

__all__ = ["Completions", "GenerationReader", "bucket_counts", "check_kind", "one_by_one", "suggestions"]

_KINDS = ("paper", "author")
_SHORTEST_TITLE_PREFIX = 2
"""One letter stands for too much of the vocabulary to look for titles with."""


class _Described(Protocol):
    @property
    def info(self) -> GenerationInfo: ...


class _Answers(Protocol):
    """What answers from one open generation."""

    @property
    def generation(self) -> _Described: ...
    def search(self, query: PaperQuery) -> SearchPage: ...
    def nearest(self, vector: Vectors, k: int, where: Node | None) -> tuple[Hit, ...]: ...
    def pool(self, query: Node, k: int, where: Node | None) -> Pool: ...
    def nearest_pool(self, vector: Vectors, k: int, where: Node | None) -> Pool: ...
    def count(self, where: Node) -> int: ...


R = TypeVar("R", bound=_Answers)


class GenerationReader(Generic[R]):
    """Answers from the generation open when a call began.

    ``current`` names the current generation, None when there is none; ``opened`` opens one, by default the current.
    """

    def __init__(self, current: Callable[[], str | None], opened: Callable[[str | None], R]) -> None:
        self._current = current
        self._opened = opened
        self._retrieval: R | None = opened(None)

    def _open(self) -> R:
        retrieval = self._retrieval
        if retrieval is None:
            raise EngineError("this reader is closed; open another one")
        return retrieval

    @property
    def generation(self) -> GenerationInfo:
        """The generation this reader answers from."""
        return self._open().generation.info

    def refresh(self) -> bool:
        """Move to the current generation if there is a newer one; True when it moved."""
        current = self._current()
        if current in (None, self.generation.id):
            return False
        self._retrieval = self._opened(current)
        return True

    def search(self, query: PaperQuery) -> SearchPage:
        """Papers matching ``query``. Scores are 0 unless sorted by relevance.

        :raises CursorError: when ``after`` is malformed, or was made for another query or generation.
        :raises EngineError: when a field or sort key is unknown to this generation.
        """
        return self._open().search(query)

    def nearest(self, vector: Vectors, k: int, where: Node | None = None) -> tuple[Hit, ...]:
        """The ``k`` papers nearest to ``vector`` (shape (dimension,)) by cosine, under ``where``, best first.

        :raises EngineError: when the vector is not of the generation's dimension or not finite, or for a ``k`` that the
            engine does not allow.
        """
        return self._open().nearest(vector, k, where)

    def pool(self, query: Node, k: int, where: Node | None = None) -> Pool:
        """The ``k`` best papers for ``query`` under ``where`` by lexical score, as arrays."""
        return self._open().pool(query, k, where)

    def nearest_pool(self, vector: Vectors, k: int, where: Node | None = None) -> Pool:
        """The ``k`` papers nearest to ``vector`` by cosine, as arrays; empty without vectors.

        :raises EngineError: as :meth:`nearest`.
        """
        return self._open().nearest_pool(vector, k, where)

    def count(self, where: Node) -> int:
        """How many papers match."""
        return self._open().count(where)

    def close(self) -> None:
        """Let go of the generation. Idempotent."""
        self._retrieval = None


class _Asked(Protocol):
    def search(self, query: PaperQuery) -> SearchPage: ...
    def nearest(self, vector: Vectors, k: int, where: Node | None = None) -> tuple[Hit, ...]: ...
    def vectors(self, ids: Sequence[str]) -> tuple[Vectors, npt.NDArray[np.bool_]]: ...


def one_by_one(
    engine: _Asked, queries: Sequence[PaperQuery], nearest: NearestQuery | None, vectors_of: Sequence[str]
) -> Gathered:
    """:meth:`search.engine.Engine.gather` of an engine that has nothing to gain from being asked all at once."""
    pages = tuple(engine.search(query) for query in queries)
    hits = engine.nearest(nearest.vector, nearest.k, nearest.where) if nearest is not None else ()
    return Gathered(pages, hits, *engine.vectors(vectors_of))


def check_kind(kind: str) -> None:
    """Refuse ids of anything but papers and people.

    :raises EngineError: for another ``kind``.
    """
    if kind not in _KINDS:
        raise EngineError(f"ids are resolved of papers or authors, not of {kind!r}")


class _Named(Protocol):
    """A venue as completions show it."""

    @property
    def id(self) -> str | None: ...
    @property
    def name(self) -> str: ...
    @property
    def papers(self) -> int: ...


_Complete: TypeAlias = Callable[["Completions", str, int], list[Suggestion]]
_Run: TypeAlias = Callable[[Sequence[Callable[[], list[Suggestion]]]], list[list[Suggestion]]]


@dataclass(frozen=True, slots=True)
class Completions:
    """What completions are made of, all of one generation.

    ``going_on``: (words before, last word, limit) -> words that begin with the last, with their counts among papers
    that hold the words before.
    """

    going_on: Callable[[Sequence[str], str, int], Iterable[tuple[str, int]]]
    search: Callable[[PaperQuery], SearchPage]
    find_authors: Callable[[str, int], Sequence[AuthorDocument]]
    find_venues: Callable[[str, int], Sequence[_Named]]


def _one_after_another(calls: Sequence[Callable[[], list[Suggestion]]]) -> list[list[Suggestion]]:
    return [call() for call in calls]


def suggestions(
    source: Completions, prefix: str, limit: int, kinds: Collection[SuggestionKind], run: _Run = _one_after_another
) -> list[Suggestion]:
    """Completions of ``prefix``: terms, titles, people and venues, the best of each of ``kinds`` in turn.

    ``run`` makes the calls and gives their results in order: one after another, or at once.
    """
    if limit <= 0 or not words(prefix):
        return []
    found = run([partial(complete, source, prefix, limit) for kind, complete in _COMPLETED.items() if kind in kinds])
    in_turn = chain.from_iterable(zip_longest(*found))
    return [suggestion for suggestion in in_turn if suggestion is not None][:limit]


def _terms(source: Completions, prefix: str, limit: int) -> list[Suggestion]:
    """Words of titles and abstracts that go on as typed, counted among papers that hold the words before."""
    if prefix[-1:].isspace():
        return []
    *before, last = words(prefix)
    found = source.going_on([word.term for word in before], last.term, limit)
    return [Suggestion(prefix[: last.start] + term, "term", None, count) for term, count in found]


def _titles(source: Completions, prefix: str, limit: int) -> list[Suggestion]:
    if len("".join(word.term for word in words(prefix))) < _SHORTEST_TITLE_PREFIX:
        return []
    typed = Match(prefix, TextField.TITLE, all_words=True, prefix=True)
    page = source.search(PaperQuery(typed, sort=Sort("citations"), limit=limit))
    return [Suggestion(hit.document.paper.title, "paper", hit.id, 1) for hit in page.hits if hit.document]


def _people(source: Completions, prefix: str, limit: int) -> list[Suggestion]:
    found = source.find_authors(prefix, limit)
    return [Suggestion(one.author.name.full, "author", one.author.id, one.author.papers) for one in found]


def _venues(source: Completions, prefix: str, limit: int) -> list[Suggestion]:
    return [Suggestion(one.name, "venue", one.id, one.papers) for one in source.find_venues(prefix, limit)]


_COMPLETED: Mapping[SuggestionKind, _Complete] = {
    "term": _terms,
    "paper": _titles,
    "author": _people,
    "venue": _venues,
}


def bucket_counts(buckets: Iterable[Mapping[str, Any]]) -> list[tuple[str, int]]:
    """Values and counts of an aggregation's buckets, the most frequent first, ties by value; numbers are years."""
    counts = [(_value(bucket["key"]), int(bucket["doc_count"])) for bucket in buckets]
    return sorted(counts, key=lambda pair: (-pair[1], pair[0]))


def _value(key: str | float) -> str:
    return key if isinstance(key, str) else str(int(key))
