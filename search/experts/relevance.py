"""The papers of a need: a pool from both halves, standardised, spread over texts that are alike, and cut.

What each step is for, and what it brought, is in ``docs/experts.md``.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
import numpy.typing as npt
import scipy.sparse as sp

from ranking.corpus import NO_YEAR
from search.at_once import at_once
from search.engine import Engine
from search.engine import Pool as Found
from search.experts.needs import Need
from search.experts.spread import above, diffuse, neighbour_graph, sharpen, standardise
from search.interpretation import conjunction
from search.people import People
from search.query.ast import Keyword, KeywordField, Node

__all__ = [
    "DEPTH",
    "LEXICAL_SHARE",
    "NEIGHBOURS",
    "SHARPNESS",
    "SHARPNESS_DESCRIBED",
    "WORDS_DEPTH",
    "Relevance",
    "relevant_papers",
]

DEPTH = 700
"""Papers taken from each half; several needs share them."""

WORDS_DEPTH = 2_000
"""Papers taken where words alone count."""

LEXICAL_SHARE = 0.3
"""What the words count; the vectors count the rest."""

SHARPNESS = 0.5
"""How sharply the halves tell papers apart, see :func:`~search.experts.spread.sharpen`."""

SHARPNESS_DESCRIBED = 0.25
"""The same of the vectors where a text or a paper describes the need: the nearest papers share its details, which are
narrower than its subject.
"""

NEIGHBOURS = 10
"""Nearest papers of the pool that a paper shares its score with."""

_FEWEST = 100  # papers of each half for one need among many
_SPREAD, _SPREAD_STEPS = 0.95, 10

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Relevance:
    """A pool of papers, ascending positions ``papers``, shape (n,).

    ``weights``: by how much a paper counts; ``chosen``: those above the cut; ``by_need``: how far above it a paper is
    for each need, 0 below, shape (needs, n). ``lexical`` and ``cosine``: standard deviations
    above the pool's mean, shape (needs, n), and ``known`` which papers have a vector.
    ``vectors_used``: whether meaning was compared at all.
    """

    papers: Positions
    weights: Floats
    chosen: Mask
    by_need: Floats
    lexical: Floats
    cosine: Floats
    known: Mask
    vectors_used: bool


def relevant_papers(
    people: People, needs: Sequence[Need], *, without: Positions, half_life: float | None = None
) -> Relevance:
    """The pool for ``needs``; ``without`` are positions of papers that must not be in it (those asked with).

    Several needs are pooled: a paper counts by the mean over needs of how far it stands above the pool.
    ``half_life``: years after which a paper counts half; one without a year counts as a paper that old.
    """
    meant = any(need.vector is not None for need in needs)
    depth = max(_FEWEST, (DEPTH if meant else WORDS_DEPTH) // len(needs))
    by_words, by_vector = _candidates(people.engine, needs, depth + len(without))
    found = [half.positions for half in (*by_words, *by_vector) if half is not None]
    papers = np.setdiff1d(np.concatenate(found) if found else np.empty(0, np.int64), without)
    (vectors, known), lexical = _completed(people, needs, by_words, papers, depth)
    cosine = np.stack([_cosine(need, vectors, known) for need in needs])
    used = vectors is not None and bool(known.any()) and any(need.vector is not None for need in needs)
    fused = np.stack([_fused(*halves_of) for halves_of in zip(lexical, cosine, needs, strict=True)])
    graph = neighbour_graph(vectors, known, NEIGHBOURS) if vectors is not None and used else None
    by_need = np.stack([above(_spread_over(graph, row)) for row in fused])
    joint = fused[0] if len(needs) == 1 else np.maximum(fused, 0.0).mean(axis=0)
    weights = above(_spread_over(graph, joint))
    chosen = weights > 0
    if graph is None and len(papers):
        weights = _by_words(joint)
    if half_life is not None:
        aged = _age(people, papers, half_life)
        weights, by_need = weights * aged, by_need * aged
    return Relevance(papers, weights, chosen, by_need, lexical, cosine, known, used)


def _candidates(
    engine: Engine, needs: Sequence[Need], depth: int
) -> tuple[Sequence[Found | None], Sequence[Found | None]]:
    """Papers by words and papers by vector, one of each for every need."""

    def by_words(need: Need) -> Found | None:
        return engine.pool(need.query, depth, need.where) if need.scores else None

    def by_vector(need: Need) -> Found | None:
        return None if need.vector is None else engine.nearest_pool(need.vector, depth, need.near)

    found = at_once([partial(half, need) for half in (by_words, by_vector) for need in needs])
    return found[: len(needs)], found[len(needs) :]


def _completed(
    people: People, needs: Sequence[Need], found: Sequence[Found | None], papers: Positions, depth: int
) -> tuple[tuple[npt.NDArray[np.float32] | None, Mask], Floats]:
    """The pool's vectors, and its BM25 by need, standardised: papers that others found are scored too."""
    vectors: list[tuple[npt.NDArray[np.float32] | None, Mask]] = []
    lexical = np.zeros((len(needs), len(papers)))

    def look_up() -> None:
        vectors.append(_vectors(people, papers, needs))

    def score(number: int) -> None:
        lexical[number] = _lexical(people, needs[number], found[number], papers, depth)

    calls: list[Callable[[], None]] = [look_up]
    calls.extend(partial(score, number) for number in range(len(needs)))
    at_once(calls)
    return vectors[0], lexical


