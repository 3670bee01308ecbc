"""The h-index of authors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.indices import author_indices
from ranking.registry import Entity, Metric, register

__all__ = ["H_INDEX", "h_index"]


def h_index(corpus: Corpus) -> npt.NDArray[np.float64]:
    """The largest h such that h papers of the author have h citations each, shape (authors,)."""
    return author_indices(corpus).h


H_INDEX = register(
    Metric(
        name="h_index",
        title="h-index",
        entity=Entity.AUTHOR,
        unit="papers",
        description="The largest number h such that h of the author's papers have been cited at least h times each.",
        reference="Hirsch, J. E. (2005). An index to quantify an individual's research output. PNAS 102(46).",
        compute=h_index,
    )
)
