"""Papers and citations of authors, whole and fractional."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.counts import citation_counts
from ranking.registry import Entity, Metric, register
from ranking.shared import authored, kept

__all__ = ["AUTHOR_CITATIONS", "AUTHOR_CITATIONS_FRACTIONAL", "PAPERS", "PAPERS_FRACTIONAL"]

Floats = npt.NDArray[np.float64]


def papers(corpus: Corpus) -> Floats:
    """Papers of each author, shape (authors,)."""
    return authored(corpus).degrees().astype(np.float64)


def author_citations(corpus: Corpus) -> Floats:
    """Citations of the papers of each author, shape (authors,)."""
    return _sums(corpus, citation_counts(corpus))


@kept
def papers_fractional(corpus: Corpus) -> Floats:
    """Papers of each author, one of n authors counting 1/n, shape (authors,)."""
    return _sums(corpus, _shares(corpus))


@kept
def author_citations_fractional(corpus: Corpus) -> Floats:
    """Citations of the papers of each author, those of a paper of n authors counting 1/n, shape (authors,)."""
    return _sums(corpus, _shares(corpus) * citation_counts(corpus))


def _shares(corpus: Corpus) -> Floats:
    return 1.0 / np.maximum(corpus.authors.degrees(), 1)


def _sums(corpus: Corpus, values: Floats) -> Floats:
    per_link = np.repeat(values, corpus.authors.degrees())
    return np.bincount(corpus.authors.indices, weights=per_link, minlength=corpus.n_authors).astype(np.float64)


PAPERS = register(
    Metric(
        name="papers",
        title="Papers",
        entity=Entity.AUTHOR,
        unit="papers",
        description="How many papers of this collection the author has written.",
        reference=(
            "Hirsch, J. E. (2005). An index to quantify an individual's research output. PNAS 102(46), 16569-16572."
        ),
        compute=papers,
    )
)


AUTHOR_CITATIONS = register(
    Metric(
        name="author_citations",
        title="Citations",
        entity=Entity.AUTHOR,
        unit="citations",
        description="How often the author's papers have been cited within this collection.",
        reference=(
            "Hirsch, J. E. (2005). An index to quantify an individual's research output. PNAS 102(46), 16569-16572."
        ),
        compute=author_citations,
    )
)


PAPERS_FRACTIONAL = register(
    Metric(
        name="papers_fractional",
        title="Papers, fractional",
        entity=Entity.AUTHOR,
        unit="papers",
        description="Papers of the author, a paper with n authors counting 1/n.",
        reference="Price, D. de S. (1981). Multiple authorship. Science 212(4498), 986.",
        compute=papers_fractional,
    )
)


AUTHOR_CITATIONS_FRACTIONAL = register(
    Metric(
        name="author_citations_fractional",
        title="Citations, fractional",
        entity=Entity.AUTHOR,
        unit="citations",
        description="Citations of the author's papers, those of a paper with n authors counting 1/n.",
        reference="Price, D. de S. (1981). Multiple authorship. Science 212(4498), 986.",
        compute=author_citations_fractional,
    )
)
