"""Finding collaborators over a generation's people."""

from __future__ import annotations

import hashlib
import json
import threading
import time
import weakref
from collections.abc import Iterator
from dataclasses import astuple, dataclass, replace

import numpy as np

from records.errors import QueryError
from records.progress import NO_PROGRESS, Progress
from search.collaborators.allowed import allowed_by
from search.collaborators.evidence import Asker, collaborator, look_up
from search.collaborators.finder import Ranked, Scene, rank
from search.collaborators.model import Model
from search.collaborators.packing import COLLABORATORS, last_year_of, pack_collaborators, unpack_collaborators
from search.collaborators.profiles import Texts, words_of
from search.collaborators.request import Collaborator, CollaboratorRequest, CollaboratorResult
from search.options import check_limit
from search.people import People
from search.plan import decode_cursor, encode_cursor
from search.request import SearchWarning

__all__ = ["Collaborators", "collaborators_of", "find_collaborators"]

MAX_TEXT = 100_000
"""Code points of a profile."""

_BATCH = 2_000


@dataclass(frozen=True, slots=True)
class _Opened:
    texts: Texts
    model: Model
    scene: Scene


class Collaborators:
    """Answers requests. What is needed is opened at the first one, and made then where a build did not. Thread-safe."""

    def __init__(self, people: People) -> None:
        self._people = weakref.ref(people)  # who lends this keeps the people
        self._opening = threading.Lock()
        self._open: _Opened | None = None

    @property
    def people(self) -> People:
        """Whose collaborators are found."""
        people = self._people()
        if people is None:
            raise ReferenceError("the people were let go")
        return people

    def find(self, request: CollaboratorRequest, progress: Progress = NO_PROGRESS) -> CollaboratorResult:
        """The people ``request`` describes, most likely collaborators first, ties by id.

        :raises QueryError: neither or both of author and text, no known word, or an option out of range
            (:class:`FilterError`: a filter that cannot be read).
        :raises NotFoundError: when an author or an excluded person is not there.
        :raises CursorError: when the cursor is malformed, or was made for another request or generation.
        :raises GenerationError: when the generation was built without people.
        """
        began = time.perf_counter()
        _check(request)
        people = self.people
        opened = self._opened(progress)
        warnings: list[SearchWarning] = []
        author = people.author(request.author) if request.author else None
        words = opened.scene.field.words[[author]] if author is not None else opened.texts.of(request.text)
        if author is None and not words.nnz:
            raise QueryError("no word of the text is in two papers of the collection", text=request.text[:200])
        generation, told = people.engine.generation.id, _fingerprint(request)
        start = 0
        if request.cursor is not None:
            (start,) = decode_cursor(request.cursor, generation, told, exists=lambda _: False)
        allowed = allowed_by(people, opened.scene, request, author, warnings)
        near = opened.scene.near(author, None if author is not None else words)
        ranked = rank(opened.scene, opened.model, near, allowed)
        asker = Asker(people, opened.scene, opened.texts, author, words)
        rows = _page(asker, ranked, start, request.limit)
        end = start + len(rows)
        following = encode_cursor(generation, told, [end]) if rows and end < len(ranked.positions) else None
        return CollaboratorResult(
            collaborators=rows,
            total=len(ranked.positions),
            next=following,
            until=opened.scene.ties.now,
            learned_from=opened.model.learned_from,
            warnings=tuple(warnings),
            generation=generation,
            took_ms=(time.perf_counter() - began) * 1000,
        )

    def _opened(self, progress: Progress) -> _Opened:
        if self._open is None:
            with self._opening:
                if self._open is None:
                    self._open = _open(self.people, progress)
        return self._open


_lent: weakref.WeakKeyDictionary[People, Collaborators] = weakref.WeakKeyDictionary()
_lending = threading.Lock()


def collaborators_of(people: People) -> Collaborators:
    """What finds collaborators among ``people``, the same every time, so that what was opened is kept."""
    with _lending:
        found = _lent.get(people)
        if found is None:
            found = _lent[people] = Collaborators(people)
        return found


def find_collaborators(
    people: People, request: CollaboratorRequest, progress: Progress = NO_PROGRESS
) -> CollaboratorResult:
    """What :meth:`Collaborators.find` finds."""
    return collaborators_of(people).find(request, progress)


def _open(people: People, progress: Progress) -> _Opened:
    arrays = people.arrays
    packed = people.engine.arrays(COLLABORATORS) or pack_collaborators(arrays, _texts(people), progress=progress)
    texts, model = unpack_collaborators(packed)
    return _Opened(texts, model, Scene.at(arrays, texts, last_year_of(arrays)))


def _texts(people: People) -> Iterator[str]:
    count = people.arrays.papers
    for start in range(0, count, _BATCH):
        for document in people.paper_documents(np.arange(start, min(start + _BATCH, count))):
            yield words_of(document.paper)


def _check(request: CollaboratorRequest) -> None:
    check_limit(request.limit)
    if bool(request.author) == bool(request.text.strip()):
        raise QueryError("give an author or a text: one of them")
    if len(request.text) > MAX_TEXT:
        raise QueryError(f"the text has {len(request.text):,} characters; at most {MAX_TEXT:,} are read")
    if request.not_met_within is not None and request.not_met_within < 0:
        raise QueryError(f"not_met_within must be at least 0 years, not {request.not_met_within}")
    least, most = request.career
    if least is not None and most is not None and least > most:
        raise QueryError(f"a career of {least} to {most} years is empty; the first must not exceed the last")


def _fingerprint(request: CollaboratorRequest) -> str:
    told = json.dumps(astuple(replace(request, cursor=None, limit=1)))
    return hashlib.blake2b(told.encode("utf-8", "surrogatepass"), digest_size=9).hexdigest()


def _page(asker: Asker, ranked: Ranked, start: int, limit: int) -> tuple[Collaborator, ...]:
    places = range(start, min(start + limit, len(ranked.positions)))
    look_up(asker, ranked.positions[start : start + limit].tolist())
    return tuple(
        collaborator(asker, int(ranked.positions[place]), place + 1, float(ranked.scores[place]), ranked.parts[place])
        for place in places
    )
