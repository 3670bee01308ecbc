"""Density of the graph of papers that cite a paper, directly or through others."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.registry import Entity, Metric, Parameter, register
from ranking.rooted import rooted_graphs, rooted_reach

__all__ = [
    "ROOTED_DEGENERACY_1",
    "ROOTED_DEGENERACY_2",
    "ROOTED_DENSITY_1",
    "ROOTED_DENSITY_2",
    "ROOTED_REACH",
    "ROOTED_REACH_DENSITY",
]

Floats = npt.NDArray[np.float64]

REFERENCE = (
    "Giatsidis, C., Nikolentzos, G., Zhang, C., Tang, J., & Vazirgiannis, M. (2019). "
    "Rooted citation graphs density metrics for research papers influence evaluation. Journal of "
    "Informetrics 13(2), 757-768."
)
WITHIN = Parameter("within", 0, 0, 100, "Years after publication in which citers count; 0 for all.")


def rooted_density_1(corpus: Corpus, *, within: int = 0) -> Floats:
    """Average degree of the rooted graph of depth 1 of each paper, shape (papers,); 0 for a paper nobody cites."""
    return rooted_graphs(corpus, depth=1, within=within).density


def rooted_degeneracy_1(corpus: Corpus, *, within: int = 0) -> Floats:
    """Degeneracy of the rooted graph of depth 1 of each paper, shape (papers,); 0 for a paper nobody cites."""
    return rooted_graphs(corpus, depth=1, within=within).degeneracy


def rooted_density_2(corpus: Corpus, *, within: int = 0) -> Floats:
    """Average degree of the rooted graph of depth 2 of each paper, shape (papers,); 0 for a paper nobody cites."""
    return rooted_graphs(corpus, depth=2, within=within).density


def rooted_degeneracy_2(corpus: Corpus, *, within: int = 0) -> Floats:
    """Degeneracy of the rooted graph of depth 2 of each paper, shape (papers,); 0 for a paper nobody cites."""
    return rooted_graphs(corpus, depth=2, within=within).degeneracy


def rooted_reach_papers(corpus: Corpus) -> Floats:
    """Papers from which a chain of citations leads to each paper, shape (papers,); see the errors in ranking.rooted."""
    return rooted_reach(corpus).papers - 1.0


def rooted_reach_density(corpus: Corpus) -> Floats:
    """Average degree of the rooted graph of each paper without a limit, shape (papers,)."""
    return rooted_reach(corpus).density


ROOTED_DENSITY_1 = register(
    Metric(
        name="rooted_density_1",
        title="Rooted density, depth 1",
        entity=Entity.PAPER,
        unit="citations",
        description="Average number of citations, in and out, within the graph of papers that cite the paper.",
        reference=REFERENCE,
        compute=rooted_density_1,
        parameters=(WITHIN,),
    )
)


ROOTED_DEGENERACY_1 = register(
    Metric(
        name="rooted_degeneracy_1",
        title="Rooted degeneracy, depth 1",
        entity=Entity.PAPER,
        unit="citations",
        description="Largest k-core number within the graph of papers that cite the paper.",
        reference=REFERENCE,
        compute=rooted_degeneracy_1,
        parameters=(WITHIN,),
    )
)


ROOTED_DENSITY_2 = register(
    Metric(
        name="rooted_density_2",
        title="Rooted density, depth 2",
        entity=Entity.PAPER,
        unit="citations",
        description=(
            "Average number of citations, in and out, within the graph of papers that cite the paper or one of"
            " its citers."
        ),
        reference=REFERENCE,
        compute=rooted_density_2,
        parameters=(WITHIN,),
    )
)


ROOTED_DEGENERACY_2 = register(
    Metric(
        name="rooted_degeneracy_2",
        title="Rooted degeneracy, depth 2",
        entity=Entity.PAPER,
        unit="citations",
        description="Largest k-core number within the graph of papers that cite the paper or one of its citers.",
        reference=REFERENCE,
        compute=rooted_degeneracy_2,
        parameters=(WITHIN,),
    )
)


ROOTED_REACH = register(
    Metric(
        name="rooted_reach",
        title="Papers reached",
        entity=Entity.PAPER,
        unit="papers",
        description=(
            "How many papers lead to this one by a chain of citations; beyond 512 an estimate (standard error 6.5%)."
        ),
        reference=REFERENCE,
        compute=rooted_reach_papers,
    )
)


ROOTED_REACH_DENSITY = register(
    Metric(
        name="rooted_reach_density",
        title="Rooted density, all depths",
        entity=Entity.PAPER,
        unit="citations",
        description=(
            "Average number of citations within the graph of all papers that lead to this one by a chain of citations."
        ),
        reference=REFERENCE,
        compute=rooted_reach_density,
    )
)
