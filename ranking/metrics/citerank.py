"""CiteRank: PageRank for readers who start from recent papers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import flow
from ranking.cohorts import last_year
from ranking.corpus import NO_YEAR, Corpus
from ranking.registry import Entity, Metric, Parameter, register

__all__ = ["CITERANK"]

Floats = npt.NDArray[np.float64]


def citerank(corpus: Corpus, *, follow: float = 0.5, decay: float = 2.6) -> Floats:
    """Traffic to each paper relative to the mean, shape (papers,).

    Readers start at a paper of age t years with probability proportional to exp(-t / ``decay``) and follow one more
    citation with probability ``follow`` (the paper's 1 - alpha). Papers of unknown year are no starting points.
    """
    known = corpus.years != NO_YEAR
    age = np.where(known, last_year(corpus) - corpus.years.astype(np.float64), np.inf)
    traffic = flow.spread(corpus.citations, flow.citation_order(corpus), np.exp(-age / decay), damping=follow)
    return traffic * (corpus.papers / traffic.sum()) if known.any() else traffic


CITERANK = register(
    Metric(
        name="citerank",
        title="CiteRank",
        entity=Entity.PAPER,
        unit="times the mean",
        description=(
            "How often readers come by who start from recent papers and follow citations; 1 is the average paper."
        ),
        reference=(
            "Walker, D., Xie, H., Yan, K.-K., & Maslov, S. (2007). Ranking scientific publications using a "
            "model of network traffic. J. Stat. Mech. P06010."
        ),
        compute=citerank,
        parameters=(
            Parameter("follow", 0.5, 0.0, 0.99, "Probability of following one more citation."),
            Parameter("decay", 2.6, 0.1, 1000.0, "Years over which the attention to a paper falls to 1/e."),
        ),
    )
)
