"""Neighbours by 8-bit scan and 16-bit rescoring, against the exact scan."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given
from hypothesis import strategies as st

from search.embedded import EmbeddedStore
from search.embedded.vectors import VectorIndex, VectorWriter
from search.engine import Vectors
from search.query.ast import Everything
from tests.contract.corpus import build

PAPERS, ROWS, DIMENSION = 9_000, 6_000, 64


def clustered(rows: int, seed: int) -> Vectors:
    """Unit vectors around 40 centres, as texts of 40 topics have."""
    random = np.random.default_rng(seed)
    centres = np.random.default_rng(0).normal(size=(40, DIMENSION))
    made = centres[random.integers(0, 40, rows)] + 0.7 * random.normal(size=(rows, DIMENSION))
    unit: Vectors = (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)
    return unit


@pytest.fixture(scope="module")
def vectors() -> Vectors:
    made = clustered(ROWS, 1)
    made[100:700] = made[50]  # more twins than any first guess of candidates
    return made


@pytest.fixture(scope="module")
def owners() -> npt.NDArray[np.int64]:
    return np.sort(np.random.default_rng(2).choice(PAPERS, ROWS, replace=False))


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory, vectors: Vectors, owners: npt.NDArray[np.int64]) -> VectorIndex:
    folder = tmp_path_factory.mktemp("vectors")
    writer = VectorWriter(folder, DIMENSION)
    for start in range(0, ROWS, 1000):
        writer.append(vectors[start : start + 1000], owners[start : start + 1000])
    writer.finish()
    return VectorIndex(folder, papers=PAPERS, count=ROWS, dimension=DIMENSION)


@pytest.mark.parametrize("share", [None, 0.9, 0.5, 0.05])
def test_recall(index: VectorIndex, vectors: Vectors, owners: npt.NDArray[np.int64], share: float | None) -> None:
    random = np.random.default_rng(3)
    allowed = None if share is None else np.flatnonzero(random.random(PAPERS) < share)
    usable = np.ones(ROWS, dtype=bool) if allowed is None else np.isin(owners, allowed)
    found = 0
    queries = clustered(50, 4)
    for query in queries:
        cosines = np.where(usable, vectors @ query, -2.0)
        nearest, scores = index.nearest(query, 10, allowed)
        tenth = np.sort(cosines)[-10]
        found += int((cosines[np.searchsorted(owners, nearest)] >= tenth - 1e-6).sum())
        np.testing.assert_allclose(scores, np.sort(cosines)[::-1][:10], atol=2e-3)
    assert found / (10 * len(queries)) >= 0.98


@pytest.mark.parametrize("k", [1, 10, 300, 601, 700])
def test_more_twins_than_candidates_go_by_position(
    index: VectorIndex, vectors: Vectors, owners: npt.NDArray[np.int64], k: int
) -> None:
    twins = np.sort(np.concatenate([owners[50:51], owners[100:700]]))
    positions, scores = index.nearest(vectors[50], k, None)
    assert positions[: len(twins)].tolist() == twins[:k].tolist()
    assert len(set(scores[: len(twins)].tolist())) == 1


@given(st.integers(0, 40), st.sets(st.integers(0, PAPERS - 1), max_size=30))
def test_only_allowed_papers_with_vectors(index: VectorIndex, k: int, allowed: set[int]) -> None:
    query = clustered(1, 5)[0]
    positions, scores = index.nearest(query, k, np.array(sorted(allowed), dtype=np.int64))
    _, exists = index.get(np.array(sorted(allowed), dtype=np.int64))
    assert len(positions) == len(set(positions.tolist())) == min(k, int(exists.sum()))
    assert set(positions.tolist()) <= allowed
    assert np.all(np.diff(scores) <= 0)


def test_get(index: VectorIndex, vectors: Vectors, owners: npt.NDArray[np.int64]) -> None:
    found, exists = index.get(np.array([owners[3], -1, owners[0]]))
    assert exists.tolist() == [True, False, True]
    np.testing.assert_allclose(found[[0, 2]], vectors[[3, 0]], atol=1e-3)


def test_files_of_another_size(tmp_path: Path) -> None:
    writer = VectorWriter(tmp_path, 4)
    writer.append(np.eye(4, dtype=np.float32), np.arange(4))
    writer.finish()
    for wrong in ({"count": 5, "dimension": 4}, {"count": 2, "dimension": 8}, {"count": 4, "dimension": 5}):
        with pytest.raises(ValueError, match=r"mmap|vectors"):
            VectorIndex(tmp_path, papers=4, **wrong)


def test_a_constraint_is_evaluated_once(tmp_path: Path) -> None:
    store = EmbeddedStore(tmp_path / "store")
    build(store)
    engine = store.reader()
    first = engine.nearest(np.ones(8, dtype=np.float32), 5, Everything())
    assert engine.nearest(np.ones(8, dtype=np.float32), 5) == first
    engine.close()
