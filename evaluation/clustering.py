"""Measures of clusterings within blocks, from counts of who was put with whom: no pair is ever written out.

A block holds mentions that might be one person (one name, or names that may be written so); only mentions of one block
can be found together, so a cluster or an author that reaches into several blocks counts as one in each.

*Pairwise* measures are over the pairs of mentions in a block: found (in one cluster), true (of one author) and both.
F1 = 2 both / (found + true), which is 1 where there is neither a found nor a true pair. *Macro* is the mean over the
blocks that have a pair at all, two mentions and more; *micro* takes all pairs of all blocks together.

*B-cubed* (Bagga, Baldwin, Entity-based cross-document coreferencing using the vector space model, ACL 1998): the
precision of a mention is the share of its cluster that is of its author, its recall the share of its author's mentions
that is in its cluster. Both are averaged over all mentions, whatever their block; F1 is the harmonic mean of the two.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

__all__ = ["IDENTITY_KEYS", "PairCounts", "b_cubed", "clustering_measures", "pair_counts", "pairwise_f1"]

Ints: TypeAlias = npt.NDArray[np.int64]
Floats: TypeAlias = npt.NDArray[np.float64]

IDENTITY_KEYS: tuple[str, ...] = ("pairwise_macro_f1", "pairwise_micro_f1", "b3_f1", "b3_precision", "b3_recall")


@dataclass(frozen=True, slots=True)
class PairCounts:
    """Pairs by block, int64, shape (blocks,): ``both`` found and true, ``found``, ``true``, and ``all`` there are."""

    both: Ints
    found: Ints
    true: Ints
    all: Ints


def clustering_measures(blocks: Ints, found: Ints, true: Ints) -> dict[str, float | int]:
    """Measures under :data:`IDENTITY_KEYS`, micro precision and recall, and counts.

    ``blocks``, ``found``, ``true``: the block, the cluster and the author of each mention, as non-negative numbers,
    shape (mentions,). A measure over no blocks, mentions or pairs is NaN; micro precision without a found pair is NaN,
    and micro recall without a true one.

    :raises ValueError: arrays of different lengths.
    """
    counts = pair_counts(blocks, found, true)
    some = counts.all > 0
    both, joined, same = int(counts.both.sum()), int(counts.found.sum()), int(counts.true.sum())
    precision, recall = (
        float(values.mean()) if len(values) else float("nan") for values in b_cubed(blocks, found, true)
    )
    return {
        "pairwise_macro_f1": float(pairwise_f1(counts)[some].mean()) if some.any() else float("nan"),
        "pairwise_micro_f1": _ratio(2 * both, joined + same, 1.0 if some.any() else float("nan")),
        "b3_f1": 2 * precision * recall / (precision + recall),
        "b3_precision": precision,
        "b3_recall": recall,
        "pairwise_micro_precision": _ratio(both, joined, float("nan")),
        "pairwise_micro_recall": _ratio(both, same, float("nan")),
        "mentions": len(blocks),
        "blocks": len(some),
        "authors": _distinct(blocks, true),
        "clusters": _distinct(blocks, found),
    }


def pair_counts(blocks: Ints, found: Ints, true: Ints) -> PairCounts:
    """Pairs of mentions by block, blocks in ascending order of their number. Arguments as :func:`clustering_measures`.

    :raises ValueError: arrays of different lengths.
    """
    names, block = np.unique(blocks, return_inverse=True)
    size = len(names)
    return PairCounts(
        both=_pairs(block, _numbered(_numbered(block, found), true), size),
        found=_pairs(block, _numbered(block, found), size),
        true=_pairs(block, _numbered(block, true), size),
        all=_pairs(block, block, size),
    )


def pairwise_f1(counts: PairCounts) -> Floats:
    """F1 of each block, shape (blocks,); 1 where there is neither a found nor a true pair."""
    total = counts.found + counts.true
    values: Floats = np.divide(2 * counts.both, total, out=np.ones(len(total)), where=total > 0)
    return values


def b_cubed(blocks: Ints, found: Ints, true: Ints) -> tuple[Floats, Floats]:
    """Precision and recall of every mention, two arrays of shape (mentions,)."""
    cluster, author = _numbered(blocks, found), _numbered(blocks, true)
    both = _sizes(_numbered(cluster, author))
    return both / _sizes(cluster), both / _sizes(author)


def _numbered(one: Ints, other: Ints) -> Ints:
    """A number for each pair of values, equal for equal pairs; from 0 up."""
    if one.shape != other.shape:
        raise ValueError(f"{one.shape} and {other.shape} values; there must be one for each mention")
    if not len(one):
        return np.zeros(0, dtype=np.int64)
    # Numbering first keeps the product within 64 bits, whatever the values are.
    left, right = np.unique(one, return_inverse=True)[1], np.unique(other, return_inverse=True)[1]
    numbers: Ints = np.unique(left * (int(right.max()) + 1) + right, return_inverse=True)[1]
    return numbers


def _sizes(groups: Ints) -> Ints:
    """How many there are in the group of each."""
    sizes: Ints = np.bincount(groups)[groups]
    return sizes


def _pairs(block: Ints, groups: Ints, size: int) -> Ints:
    """Pairs within groups, summed by the block each group lies in; int64, shape (size,)."""
    number = np.bincount(groups)
    home = np.zeros(len(number), dtype=np.int64)
    home[groups] = block
    pairs = np.zeros(size, dtype=np.int64)
    np.add.at(pairs, home, number * (number - 1) // 2)
    return pairs


def _distinct(blocks: Ints, groups: Ints) -> int:
    return int(_numbered(blocks, groups).max(initial=-1)) + 1


def _ratio(part: int, whole: int, otherwise: float) -> float:
    return part / whole if whole else otherwise
