"""Citation count: how many papers of the corpus cite a paper."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.counts import citation_counts
from ranking.registry import Entity, Metric, register

__all__ = ["CITATIONS", "citation_count"]


def citation_count(corpus: Corpus) -> npt.NDArray[np.float64]:
    """Citations received by each paper, shape (papers,)."""
    return citation_counts(corpus)


CITATIONS = register(
    Metric(
        name="citations",
        title="Citations",
        entity=Entity.PAPER,
        unit="papers",
        description="How many papers in this collection cite the paper.",
        reference="Garfield, E. (1972). Citation analysis as a tool in journal evaluation. Science 178(4060).",
        compute=citation_count,
    )
)
