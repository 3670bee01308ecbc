"""What an equal given name says among people of one family name and first initial.

Two strangers in such a block have the given name g in common with the chance p(g) that somebody of this initial is
called g, so an equal one speaks for one person with -log p(g), and an equal second initial likewise. Shares are of the
distinct names on the collection's papers. Where blocks are of one full name already, an equal name says nothing; that
is told from the blocks: in those that are wider, given names differ.
"""

from __future__ import annotations

from collections import Counter

import numpy as np
import scipy.sparse as sp

from indexer.identity.disambiguation.atoms import Atoms
from indexer.identity.disambiguation.collection import Collection
from indexer.identity.disambiguation.kernels import row_dots
from indexer.identity.disambiguation.matrices import Floats
from indexer.identity.disambiguation.mentions import IntArray
from indexer.identity.disambiguation.table import Table

__all__ = ["GivenNames"]

_WIDER = 0.05
"""Share of blocks with different given names from which on blocks are wider than a full name."""


class GivenNames:
    """Shares of given names in a collection. ``silent`` where the blocks of the table are of one full name."""

    def __init__(self, table: Table, collection: Collection) -> None:
        self._first: Counter[str] = Counter()
        self._initial: Counter[str] = Counter()
        self._middle: Counter[str] = Counter()
        for key in collection.bylines.full_keys:
            given = key.partition("|")[0].split()
            if given and len(given[0]) > 1:
                self._first[given[0]] += 1
                self._initial[given[0][0]] += 1
            if len(given) > 1:
                self._middle[given[1][0]] += 1
        self._middles = self._middle.total()
        self.silent = not _wider_than_names(table)

    def evidence(self, table: Table, atoms: Atoms, left: IntArray, right: IntArray) -> Floats:
        """Log likelihood ratio of the given names of each pair of atoms, in nats; float32, shape (pairs,)."""
        if self.silent:
            return np.zeros(len(left), np.float32)
        entries: dict[tuple[int, str], float] = {}
        for atom, row in zip(atoms.atom.tolist(), atoms.rows.tolist(), strict=True):
            name = table.writings[row]
            if name.first:
                entries[atom, name.first] = self._of_first(name.first)
            if name.middle:
                entries[atom, f"{name.middle}."] = self._of_middle(name.middle)
        if not entries:
            return np.zeros(len(left), np.float32)
        atom, name_of = zip(*entries, strict=True)
        column = np.unique(name_of, return_inverse=True)[1]
        weight = np.sqrt(np.array(list(entries.values()), np.float32))
        names = sp.csr_array((weight, (np.array(atom), column)), shape=(len(atoms.size), int(column.max()) + 1))
        return row_dots(names, names, left, right)

    def _of_first(self, name: str) -> float:
        return -float(np.log((self._first[name] + 1) / (self._initial[name[0]] + 2)))

    def _of_middle(self, initial: str) -> float:
        return -float(np.log((self._middle[initial] + 1) / (self._middles + 26)))


def _wider_than_names(table: Table) -> bool:
    seen: dict[int, str] = {}
    differ: set[int] = set()
    for block, name in zip(table.block.tolist(), table.writings, strict=True):
        if name.first and seen.setdefault(block, name.first) != name.first:
            differ.add(block)
    return len(differ) > _WIDER * len(seen)
