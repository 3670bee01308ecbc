"""k-core number of papers in the citation graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import cores
from ranking.corpus import Corpus
from ranking.registry import Entity, Metric, register

__all__ = ["CORE_NUMBER", "core_number"]


def core_number(corpus: Corpus) -> npt.NDArray[np.float64]:
    """Core number of every paper in the undirected citation graph, shape (papers,)."""
    return cores.core_numbers(cores.undirected(corpus.citations)).astype(np.float64)


CORE_NUMBER = register(
    Metric(
        name="core_number",
        title="k-core number",
        entity=Entity.PAPER,
        unit="papers",
        description="The largest k such that the paper belongs to a group of papers each citing, or cited by, at least "
        "k others of the group.",
        reference="Seidman, S. B. (1983). Network structure and minimum degree. Social Networks 5(3), 269-287.",
        compute=core_number,
    )
)
