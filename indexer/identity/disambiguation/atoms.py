"""Mentions that are surely one person: atoms, the smallest clusters, from which linkage starts.

Two mentions of a block are linked when they share co-authors to a degree that chance does not explain. A name that
stands on a share p of the collection's papers is found beside one given namesake with chance p; among n mentions,
n times the product of the shares of all names in common is the number of strangers expected beside a mention with
just these co-authors. Linked are those where it is below one. Shares are counted outside the block, so that a person's
own circle does not look common.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from indexer.identity.components import components
from indexer.identity.disambiguation.collection import Collection
from indexer.identity.disambiguation.kernels import row_dots
from indexer.identity.disambiguation.matrices import Floats, Sparse, counts
from indexer.identity.disambiguation.mentions import IntArray
from indexer.identity.disambiguation.pairs import pairs_within, starts_of
from indexer.identity.disambiguation.table import Table
from indexer.identity.disambiguation.writings import could_be_one_person

__all__ = ["Atoms", "contradictions", "make_atoms"]

_LEAST = 1e-6
"""A surprise that stays an entry of a sparse matrix."""


@dataclass(frozen=True, slots=True)
class Atoms:
    """Atoms of some blocks. Arrays of mentions follow ``rows``; atoms are numbered by block, then by first mention."""

    rows: IntArray
    """Rows of the table."""
    atom: IntArray
    """Atom of each of ``rows``."""
    starts: IntArray
    """Where the atoms of each block begin, and their end."""
    size: npt.NDArray[np.float64]
    """Mentions of each atom."""
    members: Sparse
    """(atoms, rows) of ones."""
    surprise: Sparse
    """(rows, full names): the square root of the surprise, -log p in nats, of each co-author."""
    unlike: Sparse
    """(names as printed, names as printed) that no one person bears; 1 where incompatible."""
    form: IntArray
    """The printed name of each of ``rows``, a row of ``unlike``."""


def make_atoms(table: Table, collection: Collection, rows: IntArray) -> Atoms:
    """Link the mentions ``rows`` of whole blocks (block by block); see the module for the rule.

    Linked as well are mentions of one known person. Never linked, directly or by way of others: two mentions on one
    paper, incompatible names, different known persons; links are taken from the strongest down.
    """
    block = table.block[rows]
    starts = starts_of(block)
    surprise = _surprises(table, collection, rows)
    form, unlike = _forms([table.names[row] for row in rows.tolist()], starts)
    left, right = pairs_within(starts)
    shared = row_dots(surprise, surprise, left, right)
    person = table.person[rows]
    known = (person[left] >= 0) & (person[left] == person[right])
    linked = known | (shared > np.log(np.repeat(np.diff(starts), np.diff(starts)))[left])
    strength = np.where(known, np.float32(np.inf), shared)[linked]
    left, right = left[linked], right[linked]
    holdings = _Holdings(table.paper[rows], person, form, unlike)
    labels = _link(len(rows), left, right, strength, holdings)
    first, atom = np.unique(labels, return_inverse=True)
    members = sp.csr_array(
        (np.ones(len(rows), np.float32), (atom, np.arange(len(rows)))), shape=(len(first), len(rows))
    )
    return Atoms(
        rows, atom.astype(np.int64), starts_of(block[first]), np.bincount(atom).astype(np.float64),
        members, surprise, unlike, form,
    )  # fmt: skip


def _surprises(table: Table, collection: Collection, rows: IntArray) -> Sparse:
    found: Sparse = table.others[rows]
    row = np.repeat(np.arange(len(rows)), np.diff(found.indptr))
    key = table.block[rows][row] * found.shape[1] + found.indices
    _, which, inside = np.unique(key, return_inverse=True, return_counts=True)
    outside = np.maximum(counts(collection.bylines.names)[found.indices] - inside[which], 0) + 1
    surprise = -np.log(np.minimum(1, outside / collection.size))
    found.data = np.sqrt(np.maximum(surprise, _LEAST)).astype(np.float32)
    found.sort_indices()
    return found


def _forms(names: list[str], starts: IntArray) -> tuple[IntArray, Sparse]:
    """The number of each printed name, and which of those that meet in a block are incompatible."""
    printed, form = np.unique(names, return_inverse=True)
    left: list[int] = []
    right: list[int] = []
    for begin, end in zip(starts[:-1].tolist(), starts[1:].tolist(), strict=True):
        met = np.unique(form[begin:end]).tolist()
        for at, one in enumerate(met):
            for other in met[at + 1 :]:
                if not could_be_one_person(str(printed[one]), str(printed[other])):
                    left.append(one)
                    right.append(other)
    ends = np.array([left, right], np.int64)
    pairs = np.unique(np.concatenate([ends, ends[::-1]], axis=1), axis=1)
    shape = (len(printed), len(printed))
    return form.astype(np.int64), sp.csr_array((np.ones(pairs.shape[1], np.float32), (pairs[0], pairs[1])), shape=shape)


@dataclass(frozen=True, slots=True)
class _Holdings:
    """What clusters of mentions may not have in common, or not have two of."""

    paper: IntArray
    person: IntArray
    form: IntArray
    unlike: Sparse

    def clash(self, left: IntArray, right: IntArray) -> npt.NDArray[np.bool_]:
        """Which pairs of mentions cannot be one person."""
        persons = (self.person[left] >= 0) & (self.person[right] >= 0) & (self.person[left] != self.person[right])
        one: Sparse = sp.csr_array(sp.eye_array(self.unlike.shape[0], dtype=np.float32))
        unlike = row_dots(one, self.unlike, self.form[left], self.form[right]) > 0
        return np.asarray(persons | unlike | (self.paper[left] == self.paper[right]))


def _link(size: int, left: IntArray, right: IntArray, strength: Floats, holdings: _Holdings) -> IntArray:
    fine = ~holdings.clash(left, right)
    left, right, strength = left[fine], right[fine], strength[fine]
    labels = components(size, (left, right))
    bad = _contradicting(labels, holdings)
    if not bad.any():
        return labels
    labels[bad] = np.flatnonzero(bad)
    again = np.flatnonzero(bad[left])
    order = again[np.lexsort((right[again], left[again], -strength[again]))]
    return _greedy(labels, left[order], right[order], holdings)


def _contradicting(labels: IntArray, holdings: _Holdings) -> npt.NDArray[np.bool_]:
    """Mentions of components that hold a clash."""
    order = np.argsort(labels, kind="stable").astype(np.int64)
    starts = starts_of(labels[order])
    size = np.diff(starts)
    bad = np.zeros(len(labels), dtype=bool)
    for at in np.flatnonzero(size > 1).tolist():
        inside = order[starts[at] : starts[at + 1]]
        forms, person = np.unique(holdings.form[inside]), holdings.person[inside]
        twice = len(np.unique(holdings.paper[inside])) < len(inside)
        persons = len(np.unique(person[person >= 0])) > 1
        if twice or persons or (len(forms) > 1 and holdings.unlike[forms][:, forms].nnz):
            bad[inside] = True
    return bad


def _greedy(labels: IntArray, left: IntArray, right: IntArray, holdings: _Holdings) -> IntArray:
    """Unite pair by pair what stays free of clashes; ``labels`` of those concerned are their own rows."""
    unlike = [
        frozenset(holdings.unlike.indices[begin:end].tolist())
        for begin, end in zip(holdings.unlike.indptr[:-1], holdings.unlike.indptr[1:], strict=True)
    ]
    root = {row: row for row in np.unique(np.concatenate([left, right])).tolist()}
    held = {row: ([row], {int(holdings.paper[row])}, {int(holdings.form[row])}) for row in root}
    persons = {row: {int(holdings.person[row])} - {-1} for row in root}
    for one, other in zip(left.tolist(), right.tolist(), strict=True):
        a, b = root[one], root[other]
        if a == b or held[a][1] & held[b][1] or len(persons[a] | persons[b]) > 1:
            continue
        if any(unlike[form] & held[b][2] for form in held[a][2]):
            continue
        a, b = min(a, b), max(a, b)
        for row in held[b][0]:
            root[row] = a
        rows, papers, forms = held.pop(b)
        held[a][0].extend(rows)
        held[a][1].update(papers)
        held[a][2].update(forms)
        persons[a] |= persons.pop(b)
    for row, label in root.items():
        labels[row] = label
    return labels


def contradictions(table: Table, atoms: Atoms, left: IntArray, right: IntArray) -> npt.NDArray[np.bool_]:
    """Which pairs of atoms cannot be one person; bool, shape (pairs,)."""
    rows = atoms.rows
    count = len(rows)
    papers: Sparse = sp.csr_array(
        (np.ones(count, np.float32), (atoms.atom, np.unique(table.paper[rows], return_inverse=True)[1]))
    )
    forms: Sparse = sp.csr_array(
        (np.ones(count, np.float32), (atoms.atom, atoms.form)), shape=(len(atoms.size), atoms.unlike.shape[0])
    )
    person = np.full(len(atoms.size), -1, np.int64)
    np.maximum.at(person, atoms.atom, table.person[rows])
    found = (person[left] >= 0) & (person[right] >= 0) & (person[left] != person[right])
    found |= row_dots(papers, papers, left, right) > 0
    if atoms.unlike.nnz:
        found |= row_dots(forms, sp.csr_array(forms @ atoms.unlike), left, right) > 0
    return np.asarray(found)
