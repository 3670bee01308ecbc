from __future__ import annotations

import itertools

import numpy as np
import numpy.typing as npt
from hypothesis import given
from hypothesis import strategies as st

from indexer.identity.components import Exclusive, components, merge

Ints = npt.NDArray[np.int64]

_SIZE = 8
_PAIRS = st.lists(st.tuples(st.integers(0, _SIZE - 1), st.integers(0, _SIZE - 1)), max_size=12)
_TOKENS = st.lists(st.tuples(st.integers(0, _SIZE - 1), st.integers(0, 3)), max_size=6)


def _arrays(pairs: list[tuple[int, int]]) -> tuple[Ints, Ints]:
    found = np.array(pairs, dtype=np.int64).reshape(-1, 2)
    return found[:, 0], found[:, 1]


def _closure(size: int, pairs: list[tuple[int, int]]) -> list[int]:
    label = list(range(size))
    for _ in range(size):
        for a, b in pairs:
            label[a] = label[b] = min(label[a], label[b])
    return label


@given(_PAIRS)
def test_components_are_the_transitive_closure(pairs: list[tuple[int, int]]) -> None:
    assert components(_SIZE, _arrays(pairs)).tolist() == _closure(_SIZE, pairs)


@given(before=_PAIRS, evidence=_PAIRS, tokens=_TOKENS, apart=_PAIRS)
def test_merge_against_a_plain_account(
    before: list[tuple[int, int]],
    evidence: list[tuple[int, int]],
    tokens: list[tuple[int, int]],
    apart: list[tuple[int, int]],
) -> None:
    start = _closure(_SIZE, before)

    def contradict(a: int, b: int) -> bool:
        """Two clusters share a token or hold the two ends of an apart pair."""
        ours = {t for n, t in tokens if start[n] == a}
        theirs = {t for n, t in tokens if start[n] == b}
        return bool(ours & theirs) or any({start[x], start[y]} == {a, b} for x, y in apart)

    usable = [(start[a], start[b]) for a, b in evidence if start[a] != start[b] and not contradict(start[a], start[b])]
    closure = _closure(_SIZE, usable)
    expected = list(start)
    refused = set()
    for root in set(closure):
        clusters = sorted({c for c in start if closure[c] == root})
        if any(contradict(a, b) for a, b in itertools.combinations(clusters, 2)):
            refused.add(root)
        else:
            expected = [root if label in clusters else label for label in expected]
    labels, count = merge(
        np.array(start, dtype=np.int64), _arrays(evidence), (Exclusive(*_arrays(tokens)),), _arrays(apart)
    )
    assert labels.tolist() == expected
    assert count == len(refused)


def test_direct_contradiction_is_no_evidence() -> None:
    # 1 is known to be 0 and 2; 0 and 2 hold one token: neither is taken. 3-4 is untouched by that.
    evidence = _arrays([(0, 1), (1, 2), (3, 4)])
    labels, refused = merge(np.arange(5), evidence, (Exclusive(np.array([0, 2]), np.array([7, 7])),))
    assert labels.tolist() == [0, 1, 2, 3, 3]
    assert refused == 1
    # The pair 0-2 itself is dropped without harm to 0-1.
    labels, refused = merge(np.arange(3), _arrays([(0, 1), (0, 2)]), apart=_arrays([(0, 2)]))
    assert labels.tolist() == [0, 0, 2]
    assert refused == 0
