"""Vectors of papers for an evaluation, kept between runs, the same whether they were kept or made anew."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

import numpy as np

from indexer.vector_cache import VectorCache
from records.errors import BuildError
from records.progress import NO_PROGRESS, Progress
from search.embedding import Embedder
from search.engine import Vectors

__all__ = ["KeptVectors", "default_cache"]

_BATCH = 512


def default_cache() -> Path:
    """Where vectors are kept between runs: under ``XDG_CACHE_HOME``, or ``~/.cache``."""
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "scholarcore" / "evaluation"


class KeptVectors:
    """Embeds through a :class:`~indexer.vector_cache.VectorCache`. Use as a context manager.

    A cache keeps half precision, so what was just made is rounded to it too: a first and a second run rank the same.
    When the cache cannot be used (another run holds it, the folder cannot be written) vectors are made without it;
    ``problem`` then says why.
    """

    def __init__(self, embedder: Embedder, folder: Path) -> None:
        self.embedder = embedder
        self._cache: VectorCache | None = None
        self.made = 0
        self.problem = ""
        try:
            self._cache = VectorCache(folder, embedder.name, embedder.dimension)
        except BuildError as error:
            self.problem = str(error)

    def __enter__(self) -> KeptVectors:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._cache is not None:
            self._cache.__exit__(kind, error, trace)

    def embed(self, texts: Sequence[str], progress: Progress = NO_PROGRESS) -> Vectors:
        """Unit vectors of ``texts``, float32, shape (len(texts), dimension)."""
        made = np.zeros((len(texts), self.embedder.dimension), dtype=np.float32)
        have = np.zeros(len(texts), dtype=np.bool_)
        if self._cache is not None and texts:
            made, have = self._cache.get(texts)
        missing = np.flatnonzero(~have).tolist()
        progress.start("embed", len(missing))
        for start in range(0, len(missing), _BATCH):
            rows = missing[start : start + _BATCH]
            made[rows] = self._make([texts[row] for row in rows])
            progress.advance(len(rows))
        progress.finish()
        return made

    def _make(self, texts: list[str]) -> Vectors:
        vectors = self.embedder.embed(texts)
        self.made += len(texts)
        if self._cache is not None:
            self._cache.put(texts, vectors)
        rounded = vectors.astype("<f2").astype(np.float32)
        lengths = np.linalg.norm(rounded, axis=1, keepdims=True)
        rounded /= np.where(lengths > 0, lengths, 1)
        return rounded
