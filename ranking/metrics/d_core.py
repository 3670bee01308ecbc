"""D-core collaboration indices of authors in the author-citation digraph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.corpus import Corpus
from ranking.dcores import CollaborationIndices, Skylines, collaboration_indices, d_cores
from ranking.derive import author_citations, author_pairs
from ranking.registry import Entity, Metric, register
from ranking.shared import kept

__all__ = ["D_CORE_AVERAGE", "D_CORE_BALANCED", "D_CORE_INHERENT", "D_CORE_OPTIMAL"]

Floats = npt.NDArray[np.float64]

REFERENCE = (
    "Giatsidis, C., Thilikos, D. M., & Vazirgiannis, M. (2013). D-cores: measuring collaboration of"
    " directed graphs based on degeneracy. Knowledge and Information Systems 35(2), 311-343."
)


_MOST_PAIRS = 60_000_000


def affordable(corpus: Corpus) -> bool:
    """Whether the author-citation digraph is small enough to be decomposed in passing (about a minute)."""
    return author_pairs(corpus) <= _MOST_PAIRS


@kept
def author_d_cores(corpus: Corpus) -> Skylines:
    """D-cores of the author-citation digraph (an author cites another once, however often)."""
    return d_cores(author_citations(corpus).links)


@kept
def author_collaboration(corpus: Corpus) -> CollaborationIndices:
    """Collaboration indices of every author."""
    links = author_citations(corpus).links
    incoming = np.bincount(links.indices, minlength=links.columns).astype(np.float64)
    return collaboration_indices(author_d_cores(corpus), incoming, links.degrees().astype(np.float64))


def d_core_balanced(corpus: Corpus) -> Floats:
    """Balanced collaboration index of each author, shape (authors,); see ranking.dcores."""
    return author_collaboration(corpus).balanced


def d_core_optimal(corpus: Corpus) -> Floats:
    """Optimal collaboration index of each author, shape (authors,); see ranking.dcores."""
    return author_collaboration(corpus).optimal


def d_core_inherent(corpus: Corpus) -> Floats:
    """Inherent collaboration index of each author, shape (authors,); see ranking.dcores."""
    return author_collaboration(corpus).inherent


def d_core_average(corpus: Corpus) -> Floats:
    """Average collaboration index of each author, shape (authors,); see ranking.dcores."""
    return author_collaboration(corpus).average


D_CORE_BALANCED = register(
    Metric(
        name="d_core_balanced",
        title="Balanced collaboration index",
        entity=Entity.AUTHOR,
        unit="citations",
        description=(
            "The largest r such that the author belongs to a group whose members each cite, and are cited by, "
            "r others of it."
        ),
        reference=REFERENCE,
        affordable=affordable,
        compute=d_core_balanced,
    )
)


D_CORE_OPTIMAL = register(
    Metric(
        name="d_core_optimal",
        title="Optimal collaboration index",
        entity=Entity.AUTHOR,
        unit="citations",
        description=(
            "The largest mean of k and l such that the author belongs to a group whose members are each cited "
            "by k and cite l others of it."
        ),
        reference=REFERENCE,
        affordable=affordable,
        compute=d_core_optimal,
    )
)


D_CORE_INHERENT = register(
    Metric(
        name="d_core_inherent",
        title="Inherent collaboration index",
        entity=Entity.AUTHOR,
        unit="citations",
        description=(
            "The mean of k and l where the author's D-core frontier meets the author's own balance of being "
            "cited and citing."
        ),
        reference=REFERENCE,
        affordable=affordable,
        compute=d_core_inherent,
    )
)


D_CORE_AVERAGE = register(
    Metric(
        name="d_core_average",
        title="Average collaboration index",
        entity=Entity.AUTHOR,
        unit="citations",
        description="The mean of k and l over the author's D-core frontier.",
        reference=REFERENCE,
        affordable=affordable,
        compute=d_core_average,
    )
)
