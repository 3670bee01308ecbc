"""Values of metrics in a window: read where a build stored them, else computed once and kept."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable, Mapping
from concurrent.futures import Future
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.registry import Entity, Metric
from ranking.shared import authored, cited_by, inherit
from ranking.views import EVERYTHING, Window, restrict
from records.errors import GraphError, QueryError
from records.progress import NO_PROGRESS, Progress
from search.people import PeopleArrays
from search.rankings.scope import Scope

__all__ = ["Kept", "Values", "View"]

Floats = npt.NDArray[np.float64]
Array = npt.NDArray[Any]

_CAPACITY = 256 << 20  # bytes of values


class Kept:
    """Arrays by key, each made by one thread while others wait for it; the least recently used go first."""

    def __init__(self, capacity: int = _CAPACITY) -> None:
        self._capacity = capacity
        self._lock = threading.Lock()
        self._found: OrderedDict[Hashable, Future[Array]] = OrderedDict()

    def get(self, key: Hashable, make: Callable[[], Array]) -> Array:
        """The array of ``key``. What ``make`` raises is raised in every thread that waits, and not kept."""
        with self._lock:
            future = self._found.get(key)
            mine = future is None
            if future is None:
                future = self._found[key] = Future()
            self._found.move_to_end(key)
        if mine:
            self._make(key, future, make)
        return future.result()

    def _make(self, key: Hashable, future: Future[Array], make: Callable[[], Array]) -> None:
        try:
            future.set_result(make())
        except BaseException as error:
            with self._lock:
                self._found.pop(key, None)
            future.set_exception(error)
            raise
        with self._lock:
            held = {name: one.result().nbytes for name, one in self._found.items() if one.done()}
            for name in [*held][:-1]:
                if sum(held.values()) <= self._capacity:
                    break
                del self._found[name], held[name]


class View:
    """The corpus within a window and a scope; what it takes is computed when it is first needed and goes with it."""

    def __init__(self, arrays: PeopleArrays, window: Window, scope: Scope) -> None:
        self._arrays = arrays
        self._scope = scope
        self.window = window
        self.key = (window, scope.key)
        self._corpus: Corpus | None = None

    @property
    def whole(self) -> bool:
        """Whether everything counts."""
        return self.window == EVERYTHING and self._scope.papers is None

    @property
    def corpus(self) -> Corpus:
        """The restricted corpus."""
        if self._corpus is None:
            arrays = self._arrays
            found = restrict(arrays.corpus, self.window, self._scope.papers)
            if found is arrays.corpus:
                # A copy, so that what metrics keep with it does not outlive the view.
                found = replace(found)
                inherit(authored, found, arrays.written)
                inherit(cited_by, found, arrays.cited_by)
            self._corpus = found
        return self._corpus


class Values:
    """Values of metrics, thread-safe."""

    def __init__(self, arrays: PeopleArrays) -> None:
        self._arrays = arrays
        self.kept = Kept()

    def of(
        self,
        metric: Metric,
        view: View,
        parameters: Mapping[str, float] | None = None,
        *,
        patient: bool = True,
        progress: Progress = NO_PROGRESS,
    ) -> Floats:
        """``metric`` within ``view``, float64, one value an entity; NaN where it has none.

        :raises QueryError: when the parameters do not go together, or it would take minutes and nobody is ``patient``.
        """
        given = dict(parameters or {})
        stored = self._stored(metric, view, given)
        if stored is not None:
            return stored

        def make() -> Floats:
            if not patient and metric.affordable is not None and not metric.affordable(view.corpus):
                raise QueryError(
                    f"{metric.name} takes minutes in a collection of this size; narrow the window or the topic, "
                    "or compute it on the command line (scholarcore rank)"
                )
            progress.start(f"metric {metric.name}")
            try:
                return np.asarray(metric.values(view.corpus, **given), dtype=np.float64)
            except GraphError as error:
                raise QueryError(f"{metric.name}: {error}") from error
            finally:
                progress.finish()

        return self.kept.get(("values", metric.name, tuple(sorted(given.items())), view.key), make)

    def _stored(self, metric: Metric, view: View, given: Mapping[str, float]) -> Floats | None:
        columns = {Entity.PAPER: self._arrays.paper_metrics, Entity.AUTHOR: self._arrays.author_metrics}
        found = columns.get(metric.entity, {}).get(metric.name)
        defaults = {parameter.name: parameter.default for parameter in metric.parameters}
        if found is None or not view.whole or any(defaults[name] != value for name, value in given.items()):
            return None
        return np.asarray(found, dtype=np.float64)
