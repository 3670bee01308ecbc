"""Rooted citation graph density gathered over the papers of authors."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.registry import Entity, Metric, register
from ranking.rooted import rooted_graphs

__all__ = ["AUTHOR_ROOTED_DEGENERACY", "AUTHOR_ROOTED_DENSITY"]

Floats = npt.NDArray[np.float64]


def author_rooted_density(corpus: Corpus) -> Floats:
    """Mean average degree of the rooted graphs (depth 2) of the papers of each author, shape (authors,)."""
    return _mean(corpus, rooted_graphs(corpus, depth=2).density)


def author_rooted_degeneracy(corpus: Corpus) -> Floats:
    """Largest degeneracy of the rooted graphs (depth 2) of the papers of each author, shape (authors,)."""
    best = np.zeros(corpus.n_authors)
    per_link = np.repeat(rooted_graphs(corpus, depth=2).degeneracy, corpus.authors.degrees())
    np.maximum.at(best, corpus.authors.indices, per_link)
    return best


def _mean(corpus: Corpus, values: Floats) -> Floats:
    authors = corpus.authors
    totals = np.bincount(authors.indices, np.repeat(values, authors.degrees()), minlength=corpus.n_authors)
    return totals / np.maximum(np.bincount(authors.indices, minlength=corpus.n_authors), 1)


AUTHOR_ROOTED_DENSITY = register(
    Metric(
        name="author_rooted_density",
        title="Rooted density, mean",
        entity=Entity.AUTHOR,
        unit="citations",
        description=(
            "Mean density of the graphs of papers that cite the author's papers, directly or through one other."
        ),
        reference=(
            "Giatsidis, C., et al. (2019). Rooted citation graphs density metrics for research papers "
            "influence evaluation. Journal of Informetrics 13(2), 757-768."
        ),
        compute=author_rooted_density,
    )
)


AUTHOR_ROOTED_DEGENERACY = register(
    Metric(
        name="author_rooted_degeneracy",
        title="Rooted degeneracy, best",
        entity=Entity.AUTHOR,
        unit="citations",
        description=(
            "Largest degeneracy of the graphs of papers that cite the author's papers, directly or through one other."
        ),
        reference=(
            "Giatsidis, C., et al. (2019). Rooted citation graphs density metrics for research papers "
            "influence evaluation. Journal of Informetrics 13(2), 757-768."
        ),
        compute=author_rooted_degeneracy,
    )
)
