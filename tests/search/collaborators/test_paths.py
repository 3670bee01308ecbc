"""The strongest chain against trying every chain."""

from __future__ import annotations

from itertools import pairwise, permutations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import sparse

from search.collaborators.paths import chain

PEOPLE = 7


@given(st.integers(0, 10**6))
@settings(max_examples=80, deadline=None)
def test_chains(seed: int) -> None:
    random = np.random.default_rng(seed)
    half = np.triu((random.random((PEOPLE, PEOPLE)) < 0.25) * random.random((PEOPLE, PEOPLE)), 1)
    dense = (half + half.T).astype(np.float32)
    found = chain(sparse.csr_array(dense), 0, 1)
    chains: dict[int, list[tuple[float, tuple[int, ...]]]] = {}
    for between in range(3):
        for middle in permutations(range(2, PEOPLE), between):
            people = (0, *middle, 1)
            links = [float(dense[one, other]) for one, other in pairwise(people)]
            if all(links):
                chains.setdefault(between, []).append((min(links), people))
    if not chains:
        assert found == []
        return
    shortest = chains[min(chains)]
    weakest = max(weight for weight, _ in shortest)
    assert tuple(found) in {people for weight, people in shortest if weight == weakest}
