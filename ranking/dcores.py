"""D-cores of digraphs: every vertex's frontier and the collaboration indices read off it.

Giatsidis, Thilikos & Vazirgiannis, "D-cores: Measuring Collaboration of Directed Graphs Based on Degeneracy" (ICDM
2011; Knowledge and Information Systems 35, 2013). The (k, l)-D-core is the largest subgraph whose vertices all have at
least k links coming in and l going out. The papers' definitions of the indices are followed from memory of their
text; :func:`collaboration_indices` says where that leaves a choice, and which one is taken.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Adjacency
from records.errors import GraphError

__all__ = ["CollaborationIndices", "Skylines", "collaboration_indices", "d_cores", "frontier", "graph_indices"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Skylines:
    """The maximal D-cores of every vertex.

    The corners of vertex ``v`` are ``(ks[i], ls[i])`` for ``i`` in ``offsets[v]:offsets[v + 1]``, k ascending and l
    descending; ``v`` lies in the (k, l)-core if and only if a corner has at least that k and l. ``touched``: how
    often the decomposition read a link, for measuring.
    """

    offsets: npt.NDArray[np.int64]
    ks: npt.NDArray[np.int32]
    ls: npt.NDArray[np.int32]
    touched: int

    @property
    def vertices(self) -> int:
        """Number of vertices."""
        return len(self.offsets) - 1

    def corners(self, vertex: int) -> list[tuple[int, int]]:
        """The maximal (k, l) of ``vertex``, k ascending."""
        part = slice(self.offsets[vertex], self.offsets[vertex + 1])
        return list(zip(self.ks[part].tolist(), self.ls[part].tolist(), strict=True))

    def members(self, k: int, l: int) -> npt.NDArray[np.bool_]:  # noqa: E741 - the paper's letter
        """Whether each vertex lies in the (k, l)-core, shape (vertices,)."""
        inside = (self.ks >= k) & (self.ls >= l)
        owner = np.repeat(np.arange(self.vertices), np.diff(self.offsets))
        return np.bincount(owner[inside], minlength=self.vertices) > 0

    def sizes(self) -> npt.NDArray[np.int64]:
        """Vertices of each (k, l)-core (the papers' D-core matrix), shape (largest k + 1, largest l + 1)."""
        return kernels.dcore.core_sizes(self.offsets, self.ks, self.ls)


def d_cores(links: Adjacency, back: Adjacency | None = None) -> Skylines:
    """Decompose a digraph without self-loops for all k and l. O(sum of the links of the (k, 0)-cores)."""
    if links.rows != links.columns:
        raise GraphError(f"a digraph needs as many rows as columns, not {links.rows} and {links.columns}")
    back = links.transposed() if back is None else back
    found = kernels.dcore.skylines(links.offsets, links.indices, back.offsets, back.indices)
    return Skylines(*found[:3], touched=int(found[3]))


def frontier(corners: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Cells (k, l) that are covered by a corner while (k + 1, l + 1) is not, k ascending and l descending."""
    widths = [k - (corners[index - 1][0] if index else -1) for index, (k, _) in enumerate(corners)]
    height = [top for width, (_, top) in zip(widths, corners, strict=True) for _ in range(width)]
    return [
        (k, l)
        for k, (top, after) in enumerate(zip(height, [*height[1:], 0], strict=True))
        for l in range(top, after - 1, -1)  # noqa: E741 - the paper's letter
    ]


@dataclass(frozen=True, slots=True)
class CollaborationIndices:
    """Float64 arrays, one value a vertex; 0 for a vertex in no core but (0, 0)."""

    balanced: Floats
    optimal: Floats
    inherent: Floats
    average: Floats


def collaboration_indices(skylines: Skylines, incoming: Floats, outgoing: Floats) -> CollaborationIndices:
    """The four indices of every vertex, from its frontier: the cells (k, l) whose core holds it while that of
    (k + 1, l + 1) does not.

    balanced: the r of the frontier's cell (r, r). optimal: the largest (k + l) / 2 on the frontier. average: the mean
    of (k + l) / 2 over the frontier. inherent: (k + l) / 2 where the frontier meets the line from (0, 0) in the
    vertex's own direction; our reading of it is the line towards (``incoming``, ``outgoing``), its degrees.
    """
    parts = kernels.collaboration.indices(skylines.offsets, skylines.ks, skylines.ls, incoming, outgoing)
    return CollaborationIndices(*parts)


def graph_indices(skylines: Skylines) -> dict[str, float]:
    """The same for the digraph as a whole: its frontier bounds the non-empty cores, its direction is the diagonal."""
    best: dict[int, int] = {}
    for k, l in zip(skylines.ks.tolist(), skylines.ls.tolist(), strict=True):  # noqa: E741 - the paper's letter
        best[k] = max(best.get(k, 0), l)
    corners: list[tuple[int, int]] = []
    for k in sorted(best, reverse=True):
        if not corners or best[k] > corners[-1][1]:
            corners.append((k, best[k]))
    corners.reverse()
    whole = Skylines(
        np.array([0, len(corners)], dtype=np.int64),
        np.array([k for k, _ in corners], dtype=np.int32),
        np.array([l for _, l in corners], dtype=np.int32),  # noqa: E741 - the paper's letter
        skylines.touched,
    )
    found = collaboration_indices(whole, np.ones(1), np.ones(1))
    return {
        "balanced": float(found.balanced[0]),
        "optimal": float(found.optimal[0]),
        "inherent": float(found.inherent[0]),
        "average": float(found.average[0]),
    }
