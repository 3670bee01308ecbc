"""AttRank: PageRank that also favours papers cited lately, and young ones."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import flow
from ranking.cohorts import last_year
from ranking.corpus import NO_YEAR, Corpus
from ranking.metrics.citations_window import citations_recent
from ranking.registry import Entity, Metric, Parameter, register
from records.errors import GraphError

__all__ = ["ATTRANK"]

Floats = npt.NDArray[np.float64]


def attrank(
    corpus: Corpus, *, follow: float = 0.2, attention: float = 0.5, years: int = 3, decay: float = 6.0
) -> Floats:
    """AttRank of each paper relative to the mean, shape (papers,).

    The stationary distribution of a reader who follows a citation with probability ``follow``, picks a paper by its
    share of the citations of the last ``years`` years with probability ``attention``, and else one of age t by
    exp(-t / ``decay``). The paper fits these for each collection; the defaults are within the ranges it found good.
    A reader at a paper without references goes anywhere.

    :raises GraphError: when ``follow`` and ``attention`` exceed 1 together.
    """
    if follow + attention > 1.0:
        raise GraphError(f"follow and attention must not exceed 1 together: {follow} + {attention}")
    papers = corpus.papers
    known = corpus.years != NO_YEAR
    if not known.any():
        return np.zeros(papers)
    recent = citations_recent(corpus, years=years)
    youth = np.exp(-np.where(known, last_year(corpus) - corpus.years.astype(np.float64), np.inf) / decay)
    jump = (1.0 - follow - attention) * youth / youth.sum()
    jump += attention * (recent / recent.sum() if recent.any() else np.full(papers, 1.0 / papers))
    order = flow.citation_order(corpus)
    direct = flow.spread(corpus.citations, order, jump, damping=follow)
    anywhere = flow.spread(corpus.citations, order, np.full(papers, 1.0 / papers), damping=follow)
    ends = corpus.citations.degrees() == 0
    back = follow * direct[ends].sum() / (1.0 - follow * anywhere[ends].sum())
    ranks: Floats = (direct + back * anywhere) * papers
    return ranks


ATTRANK = register(
    Metric(
        name="attrank",
        title="AttRank",
        entity=Entity.PAPER,
        unit="times the mean",
        description=(
            "Expected short-term impact: PageRank mixed with recent citations and youth; 1 is the average paper."
        ),
        reference=(
            "Kanellos, I., Vergoulis, T., Sacharidis, D., Dalamagas, T., & Vassiliou, Y. (2021). Ranking "
            "papers by their short-term scientific impact. ICDE 2021."
        ),
        compute=attrank,
        parameters=(
            Parameter("follow", 0.2, 0.0, 0.95, "Probability of following a citation."),
            Parameter("attention", 0.5, 0.0, 1.0, "Probability of picking a paper by its recent citations."),
            Parameter("years", 3, 1, 100, "Years whose citations are recent."),
            Parameter("decay", 6.0, 0.1, 1000.0, "Years over which youth falls to 1/e."),
        ),
    )
)
