"""D-core collaboration indices of authors in the author-citation digraph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.dcores import CollaborationIndices, Skylines, collaboration_indices, d_cores
from ranking.derive import author_digraph, author_pairs
from ranking.registry import Entity, Metric, register
from ranking.shared import kept

__all__ = ["D_CORE_AVERAGE", "D_CORE_BALANCED", "D_CORE_INHERENT", "D_CORE_OPTIMAL"]

Floats = npt.NDArray[np.float64]

REFERENCE = (
    "Giatsidis, C., Thilikos, D. M., & Vazirgiannis, M. (2013). D-cores: measuring collaboration of"
    " directed graphs based on degeneracy. Knowledge and Information Systems 35(2), 311-343."
)

_MOST_PAIRS = 150_000_000


def affordable(corpus: Corpus) -> bool:
    """Whether the author-citation digraph is small enough to be decomposed in passing (two minutes, 2.5 GiB)."""
    return author_pairs(corpus) <= _MOST_PAIRS


@kept
def author_d_cores(corpus: Corpus) -> Skylines:
    """D-cores of the author-citation digraph (an author cites another once, however often)."""
    return d_cores(*author_digraph(corpus))


@kept
def author_collaboration(corpus: Corpus) -> CollaborationIndices:
    """Collaboration indices of every author."""
    links, back = author_digraph(corpus)
    incoming, outgoing = (graph.degrees().astype(np.float64) for graph in (back, links))
    return collaboration_indices(author_d_cores(corpus), incoming, outgoing)


def _register(index: str, description: str) -> Metric:
    def compute(corpus: Corpus) -> Floats:
        values: Floats = getattr(author_collaboration(corpus), index)
        return values

    return register(
        Metric(
            name=f"d_core_{index}",
            title=f"{index.capitalize()} collaboration index",
            entity=Entity.AUTHOR,
            unit="citations",
            description=description,
            reference=REFERENCE,
            affordable=affordable,
            compute=compute,
        )
    )


D_CORE_BALANCED = _register(
    "balanced",
    "The largest r such that the author belongs to a group whose members each cite, and are cited by, r others of it.",
)
D_CORE_OPTIMAL = _register(
    "optimal",
    "The largest mean of k and l such that the author belongs to a group whose members are each cited by k and cite l "
    "others of it.",
)
D_CORE_INHERENT = _register(
    "inherent",
    "The mean of k and l where the author's D-core frontier meets the author's own balance of being cited and citing.",
)
D_CORE_AVERAGE = _register("average", "The mean of k and l over the author's D-core frontier.")
