"""What everything about people works with: an engine, its arrays of people, and what embeds texts."""

from __future__ import annotations

import threading
from collections.abc import Iterable, Sequence
from functools import partial

import numpy as np
import numpy.typing as npt

from records.errors import GenerationError, NotFoundError
from search.at_once import at_once
from search.embedding import Embedder
from search.engine import AuthorDocument, Engine, PaperDocument
from search.people.arrays import PeopleArrays, open_people
from search.people.names import NAMES, NamesArrays, open_names

__all__ = ["People"]

Positions = npt.NDArray[np.integer]


class People:
    """One generation's people. ``embedder`` is None unless the generation has vectors of its making. Thread-safe.

    ``engine`` must stay on its generation for as long as this lives.
    """

    def __init__(self, engine: Engine, embedder: Embedder | None = None) -> None:
        self.engine = engine
        info = engine.generation
        fits = embedder is not None and info.vectors > 0 and embedder.name == info.model
        self.embedder = embedder if fits else None
        self._opening = threading.Lock()
        self._arrays: PeopleArrays | None = None
        self._names: NamesArrays | None = None

    @property
    def arrays(self) -> PeopleArrays:
        """The arrays, opened when they are first asked for.

        :raises GenerationError: when the generation was built without them.
        """
        if self._arrays is None:
            with self._opening:
                if self._arrays is None:
                    self._arrays = open_people(self.engine)
        return self._arrays

    @property
    def names(self) -> NamesArrays:
        """What people are found by, opened when it is first asked for.

        :raises GenerationError: when the generation was built without it.
        """
        if self._names is None:
            with self._opening:
                if self._names is None:
                    self._names = open_names(self.engine)
        return self._names

    @property
    def has_names(self) -> bool:
        """Whether the generation was built with what people are found by."""
        return bool(self.engine.arrays(NAMES))

    def author(self, identifier: str) -> int:
        """The position of a person by id, also one that was merged away.

        :raises NotFoundError: when there is none.
        """
        return self._position("author", identifier)

    def paper(self, identifier: str) -> int:
        """The position of a paper by id, also one that was merged away.

        :raises NotFoundError: when there is none.
        """
        return self._position("paper", identifier)

    def _position(self, kind: str, identifier: str) -> int:
        position = self.find(kind, identifier)
        if position is None:
            raise NotFoundError(kind, identifier)
        return position

    def find(self, kind: str, identifier: str) -> int | None:
        """The position of a "paper" or an "author" by id, also one that was merged away; None when there is none.

        The engine is only asked about ids that the arrays do not know.
        """
        ids = self.arrays.author_ids if kind == "author" else self.arrays.paper_ids
        position = ids.find(identifier)
        if position is not None:
            return position
        live = self.engine.resolve(kind, identifier)
        if live is None:
            return None
        position = ids.find(live)
        if position is None:
            raise GenerationError(f"the arrays of people do not know the {kind} {live!r}; build again")
        return position

    def find_all(self, kind: str, identifiers: Sequence[str]) -> list[int | None]:
        """What :meth:`find` finds for each."""
        ids = self.arrays.author_ids if kind == "author" else self.arrays.paper_ids
        found = [ids.find(identifier) for identifier in identifiers]
        unknown = [place for place, position in enumerate(found) if position is None]
        told = at_once([partial(self.find, kind, identifiers[place]) for place in unknown])
        for place, position in zip(unknown, told, strict=True):
            found[place] = position
        return found

    def author_documents(self, positions: Positions | Iterable[int]) -> list[AuthorDocument]:
        """The stored documents of people by position."""
        return [found for found in self.engine.authors(self.arrays.author_ids.take(positions)) if found is not None]

    def paper_documents(self, positions: Positions | Iterable[int]) -> list[PaperDocument]:
        """The stored documents of papers by position."""
        return [found for found in self.engine.papers(self.arrays.paper_ids.take(positions)) if found is not None]
