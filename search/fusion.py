"""Fusing the lexical and the vector half of a search.

Both halves are scaled by their best candidate and keep their natural zero (no word shared, nothing in common), then
averaged: a convex combination with the theoretical minimum of each score (Bruch, Gai, Ingber 2023, "An analysis of
fusion functions for hybrid retrieval", TOIS 42(1)), which needs no tuning to a collection. Every candidate has its
exact score in both halves, whichever half found it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

__all__ = ["LEXICAL_SHARE", "Fused", "demote", "fuse"]

LEXICAL_SHARE = 0.5
"""What the lexical half counts; the vector half counts the rest."""

_BELOW = 1.0 - 1e-9


@dataclass(frozen=True, slots=True)
class Fused:
    """A candidate's score, the shares both halves have in it, and what a guard added or took."""

    score: float
    lexical: float
    vector: float


def fuse(lexical: Mapping[str, float], cosine: Mapping[str, float]) -> dict[str, Fused]:
    """Fused scores in [0, 1] of all ids in either half.

    ``lexical``: BM25 by id; an id that is not there shares no word with the query. ``cosine``: by id; negative ones
    count as 0. An id that has no vector is given the mean cosine of the lexical candidates that have one, so it is
    neither helped nor hurt.
    """
    best_lexical = max(lexical.values(), default=0.0)
    best_cosine = max(cosine.values(), default=0.0)
    known = [max(cosine[paper], 0.0) for paper in lexical if paper in cosine]
    typical = sum(known) / len(known) if known else 0.0
    fused: dict[str, Fused] = {}
    for paper in dict.fromkeys((*lexical, *cosine)):
        by_words = lexical.get(paper, 0.0) / best_lexical if best_lexical > 0 else 0.0
        by_vector = max(cosine.get(paper, typical), 0.0) / best_cosine if best_cosine > 0 else 0.0
        left, right = LEXICAL_SHARE * by_words, (1 - LEXICAL_SHARE) * by_vector
        fused[paper] = Fused(left + right, left, right)
    return fused


def demote(scores: dict[str, float], lower: Collection[str], upper: Collection[str]) -> None:
    """Scale the scores of ``lower`` (in place) so that the best of them stays under the worst of ``upper``."""
    if not lower or not upper:
        return
    best = max(scores[paper] for paper in lower)
    floor = min(scores[paper] for paper in upper)
    if best < floor or best <= 0:
        return
    factor = _BELOW * floor / best
    for paper in lower:
        scores[paper] *= factor
