"""What two atoms have in common, in numbers; every number is 0 where nothing is known."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from indexer.identity.disambiguation.atoms import Atoms
from indexer.identity.disambiguation.collection import Collection
from indexer.identity.disambiguation.kernels import dense_dots, row_dots
from indexer.identity.disambiguation.matrices import Floats, Sparse, idf, unit_rows, weighted
from indexer.identity.disambiguation.mentions import IntArray
from indexer.identity.disambiguation.table import Table

__all__ = ["EITHER_WAY", "FEATURES", "SPEAKS_AGAINST", "PairFeatures", "circles"]

FEATURES = (
    "coauthors",  # log(1 + surprise of the co-authors in common), in nats; atoms already share what is beyond chance
    "second_order",  # log(1 + pairs of co-authors, one of each side, who have published together)
    "loose_coauthors",  # log(1 + rarity of the co-authors in common by initial and family name)
    "words",  # cosine of the words (TF-IDF)
    "meaning",  # cosine in the space of singular vectors
    "venue_words",  # cosine of the words of the venues
    "venues",  # log(1 + rarity of the venues in common)
    "affiliation_known",  # 1 when both have one
    "affiliation",  # cosine of the words of the affiliations
    "affiliation_unlike",  # 1 when both have one and no word in common
    "gap",  # log(1 + years between the spans)
    "gap_unknown",
    "references",  # log(1 + rarity of references in common, and of each other's papers)
    "no_reference",  # 1 when both have references and nothing in common
    "smaller",  # log mentions of the smaller
    "larger",
)
SPEAKS_AGAINST = frozenset({"affiliation_unlike", "gap", "no_reference"})
"""Features of which more can only speak for two persons. Of all others, but for those either way, it speaks for one."""
EITHER_WAY = frozenset({"affiliation_known", "gap_unknown", "smaller", "larger"})
_LARGEST_BYLINE = 50
_UNLIKE = 0.05


def circles(collection: Collection) -> Sparse:
    """Who has published with whom: (full names, full names) of ones, zero diagonal; papers of up to 50 authors."""
    names = collection.bylines.names
    few = sp.csr_array(names[np.diff(names.indptr) <= _LARGEST_BYLINE])
    found = sp.csr_array(few.T @ few)
    found.setdiag(0)
    found.eliminate_zeros()
    found.data = np.ones_like(found.data)
    return found


class PairFeatures:
    """Features of pairs of the atoms of some blocks."""

    def __init__(self, table: Table, collection: Collection, ties: Sparse, atoms: Atoms) -> None:
        rows, members = atoms.rows, atoms.members
        paper = table.paper[rows]
        self._surprise = _largest(members, atoms.surprise)
        self._circle = _ones(members @ table.others[rows])
        self._wider: Sparse = sp.csr_array(self._circle @ ties)
        loose = _ones(members @ table.loose_others[rows])
        self._loose = weighted(loose, np.sqrt(idf(collection.bylines.loose)))
        self._cosines = [
            unit_rows(sp.csr_array(members @ matrix))
            for matrix in (collection.words[paper], collection.venue_words[paper], table.affiliation[rows])
        ]
        meaning = np.asarray(members @ collection.meaning[paper], dtype=np.float32)
        length = np.linalg.norm(meaning, axis=1, keepdims=True)
        self._meaning = np.divide(meaning, length, out=np.zeros_like(meaning), where=length > 0)
        venue, column = np.unique(collection.venue[paper], return_inverse=True)
        rarity = np.zeros(len(venue), np.float32)
        rarity[column] = collection.venue_rarity[paper]
        shape = (len(atoms.size), len(venue))
        met = sp.csr_array((np.ones(len(rows), np.float32), (atoms.atom, column)), shape=shape)
        self._venues = weighted(_ones(met), np.sqrt(rarity))
        self._affiliated = (members @ table.has_affiliation[rows].astype(np.float32)) > 0
        self._cited: Sparse = sp.csr_array(members @ collection.cited[paper])
        self._citing = (members @ collection.has_references[paper].astype(np.float32)) > 0
        self._span = _spans(atoms, collection.year[paper])
        self._size = np.log(atoms.size).astype(np.float32)

    def of(self, left: IntArray, right: IntArray) -> Floats:
        """Float32, shape (pairs, features), in the order of :data:`FEATURES`."""
        words, venue_words, affiliation = (row_dots(one, one, left, right) for one in self._cosines)
        affiliated = self._affiliated[left] & self._affiliated[right]
        cited = row_dots(self._cited, self._cited, left, right)
        begin, end = self._span
        with np.errstate(invalid="ignore"):  # infinite minus infinite: both unknown
            gap = np.maximum(np.maximum(begin[left] - end[right], begin[right] - end[left]), 0)
        known = np.isfinite(gap)
        both = self._size[left], self._size[right]
        return np.column_stack(
            [
                np.log1p(row_dots(self._surprise, self._surprise, left, right)),
                np.log1p(row_dots(self._circle, self._wider, left, right)),
                np.log1p(row_dots(self._loose, self._loose, left, right)),
                words,
                dense_dots(self._meaning, left, right),
                venue_words,
                np.log1p(row_dots(self._venues, self._venues, left, right)),
                affiliated,
                affiliation,
                affiliated & (affiliation < _UNLIKE),
                np.log1p(np.where(known, gap, 0)),
                ~known,
                np.log1p(cited),
                self._citing[left] & self._citing[right] & (cited == 0),
                np.minimum(*both),
                np.maximum(*both),
            ]
        ).astype(np.float32)


def _ones(matrix: Sparse) -> Sparse:
    found = sp.csr_array(matrix, copy=True)
    found.sum_duplicates()
    found.data = np.ones_like(found.data)
    return found


def _largest(members: Sparse, matrix: Sparse) -> Sparse:
    """Of equal columns in one atom, the value (surprises of one name in one block are equal): sums over counts."""
    total = sp.csr_array(members @ matrix)
    often = sp.csr_array(members @ _ones(matrix))
    total.sort_indices()
    often.sort_indices()
    total.data = total.data / often.data
    return total


def _spans(atoms: Atoms, year: Floats) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """First and last year of each atom; infinite where no year is known."""
    begin = np.full(len(atoms.size), np.inf, np.float32)
    end = np.full(len(atoms.size), -np.inf, np.float32)
    known = ~np.isnan(year)
    np.minimum.at(begin, atoms.atom[known], year[known])
    np.maximum.at(end, atoms.atom[known], year[known])
    return begin, end
