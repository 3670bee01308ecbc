"""The head of a relevance search: the best candidates of both halves, fused and guarded, in their final order.

The match set of a hybrid search is every paper the query matches and, for plain words, the nearest papers by vector
besides. The head orders the best of it; what follows is in the engine's own lexical order (see
:mod:`search.service`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from search.engine import Engine, FacetRequest, FacetResult, Hit, NearestQuery, PaperQuery, SearchPage, Sort, Vectors
from search.fusion import LEXICAL_SHARE, demote, fuse
from search.guards import MAX_HOLDERS, TitleGuess, distinctive_words, guess_titles, is_title_of
from search.interpretation import Interpretation, conjunction
from search.query.ast import Keyword, KeywordField, Match, Node, Not, Or

__all__ = ["DEPTH", "Head", "Ranked", "build_head"]

DEPTH = 200
"""Candidates taken from each half."""

_WORDS_DEPTH = 50
"""The same where only words count: nothing but what is put first moves, so the engine's own order can go on early."""

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

    ``scale`` turns the engine's score of a paper beyond the head into ours, which stays below ``floor``.
    """

    ranked: tuple[Ranked, ...]
    total: int
    beyond: Node | None
    scale: float
    floor: float
    facets: tuple[FacetResult, ...]
    partial: str | None


@dataclass(slots=True)
class _Candidates:
    """BM25 of the papers that match the query, cosines, and the ids that rules have something to say about."""

    lexical: dict[str, float]
    total: int
    cosine: dict[str, float] = field(default_factory=dict)
    holders: frozenset[str] = frozenset()
    exact: dict[str, str] = field(default_factory=dict)  # id -> why it is put first
    facets: tuple[FacetResult, ...] = ()
    partial: str | None = None

    def hits_of(self, page: SearchPage | None) -> tuple[Hit, ...]:
        """The hits of a page; where it is not complete, neither is what is made of it."""
        if page is None:
            return ()
        self.partial = self.partial or page.partial
        return page.hits


def build_head(
    asked: Interpretation, text: str, vector: Vectors | None, engine: Engine, facets: tuple[FacetRequest, ...]
) -> Head:
    """Find, score and order the candidates. ``vector`` is None when only words count.

    The engine is asked twice: for what the words and the vector find, then for what either half lacks of the other's.
    """
    early = facets if vector is None or asked.strict else ()
    depth = _WORDS_DEPTH if vector is None else DEPTH
    guesses = _guesses(asked, text)
    first = {
        "query": PaperQuery(asked.query, asked.where, limit=depth, documents=False, facets=early),
        "named": _named_query(asked),
        "titled": _titled_query(asked, guesses),
        "holders": None if vector is None else _holders_query(asked),
    }
    put = {name: query for name, query in first.items() if query is not None}
    near = None if vector is None else NearestQuery(vector, DEPTH, asked.near)
    answers = engine.gather(tuple(put.values()), near)
    pages = dict(zip(put, answers.pages, strict=True))
    page = pages["query"]
    found = _Candidates({hit.id: hit.score for hit in page.hits}, page.total, partial=page.partial, facets=page.facets)
    found.cosine = {hit.id: hit.score for hit in answers.nearest}
    found.exact = dict.fromkeys((hit.id for hit in found.hits_of(pages.get("named"))), "identifier")
    for paper in _titled(found.hits_of(pages.get("titled")), guesses):
        found.exact.setdefault(paper, "exact title")
    holding = found.hits_of(pages.get("holders"))
    found.holders = frozenset(hit.id for hit in holding)
    found.lexical.update((hit.id, hit.score) for hit in holding)
    extras = _complete(found, asked, vector, engine, facets)
    return _ordered(found, extras, fused=vector is not None)


def _named_query(asked: Interpretation) -> PaperQuery | None:
    """Papers that the query names by id, most cited first."""
    if asked.named is None:
        return None
    return PaperQuery(asked.named, asked.where, Sort("citations"), limit=_MOST_NAMED, documents=False)


def _guesses(asked: Interpretation, text: str) -> Mapping[str, TitleGuess]:
    guesses = guess_titles(text, parts=not asked.strict)
    return guess_titles(asked.plain, parts=False) | guesses if asked.plain else guesses


def _titled_query(asked: Interpretation, guesses: Mapping[str, TitleGuess]) -> PaperQuery | None:
    """Papers with a title that the query may be, most cited first."""
    if not guesses:
        return None
    keys = Keyword(KeywordField.TITLE_KEY, tuple(guesses))
    limits = asked.where if asked.strict else asked.near
    return PaperQuery(keys, limits, Sort("citations"), limit=5 * _MOST_NAMED)


def _titled(found: Sequence[Hit], guesses: Mapping[str, TitleGuess]) -> list[str]:
    """Those whose title the query is, at most :data:`_MOST_NAMED`."""
    hits = [hit for hit in found if _is_titled(hit, guesses)]
    # The whole query as a title is a surer sign than a part of it.
    hits.sort(key=lambda hit: bool(guesses[_key(hit, guesses)].around))
    return [hit.id for hit in hits[:_MOST_NAMED]]


def _key(hit: Hit, guesses: Mapping[str, TitleGuess]) -> str:
    assert hit.document is not None  # noqa: S101 - documents were asked for
    return next((key for key, guess in guesses.items() if is_title_of(hit.document.paper, guess)), "")


def _is_titled(hit: Hit, guesses: Mapping[str, TitleGuess]) -> bool:
    return hit.document is not None and bool(_key(hit, guesses))


def _holders_query(asked: Interpretation) -> PaperQuery | None:
    """Papers that hold a distinctive word of the query."""
    rare = distinctive_words(asked.content, asked.statistics.document_frequency, asked.statistics.papers)
    if not rare or asked.strict:
        return None
    holding = Or(tuple(Match(word, all_words=True) for word in rare))
    return PaperQuery(asked.query, conjunction(asked.where, holding), limit=MAX_HOLDERS, documents=False)


def _complete(
    found: _Candidates,
    asked: Interpretation,
    vector: Vectors | None,
    engine: Engine,
    facets: tuple[FacetRequest, ...],
) -> tuple[str, ...]:
    """Give candidates that other rules found their BM25, all of them their cosine, and count facets that are missing.

    Returns the ids that the query does not match.
    """
    missing = tuple(paper for paper in dict.fromkeys((*found.exact, *found.cosine)) if paper not in found.lexical)
    queries = {}
    if missing and len(found.lexical) < found.total:
        among = conjunction(asked.where, Keyword(KeywordField.ID, missing))
        queries["lexical"] = PaperQuery(asked.query, among, limit=len(missing), documents=False)
    if facets and (missing or not found.facets):
        queries["facets"] = PaperQuery(_match_set(asked, missing), asked.where, limit=0, facets=facets)
    far = tuple(paper for paper in dict.fromkeys((*found.lexical, *found.exact)) if paper not in found.cosine)
    vectors_of = () if vector is None else far
    if queries or vectors_of:
        answers = engine.gather(tuple(queries.values()), vectors_of=vectors_of)
        pages = dict(zip(queries, answers.pages, strict=True))
        found.lexical.update((hit.id, hit.score) for hit in found.hits_of(pages.get("lexical")))
        if "facets" in pages:
            found.hits_of(pages["facets"])
            found.facets = pages["facets"].facets
        if vector is not None:
            pairs = zip(vectors_of, answers.vectors @ vector, answers.has_vector, strict=True)
            found.cosine.update((paper, float(cosine)) for paper, cosine, has in pairs if has)
    return tuple(paper for paper in missing if paper not in found.lexical)


def _match_set(asked: Interpretation, besides: Sequence[str]) -> Node:
    """The match set as one query: what the query matches, and these papers."""
    if not besides:
        return asked.query
    return Or((asked.query, Keyword(KeywordField.ID, tuple(sorted(besides)))))


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
