"""What every engine's writer checks and counts while it is given a generation."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt

from records.errors import EngineError
from records.paper import Venue
from search.engine import PaperDocument, Vectors

__all__ = ["VenueCounts", "check_ascending", "check_vectors"]

_UNIT_TOLERANCE = 1e-2


def check_ascending(papers: Sequence[PaperDocument], last: str) -> None:
    """Check that ids ascend, after ``last``.

    :raises EngineError: naming the first that does not.
    """
    for paper in papers:
        if paper.paper.id <= last:
            raise EngineError(f"papers must come in ascending order of id: {paper.paper.id!r} came after {last!r}")
        last = paper.paper.id


def check_vectors(
    count: int, dimension: int, vectors: Vectors | None, mask: npt.NDArray[np.bool_] | None
) -> npt.NDArray[np.int64]:
    """Rows that have a vector, of ``count`` papers.

    :raises EngineError: when shapes do not fit, or a vector has not unit length.
    """
    if vectors is None:
        return np.empty(0, np.int64)
    if vectors.shape != (count, dimension):
        raise EngineError(f"vectors have shape {vectors.shape}, expected ({count}, {dimension}) for this generation")
    chosen = np.ones(count, dtype=bool) if mask is None else np.asarray(mask, dtype=bool)
    if chosen.shape != (count,):
        raise EngineError(f"the mask has shape {chosen.shape}, expected ({count},)")
    present = np.flatnonzero(chosen)
    lengths = np.linalg.norm(vectors[present], axis=1)
    if not bool(np.all(np.abs(lengths - 1.0) < _UNIT_TOLERANCE)):
        raise EngineError("vectors must have unit length; normalise them, and mask rows that have none")
    return present


class VenueCounts:
    """Venues by id, or by name where they have none, with their printings and numbers of papers."""

    def __init__(self) -> None:
        self._printings: dict[str, dict[str, int]] = {}

    def add(self, venue: Venue) -> None:
        """Count a paper of ``venue``."""
        key = venue.id or "\0" + venue.name
        names = self._printings.setdefault(key, {})
        names[venue.name] = names.get(venue.name, 0) + 1

    def rows(self) -> Iterator[tuple[str | None, str, int]]:
        """Id, most frequent printing (ties: the first by alphabet) and number of papers of each venue."""
        for key, names in sorted(self._printings.items()):
            name = min(names, key=lambda printed: (-names[printed], printed))
            yield None if key.startswith("\0") else key, name, sum(names.values())
