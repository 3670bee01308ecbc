"""PageRank of authors in the author-citation graph, without building that graph."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Corpus
from ranking.flow import TOLERANCE
from records.errors import GraphError

__all__ = ["author_pagerank"]

Floats = npt.NDArray[np.float64]

_MAX_STEPS = 10_000
_MEMORY = 4  # earlier steps mixed in
_MOST_MIXED = 200


def author_pagerank(corpus: Corpus, *, damping: float = 0.85, tolerance: float = TOLERANCE) -> Floats:
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

    def advanced(flow: Floats) -> Floats:
        after: Floats = 1.0 + kernels.author_walk.step(*arrays, flow * scale, own)
        return after

    flow = _fixed_point(advanced, np.ones(corpus.n_authors), tolerance * (1.0 - damping) / max(damping, 1e-9))
    return flow / flow.sum() if len(flow) else flow


def _fixed_point(advanced: Callable[[Floats], Floats], start: Floats, tolerance: float) -> Floats:
    """The fixed point of a linear contraction, by Anderson's mixing of the last few steps (Walker & Ni 2011).

    It stops at a step that moves by no more than ``tolerance`` of its 1-norm, however it was reached, and goes on
    without mixing if that has not happened after a good while.
    """
    moves: list[Floats] = []
    results: list[Floats] = []
    flow = start
    for step in range(_MAX_STEPS):
        result = advanced(flow)
        move = result - flow
        if float(np.abs(move).sum()) <= tolerance * float(np.abs(result).sum()):
            return result
        moves, results = [*moves[-_MEMORY:], move], [*results[-_MEMORY:], result]
        flow = result
        if len(moves) > 1 and step < _MOST_MIXED:
            differences = np.stack([move - earlier for earlier in moves[:-1]])
            weights = np.linalg.lstsq(differences @ differences.T, differences @ move, rcond=None)[0]
            for weight, earlier in zip(weights, results[:-1], strict=True):
                flow = flow - weight * (result - earlier)
    return flow
