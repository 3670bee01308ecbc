"""The h-index of authors and its relatives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.cohorts import first_years, last_year
from ranking.corpus import NO_YEAR, Corpus
from ranking.indices import author_indices, author_indices_independent
from ranking.registry import Entity, Metric, register
from ranking.shared import authored

__all__ = ["G_INDEX", "H_INDEX", "H_INDEX_INDEPENDENT", "I10_INDEX", "M_QUOTIENT"]

Floats = npt.NDArray[np.float64]


def h_index(corpus: Corpus) -> Floats:
    """The largest h such that h papers of the author have h citations each, shape (authors,)."""
    return author_indices(corpus).h


def g_index(corpus: Corpus) -> Floats:
    """The largest g, at most the number of papers, such that the g most cited have g squared citations together."""
    return author_indices(corpus).g


def i10_index(corpus: Corpus) -> Floats:
    """Papers of each author with ten citations or more, shape (authors,)."""
    return author_indices(corpus).i10


def m_quotient(corpus: Corpus) -> Floats:
    """h-index over years since the first paper, both ends counted, shape (authors,); 0 without a dated paper."""
    first = first_years(corpus, authored(corpus))
    career = np.where(first == NO_YEAR, np.inf, last_year(corpus) - first + 1.0)
    return author_indices(corpus).h / career


def h_index_independent(corpus: Corpus) -> Floats:
    """The h-index without citations between papers that share an author, shape (authors,)."""
    return author_indices_independent(corpus).h


H_INDEX = register(
    Metric(
        name="h_index",
        title="h-index",
        entity=Entity.AUTHOR,
        unit="papers",
        description="The largest number h such that h of the author's papers have been cited at least h times each.",
        reference=(
            "Hirsch, J. E. (2005). An index to quantify an individual's research output. PNAS 102(46), 16569-16572."
        ),
        compute=h_index,
    )
)


G_INDEX = register(
    Metric(
        name="g_index",
        title="g-index",
        entity=Entity.AUTHOR,
        unit="papers",
        description=(
            "The largest number g such that the author's g most cited papers have g squared citations together."
        ),
        reference="Egghe, L. (2006). Theory and practise of the g-index. Scientometrics 69(1), 131-152.",
        compute=g_index,
    )
)


I10_INDEX = register(
    Metric(
        name="i10_index",
        title="i10-index",
        entity=Entity.AUTHOR,
        unit="papers",
        description="How many of the author's papers have been cited at least ten times.",
        reference="Google Scholar Metrics (2011), i10-index.",
        compute=i10_index,
    )
)


M_QUOTIENT = register(
    Metric(
        name="m_quotient",
        title="m-quotient",
        entity=Entity.AUTHOR,
        unit="papers a year",
        description="The h-index divided by the years since the author's first paper.",
        reference=(
            "Hirsch, J. E. (2005). An index to quantify an individual's research output. PNAS 102(46), 16569-16572."
        ),
        compute=m_quotient,
    )
)


H_INDEX_INDEPENDENT = register(
    Metric(
        name="h_index_independent",
        title="h-index without self-citations",
        entity=Entity.AUTHOR,
        unit="papers",
        description="The h-index when citations between papers that share an author do not count.",
        reference="Schreiber, M. (2007). Self-citation corrections for the Hirsch index. EPL 78(3), 30002.",
        compute=h_index_independent,
    )
)
