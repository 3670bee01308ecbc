"""PageRank of authors in the author-citation graph, without building that graph."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Corpus
from ranking.flow import TOLERANCE
from records.errors import GraphError

__all__ = ["author_pagerank"]

_MAX_STEPS = 10_000


def author_pagerank(corpus: Corpus, *, damping: float = 0.85, tolerance: float = TOLERANCE) -> npt.NDArray[np.float64]:
    """PageRank of every author, shape (authors,), summing to 1.

    The walk goes from an author to a cited author, in proportion to the citations between their papers (1/(ab) for one
    between papers of a and of b authors), never to the author itself; where an author cites nobody else it jumps
    anywhere. The graph's links would outnumber the citations by the square of the authors a paper; a step through the
    papers costs only citations plus authorships. The error's 1-norm is at most ``tolerance``.
    """
    if not 0.0 <= damping < 1.0:
        raise GraphError(f"damping must lie in [0, 1), not {damping}")
    arrays = (corpus.citations.offsets, corpus.citations.indices, corpus.authors.offsets, corpus.authors.indices)
    total, own = kernels.author_walk.own_weights(*arrays, corpus.n_authors)
    strength = total - own
    strength[strength < 1e-9 * total] = 0.0  # rounding left over by authors who cite nobody but themselves
    scale = np.divide(damping, strength, out=np.zeros_like(strength), where=strength > 0.0)
    flow = np.ones(corpus.n_authors)
    for _ in range(_MAX_STEPS):
        after = 1.0 + kernels.author_walk.step(*arrays, flow * scale, own)
        change = float(np.abs(after - flow).sum())
        flow = after
        if change * damping <= tolerance * (1.0 - damping) * float(flow.sum()):
            break
    return flow / flow.sum() if len(flow) else flow
