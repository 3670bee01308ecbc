"""Citations within a window of years: soon after publication, or lately."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.cohorts import last_year
from ranking.corpus import Corpus
from ranking.counts import citation_counts
from ranking.registry import Entity, Metric, Parameter, register
from ranking.views import Window, restrict

__all__ = ["CITATIONS_EARLY", "CITATIONS_RECENT"]

Floats = npt.NDArray[np.float64]


def citations_early(corpus: Corpus, *, years: int = 5) -> Floats:
    """Citations from the year of publication and ``years`` years after it, shape (papers,)."""
    return citation_counts(restrict(corpus, Window(within=years)))


def citations_recent(corpus: Corpus, *, years: int = 5) -> Floats:
    """Citations by papers of the corpus's last ``years`` years, shape (papers,)."""
    return citation_counts(restrict(corpus, Window(cited=(last_year(corpus) - years + 1, None))))


CITATIONS_EARLY = register(
    Metric(
        name="citations_early",
        title="Early citations",
        entity=Entity.PAPER,
        unit="papers",
        description=(
            "Citations received up to so many years (usually five) after publication; 0 where years are unknown."
        ),
        reference="Wang, J. (2013). Citation time window choice for research impact evaluation. Scientometrics 94(3).",
        compute=citations_early,
        parameters=(Parameter("years", 5, 0, 100, "Years after publication that count."),),
    )
)


CITATIONS_RECENT = register(
    Metric(
        name="citations_recent",
        title="Recent citations",
        entity=Entity.PAPER,
        unit="papers",
        description="Citations by papers of the last years (usually five) of this collection.",
        reference="Kanellos, I., et al. (2021). Impact-based ranking of scientific publications. IEEE TKDE 33(4).",
        compute=citations_recent,
        parameters=(Parameter("years", 5, 1, 100, "Years at the end of the collection that count."),),
    )
)
