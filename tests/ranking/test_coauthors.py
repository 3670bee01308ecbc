"""Who wrote with whom, against sparse matrix products."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from ranking import kernels
from ranking.corpus import NO_YEAR, Adjacency


def _graph(seed: int, papers: int, authors: int) -> tuple[Adjacency, np.ndarray]:
    random = np.random.default_rng(seed)
    sizes = random.integers(0, 5, papers)
    rows = np.repeat(np.arange(papers), sizes)
    links = Adjacency.from_pairs(rows, random.integers(0, authors, len(rows)), (papers, authors))
    years = random.choice(np.array([NO_YEAR, 1990, 2000, 2010], dtype=np.int16), papers)
    return links, years


@settings(deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 30), st.integers(1, 12))
def test_joint_papers_are_the_product_of_the_bylines(seed: int, papers: int, authors: int) -> None:
    bylines, years = _graph(seed, papers, authors)
    written = bylines.transposed()
    graph = (written.offsets, written.indices, bylines.offsets, bylines.indices)
    offsets, others = kernels.coauthors.met(*graph)
    joint, first, last = kernels.coauthors.joint_papers(offsets, others, *graph, years, NO_YEAR)

    def product(chosen: np.ndarray) -> np.ndarray:
        kept = bylines.keep(chosen[bylines.row_of_links()])
        matrix = csr_array((np.ones(len(kept.indices)), kept.indices, kept.offsets), shape=(papers, authors))
        table = np.asarray((matrix.T @ matrix).todense())
        np.fill_diagonal(table, 0)
        return table

    everything = product(np.ones(papers, dtype=np.bool_))
    owners = np.repeat(np.arange(authors), np.diff(offsets))
    found = np.zeros((authors, authors))
    found[owners, others] = joint
    np.testing.assert_array_equal(found, everything)
    assert all(np.all(np.diff(others[offsets[a] : offsets[a + 1]]) > 0) for a in range(authors))
    for link, (one, other) in enumerate(zip(owners.tolist(), others.tolist(), strict=True)):
        when = [year for year in (1990, 2000, 2010) if product(years == year)[one, other]] or [NO_YEAR]
        assert (first[link], last[link]) == (when[0], when[-1])


@pytest.mark.parametrize("authors", [0, 3])
def test_without_papers(authors: int) -> None:
    empty = Adjacency.empty(0, authors)
    written = empty.transposed()
    graph = (written.offsets, written.indices, empty.offsets, empty.indices)
    offsets, others = kernels.coauthors.met(*graph)
    assert offsets.tolist() == [0] * (authors + 1)
    joint, first, last = kernels.coauthors.joint_papers(offsets, others, *graph, np.empty(0, dtype=np.int16), NO_YEAR)
    assert len(joint) == len(first) == len(last) == 0
