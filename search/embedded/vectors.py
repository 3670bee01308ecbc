"""Vectors of a generation: a flat 8-bit scan finds candidates, 16-bit rows give their cosines.

Filtered first, then scanned flat: no neighbour is lost under a filter. Codes are one byte a component, scaled to the
component's range (faiss ``QT_8bit``); the rows kept beside them are half precision, so the order of the nearest is that
of an exact scan but for cosines closer than half precision tells apart.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeAlias

import faiss
import numpy as np
import numpy.typing as npt

from search.engine import Vectors

__all__ = ["VectorIndex", "VectorWriter"]

Positions: TypeAlias = npt.NDArray[np.int64]

_ROWS, _OWNERS, _CODES = "vectors.f16", "vectors.owners", "vectors.sq8"
_CHUNK = 65_536
_SCANNED_EXACTLY = 2_048  # up to so many rows reading 16 bits is as quick as the 8-bit scan
_CANDIDATES = 4  # times k, and at least _FEWEST more
_FEWEST = 64


@contextmanager
def _one_thread() -> Iterator[None]:
    """Keep faiss from waking a team of threads for one query: the callers are threads already."""
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


class VectorWriter:
    """Appends unit vectors and the positions of the papers they belong to."""

    def __init__(self, folder: Path, dimension: int) -> None:
        self._folder = folder
        self._dimension = dimension
        self._rows = (folder / _ROWS).open("xb")
        self._owners = (folder / _OWNERS).open("xb")
        self.count = 0

    def append(self, vectors: Vectors, owners: Positions) -> None:
        """Add rows: ``vectors`` (n, dimension), ``owners`` ascending (n,)."""
        self._rows.write(np.ascontiguousarray(vectors, dtype="<f2").tobytes())
        self._owners.write(owners.astype("<i8").tobytes())
        self.count += len(owners)

    def finish(self) -> None:
        """Write the 8-bit codes of all rows."""
        self.close()
        if self.count == 0:
            return
        rows = np.memmap(self._folder / _ROWS, dtype="<f2", mode="r", shape=(self.count, self._dimension))
        index = faiss.IndexScalarQuantizer(self._dimension, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        # The range of each component is taken from an even sample of at most one chunk of rows.
        index.train(np.ascontiguousarray(rows[:: -(-self.count // _CHUNK)], dtype=np.float32))
        for start in range(0, self.count, _CHUNK):
            index.add(np.ascontiguousarray(rows[start : start + _CHUNK], dtype=np.float32))
        faiss.write_index(index, str(self._folder / _CODES))

    def close(self) -> None:
        """Close the files. Idempotent."""
        self._rows.close()
        self._owners.close()


class VectorIndex:
    """Nearest neighbours among a generation's vectors. Papers are positions (``ord``).

    :raises ValueError: when the files do not fit ``papers``, ``count`` and ``dimension``.
    """

    def __init__(self, folder: Path, *, papers: int, count: int, dimension: int) -> None:
        self._rows = np.memmap(folder / _ROWS, dtype="<f2", mode="r", shape=(count, dimension))
        self._owners = np.memmap(folder / _OWNERS, dtype="<i8", mode="r", shape=(count,))
        try:
            self._codes = faiss.read_index(str(folder / _CODES), faiss.IO_FLAG_MMAP_IFC)
        except RuntimeError as error:
            raise ValueError(f"{_CODES} cannot be read: {error}") from error
        if self._codes.ntotal != count or self._codes.d != dimension:
            raise ValueError(f"{_CODES} holds {self._codes.ntotal} vectors of {self._codes.d} components")
        self._row_of = np.full(papers, -1, dtype=np.int64)
        self._row_of[self._owners] = np.arange(count)

    def nearest(self, vector: Vectors, k: int, allowed: Positions | None) -> tuple[Positions, npt.NDArray[np.float32]]:
        """Positions of the ``k`` papers with the greatest cosine, best first (ties by position), and the cosines.

        ``vector``: unit, (dimension,). ``allowed``: positions to choose from, None for all.
        """
        if allowed is None:
            rows = None
            available = len(self._owners)
        else:
            rows = self._row_of[allowed]
            rows = rows[rows >= 0]
            available = len(rows)
        if min(k, available) == 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if available <= max(_SCANNED_EXACTLY, 2 * _CANDIDATES * k):
            return self._ranked(vector, np.arange(available) if rows is None else rows, k)
        return self._scan(vector, k, rows, available)

    def _scan(
        self, vector: Vectors, k: int, rows: Positions | None, available: int
    ) -> tuple[Positions, npt.NDArray[np.float32]]:
        parameters = None
        if rows is not None:
            chosen = np.zeros(len(self._owners), dtype=bool)
            chosen[rows] = True
            bitmap = np.packbits(chosen, bitorder="little")
            # faiss' own type stubs know neither the array form nor the keyword.
            selector = faiss.IDSelectorBitmap(bitmap)  # type: ignore[call-arg, arg-type]
            parameters = faiss.SearchParameters(sel=selector)  # type: ignore[call-arg]
        wanted = max(_CANDIDATES * k, k + _FEWEST)
        while True:
            wanted = min(wanted, available)
            with _one_thread():
                scores, found = self._codes.search(vector[np.newaxis], wanted, params=parameters)
            # Vectors with equal codes may be cut anywhere among them: look on until the last candidate is worse.
            if wanted == available or scores[0][-1] < scores[0][k - 1]:
                return self._ranked(vector, found[0], k)
            wanted *= 4

    def _ranked(self, vector: Vectors, rows: Positions, k: int) -> tuple[Positions, npt.NDArray[np.float32]]:
        # Not a matrix product: BLAS would wake its threads for it, and its sums of equal rows may differ.
        scores = np.einsum("ij,j->i", self._rows[rows].astype(np.float32), vector)
        owners = self._owners[rows]
        if k < len(rows):
            cut = np.partition(scores, len(scores) - k)[len(scores) - k]
            kept = np.flatnonzero(scores >= cut)
            scores, owners = scores[kept], owners[kept]
        order = np.lexsort((owners, -scores))[:k]
        return np.asarray(owners[order]), np.asarray(scores[order])

    def get(self, positions: Positions) -> tuple[Vectors, npt.NDArray[np.bool_]]:
        """Rows of papers: (n, dimension) and which of them exist; -1 is no paper."""
        rows = np.where(positions >= 0, self._row_of[positions], -1)
        exists = rows >= 0
        found = np.zeros((len(positions), self._rows.shape[1]), dtype=np.float32)
        found[exists] = self._rows[rows[exists]]
        return found, exists
