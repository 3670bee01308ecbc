"""What requests are answered with: a reader of the current generation, lent out and replaced without mixing two builds.

A request borrows one :class:`Session` and keeps it to its end. Between requests, at most once every
``refresh_seconds``, the store is asked which generation is current; when that changed, a new reader takes over for
requests to come and the old one is closed when its last borrower is done.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from records.errors import EngineError, GenerationError
from search.embedding import Embedder
from search.engine import Engine, EngineStore, PaperQuery
from search.people import People
from search.query.ast import Everything
from search.service import PaperSearch

__all__ = ["Serving", "Session"]

_PAUSE_AFTER_FAILURE = 10.0  # seconds; while a cluster hangs, looking costs a request its whole time-out
_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Session:
    """What one request works with; all of it answers from the same generation."""

    engine: Engine
    search: PaperSearch
    people: People


@dataclass(slots=True)
class _Lent:
    session: Session
    borrowers: int = 0
    retired: bool = False


def _no_embedder(_: Engine) -> Embedder | None:
    return None


class Serving:
    """Lends sessions on the current generation of ``store``.

    ``embedder_for`` is asked once a generation for what embeds its queries; None leaves searches lexical. ``clock``
    gives seconds that never go back.
    """

    def __init__(
        self,
        store: EngineStore,
        embedder_for: Callable[[Engine], Embedder | None] = _no_embedder,
        *,
        refresh_seconds: float = 1.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._store = store
        self._embedder_for = embedder_for
        self._refresh_seconds = refresh_seconds
        self._clock = clock
        self._state = threading.Lock()
        self._opening = threading.Lock()
        self._lent: _Lent | None = None
        self._next_look = 0.0
        self._failed: tuple[float, EngineError] | None = None

    @contextmanager
    def session(self) -> Iterator[Session]:
        """Borrow a session.

        :raises GenerationError: when nothing was built yet, or what was built cannot be read.
        """
        self._look()
        with self._state:
            lent = self._lent
            if lent is None:
                raise GenerationError("the service is closed")
            lent.borrowers += 1
        try:
            yield lent.session
        finally:
            with self._state:
                lent.borrowers -= 1
                finished = lent.retired and lent.borrowers == 0
            if finished:
                lent.session.engine.close()

    def check(self) -> tuple[Session, str | None]:
        """Ask the engine for a paper: what answers, and why answers are partial now, None when they are not.

        A reader that was opened says nothing of a cluster that went away since, so health is always asked for.

        :raises GenerationError: when there is nothing to answer from.
        :raises EngineUnavailableError: when the engine cannot answer.
        """
        with self.session() as session:
            return session, session.engine.search(PaperQuery(Everything(), limit=1, documents=False)).partial

    def close(self) -> None:
        """Give up the reader; it closes when its last borrower is done. Idempotent."""
        self._replace(None)

    def _look(self) -> None:
        """Move to the current generation when it is time to look and there is another one."""
        began = self._clock()
        if self._lent is not None and began < self._next_look:
            return
        # Whoever comes while another request opens the new generation goes on with the old one, if there is any.
        if not self._opening.acquire(blocking=self._lent is None):
            return
        try:
            self._move(began)
        finally:
            self._opening.release()

    def _move(self, began: float) -> None:
        lent = self._lent
        if lent is None:
            self._first(began)
            return
        pause = self._refresh_seconds
        try:
            if self._store.current() not in {None, lent.session.engine.generation.id}:
                self._replace(self._open())
        except EngineError as error:
            # The generation that served so far still does; a broken new one must not take the service down.
            _log.warning("staying on generation %s: %s", lent.session.engine.generation.id, error)
            pause = max(pause, _PAUSE_AFTER_FAILURE)
        self._next_look = self._clock() + pause

    def _first(self, began: float) -> None:
        """Open a generation while there is none. Who waited while another request tried in vain shares its failure."""
        if self._failed is not None and self._failed[0] >= began:
            raise self._failed[1].with_traceback(None)
        try:
            self._replace(self._open())
        except EngineError as error:
            self._failed = self._clock(), error
            raise
        self._failed = None
        self._next_look = self._clock() + self._refresh_seconds

    def _open(self) -> _Lent:
        engine = self._store.reader()
        embedder = self._embedder_for(engine)
        return _Lent(Session(engine, PaperSearch(engine, embedder), People(engine, embedder)))

    def _replace(self, fresh: _Lent | None) -> None:
        with self._state:
            old, self._lent = self._lent, fresh
            finished = False
            if old is not None:
                old.retired = True
                finished = old.borrowers == 0
        if old is not None and finished:
            old.session.engine.close()