def _vectors(people: People, papers: Positions, needs: Sequence[Need]) -> tuple[npt.NDArray[np.float32] | None, Mask]:
    if not len(papers) or all(need.vector is None for need in needs):
        return None, np.zeros(len(papers), dtype=np.bool_)
    vectors, known = people.engine.vectors_at(papers)
    return vectors, known


def _lexical(people: People, need: Need, found: Found | None, papers: Positions, depth: int) -> Floats:
    scores = np.zeros(len(papers))
    if found is None or not len(papers):
        return scores
    _put(scores, papers, found)
    have = np.isin(papers, found.positions, assume_unique=True)
    missing = papers[~have]
    # Fewer than were asked for: what is missing does not match.
    if len(missing) and len(found.positions) >= depth:
        among: Node = Keyword(KeywordField.ID, tuple(people.arrays.paper_ids.take(missing)))
        where = conjunction(need.where, among)
        _put(scores, papers, people.engine.pool(need.query, len(missing), where))
    return standardise(scores)


def _put(scores: Floats, papers: Positions, found: Found) -> None:
    place = np.searchsorted(papers, found.positions)
    inside = np.minimum(place, len(papers) - 1)
    hit = papers[inside] == found.positions
    scores[inside[hit]] = found.scores[hit]


def _cosine(need: Need, vectors: npt.NDArray[np.float32] | None, known: Mask) -> Floats:
    """Cosines of the whole pool, standardised; a paper without a vector has the mean."""
    if vectors is None or need.vector is None or not known.any():
        return np.zeros(len(known))
    cosines = (vectors @ need.vector).astype(np.float64)
    cosines[~known] = cosines[known].mean()
    return standardise(cosines)


def _fused(lexical: Floats, cosine: Floats, need: Need) -> Floats:
    if need.vector is None or not cosine.any():
        return lexical
    meaning = sharpen(cosine, SHARPNESS_DESCRIBED if need.described else SHARPNESS)
    return meaning if not need.scores else LEXICAL_SHARE * sharpen(lexical, SHARPNESS) + (1.0 - LEXICAL_SHARE) * meaning


def _spread_over(graph: sp.csr_array | None, scores: Floats) -> Floats:
    spread = standardise(scores)
    return spread if graph is None else standardise(diffuse(graph, spread, _SPREAD, _SPREAD_STEPS))


def _by_words(scores: Floats) -> Floats:
    """A cut that no neighbours confirm loses more than it keeps out: all papers of the pool but the last count."""
    lowest = float(scores.min())
    return scores - lowest if lowest < float(scores.max()) else np.ones(len(scores))


def _age(people: People, papers: Positions, half_life: float) -> Floats:
    """Half for every ``half_life`` years before the latest paper of the collection."""
    years = people.arrays.corpus.years[papers].astype(np.float64)
    every = people.arrays.corpus.years
    dated = every[every != NO_YEAR]
    latest = float(dated.max()) if len(dated) else 0.0
    age = np.where(years == NO_YEAR, half_life, np.maximum(latest - years, 0.0))
    return np.power(0.5, age / half_life)
