"""Made-up namesakes: examples for the pair model out of any collection, without anybody's judgement.

A full name that is the only one of its family name and first initial on all papers is almost surely one person; so are
initials with a family name that nobody else bears. A few
such people, taken together as if they had one name, are a block whose truth is known. Everything but affiliations can
be learned from it, for bylines carry none.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
import scipy.sparse as sp

from indexer.identity.disambiguation.collection import Collection
from indexer.identity.disambiguation.matrices import Sparse, counts
from indexer.identity.disambiguation.mentions import IntArray
from indexer.identity.disambiguation.table import Table, beside
from indexer.identity.disambiguation.writings import Writing

__all__ = ["make_namesakes"]

_PEOPLE = 3000
_IN_A_BLOCK = 8
_PAPERS = 60
"""Papers taken of one person at most."""


def make_namesakes(table: Table, collection: Collection) -> tuple[Table, IntArray]:
    """Mentions in blocks of eight people with rare names and two or more papers, and the person of each mention.

    The names that ``table`` asks about count for nobody on bylines if they are a few among many: papers that were
    collected for a name share that name, which would teach that all papers share co-authors.
    """
    bylines = collection.bylines
    few = 2 * len(table.names) < bylines.names.nnz
    hidden = frozenset(name.loose for name in table.writings) if few else frozenset()
    people = _rare(collection, hidden)
    papers = sp.csc_array(bylines.names)
    found = [papers.indices[papers.indptr[at] : papers.indptr[at + 1]][:_PAPERS] for at in people.tolist()]
    many = np.array([len(rows) for rows in found], np.int64)
    person = np.repeat(np.arange(len(people)), many).astype(np.int64)
    paper = np.concatenate([*found, np.zeros(0, np.int64)]).astype(np.int64)
    loose = {column: key for key, column in bylines.loose_keys.items()}
    own = [loose[int(bylines.loose_of[at])] for at in people.tolist()]
    others, loose_others = beside(collection, paper, [own[at] for at in person.tolist()], hidden)
    silent = Writing("", "", "", "")
    nothing: Sparse = sp.csr_array(
        (np.zeros(0, np.float32), (np.zeros(0, int), np.zeros(0, int))), shape=(len(paper), 1)
    )
    made = replace(
        table,
        block=person // _IN_A_BLOCK,
        paper=paper,
        names=("",) * len(paper),
        writings=(silent,) * len(paper),
        person=np.full(len(paper), -1, np.int64),
        others=others,
        loose_others=loose_others,
        affiliation=nothing,
        has_affiliation=np.zeros(len(paper), dtype=bool),
    )
    return made, person


def _rare(collection: Collection, hidden: frozenset[str]) -> IntArray:
    """Columns of the names of up to 3,000 people, in an order that is random and fixed."""
    bylines = collection.bylines
    alone = np.bincount(bylines.loose_of, minlength=bylines.loose.shape[1]) == 1
    for key in hidden:
        if key in bylines.loose_keys:
            alone[bylines.loose_keys[key]] = False
    family = [key.partition("|")[2] for key in bylines.loose_keys]
    spread = Counter(family)
    written = [len(key.split(" ")[0].partition("|")[0]) > 1 for key in bylines.full_keys] or [False]
    single = np.array([spread[name] == 1 for name in family] or [False])[bylines.loose_of]
    written_or_single = np.array(written) | single
    able = np.flatnonzero(alone[bylines.loose_of] & (counts(bylines.names) >= 2) & written_or_single)
    shuffled = np.random.default_rng(0).permutation(able)
    return shuffled[:_PEOPLE].astype(np.int64)
