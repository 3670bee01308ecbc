"""Citations relative to papers of the same field and year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.cohorts import cohorts, percentiles
from ranking.corpus import NO_YEAR, Corpus
from ranking.counts import citation_counts
from ranking.registry import Entity, Metric, register
from ranking.shared import kept

__all__ = ["CITATIONS_NORMALISED", "CITATIONS_PERCENTILE"]

Floats = npt.NDArray[np.float64]


@kept
def citations_normalised(corpus: Corpus) -> Floats:
    """Citations over the mean of the same field and year, shape (papers,); 0 where nobody there is cited.

    Papers of unknown field are compared with each other; papers of unknown year have 0.
    """
    groups, place = np.unique(cohorts(corpus), return_inverse=True)
    counts = citation_counts(corpus)
    mean = np.bincount(place, weights=counts, minlength=len(groups)) / np.bincount(place, minlength=len(groups))
    expected = np.where(corpus.years != NO_YEAR, mean[place], 0.0)
    return np.divide(counts, expected, out=np.zeros_like(counts), where=expected > 0.0)


def citations_percentile(corpus: Corpus) -> Floats:
    """Percent of the papers of the same field and year with fewer citations, ties counting half, shape (papers,)."""
    return np.where(corpus.years != NO_YEAR, percentiles(citation_counts(corpus), cohorts(corpus)), 0.0)


CITATIONS_NORMALISED = register(
    Metric(
        name="citations_normalised",
        title="Normalised citations",
        entity=Entity.PAPER,
        unit="times the expected",
        description="Citations divided by the mean of papers of the same field and year; 1 is as expected.",
        reference=(
            "Waltman, L., et al. (2011). Towards a new crown indicator: Some theoretical considerations. "
            "Journal of Informetrics 5(1), 37-47."
        ),
        compute=citations_normalised,
    )
)


CITATIONS_PERCENTILE = register(
    Metric(
        name="citations_percentile",
        title="Citation percentile",
        entity=Entity.PAPER,
        unit="percent",
        description="Percent of the papers of the same field and year that are cited less, ties counting half.",
        reference=(
            "Bornmann, L., Leydesdorff, L., & Mutz, R. (2013). The use of percentiles and percentile rank "
            "classes in the analysis of bibliometric data. Journal of Informetrics 7(1), 158-165."
        ),
        compute=citations_percentile,
    )
)
