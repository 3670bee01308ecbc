"""The head of a relevance search: the best candidates of both halves, fused and guarded, in their final order.

The match set of a hybrid search is every paper the query matches and, for plain words, the nearest papers by vector
besides. The head orders the best of it; what follows is in the engine's own lexical order (see
:mod:`search.service`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from search.engine import Engine, FacetRequest, FacetResult, Hit, PaperQuery, SearchPage, Sort, Vectors
from search.fusion import LEXICAL_SHARE, demote, fuse
from search.guards import MAX_HOLDERS, TitleGuess, distinctive_words, guess_titles, is_title_of
from search.interpretation import Interpretation, conjunction
from search.query.ast import Keyword, KeywordField, Match, Node, Not, Or

__all__ = ["DEPTH", "Head", "Ranked", "build_head", "match_set"]

DEPTH = 200
"""Candidates taken from each half."""

_MOST_NAMED = 10
"""Papers of one title, or named by ids, that are put first."""


@dataclass(frozen=True, slots=True)
class Ranked:
    """A paper of the head, its final score and the named parts of it."""

    id: str
    score: float
    parts: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Head:
    """The ordered head. ``total`` counts the whole match set; ``beyond`` finds what of it is not in the head.

    ``extras`` are papers of the match set that the query itself does not match. ``scale`` turns the engine's score of
    a paper beyond the head into ours, which stays below ``floor``.
    """

    ranked: tuple[Ranked, ...]
    total: int
    beyond: Node | None
    extras: tuple[str, ...]
    scale: float
    floor: float
    facets: tuple[FacetResult, ...] | None
    partial: str | None


@dataclass(slots=True)
class _Candidates:
    """BM25 of the papers that match the query, cosines, and the ids that rules have something to say about."""

    lexical: dict[str, float]
    total: int
    cosine: dict[str, float] = field(default_factory=dict)
    holders: frozenset[str] = frozenset()
    exact: dict[str, str] = field(default_factory=dict)  # id -> why it is put first
    facets: tuple[FacetResult, ...] | None = None
    partial: str | None = None

    def hits_of(self, page: SearchPage) -> tuple[Hit, ...]:
        """The hits of a page; where it is not complete, neither is what is made of it."""
        self.partial = self.partial or page.partial
        return page.hits


def build_head(
    asked: Interpretation, text: str, vector: Vectors | None, engine: Engine, facets: tuple[FacetRequest, ...]
) -> Head:
    """Find, score and order the candidates. ``vector`` is None when only words count.

    Facets are counted along where the query alone makes the match set (``Head.facets`` is None otherwise).
    """
    early = facets if vector is None or asked.strict else ()
    page = engine.search(PaperQuery(asked.query, asked.where, limit=DEPTH, documents=False, facets=early))
    found = _Candidates({hit.id: hit.score for hit in page.hits}, page.total, partial=page.partial)
    found.exact = _exact(found, asked, text, engine)
    if vector is not None:
        _add_holders(found, asked, engine)
        found.cosine = {hit.id: hit.score for hit in engine.nearest(vector, DEPTH, asked.near)}
    extras = _complete(found, asked, engine)
    if vector is not None:
        _add_cosines(found, vector, engine)
    if not extras and (early or not facets):
        found.facets = page.facets
    return _ordered(found, extras, fused=vector is not None)


def _exact(candidates: _Candidates, asked: Interpretation, text: str, engine: Engine) -> dict[str, str]:
    """Papers that the query names by id, then those whose title it is (most cited first), and which of the two."""
    found: dict[str, str] = {}
    if asked.named is not None:
        named = PaperQuery(asked.named, asked.where, Sort("citations"), limit=_MOST_NAMED, documents=False)
        found.update((hit.id, "identifier") for hit in candidates.hits_of(engine.search(named)))
    guesses = guess_titles(text, parts=not asked.strict)
    if asked.plain:
        guesses = guess_titles(asked.plain, parts=False) | guesses
    if not guesses:
        return found
    keys = Keyword(KeywordField.TITLE_KEY, tuple(guesses))
    limits = asked.where if asked.strict else asked.near
    titled = engine.search(PaperQuery(keys, limits, Sort("citations"), limit=5 * _MOST_NAMED))
    hits = [hit for hit in candidates.hits_of(titled) if _is_titled(hit, guesses)]
    # The whole query as a title is a surer sign than a part of it.
    hits.sort(key=lambda hit: bool(guesses[_key(hit, guesses)].around))
    for hit in hits[:_MOST_NAMED]:
        found.setdefault(hit.id, "exact title")
    return found


def _key(hit: Hit, guesses: Mapping[str, TitleGuess]) -> str:
    assert hit.document is not None  # noqa: S101 - documents were asked for
    return next((key for key, guess in guesses.items() if is_title_of(hit.document.paper, guess)), "")


def _is_titled(hit: Hit, guesses: Mapping[str, TitleGuess]) -> bool:
    return hit.document is not None and bool(_key(hit, guesses))


def _add_holders(found: _Candidates, asked: Interpretation, engine: Engine) -> None:
    """Bring in the papers that hold a distinctive word of the query."""
    rare = distinctive_words(asked.content, asked.statistics.document_frequency, asked.statistics.papers)
    if not rare or asked.strict:
        return
    holding = Or(tuple(Match(word, all_words=True) for word in rare))
    where = conjunction(asked.where, holding)
    page = engine.search(PaperQuery(asked.query, where, limit=MAX_HOLDERS, documents=False))
    hits = found.hits_of(page)
    found.holders = frozenset(hit.id for hit in hits)
    found.lexical.update((hit.id, hit.score) for hit in hits)


def _complete(found: _Candidates, asked: Interpretation, engine: Engine) -> tuple[str, ...]:
    """Give candidates that other rules found their BM25; the ids that the query does not match."""
    missing = [paper for paper in dict.fromkeys((*found.exact, *found.cosine)) if paper not in found.lexical]
    if missing and len(found.lexical) < found.total:
        among = conjunction(asked.where, Keyword(KeywordField.ID, tuple(missing)))
        page = engine.search(PaperQuery(asked.query, among, limit=len(missing), documents=False))
        found.lexical.update((hit.id, hit.score) for hit in found.hits_of(page))
    return tuple(paper for paper in missing if paper not in found.lexical)


def _add_cosines(found: _Candidates, vector: Vectors, engine: Engine) -> None:
    missing = [paper for paper in (*found.lexical, *found.exact) if paper not in found.cosine]
    if not missing:
        return
    vectors, mask = engine.vectors(missing)
    cosines = vectors @ vector
    found.cosine.update(
        (paper, float(cosine)) for paper, cosine, has in zip(missing, cosines, mask, strict=True) if has
    )


def _ordered(found: _Candidates, extras: tuple[str, ...], *, fused: bool) -> Head:
    best = max(found.lexical.values(), default=0.0)
    if fused:
        shares = fuse(found.lexical, found.cosine)
        scores = {paper: share.score for paper, share in shares.items()}
        parts = {paper: _parts(share.lexical, share.vector) for paper, share in shares.items()}
        scale = LEXICAL_SHARE / best if best > 0 else 0.0
    else:
        scores = dict.fromkeys(found.exact, 0.0) | found.lexical
        parts = {paper: {"lexical": score} for paper, score in scores.items()}
        scale = 1.0
    _guard_rare_words(found, scores, parts)
    _put_first(found.exact, scores, parts)
    ranked = sorted(scores, key=lambda paper: (-scores[paper], paper))
    inside = tuple(paper for paper in ranked if paper in found.lexical)
    matched = found.total + len(extras)
    return Head(
        ranked=tuple(Ranked(paper, scores[paper], parts[paper]) for paper in ranked),
        total=matched,
        beyond=Not(Keyword(KeywordField.ID, tuple(sorted(inside)))) if matched > len(ranked) else None,
        extras=extras,
        scale=scale,
        floor=scores[ranked[-1]] if ranked else 0.0,
        facets=found.facets,
        partial=found.partial,
    )


def _parts(lexical: float, vector: float) -> dict[str, float]:
    return {"lexical": lexical, "vector": vector}


def _guard_rare_words(found: _Candidates, scores: dict[str, float], parts: dict[str, dict[str, float]]) -> None:
    only_near = [paper for paper in found.cosine if paper not in found.lexical]
    before = {paper: scores[paper] for paper in only_near}
    demote(scores, only_near, found.holders)
    for paper, score in before.items():
        if scores[paper] != score:
            parts[paper]["rare word"] = scores[paper] - score


def _put_first(exact: Mapping[str, str], scores: dict[str, float], parts: dict[str, dict[str, float]]) -> None:
    top = max(scores.values(), default=0.0)
    for place, (paper, why) in enumerate(exact.items()):
        score = top + len(exact) - place
        parts[paper][why] = score - scores[paper]
        scores[paper] = score


def match_set(asked: Interpretation, extras: Sequence[str]) -> Node:
    """The match set as one query: what the query matches, and the extras."""
    if not extras:
        return asked.query
    return Or((asked.query, Keyword(KeywordField.ID, tuple(sorted(extras)))))
