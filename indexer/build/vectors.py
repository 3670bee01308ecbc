"""Vectors of papers, from the cache where they are and from the embedder where they are not."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Sequence
from pathlib import Path
from types import TracebackType

import numpy as np
import numpy.typing as npt

from indexer.vector_cache import FLUSH_EVERY, VectorCache
from records.errors import BuildError
from records.paper import Paper
from records.progress import Progress
from search.embedding import Embedder, paper_text
from search.engine import Vectors

__all__ = ["PaperVectors", "VectorSpool"]


class PaperVectors:
    """Asks the cache first and keeps what the embedder makes. ``embedded`` counts what it had to make."""

    def __init__(self, embedder: Embedder, cache: VectorCache | None) -> None:
        self._embedder = embedder
        self._cache = cache
        self.embedded = 0

    def of(self, papers: Sequence[Paper], progress: Progress | None = None) -> Vectors:
        """Unit vectors, float32, shape (len(papers), dimension)."""
        texts = [paper_text(paper.title, paper.abstract) for paper in papers]
        if self._cache is None:
            self.embedded += len(texts)
            return self._embedder.embed(texts)
        vectors, mask = self._cache.get(texts)
        if progress is not None:
            progress.advance(int(mask.sum()))
        missing = np.flatnonzero(~mask)
        # Texts of like length next to each other over the whole batch, not only inside a chunk.
        missing = missing[np.argsort([len(texts[row]) for row in missing.tolist()], kind="stable")]
        for start in range(0, len(missing), FLUSH_EVERY):
            rows = missing[start : start + FLUSH_EVERY]
            chosen = [texts[row] for row in rows.tolist()]
            made = self._embedder.embed(chosen)
            self._cache.put(chosen, made)
            self.embedded += len(chosen)
            vectors[rows] = made
            if progress is not None:
                progress.advance(len(chosen))
        return vectors


class VectorSpool:
    """Unit vectors of a build on their way from one stage to the next, in a file that vanishes with it.

    Half precision, as the cache keeps them. ``folder``: where to put the file, the system's place if None. Use as a
    context manager.

    :raises BuildError: when the file cannot be made.
    """

    def __init__(self, dimension: int, folder: Path | None) -> None:
        self._dimension = dimension
        try:
            self._file = tempfile.TemporaryFile(dir=folder)  # noqa: SIM115 - closed on leaving the context
        except OSError as error:
            raise BuildError(f"vectors cannot be kept during the build: {error}; make room and build again") from error
        self.count = 0

    def __enter__(self) -> VectorSpool:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, vectors: Vectors) -> None:
        """Append vectors, shape (rows, dimension).

        :raises BuildError: when they cannot be written.
        """
        try:
            self._file.write(vectors.astype("<f2").tobytes())
        except OSError as error:
            raise BuildError(
                f"vectors cannot be kept while the build runs: {error}; free space and build again"
            ) from error
        self.count += len(vectors)

    def batches(self, rows: int) -> Iterator[Vectors]:
        """All vectors in their order, ``rows`` at a time, float32 of unit length."""
        width = 2 * self._dimension
        for start in range(0, self.count, rows):
            self._file.seek(start * width)
            raw = self._file.read(min(rows, self.count - start) * width)
            yield _unit(np.frombuffer(raw, dtype="<f2").reshape(-1, self._dimension))

    def take(self, rows: npt.NDArray[np.int64], batch: int) -> Vectors:
        """The vectors of ascending ``rows``, float32, shape (len(rows), dimension)."""
        parts = [
            vectors[rows[(rows >= start) & (rows < start + len(vectors))] - start]
            for start, vectors in zip(range(0, self.count, batch), self.batches(batch), strict=True)
        ]
        return np.concatenate(parts) if parts else np.empty((0, self._dimension), dtype=np.float32)


def _unit(halves: npt.NDArray[np.float16]) -> Vectors:
    vectors = halves.astype(np.float32)
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    np.divide(vectors, lengths, out=vectors, where=lengths > 0)
    return vectors
