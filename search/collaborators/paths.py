"""Through whom two people know each other: the strongest chain of co-authors between them."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from search.collaborators.ties import Floats, Matrix

__all__ = ["chain"]


def chain(flow: Matrix, one: int, other: int) -> list[int]:
    """People from ``one`` to ``other``, both included, with at most two between; empty when there are none so few.

    ``flow``: person -> person, how strongly they are tied, with the same links both ways. Of the shortest chains it is
    the one whose weakest link is strongest; then whose links are strongest together; then the first by position.
    """
    own, own_weights = _row(flow, one)
    others, other_weights = _row(flow, other)
    if other in own:
        return [one, other]
    common, left, right = np.intersect1d(own, others, assume_unique=True, return_indices=True)
    if len(common):
        a, b = own_weights[left], other_weights[right]
        best = np.lexsort((common, -(a + b), -np.minimum(a, b)))[0]
        return [one, int(common[best]), other]
    return _longer(flow, (one, own, own_weights), (other, others, other_weights))


def _longer(
    flow: Matrix,
    start: tuple[int, npt.NDArray[np.int32], Floats],
    end: tuple[int, npt.NDArray[np.int32], Floats],
) -> list[int]:
    one, own, own_weights = start
    other, others, other_weights = end
    if not len(own) or not len(others):
        return []
    between = flow[own][:, others].tocoo()
    if not between.nnz:
        return []
    first, last = own_weights[between.row], other_weights[between.col]
    weakest = np.minimum(np.minimum(first, last), between.data)
    best = np.lexsort((others[between.col], own[between.row], -(first + last + between.data), -weakest))[0]
    return [one, int(own[between.row[best]]), int(others[between.col[best]]), other]


def _row(flow: Matrix, person: int) -> tuple[npt.NDArray[np.int32], Floats]:
    begin, end = flow.indptr[person], flow.indptr[person + 1]
    return flow.indices[begin:end], flow.data[begin:end]
