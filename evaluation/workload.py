"""Queries for speed benches, drawn from the corpus itself so that they find something; the same every time."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass

from records.errors import EvaluationError
from records.paper import Paper
from search.engine import Engine, FacetRequest, PaperQuery
from search.query.ast import Everything, Range
from search.text import STOPWORDS, words

__all__ = ["Workload", "draw_workload", "sample_papers"]

_PER_YEAR = 200
_TITLE_WORDS = (2, 3, 4)
_TRIES = 20


@dataclass(frozen=True, slots=True)
class Workload:
    """``texts`` are title words of some paper, ``filters`` (parallel to them) pass that paper.

    ``frequent`` are single words that many titles hold, most frequent first: they make long result lists.
    """

    texts: tuple[str, ...]
    filters: tuple[str, ...]
    frequent: tuple[str, ...]


def sample_papers(engine: Engine, count: int, *, seed: int = 0) -> list[Paper]:
    """About ``count`` papers from all years of the current generation (from all of it when no year is known)."""
    page = engine.search(PaperQuery(Everything(), limit=1, facets=(FacetRequest("year", 1_000),), documents=False))
    years = sorted((float(value.value), value.count) for facet in page.facets for value in facet.values)
    found: list[Paper] = []
    for year, papers in years:
        share = min(_PER_YEAR, max(1, round(count * papers / page.total)))
        hits = engine.search(PaperQuery(Everything(), where=Range("year", year, year), limit=share)).hits
        found.extend(hit.document.paper for hit in hits if hit.document is not None)
    if not found:
        hits = engine.search(PaperQuery(Everything(), limit=min(count, 1_000))).hits
        found = [hit.document.paper for hit in hits if hit.document is not None]
    random.Random(seed).shuffle(found)  # noqa: S311 - repeatable, not secret
    return found[:count]


def draw_workload(papers: Sequence[Paper], count: int, *, seed: int = 0) -> Workload:
    """``count`` queries from titles of ``papers``.

    :raises EvaluationError: when no title has two words to search for.
    """
    draw = random.Random(seed)  # noqa: S311 - repeatable, not secret
    usable = [(paper, titled) for paper in papers if len(titled := _content_words(paper.title)) >= 2]
    if not usable:
        raise EvaluationError("no paper has a title of two or more words: there is nothing to search for")
    texts: list[str] = []
    filters: list[str] = []
    seen: set[str] = set()
    for _ in range(count):
        for _ in range(_TRIES):  # the same text twice would be answered from caches
            paper, titled = draw.choice(usable)
            text = " ".join(draw.sample(titled, min(len(titled), draw.choice(_TITLE_WORDS))))
            if text not in seen:
                break
        seen.add(text)
        texts.append(text)
        filters.append(f"year:{paper.year - 5}-{paper.year + 5}" if paper.year else "has:abstract")
    return Workload(tuple(texts), tuple(filters), _frequent(usable))


def _content_words(title: str) -> list[str]:
    terms = dict.fromkeys(token.term for token in words(title))
    return [term for term in terms if term not in STOPWORDS and len(term) > 2 and term.isalpha()]


def _frequent(usable: Sequence[tuple[Paper, list[str]]]) -> tuple[str, ...]:
    counts: dict[str, int] = {}
    for _, titled in usable:
        for word in titled:
            counts[word] = counts.get(word, 0) + 1
    return tuple(sorted(counts, key=lambda word: (-counts[word], word))[:50])
