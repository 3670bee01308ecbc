"""Average linkage over all pairs of a block, as one writes it with scikit-learn and with SciPy."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform
from sklearn.cluster import AgglomerativeClustering
from sklearn.feature_extraction.text import TfidfVectorizer

from indexer.identity.disambiguation import Mention, MentionPaper
from records.text import fold

__all__ = ["LINKAGES", "OF_MATRICES", "THRESHOLD", "distances", "linked", "scikit_learn", "scipy_linkage"]

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float32]

THRESHOLD = 0.98
"""Clusters closer than this are joined: of 0.8 to 0.98 the best for this distance on made-up and on real names."""


def scikit_learn(papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> Ints:
    """Blocks clustered by ``AgglomerativeClustering``; labels, shape (mentions,)."""
    return linked(papers, mentions, _agglomerative)


def scipy_linkage(papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> Ints:
    """Blocks clustered by ``linkage`` and ``fcluster``; labels, shape (mentions,)."""
    return linked(papers, mentions, _hierarchy)


def linked(papers: Sequence[MentionPaper], mentions: Sequence[Mention], cluster: Callable[[Floats], Ints]) -> Ints:
    """Labels of all mentions from a clustering of each block's matrix of distances."""
    blocks: dict[str, list[int]] = defaultdict(list)
    for at, mention in enumerate(mentions):
        blocks[mention.block].append(at)
    labels = np.arange(len(mentions), dtype=np.int64)
    for members, matrix in distances(papers, mentions, [group for group in blocks.values() if len(group) > 1]):
        labels[members] = members[cluster(matrix)]
    return labels


def distances(
    papers: Sequence[MentionPaper], mentions: Sequence[Mention], groups: Sequence[list[int]]
) -> Iterator[tuple[Ints, Floats]]:
    """Positions and cosine distances, shape (members, members), of each group of mentions.

    Vectors are TF-IDF over co-authors' names, words of the title and the venue.
    """
    by_id = {paper.id: paper for paper in papers}
    if not groups:
        return
    vectorizer = TfidfVectorizer(analyzer=list, sublinear_tf=True, dtype=np.float32)
    vectors = vectorizer.fit_transform(_features(by_id.get(mention.paper), mention) for mention in mentions)
    for group in groups:
        members = np.array(group, dtype=np.int64)
        own = vectors[members]
        matrix: Floats = np.clip(1 - (own @ own.T).toarray(), 0, None)
        np.fill_diagonal(matrix, 0)
        yield members, matrix


def _features(paper: MentionPaper | None, mention: Mention) -> list[str]:
    if paper is None:
        return []
    beside = (f"with {fold(name)}" for name in paper.authors if name != mention.name)
    return [*beside, *fold(paper.title).split(), f"in {fold(paper.venue)}"]


def _agglomerative(matrix: Floats) -> Ints:
    model = AgglomerativeClustering(
        n_clusters=None, metric="precomputed", linkage="average", distance_threshold=THRESHOLD
    )
    labels: Ints = model.fit_predict(matrix).astype(np.int64)
    return labels


def _hierarchy(matrix: Floats) -> Ints:
    condensed: Any = squareform(matrix, checks=False)
    labels: Ints = fcluster(linkage(condensed, "average"), THRESHOLD, "distance").astype(np.int64) - 1
    return labels


LINKAGES = {"scikit-learn": scikit_learn, "scipy": scipy_linkage}
"""Peer -> its clustering of mentions."""

OF_MATRICES = {"scikit-learn": _agglomerative, "scipy": _hierarchy}
"""Peer -> its clustering of a square matrix of distances."""
