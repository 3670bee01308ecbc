"""Vectors of papers, from the cache where they are and from the embedder where they are not."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from indexer.vector_cache import FLUSH_EVERY, VectorCache
from records.paper import Paper
from records.progress import Progress
from search.embedding import Embedder, paper_text
from search.engine import Vectors

__all__ = ["PaperVectors"]


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
