"""Mentions into people: atoms, the evidence between them, and groups of them; and how the evidence is weighed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from indexer.identity.components import Pairs
from indexer.identity.disambiguation.atoms import Atoms, contradictions, make_atoms
from indexer.identity.disambiguation.collection import Collection, read_collection
from indexer.identity.disambiguation.features import FEATURES, PairFeatures, circles
from indexer.identity.disambiguation.given_names import GivenNames
from indexer.identity.disambiguation.grouping import group
from indexer.identity.disambiguation.matrices import Floats, Sparse
from indexer.identity.disambiguation.mentions import IntArray, Mention, MentionPaper
from indexer.identity.disambiguation.model import Examples, PairModel, join_examples, learn
from indexer.identity.disambiguation.namesakes import make_namesakes
from indexer.identity.disambiguation.pairs import batches, pairs_within
from indexer.identity.disambiguation.shipped import SHIPPED
from indexer.identity.disambiguation.table import Table, read_mentions

__all__ = ["disambiguate", "fit_pair_model"]

_CHUNK = 1 << 18
"""Pairs whose features are held at once."""
_FEWEST = 200
"""Made-up pairs of one person below which nothing is learned from the collection."""
_OF_AFFILIATIONS = frozenset({"affiliation_known", "affiliation", "affiliation_unlike"})


def disambiguate(
    papers: Sequence[MentionPaper], mentions: Sequence[Mention], model: PairModel | None = None
) -> IntArray:
    """Which mentions are one person: int64 labels, shape (mentions,); equal labels are one person.

    A label is the position of the first mention of its person. ``papers`` holds every paper that mentions name, and
    better the whole collection: what is rare is read from it. Without a ``model``, evidence is weighed by one that is
    learned from made-up namesakes of the collection, or the shipped one where the collection is too small for that. The
    same people come out in whatever order papers and mentions are given, if ids of both are distinct.

    :raises ValueError: when a mention names a paper that is not among ``papers``.
    """
    order = sorted(range(len(mentions)), key=lambda at: _sort_key(mentions[at]))
    read = _Read(papers, [mentions[at] for at in order])
    if not order:
        return np.zeros(0, np.int64)
    found = read.cluster(model or read.own_model())
    labels = np.empty(len(order), np.int64)
    labels[order] = found
    _, first, which = np.unique(labels, return_index=True, return_inverse=True)
    return first[which].astype(np.int64)


def _sort_key(mention: Mention) -> tuple[str, str, str, str, str]:
    return mention.block, mention.paper, mention.id, mention.name, mention.affiliation


def fit_pair_model(papers: Sequence[MentionPaper], mentions: Sequence[Mention], truth: Sequence[str]) -> PairModel:
    """Learn from mentions whose true person is known (``truth[i]`` is the person of ``mentions[i]``).

    The shipped model comes back where nothing can be learned: no block has both a pair of one person and one of two.

    :raises ValueError: when a mention names a paper that is not there, or truth and mentions are not parallel.
    """
    if len(truth) != len(mentions):
        raise ValueError(f"{len(mentions)} mentions, but the truth of {len(truth)}")
    order = sorted(range(len(mentions)), key=lambda at: _sort_key(mentions[at]))
    read = _Read(papers, [mentions[at] for at in order])
    person = np.unique([truth[at] for at in order], return_inverse=True)[1].astype(np.int64)
    examples = _examples(read.table, read.collection, read.ties, person)
    return (learn(examples) if examples is not None else None) or SHIPPED


class _Read:
    """Papers and mentions as matrices, in an order of their own."""

    def __init__(self, papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> None:
        ordered = sorted(papers, key=lambda paper: paper.id)
        self.collection = read_collection(ordered)
        self.table = read_mentions(ordered, mentions, self.collection)
        self.ties = circles(self.collection)

    def own_model(self) -> PairModel:
        """What the collection teaches; the shipped model where that is little, and for affiliations."""
        made, person = make_namesakes(self.table, self.collection)
        examples = _examples(made, self.collection, self.ties, person)
        if examples is None or int(examples.same.sum()) < _FEWEST:
            return SHIPPED
        learned = learn(examples, [name for name in FEATURES if name not in _OF_AFFILIATIONS])
        if learned is None:
            return SHIPPED
        both = zip(FEATURES, learned.weights, SHIPPED.weights, strict=True)
        weights = tuple(theirs if name in _OF_AFFILIATIONS else ours for name, ours, theirs in both)
        return PairModel(weights, learned.constant)

    def cluster(self, model: PairModel) -> IntArray:
        """For each mention the first mention of its person."""
        labels = np.empty(len(self.table.names), np.int64)
        given = GivenNames(self.table, self.collection)
        for rows in batches(self.table.block):
            atoms = make_atoms(self.table, self.collection, rows)
            left, right = pairs_within(atoms.starts)
            score = np.empty(len(left), np.float32)
            for part, features in _features(self.table, self.collection, self.ties, atoms, (left, right)):
                score[part] = model.evidence(features)
            score += given.evidence(self.table, atoms, left, right)
            apart = contradictions(self.table, atoms, left, right)
            found = group(atoms.starts, (left, right), score, apart, atoms.size)[atoms.atom]
            _, first, which = np.unique(found, return_index=True, return_inverse=True)
            labels[rows] = rows[first][which]
        return labels


def _features(
    table: Table, collection: Collection, ties: Sparse, atoms: Atoms, pairs: Pairs
) -> Iterator[tuple[slice, Floats]]:
    """Features of all pairs, so many at a time that memory stays small."""
    left, right = pairs
    features = PairFeatures(table, collection, ties, atoms)
    for begin in range(0, len(left), _CHUNK):
        part = slice(begin, begin + _CHUNK)
        yield part, features.of(left[part], right[part])


def _examples(table: Table, collection: Collection, ties: Sparse, person: IntArray) -> Examples | None:
    """Pairs of the atoms of every block with their truth; None where there are none.

    An atom is of the person whom most of its mentions are of; with the square root of the mentions on either side a
    pair weighs more, and the pairs of a block together weigh as much as its mentions.
    """
    parts = []
    for rows in batches(table.block):
        atoms = make_atoms(table, collection, rows)
        left, right = pairs_within(atoms.starts)
        fine = ~contradictions(table, atoms, left, right)
        left, right = left[fine], right[fine]
        if not len(left):
            continue
        features = np.concatenate([part for _, part in _features(table, collection, ties, atoms, (left, right))])
        majority = _majority(atoms, person[rows])
        block = (np.searchsorted(atoms.starts, left, side="right") - 1).astype(np.int64)
        weight = np.sqrt(atoms.size[left] * atoms.size[right])
        mentions = np.add.reduceat(atoms.size, atoms.starts[:-1])
        weight *= (mentions / np.maximum(np.bincount(block, weight, len(mentions)), 1e-9))[block]
        first = table.block[rows[np.unique(atoms.atom, return_index=True)[1]]]
        parts.append(Examples(features, majority[left] == majority[right], weight, first[left]))
    return join_examples(parts) if parts else None


def _majority(atoms: Atoms, person: IntArray) -> IntArray:
    """The person of most mentions of each atom, the first of equals."""
    pair, many = np.unique(np.stack([atoms.atom, person]), axis=1, return_counts=True)
    order = np.lexsort((pair[1], -many, pair[0]))
    first = np.unique(pair[0][order], return_index=True)[1]
    found: IntArray = pair[1][order][first]
    return found
