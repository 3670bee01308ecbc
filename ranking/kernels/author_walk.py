"""The walk from author to cited author, run through the papers so that the author graph is never built."""
# ruff: noqa: PLR0917 - compiled functions take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel

__all__ = ["own_weights", "step"]


@kernel
def own_weights(offsets: Int64s, indices: Int32s, author_offsets: Int64s, authors: Int32s, count: int) -> Floats:
    """For each author the citations of all, and those of the author's own papers, by the author's papers: (2, count).

    A citation between a paper with a authors and one with b weighs 1/(ab) for each pair; all b together, 1/a.
    """
    out = np.zeros((2, count))
    for p in range(len(offsets) - 1):
        begin, end = author_offsets[p], author_offsets[p + 1]
        share = 1.0 / max(end - begin, 1)
        for link in range(offsets[p], offsets[p + 1]):
            q = indices[link]
            b, b_end = author_offsets[q], author_offsets[q + 1]
            both = share / max(b_end - b, 1)
            credited = share if b < b_end else 0.0
            for a in range(begin, end):
                out[0, authors[a]] += credited
                while b < b_end and authors[b] < authors[a]:
                    b += 1
                if b < b_end and authors[b] == authors[a]:
                    out[1, authors[a]] += both
    return out


@kernel
def step(
    offsets: Int64s, indices: Int32s, author_offsets: Int64s, authors: Int32s, passed: Floats, own: Floats
) -> Floats:
    """What each author receives when every author ``a`` passes ``passed[a]`` per unit of weight; ``own`` stays out."""
    papers = len(offsets) - 1
    received = np.zeros(papers)
    for p in range(papers):
        begin, end = author_offsets[p], author_offsets[p + 1]
        total = 0.0
        for a in range(begin, end):
            total += passed[authors[a]]
        if total > 0.0:
            total /= end - begin
            for link in range(offsets[p], offsets[p + 1]):
                received[indices[link]] += total
    out = -own * passed
    for q in range(papers):
        begin, end = author_offsets[q], author_offsets[q + 1]
        for b in range(begin, end):
            out[authors[b]] += received[q] / (end - begin)
    return out
