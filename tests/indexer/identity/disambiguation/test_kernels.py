from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sp
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.spatial.distance import squareform

from indexer.identity.disambiguation.kernels import APART, average_linkage, dense_dots, row_dots
from indexer.identity.disambiguation.pairs import batches, pairs_within, starts_of


def _same_partition(one: np.ndarray, other: np.ndarray) -> bool:
    return (
        len(set(zip(one.tolist(), other.tolist(), strict=True))) == len(set(one.tolist())) == len(set(other.tolist()))
    )


def test_products_of_rows_are_those_of_the_dense_matrices() -> None:
    rng = np.random.default_rng(1)
    one = sp.csr_array(sp.random_array((30, 40), density=0.2, rng=rng).astype(np.float32))
    other = sp.csr_array(sp.random_array((20, 40), density=0.3, rng=rng).astype(np.float32))
    left, right = rng.integers(0, 30, 100), rng.integers(0, 20, 100)
    expected = (one.toarray()[left] * other.toarray()[right]).sum(axis=1)
    np.testing.assert_allclose(row_dots(one, other, left, right), expected, rtol=1e-5)
    np.testing.assert_allclose(
        dense_dots(one.toarray(), left, left[::-1].copy()),
        (one.toarray()[left] * one.toarray()[left[::-1]]).sum(1),
        rtol=1e-5,
    )


@pytest.mark.parametrize("cut", [0.2, 0.4, 0.5, 0.9])
def test_average_linkage_is_that_of_scipy(cut: float) -> None:
    rng = np.random.default_rng(2)
    points = rng.random((60, 3))
    distance = np.linalg.norm(points[:, None] - points[None], axis=2)
    expected = fcluster(linkage(squareform(distance, checks=False), "average"), cut, "distance")
    found = average_linkage(distance.astype(np.float32), np.ones(60), cut)
    assert _same_partition(found, expected)


def test_rows_that_stand_for_many_weigh_as_many() -> None:
    rng = np.random.default_rng(3)
    points = np.repeat(rng.random((25, 3)), rng.integers(1, 5, 25), axis=0)
    kept, which, size = np.unique(points, axis=0, return_inverse=True, return_counts=True)
    every = np.linalg.norm(points[:, None] - points[None], axis=2)
    few = np.linalg.norm(kept[:, None] - kept[None], axis=2)
    expected = fcluster(linkage(squareform(every, checks=False), "average"), 0.4, "distance")
    found = average_linkage(few.astype(np.float32), size.astype(np.float64), 0.4)
    assert _same_partition(found[which.ravel()], expected)


def _greedy(distance: np.ndarray, cut: float) -> np.ndarray:
    """Always the nearest pair of clusters, by definition."""
    clusters = [[at] for at in range(len(distance))]
    while len(clusters) > 1:
        means = {
            (a, b): distance[np.ix_(clusters[a], clusters[b])].mean()
            for a in range(len(clusters))
            for b in range(a + 1, len(clusters))
        }
        (a, b), nearest = min(means.items(), key=lambda item: item[1])
        if nearest > cut:
            break
        clusters[a] += clusters.pop(b)
    labels = np.zeros(len(distance), int)
    for cluster in clusters:
        labels[cluster] = min(cluster)
    return labels


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10_000), st.integers(1, 14), st.floats(0.05, 0.95))
def test_what_must_stay_apart_does_and_the_rest_is_as_greedy_clustering_says(seed: int, size: int, cut: float) -> None:
    rng = np.random.default_rng(seed)
    distance = rng.random((size, size))
    distance = (distance + distance.T) / 2
    apart = rng.random((size, size)) < 0.1
    distance[apart | apart.T] = APART
    np.fill_diagonal(distance, 0)
    found = average_linkage(distance.astype(np.float32), np.ones(size), cut)
    assert found.tolist() == _greedy(distance, cut).tolist()
    together = found[:, None] == found[None]
    np.fill_diagonal(together, False)
    assert not (together & (apart | apart.T)).any()


def test_pairs_are_those_inside_groups() -> None:
    left, right = pairs_within(np.array([0, 3, 4, 6]))
    assert list(zip(left.tolist(), right.tolist(), strict=True)) == [(0, 1), (0, 2), (1, 2), (4, 5)]


def test_batches_hold_whole_blocks_and_every_row_once() -> None:
    block = np.random.default_rng(4).integers(0, 30, 400)
    found = list(batches(block, limit=200))
    assert sorted(np.concatenate(found).tolist()) == list(range(400))
    assert len(found) > 5
    homes = [set(block[rows].tolist()) for rows in found]
    assert sum(map(len, homes)) == len(set(block.tolist()))
    assert all(len(starts_of(block[rows])) - 1 == len(home) for rows, home in zip(found, homes, strict=True))
    assert list(batches(np.zeros(0, np.int64))) == []
