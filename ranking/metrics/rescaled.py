"""Citations and PageRank compared with papers of about the same age."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.counts import citation_counts
from ranking.metrics.pagerank import pagerank
from ranking.registry import Entity, Metric, Parameter, register
from ranking.rescale import rescaled

__all__ = ["CITATIONS_RESCALED", "PAGERANK_RESCALED"]

Floats = npt.NDArray[np.float64]

PEERS = Parameter("peers", 1000, 2, 1_000_000, "Papers of about the same age to compare with, at least.")


def citations_rescaled(corpus: Corpus, *, peers: int = 1000) -> Floats:
    """z-score of the citations of each paper among papers of about the same age, shape (papers,)."""
    return rescaled(citation_counts(corpus), corpus.years, peers)


def pagerank_rescaled(corpus: Corpus, *, peers: int = 1000) -> Floats:
    """z-score of the PageRank of each paper among papers of about the same age, shape (papers,)."""
    return rescaled(pagerank(corpus), corpus.years, peers)


CITATIONS_RESCALED = register(
    Metric(
        name="citations_rescaled",
        title="Age-rescaled citations",
        entity=Entity.PAPER,
        unit="standard deviations",
        description="How far the citations lie above the mean of papers of about the same age, in standard deviations.",
        reference="Newman, M. E. J. (2009). The first-mover advantage in scientific publication. EPL 86(6), 68001.",
        compute=citations_rescaled,
        parameters=(PEERS,),
    )
)


PAGERANK_RESCALED = register(
    Metric(
        name="pagerank_rescaled",
        title="Age-rescaled PageRank",
        entity=Entity.PAPER,
        unit="standard deviations",
        description="How far PageRank lies above the mean of papers of about the same age, in standard deviations.",
        reference=(
            "Mariani, M. S., Medo, M., & Zhang, Y.-C. (2016). Identification of milestone papers through time-"
            "balanced network centrality. Journal of Informetrics 10(4), 1207-1223."
        ),
        compute=pagerank_rescaled,
        parameters=(PEERS,),
    )
)
