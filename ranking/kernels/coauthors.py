"""Who wrote with whom, how often and when, by a walk over each author's papers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking.kernels.jit import Int32s, Int64s, kernel

__all__ = ["joint_papers", "met"]

Int16s = npt.NDArray[np.int16]


@kernel
def met(written_offsets: Int64s, written: Int32s, byline_offsets: Int64s, byline: Int32s) -> tuple[Int64s, Int32s]:
    """Every author's co-authors, ascending, in CSR form. O(sum of squared bylines + sorting)."""
    authors = len(written_offsets) - 1
    seen = np.full(authors, -1, dtype=np.int32)
    offsets = np.zeros(authors + 1, dtype=np.int64)
    for author in range(authors):
        seen[author] = author
        offsets[author + 1] = offsets[author]
        for w in range(written_offsets[author], written_offsets[author + 1]):
            for b in range(byline_offsets[written[w]], byline_offsets[written[w] + 1]):
                if seen[byline[b]] != author:
                    seen[byline[b]] = author
                    offsets[author + 1] += 1
    others = np.empty(offsets[authors], dtype=np.int32)
    seen[:] = -1
    for author in range(authors):
        seen[author] = author
        at = offsets[author]
        for w in range(written_offsets[author], written_offsets[author + 1]):
            for b in range(byline_offsets[written[w]], byline_offsets[written[w] + 1]):
                if seen[byline[b]] != author:
                    seen[byline[b]] = author
                    others[at] = byline[b]
                    at += 1
        others[offsets[author] : at] = np.sort(others[offsets[author] : at])
    return offsets, others


@kernel
def joint_papers(  # noqa: PLR0917 - two graphs as arrays
    offsets: Int64s,
    others: Int32s,
    written_offsets: Int64s,
    written: Int32s,
    byline_offsets: Int64s,
    byline: Int32s,
    years: Int16s,
    no_year: int,
) -> tuple[Int32s, Int16s, Int16s]:
    """Joint papers, first and last dated joint year (``no_year``: none) of each link of :func:`met`."""
    where = np.empty(len(offsets) - 1, dtype=np.int64)
    papers = np.zeros(len(others), dtype=np.int32)
    first = np.full(len(others), no_year, dtype=np.int16)
    last = np.full(len(others), no_year, dtype=np.int16)
    for author in range(len(offsets) - 1):
        for link in range(offsets[author], offsets[author + 1]):
            where[others[link]] = link
        for w in range(written_offsets[author], written_offsets[author + 1]):
            year = years[written[w]]
            for b in range(byline_offsets[written[w]], byline_offsets[written[w] + 1]):
                if byline[b] == author:
                    continue
                link = where[byline[b]]
                papers[link] += 1
                if year != no_year:
                    last[link] = max(last[link], year)
                    first[link] = year if first[link] == no_year else min(first[link], year)
    return papers, first, last
