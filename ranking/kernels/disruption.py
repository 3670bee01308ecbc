"""The disruption index, from who cites a paper, its references, or both."""
# ruff: noqa: C901, PLR0917 - compiled loops are written out and take positional arrays

from __future__ import annotations

import numpy as np

from ranking.kernels.jit import Floats, Int32s, Int64s, kernel

__all__ = ["disruption_counts"]


@kernel
def disruption_counts(
    offsets: Int64s,
    indices: Int32s,
    back_offsets: Int64s,
    back_indices: Int32s,
    first: Int32s,
    last: Int32s,
    sample: int,
) -> Floats:
    """Papers citing only the focal paper, it and a reference, only a reference: shape (3, papers).

    Papers must be numbered by time, so that those to be counted for paper ``v`` are ``first[v] <= u < last[v]``. Where
    the references have more than ``sample`` citations in that range (0: no bound), the third count is estimated from
    one in s of the citing papers, chosen by a hash, s being the number of citations over ``sample``.
    """
    n = len(offsets) - 1
    out = np.zeros((3, n))
    cited = np.full(n, -1, dtype=np.int32)  # references of the focal paper
    seen = np.full(n, -1, dtype=np.int32)  # counted already
    for focal in range(n):
        if offsets[focal] == offsets[focal + 1]:
            continue
        work = np.int64(0)
        for link in range(offsets[focal], offsets[focal + 1]):
            reference = indices[link]
            cited[reference] = focal
            begin, end = _range(back_offsets, back_indices, reference, first[focal], last[focal])
            work += end - begin
        seen[focal] = focal
        begin, end = _range(back_offsets, back_indices, focal, first[focal], last[focal])
        for position in range(begin, end):
            u = back_indices[position]
            if u == focal:
                continue
            seen[u] = focal
            both = 0
            for link in range(offsets[u], offsets[u + 1]):
                if cited[indices[link]] == focal:
                    both = 1
                    break
            out[both, focal] += 1.0
        step = np.uint64(1 if sample == 0 else max(np.int64(1), (work + sample - 1) // sample))
        others = 0
        for link in range(offsets[focal], offsets[focal + 1]):
            begin, end = _range(back_offsets, back_indices, indices[link], first[focal], last[focal])
            for position in range(begin, end):
                u = back_indices[position]
                if step > 1 and (np.uint64(u) * np.uint64(0x9E3779B97F4A7C15) >> np.uint64(32)) % step != 0:
                    continue
                if seen[u] != focal:
                    seen[u] = focal
                    others += 1
        out[2, focal] = float(others) * float(step)
    return out


@kernel
def _range(back_offsets: Int64s, back_indices: Int32s, v: int, first: int, last: int) -> tuple[int, int]:
    """Where the papers from ``first`` to before ``last`` stand among those that cite ``v``."""
    begin, end = back_offsets[v], back_offsets[v + 1]
    if begin < end and back_indices[begin] < first:
        begin += np.searchsorted(back_indices[begin:end], first)
    if begin < end and back_indices[end - 1] >= last:
        end = begin + np.searchsorted(back_indices[begin:end], last)
    return begin, end
