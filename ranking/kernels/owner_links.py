"""Which owners of papers cite which, by a walk over each owner's papers."""

from __future__ import annotations

import numpy as np

from ranking.kernels.csr import transpose
from ranking.kernels.jit import Int32s, Int64s, kernel

__all__ = ["owner_links"]


@kernel
def owner_links(  # noqa: PLR0917 - three graphs as arrays
    owned_offsets: Int64s,
    owned: Int32s,
    offsets: Int64s,
    indices: Int32s,
    owner_offsets: Int64s,
    owners: Int32s,
) -> tuple[Int64s, Int32s, Int64s, Int32s]:
    """The digraph of citing and cited owners without self-loops, and its transpose, rows ascending.

    O(pairs of a citing and a cited owner of all citations), twice: rows are counted before they are filled, so that
    nothing larger than the result is held.
    """
    total = len(owned_offsets) - 1
    seen = np.full(total, -1, dtype=np.int32)
    starts = np.zeros(total + 1, dtype=np.int64)
    for owner in range(total):
        starts[owner + 1] = starts[owner] + _met(
            owner, seen, owned_offsets, owned, offsets, indices, owner_offsets, owners, np.empty(0, dtype=np.int32), 0
        )
    links = np.empty(starts[total], dtype=np.int32)
    seen[:] = -1
    for owner in range(total):
        _met(owner, seen, owned_offsets, owned, offsets, indices, owner_offsets, owners, links, starts[owner])
    back_starts, back = transpose(starts, links, total)
    starts, links = transpose(back_starts, back, total)  # which sorts the rows
    return starts, links, back_starts, back


@kernel
def _met(  # noqa: PLR0917 - see above
    owner: int,
    seen: Int32s,
    owned_offsets: Int64s,
    owned: Int32s,
    offsets: Int64s,
    indices: Int32s,
    owner_offsets: Int64s,
    owners: Int32s,
    links: Int32s,
    start: int,
) -> int:
    """Owners cited by ``owner``, written to ``links`` from ``start`` on unless it is empty; returns how many."""
    seen[owner] = owner
    count = 0
    for p in range(owned_offsets[owner], owned_offsets[owner + 1]):
        paper = owned[p]
        for c in range(offsets[paper], offsets[paper + 1]):
            cited = indices[c]
            for o in range(owner_offsets[cited], owner_offsets[cited + 1]):
                other = owners[o]
                if seen[other] != owner:
                    seen[other] = owner
                    if len(links):
                        links[start + count] = other
                    count += 1
    return count
