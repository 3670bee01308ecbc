"""Mentions as rows: whose byline, which affiliation, which paper, which block."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.identity.disambiguation.collection import Collection
from indexer.identity.disambiguation.matrices import Sparse, only_columns, tf_idf
from indexer.identity.disambiguation.mentions import IntArray, Mention, MentionPaper
from indexer.identity.disambiguation.writings import Writing, could_be_one_person, read_name
from records.text import fold_tokens

__all__ = ["Table", "beside", "read_mentions"]


@dataclass(frozen=True, slots=True)
class Table:
    """Mentions over a collection, one row a mention. Rows of one block need not stand together."""

    block: IntArray
    """Number of the block, from 0."""
    paper: IntArray
    """Row of the paper in the collection."""
    names: tuple[str, ...]
    writings: tuple[Writing, ...]
    person: IntArray
    """Number of the person where known, else -1."""
    others: Sparse
    """(mentions, full names): who else is on the byline."""
    loose_others: Sparse
    affiliation: Sparse
    """TF-IDF of the words of the affiliation, rows of unit length."""
    has_affiliation: npt.NDArray[np.bool_]


def read_mentions(papers: Sequence[MentionPaper], mentions: Sequence[Mention], collection: Collection) -> Table:
    """Rows for ``mentions``, in their order. ``collection`` is that of ``papers``.

    :raises ValueError: when a mention names a paper that is not there.
    """
    at = {paper.id: row for row, paper in enumerate(papers)}
    try:
        paper = np.array([at[mention.paper] for mention in mentions], np.int64)
    except KeyError as error:
        raise ValueError(f"a mention is of paper {error.args[0]!r}, which is not among the papers") from None
    writings = tuple(read_name(mention.name) for mention in mentions)
    own = [_own_key(mention.name, papers[row].authors) for mention, row in zip(mentions, paper.tolist(), strict=True)]
    others, loose_others = beside(collection, paper, own)
    known = sorted({mention.person for mention in mentions} - {""})
    number = {"": -1} | {person: row for row, person in enumerate(known)}
    return Table(
        block=np.unique([mention.block for mention in mentions], return_inverse=True)[1].astype(np.int64),
        paper=paper,
        names=tuple(mention.name for mention in mentions),
        writings=writings,
        person=np.array([number[mention.person] for mention in mentions], np.int64),
        others=others,
        loose_others=loose_others,
        affiliation=tf_idf(fold_tokens(mention.affiliation) for mention in mentions),
        has_affiliation=np.array([bool(mention.affiliation.strip()) for mention in mentions]),
    )


def _own_key(name: str, byline: tuple[str, ...]) -> str:
    """The loose name under which somebody stands on a byline that may write it otherwise ("Li Wei" for "Wei Li")."""
    own = read_name(name).loose
    keys = [read_name(other).loose for other in byline]
    if own in keys:
        return own
    compatible = (key for key, other in zip(keys, byline, strict=True) if could_be_one_person(name, other))
    return next(compatible, own)


def beside(
    collection: Collection, paper: IntArray, own: Sequence[str], hidden: frozenset[str] = frozenset()
) -> tuple[Sparse, Sparse]:
    """Bylines without the mention's own name: (mentions, full names) and (mentions, loose names).

    ``own``: the loose name of each mention. Names whose loose form is in ``hidden`` count for nobody.
    """
    bylines = collection.bylines
    columns = np.array([bylines.loose_keys.get(key, -1) for key in own], np.int64)
    seen = np.ones(bylines.loose.shape[1], dtype=bool)
    seen[[bylines.loose_keys[key] for key in hidden if key in bylines.loose_keys]] = False
    names, loose = bylines.names[paper], bylines.loose[paper]
    for matrix, loose_of in ((names, bylines.loose_of), (loose, np.arange(len(seen)))):
        row = np.repeat(np.arange(len(paper)), np.diff(matrix.indptr))
        matrix.data[loose_of[matrix.indices] == columns[row]] = 0
        matrix.eliminate_zeros()
    return only_columns(names, seen[bylines.loose_of]), only_columns(loose, seen)
