"""Expert finding: a need in, people out, each with the papers that speak for them.

1. The papers of the need are pooled, scored by words and by meaning, spread over papers that are alike, and cut
   (:mod:`search.experts.relevance`).
2. A random walk with restart at these papers, between papers and their authors, ends with people
   (:func:`search.experts.spread.walk`); that share of the walk is the score.

Metrics of people are shown, can filter and sort, but never multiply the relevance.
"""

from __future__ import annotations

import hashlib
import json
import time
from dataclasses import astuple, replace

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.errors import CursorError, QueryError
from search.engine import Sort
from search.experts.coverage import cover
from search.experts.evidence import make_experts
from search.experts.needs import paper_position, read_aspects, read_needs
from search.experts.ranked import Ranked, rank_people
from search.experts.request import ExpertRequest, ExpertResult
from search.options import check_limit
from search.people import People, rows_of
from search.people.filters import people_mask
from search.people.find import parse_people_sort
from search.plan import decode_cursor, encode_cursor
from search.request import SearchWarning

__all__ = ["HEAD", "find_experts"]

HEAD = 100
"""The most relevant people, whom another sort puts in another order."""

MOST_EVIDENCE = 50
_LONGEST_HALF_LIFE = 1_000.0

Floats = npt.NDArray[np.float64]
Positions = npt.NDArray[np.int64]


def find_experts(people: People, request: ExpertRequest) -> ExpertResult:
    """Answer ``request``.

    :raises QueryError: when nothing is asked for, or a text, sort or number cannot be read (:class:`FilterError` for
        the filters).
    :raises NotFoundError: when a paper or an excluded person does not exist.
    :raises CursorError: when the cursor is malformed or belongs to another request or generation.
    """
    started = time.perf_counter()
    _check(request)
    order = parse_people_sort(request.sort, people.arrays)
    offset = _offset(people, request)
    asked = np.array([paper_position(people, identifier) for identifier in request.papers], dtype=np.int64)
    known = replace(request, papers=tuple(people.arrays.paper_ids.take(asked)))
    needs, warnings = read_needs(people, known)
    asked_authors = np.unique(rows_of(people.arrays.corpus.authors, asked.astype(np.int32))[0]).astype(np.int64)
    allowed = _allowed(people, request, asked_authors)
    ranked = rank_people(people, needs, without=asked, half_life=request.half_life)
    chosen = _ordered(people, ranked, allowed, order)
    page = chosen[offset : offset + request.limit]
    experts = make_experts(people, needs, ranked, page, offset=offset, evidence=request.evidence, asked=asked_authors)
    coverage = None
    if request.coverage:
        aspects, told = read_aspects(people, needs, known)
        warnings.extend(told)
        coverage, experts = cover(people, aspects, ranked, experts, page, without=asked)
    warnings.extend(_told(people, ranked, order))
    end = offset + len(page)
    more = end < len(chosen) and len(page) > 0
    return ExpertResult(
        experts=tuple(experts),
        total=len(chosen),
        next=encode_cursor(people.engine.generation.id, _fingerprint(request), [end]) if more else None,
        needs=tuple(need.label for need in needs),
        pool=len(ranked.relevance.papers),
        relevant=int(ranked.relevance.chosen.sum()),
        coverage=coverage,
        warnings=tuple(dict.fromkeys(warnings)),
        generation=people.engine.generation.id,
        took_ms=(time.perf_counter() - started) * 1000,
    )


def _check(request: ExpertRequest) -> None:
    check_limit(request.limit)
    if not 0 <= request.evidence <= MOST_EVIDENCE:
        raise QueryError(f"evidence must be between 0 and {MOST_EVIDENCE}, not {request.evidence}")
    half_life = request.half_life
    if half_life is not None and not 0.0 < half_life <= _LONGEST_HALF_LIFE:
        raise QueryError(f"half_life must be more than 0 and at most {_LONGEST_HALF_LIFE:g} years, not {half_life:g}")
    if request.exclude_authors and not request.papers:
        raise QueryError("exclude_authors leaves out the authors of papers asked with; give papers")


def _allowed(people: People, request: ExpertRequest, asked_authors: Positions) -> npt.NDArray[np.bool_]:
    allowed = people_mask(request.filter, people.arrays)
    allowed[[people.author(identifier) for identifier in request.exclude]] = False
    if request.exclude_authors:
        allowed[asked_authors] = False
    return allowed


def _ordered(people: People, ranked: Ranked, allowed: npt.NDArray[np.bool_], order: Sort) -> Positions:
    """Places in ``ranked`` of all who wrote a relevant paper and are allowed, in order, ties by position."""
    bylines = ranked.bylines
    wrote = bylines.to_people(ranked.relevance.chosen.astype(np.float64)) > 0
    able = np.flatnonzero(wrote & (ranked.scores > 0) & allowed[bylines.people])
    able = able[np.argsort(-ranked.scores[able], kind="stable")]
    if order.key == "relevance":
        return able
    head = able[:HEAD]
    keys = _keys(people, order.key, ranked.bylines.people[head])
    sign = -1.0 if order.descending else 1.0
    return head[np.lexsort((sign * np.nan_to_num(keys), np.isnan(keys)))]


def _keys(people: People, key: str, authors: Positions) -> Floats:
    """What to sort by; NaN where it is not known, which goes last."""
    arrays = people.arrays
    if key in ("papers", "coauthors"):
        links = arrays.written if key == "papers" else arrays.coauthors.links
        return (links.offsets[authors + 1] - links.offsets[authors]).astype(np.float64)
    if key in ("first_year", "last_year"):
        years = (arrays.first_years if key == "first_year" else arrays.last_years)[authors]
        return np.where(years == NO_YEAR, np.nan, years.astype(np.float64))
    return arrays.author_metrics[key][authors].astype(np.float64)


def _told(people: People, ranked: Ranked, order: Sort) -> list[SearchWarning]:
    told = []
    if not ranked.relevance.vectors_used:
        info = people.engine.generation
        why = "this index was built without vectors" if not info.vectors else "there is no embedder for its vectors"
        told.append(SearchWarning("vectors-unavailable", f"papers were found by words alone: {why}"))
    if not len(ranked.relevance.papers):
        told.append(SearchWarning("no-papers", "no paper matches the need"))
    if order.key != "relevance":
        message = f"sorted by {order.key}: the {HEAD} most relevant people in another order"
        told.append(SearchWarning("sorted-head", message))
    return told


def _fingerprint(request: ExpertRequest) -> str:
    told = replace(request, limit=0, cursor=None, evidence=0, coverage=False)
    packed = json.dumps(["experts", astuple(told)]).encode()
    return hashlib.blake2b(packed, digest_size=9).hexdigest()


def _offset(people: People, request: ExpertRequest) -> int:
    if request.cursor is None:
        return 0
    position = decode_cursor(request.cursor, people.engine.generation.id, _fingerprint(request), exists=lambda _: True)
    match position:
        case [int(offset)] if offset >= 0:
            return offset
        case _:
            raise CursorError("the cursor's position does not fit its search; start again without one")
