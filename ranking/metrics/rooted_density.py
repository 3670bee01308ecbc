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


def rooted_reach_papers(corpus: Corpus) -> Floats:
    """Papers from which a chain of citations leads to each paper, shape (papers,); see the errors in ranking.rooted."""
    return rooted_reach(corpus).papers - 1.0


def rooted_reach_density(corpus: Corpus) -> Floats:
    """Average degree of the rooted graph of each paper without a limit, shape (papers,)."""
    return rooted_reach(corpus).density


def _register(measure: str, depth: int, description: str) -> Metric:
    """``measure``: "density" or "degeneracy", an attribute of :class:`ranking.rooted.RootedGraphs`."""

    def compute(corpus: Corpus, *, within: int = 0) -> Floats:
        values: Floats = getattr(rooted_graphs(corpus, depth=depth, within=within), measure)
        return values

    return register(
        Metric(
            name=f"rooted_{measure}_{depth}",
            title=f"Rooted {measure}, depth {depth}",
            entity=Entity.PAPER,
            unit="citations",
            description=description,
            reference=REFERENCE,
            compute=compute,
            parameters=(WITHIN,),
        )
    )


ROOTED_DENSITY_1 = _register(
    "density", 1, "Average number of citations, in and out, within the graph of papers that cite the paper."
)
ROOTED_DENSITY_2 = _register(
    "density",
    2,
    "Average number of citations, in and out, within the graph of papers that cite the paper or one of its citers.",
)
ROOTED_DEGENERACY_1 = _register(
    "degeneracy", 1, "Largest k-core number within the graph of papers that cite the paper."
)
ROOTED_DEGENERACY_2 = _register(
    "degeneracy", 2, "Largest k-core number within the graph of papers that cite the paper or one of its citers."
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
