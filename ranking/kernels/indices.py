"""Citation indices of owners of papers: authors, venues, institutions."""

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Bytes, Floats, Int32s, Int64s, kernel

__all__ = ["citation_indices", "shares_member"]


@kernel
def citation_indices(offsets: Int64s, papers: Int32s, citations: Floats, threshold: float) -> Floats:
    """h-index, g-index and number of papers with ``threshold`` citations, shape (3, owners).

    Row ``i`` of the CSR arrays holds the papers of owner ``i``. The g-index is at most the number of papers.
    """
    owners = len(offsets) - 1
    out = np.zeros((3, owners))
    for owner in range(owners):
        begin, end = offsets[owner], offsets[owner + 1]
        counts = np.empty(end - begin)
        for i in range(end - begin):
            counts[i] = citations[papers[begin + i]]
        counts.sort()
        total = 0.0
        for rank in range(1, end - begin + 1):
            count = counts[end - begin - rank]
            total += count
            if count >= rank:
                out[0, owner] = rank
            if total >= rank * rank:
                out[1, owner] = rank
            if count >= threshold:
                out[2, owner] = rank
    return out


@kernel
def shares_member(offsets: Int64s, indices: Int32s, member_offsets: Int64s, members: Int32s) -> Bytes:
    """1 for each link whose two ends have a member (an author) in common, else 0, shape (links,)."""
    out = np.zeros(len(indices), dtype=np.uint8)
    for v in range(len(offsets) - 1):
        for link in range(offsets[v], offsets[v + 1]):
            a, a_end = member_offsets[v], member_offsets[v + 1]
            b, b_end = member_offsets[indices[link]], member_offsets[indices[link] + 1]
            while a < a_end and b < b_end:
                if members[a] == members[b]:
                    out[link] = 1
                    break
                if members[a] < members[b]:
                    a += 1
                else:
                    b += 1
    return out
