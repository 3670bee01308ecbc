"""Putting things together unless that contradicts something: union-find with constraints, in arrays.

Evidence is taken in passes, strongest first. Inside a pass a component is united as a whole or not at all, so the
outcome does not depend on the order in which evidence arrives.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp
from scipy.sparse.csgraph import connected_components

__all__ = ["Exclusive", "Ints", "Pairs", "components", "merge"]

Ints: TypeAlias = npt.NDArray[np.int64]
Pairs: TypeAlias = tuple[Ints, Ints]
"""Two parallel arrays: the left and the right end of each pair."""

_EMPTY: Pairs = (np.zeros(0, np.int64), np.zeros(0, np.int64))


@dataclass(frozen=True, slots=True)
class Exclusive:
    """Tokens that only one thing may hold: ``tokens[i]`` is held by node ``nodes[i]``, both int64, shape (holdings,).

    A source that tells its people apart, a paper on which a person has one place: two clusters holding the same token
    are two things.
    """

    nodes: Ints
    tokens: Ints


def components(size: int, pairs: Pairs) -> Ints:
    """The smallest node of the component of each of ``size`` nodes under ``pairs``; int64, shape (size,)."""
    left, right = pairs
    graph = sp.coo_array((np.ones(len(left), np.int8), (left, right)), shape=(size, size))
    count, label = connected_components(graph, directed=False)
    smallest = np.full(count, size, dtype=np.int64)
    np.minimum.at(smallest, label, np.arange(size, dtype=np.int64))
    return smallest[label]


def merge(
    labels: Ints, evidence: Pairs, exclusive: tuple[Exclusive, ...] = (), apart: Pairs = _EMPTY
) -> tuple[Ints, int]:
    """Unite clusters that ``evidence`` joins, except where that puts together what must stay apart.

    ``labels``: the smallest node of each node's cluster, shape (nodes,). ``apart``: pairs of nodes that are different
    things. A pair of clusters that contradict each other directly is no evidence; a component that contradicts itself
    by way of others is left as it was. Returns the new labels and how many components were left.
    """
    left, right = labels[evidence[0]], labels[evidence[1]]
    some = left != right
    left, right = left[some], right[some]
    if not len(left):
        return labels, 0
    keys = np.unique(np.minimum(left, right) * len(labels) + np.maximum(left, right))
    left, right = keys // len(labels), keys % len(labels)
    involved = np.zeros(len(labels), dtype=bool)
    involved[left] = involved[right] = True
    held = [_of_clusters(labels, tokens, involved) for tokens in exclusive]
    good = ~_contradicting(len(labels), (left, right), held, (labels[apart[0]], labels[apart[1]]))
    component = components(len(labels), (left[good], right[good]))
    bad = np.zeros(len(labels), dtype=bool)
    for clusters, tokens in held:
        bad[_shared(component[clusters], tokens)] = True
    one, other = labels[apart[0]], labels[apart[1]]
    bad[component[one][(component[one] == component[other]) & (one != other)]] = True
    united = np.where(bad[component], np.arange(len(labels)), component)
    return united[labels], int(bad.sum())


def _of_clusters(labels: Ints, exclusive: Exclusive, involved: npt.NDArray[np.bool_]) -> Pairs:
    """Distinct (cluster, token) of the clusters that evidence speaks of."""
    clusters = labels[exclusive.nodes]
    keep = involved[clusters]
    clusters, tokens = clusters[keep], exclusive.tokens[keep]
    if not len(clusters):
        return _EMPTY
    pairs = np.unique(np.stack([clusters, tokens]), axis=1)
    return pairs[0], pairs[1]


def _shared(groups: Ints, tokens: Ints) -> Ints:
    """Groups in which a token occurs more than once."""
    order = np.lexsort((tokens, groups))
    groups, tokens = groups[order], tokens[order]
    twice = (groups[1:] == groups[:-1]) & (tokens[1:] == tokens[:-1])
    again: Ints = groups[1:][twice]
    return again


def _contradicting(size: int, pairs: Pairs, held: list[Pairs], apart: Pairs) -> npt.NDArray[np.bool_]:
    """Which pairs of clusters share an exclusive token or are told apart."""
    left, right = pairs
    found: npt.NDArray[np.bool_] = np.isin(
        np.minimum(left, right) * size + np.maximum(left, right), np.minimum(*apart) * size + np.maximum(*apart)
    )
    for clusters, tokens in held:
        if not len(clusters):
            continue
        _, code = np.unique(tokens, return_inverse=True)
        holds = sp.csr_array((np.ones(len(code), np.int32), (clusters, code)), shape=(size, int(code.max()) + 1))
        found |= np.asarray(holds[left].multiply(holds[right]).sum(axis=1) > 0)
    return found
