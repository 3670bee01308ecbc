"""Citations by papers that share no author with the cited one."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.counts import self_citations
from ranking.registry import Entity, Metric, register

__all__ = ["CITATIONS_INDEPENDENT"]

Floats = npt.NDArray[np.float64]


def citations_independent(corpus: Corpus) -> Floats:
    """Citations of each paper without self-citations, shape (papers,)."""
    links = corpus.citations.indices[~self_citations(corpus)]
    return np.bincount(links, minlength=corpus.papers).astype(np.float64)


CITATIONS_INDEPENDENT = register(
    Metric(
        name="citations_independent",
        title="Citations without self-citations",
        entity=Entity.PAPER,
        unit="papers",
        description="How many papers cite the paper that have no author in common with it.",
        reference="Aksnes, D. W. (2003). A macro study of self-citation. Scientometrics 56(2), 235-246.",
        compute=citations_independent,
    )
)
