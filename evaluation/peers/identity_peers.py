"""Rules that disambiguation is measured against: one name or initial is one person, a shared co-author joins."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import TypeAlias

import numpy as np
import numpy.typing as npt

from evaluation.identity_folder import name_keys
from indexer.identity.components import components
from indexer.identity.disambiguation import Mention, MentionPaper

__all__ = ["RULES", "exact_name", "first_initial", "shared_coauthor"]

Ints: TypeAlias = npt.NDArray[np.int64]


def exact_name(papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> Ints:
    """Mentions of one folded name in one block are one person; labels, shape (mentions,)."""
    del papers
    return _numbered([(mention.block, name_keys(mention.name)[0]) for mention in mentions])


def first_initial(papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> Ints:
    """Mentions of one first initial and family name in one block are one person."""
    del papers
    return _numbered([(mention.block, name_keys(mention.name)[1]) for mention in mentions])


def shared_coauthor(papers: Sequence[MentionPaper], mentions: Sequence[Mention]) -> Ints:
    """Mentions of one block that are beside one folded name are one person, and so are those they lead to.

    Every name of the byline but the mention's own, as printed there, is a co-author's.
    """
    key = cache(lambda name: name_keys(name)[0])
    bylines = {paper.id: {key(name) for name in paper.authors} for paper in papers}
    first: dict[tuple[str, str], int] = {}
    pairs: list[tuple[int, int]] = []
    for at, mention in enumerate(mentions):
        beside = bylines.get(mention.paper, set()) - {key(mention.name)}
        pairs += [(first.setdefault((mention.block, name), at), at) for name in beside]
    left, right = np.array(pairs, dtype=np.int64).reshape(-1, 2).T
    return components(len(mentions), (left, right))


RULES = {"exact_name": exact_name, "first_initial": first_initial, "shared_coauthor": shared_coauthor}
"""Row -> its rule."""


def _numbered(keys: Sequence[tuple[str, str]]) -> Ints:
    numbers: dict[tuple[str, str], int] = {}
    return np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
