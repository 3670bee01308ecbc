"""PageRank of authors in the author-citation graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import author_flow
from ranking.corpus import Corpus
from ranking.metrics.pagerank import DAMPING
from ranking.registry import Entity, Metric, register

__all__ = ["AUTHOR_PAGERANK"]

Floats = npt.NDArray[np.float64]


def author_pagerank(corpus: Corpus, *, damping: float = 0.85) -> Floats:
    """PageRank of each author times the number of authors, shape (authors,); the mean is 1."""
    return author_flow.author_pagerank(corpus, damping=damping) * corpus.n_authors


AUTHOR_PAGERANK = register(
    Metric(
        name="author_pagerank",
        title="Author PageRank",
        entity=Entity.AUTHOR,
        unit="times the mean",
        description=(
            "How often a reader who keeps moving to a cited author at random comes by; 1 is the average author."
        ),
        reference=(
            "Ding, Y., Yan, E., Frazho, A., & Caverlee, J. (2009). PageRank for ranking authors in co-citation"
            " networks. JASIST 60(11), 2229-2243."
        ),
        compute=author_pagerank,
        parameters=(DAMPING,),
    )
)
