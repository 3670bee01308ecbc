"""Completions of what is being typed: terms, titles, people and venues."""

from __future__ import annotations

from itertools import chain, zip_longest

from search.elasticsearch.retrieval import Retrieval
from search.engine import PaperQuery, Sort, Suggestion
from search.query.ast import Match, TextField
from search.text import words

__all__ = ["suggestions"]

_SHORTEST_TITLE_PREFIX = 2
"""One letter stands for too much of the vocabulary to look for titles with."""


def suggestions(retrieval: Retrieval, prefix: str, limit: int) -> list[Suggestion]:
    """See :meth:`search.engine.Engine.suggest`."""
    if limit <= 0 or not words(prefix):
        return []
    kinds = (
        _terms(retrieval, prefix, limit),
        _titles(retrieval, prefix, limit),
        [
            Suggestion(found.author.name.full, "author", found.author.id, found.author.papers)
            for found in retrieval.records.find_authors(prefix, limit)
        ],
        [
            Suggestion(venue.name, "venue", venue.id, venue.papers)
            for venue in retrieval.records.find_venues(prefix, limit)
        ],
    )
    in_turn = chain.from_iterable(zip_longest(*kinds))
    return [suggestion for suggestion in in_turn if suggestion is not None][:limit]


def _terms(retrieval: Retrieval, prefix: str, limit: int) -> list[Suggestion]:
    """Words of titles and abstracts that go on as typed, counted among papers that hold the words before."""
    if prefix[-1:].isspace():
        return []
    *before, last = words(prefix)
    found = retrieval.vocabulary.going_on([word.term for word in before], last.term, limit)
    return [Suggestion(prefix[: last.start] + term, "term", None, count) for term, count in found]


def _titles(retrieval: Retrieval, prefix: str, limit: int) -> list[Suggestion]:
    if len("".join(word.term for word in words(prefix))) < _SHORTEST_TITLE_PREFIX:
        return []
    typed = Match(prefix, TextField.TITLE, all_words=True, prefix=True)
    page = retrieval.search(PaperQuery(typed, sort=Sort("citations"), limit=limit))
    return [Suggestion(hit.document.paper.title, "paper", hit.id, 1) for hit in page.hits if hit.document]
