"""Rows of the search bench: what is sent to one generation, how that is timed, and what it finds."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from functools import lru_cache, partial
from typing import Any

import numpy as np
from msgspec import convert

from evaluation.replay import overhead
from evaluation.stores import StoreName, bare_client, open_named
from evaluation.timing import time_calls
from evaluation.workload import Workload, draw_workload, sample_papers
from records.errors import EvaluationError
from search.elasticsearch import ElasticsearchStore
from search.embedding import Embedder, make_embedder
from search.engine import Engine
from search.query.filters import parse_filter
from search.request import Mode, SearchRequest
from search.service import PaperSearch

__all__ = ["FACETS", "ROWS", "WARM_UP", "measure", "recall", "warm", "workload"]

FACETS = ("year", "venue.name", "author.id")
ROWS = ("lexical", "filtered", "facets", "vector", "hybrid", "hybrid_filtered_facets", "highlights", "deep_cursor")
WARM_UP = 30
"""Requests that begin a row, unmeasured."""

_SAMPLE = 2_000
_COUNTED = 50  # requests whose totals are averaged
_COMPARED = 100  # requests sent again by a bare client, or whose neighbours are compared
_DEEP_PAGE = 100
_DEEPEST_PAGES = 200
_NEAREST = 10
_ROUND = 50
_ROUNDS = 8
_STEADY = 0.95  # of the median before: a round that is not faster than this ends the warming up
_OTHER_SEED = 1_000_003


def workload(engine: Engine, count: int, seed: int) -> Workload:
    """``count`` requests drawn from the papers of ``engine``, and those that begin a row."""
    return draw_workload(sample_papers(engine, _SAMPLE, seed=seed), count + WARM_UP, seed=seed)


def measure(*, name: Any, row: str, queries: int, seed: int, model: str, max_tokens: int) -> dict[str, Any]:
    """One row's figures, on the current generation of a store."""
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        embedder = _embedder(engine, row, model, max_tokens)
        search = PaperSearch(engine, embedder)
        work = workload(engine, queries, seed)
        if row == "deep_cursor":
            figures = _deep_cursor(search, work, queries)
        else:
            requests = list(_requests(row, work))
            figures = time_calls([partial(search.search, request) for request in requests], warm_up=WARM_UP)
            figures["mean_total"] = float(np.mean([search.search(request).total for request in requests[:_COUNTED]]))
            if isinstance(store, ElasticsearchStore):
                again = PaperSearch(engine, _Remembering(embedder) if embedder else None)
                calls = [partial(again.search, request) for request in requests[:_COMPARED]]
                with bare_client() as bare:
                    figures |= overhead(store.client.transport, bare, calls)
        return {"papers": engine.generation.papers, **figures}


def warm(*, name: Any, rows: list[str], queries: int, seed: int, model: str, max_tokens: int) -> int:
    """Let a cluster compile what it runs: requests of every kind in ``rows`` until they become no faster; how many.

    Their texts are others than those of the rows, so that no answer is kept for these.
    """
    sent, size = 0, min(_ROUND, queries)
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        work = workload(engine, size * _ROUNDS, seed + _OTHER_SEED)
        for row in rows:
            embedder = _embedder(engine, row, model, max_tokens)
            search = PaperSearch(engine, embedder)
            requests = list(_requests(row, work))
            before = float("inf")
            for start in range(0, size * _ROUNDS, size):
                part = requests[start : start + size]
                spent = time_calls([partial(search.search, request) for request in part], warm_up=0)["p50_ms"]
                sent += len(part)
                if spent > before * _STEADY:
                    break
                before = spent
    return sent


def recall(*, name: Any, exact: Any, queries: int, seed: int, model: str, max_tokens: int) -> dict[str, float]:
    """The share of the nearest in the store ``exact`` that this one finds as well, without and with a filter."""
    shares: dict[str, list[float]] = {"recall@10": [], "filtered_recall@10": []}
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        embedder = _fitting(engine, make_embedder(model, max_tokens=max_tokens))
        work = workload(engine, queries, seed)
        with open_named(convert(exact, StoreName)) as other, closing(other.reader()) as reference:
            for text, where in zip(work.texts[:_COMPARED], work.filters[:_COMPARED], strict=True):
                vector = embedder.embed_query(text)
                for key, condition in zip(shares, (None, parse_filter(where)), strict=True):
                    expected = {hit.id for hit in reference.nearest(vector, _NEAREST, condition)}
                    found = {hit.id for hit in engine.nearest(vector, _NEAREST, condition)}
                    shares[key].append(len(expected & found) / max(1, len(expected)))
    return {key: float(np.mean(found)) for key, found in shares.items()}


class _Remembering:
    """An embedder that embeds a query once: the model's time is no part of what our layer costs."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embed = embedder.embed
        self.embed_query = lru_cache(maxsize=None)(embedder.embed_query)


def _embedder(engine: Engine, row: str, model: str, max_tokens: int) -> Embedder | None:
    """What embeds the queries of a row, None where they are words alone."""
    if row not in ("vector", "hybrid", "hybrid_filtered_facets"):
        return None
    return _fitting(engine, make_embedder(model, max_tokens=max_tokens))


def _fitting(engine: Engine, embedder: Embedder | None) -> Embedder:
    if embedder is None or engine.generation.model != embedder.name:
        theirs = engine.generation.model or "no vectors"
        raise EvaluationError(f"the generation has {theirs}; give --option model=... and max_tokens=... to match it")
    return embedder


def _requests(row: str, work: Workload) -> Iterator[SearchRequest]:
    for text, where in zip(work.texts, work.filters, strict=True):
        match row:
            case "lexical":
                yield SearchRequest(text, mode=Mode.LEXICAL)
            case "filtered":
                yield SearchRequest(text, where, mode=Mode.LEXICAL)
            case "facets":
                yield SearchRequest(text, mode=Mode.LEXICAL, facets=FACETS)
            case "highlights":
                yield SearchRequest(text, mode=Mode.LEXICAL, highlight=True)
            case "vector":
                yield SearchRequest(text, mode=Mode.VECTOR)
            case "hybrid":
                yield SearchRequest(text)
            case "deep_cursor":
                yield SearchRequest(text, mode=Mode.LEXICAL, limit=_DEEP_PAGE)
            case _:
                yield SearchRequest(text, where, facets=FACETS)


def _deep_cursor(search: PaperSearch, work: Workload, queries: int) -> dict[str, Any]:
    """Pages of 100 behind one another, as deep as they go (at most 200), for the most frequent words."""
    deepest = 0
    calls: list[Callable[[], object]] = []
    state: dict[str, str | None] = {}

    def page(word: str) -> None:
        nonlocal deepest
        request = SearchRequest(word, mode=Mode.LEXICAL, limit=_DEEP_PAGE, cursor=state.get(word))
        found = search.search(request)
        state[word] = found.next
        deepest = max(deepest, found.hits[-1].rank if found.hits else 0)

    for word in work.frequent:
        total = search.search(SearchRequest(word, mode=Mode.LEXICAL, limit=1)).total
        pages = min(_DEEPEST_PAGES, total // _DEEP_PAGE)
        calls.extend(partial(page, word) for _ in range(pages))
        if len(calls) >= queries:
            break
    if len(calls) < 2:
        raise EvaluationError(f"no word fills two pages of {_DEEP_PAGE}: the corpus is too small for deep_cursor")
    return {**time_calls(calls[:queries], warm_up=1), "deepest": deepest, "page": _DEEP_PAGE}
