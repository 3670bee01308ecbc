"""Mentions into people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence

import numpy as np

from indexer.identity.components import components
from indexer.identity.disambiguation.mentions import IntArray, Mention, MentionPaper
from indexer.identity.disambiguation.model import PairModel
from records.text import fold

__all__ = ["disambiguate"]


def disambiguate(
    papers: Sequence[MentionPaper],
    mentions: Sequence[Mention],
    model: PairModel | None = None,  # noqa: ARG001
) -> IntArray:
    """Which mentions are one person: int64 labels, shape (mentions,); equal labels are one person.

    A label is the position of the first mention of its person. ``papers`` should hold every paper that mentions name.
    """
    byline = {paper.id: [fold(name) for name in paper.authors] for paper in papers}
    holders: dict[tuple[str, str], list[int]] = defaultdict(list)
    for at, mention in enumerate(mentions):
        for name in byline.get(mention.paper, ()):
            if name != fold(mention.name):
                holders[mention.block, name].append(at)
    pairs = np.array([(group[0], at) for group in holders.values() for at in group[1:]], np.int64).reshape(-1, 2)
    return components(len(mentions), (pairs[:, 0], pairs[:, 1]))
