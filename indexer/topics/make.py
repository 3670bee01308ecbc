"""Topics for a whole corpus: clusters fitted to a part of it, every paper assigned, labels."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.topics.clusters import Clusters, fit_clusters
from indexer.topics.labels import label_clusters
from indexer.topics.texts import PaperTexts
from records.paper import Topic
from search.engine import Vectors

__all__ = ["Topics", "make_topics"]


@dataclass(frozen=True, slots=True)
class Topics:
    """One topic a paper: ``names`` by topic; ``labels`` (int32, -1: none) and ``scores`` (float32) by paper."""

    names: tuple[str, ...]
    labels: npt.NDArray[np.int32]
    scores: npt.NDArray[np.float32]

    def of(self, position: int) -> tuple[Topic, ...]:
        """The topics of a paper as its record states them."""
        label = int(self.labels[position])
        if label < 0:
            return ()
        return (Topic(self.names[label], f"cluster:{label + 1}", round(float(self.scores[position]), 3)),)


def make_topics(texts: PaperTexts, sample: Vectors, batches: Iterable[Vectors], count: int) -> Topics:
    """About ``count`` topics.

    ``sample``: unit vectors of the papers in ``texts``, by which clusters are found. ``batches``: those of all papers
    in their order; a paper with a vector of zeros has no topic.
    """
    clusters = fit_clusters(sample[np.any(sample != 0, axis=1)], count)
    labels, scores = _assigned(clusters, batches)
    of_sample = labels[texts.rows]
    labelled = of_sample >= 0
    titles = [title for title, has in zip(texts.titles, labelled.tolist(), strict=True) if has]
    names = label_clusters(titles, of_sample[labelled], len(clusters.centres), texts.prose)
    return Topics(tuple(names), labels, scores)


def _assigned(clusters: Clusters, batches: Iterable[Vectors]) -> tuple[npt.NDArray[np.int32], npt.NDArray[np.float32]]:
    labels, scores = [], []
    for vectors in batches:
        found, cosines = clusters.assign(vectors)
        found[~np.any(vectors != 0, axis=1)] = -1
        labels.append(found)
        scores.append(cosines)
    return np.concatenate(labels), np.concatenate(scores)
