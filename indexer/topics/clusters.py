"""Clusters of papers from vectors: mini-batch k-means (Sculley 2010, WWW) on unit vectors."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.engine import Vectors

__all__ = ["FEWEST_PAPERS", "MAX_TOPICS", "Clusters", "fit_clusters", "topic_count"]

FEWEST_PAPERS = 50
"""Fewer papers are not divided into topics."""

MAX_TOPICS = 200
"""Topics made at most unless asked for more."""

_FEWEST_TOPICS = 4
_SEED = 0
_STARTS = 3


def topic_count(papers: int) -> int:
    """How many topics so many papers are divided into: half the root of their number, between 4 and 200; 0 for few."""
    if papers < FEWEST_PAPERS:
        return 0
    return min(max(round(math.sqrt(papers) / 2), _FEWEST_TOPICS), MAX_TOPICS)


@dataclass(frozen=True, slots=True)
class Clusters:
    """``centres``: unit vectors, float32, shape (clusters, dimension)."""

    centres: Vectors

    def assign(self, vectors: Vectors) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
        """The cluster with the nearest centre to each unit vector, and the cosine to it, never below 0."""
        cosines = vectors @ self.centres.T
        best = cosines.argmax(axis=1)
        nearest = cosines[np.arange(len(best)), best]
        return best.astype(np.int32), np.clip(nearest, 0.0, 1.0).astype(np.float32)


def fit_clusters(vectors: Vectors, count: int) -> Clusters:
    """At most ``count`` clusters of unit vectors, shape (rows, dimension): the same for the same vectors.

    Fewer where vectors repeat or clusters end up empty; they come with the largest first.
    """
    from sklearn.cluster import MiniBatchKMeans  # noqa: PLC0415 - only who makes clusters pays for loading it
    from threadpoolctl import threadpool_limits  # type: ignore[import-untyped]  # noqa: PLC0415

    different = len(np.unique(vectors, axis=0)) if len(vectors) <= _FEW else count
    # More threads add numbers in another order, and two builds of one catalog would differ.
    with threadpool_limits(1):
        model = MiniBatchKMeans(
            min(count, different), random_state=_SEED, n_init=_STARTS, batch_size=4096, max_iter=50
        ).fit(vectors)
    centres = np.asarray(model.cluster_centers_, dtype=np.float32)
    lengths = np.linalg.norm(centres, axis=1, keepdims=True)
    centres = (centres / np.where(lengths > 0, lengths, 1.0))[lengths[:, 0] > 0]
    sizes = np.bincount(Clusters(centres).assign(vectors)[0], minlength=len(centres))
    order = np.lexsort((np.arange(len(centres)), -sizes))
    return Clusters(centres[order[sizes[order] > 0]])


_FEW = 1000
"""Only of so few vectors can fewer than the count be different (collections of copies)."""
