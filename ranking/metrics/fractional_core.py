"""Fractional k-core of authors in the weighted co-authorship graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.derive import coauthorship
from ranking.registry import Entity, Metric, register
from ranking.shared import kept
from ranking.weighted import core_neighbours, weighted_core_numbers

__all__ = ["FRACTIONAL_CORE", "FRACTIONAL_CORE_NEIGHBOURS"]

Floats = npt.NDArray[np.float64]


@kept
def fractional_core(corpus: Corpus) -> Floats:
    """Weighted core number of each author in the co-authorship graph, shape (authors,); see ranking.derive."""
    return weighted_core_numbers(coauthorship(corpus))


def fractional_core_neighbours(corpus: Corpus) -> Floats:
    """Co-authors inside the innermost fractional core of each author (its hop-1 list), shape (authors,)."""
    cores = fractional_core(corpus)
    return np.where(cores > 0.0, core_neighbours(coauthorship(corpus).links, cores), 0.0)


FRACTIONAL_CORE = register(
    Metric(
        name="fractional_core",
        title="Fractional k-core",
        entity=Entity.AUTHOR,
        unit="shared papers",
        description=(
            "The largest t such that the author belongs to a group whose members each share papers of total "
            "weight t with the group; a joint paper of n authors weighs 1/n for each pair."
        ),
        reference=(
            "Giatsidis, C., Thilikos, D. M., & Vazirgiannis, M. (2011). Evaluating cooperation in communities "
            "with the k-core structure. ASONAM 2011, 87-93."
        ),
        compute=fractional_core,
    )
)


FRACTIONAL_CORE_NEIGHBOURS = register(
    Metric(
        name="fractional_core_neighbours",
        title="Co-authors in the core",
        entity=Entity.AUTHOR,
        unit="authors",
        description="How many co-authors belong to the same innermost fractional core as the author.",
        reference=(
            "Giatsidis, C., Thilikos, D. M., & Vazirgiannis, M. (2011). Evaluating cooperation in communities "
            "with the k-core structure. ASONAM 2011, 87-93."
        ),
        compute=fractional_core_neighbours,
    )
)
