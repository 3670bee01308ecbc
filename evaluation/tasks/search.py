"""Paper search: the product's rankings, with no option set and by mode, beside bm25s, against relevance judgements."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from evaluation.folder import Folder, Qrels
from evaluation.measures import SEARCH_KEYS, compare, per_query, summarise
from evaluation.peers.bm25s_peer import Bm25sPeer
from evaluation.registry import Outcome, Row, Task, TaskOptions, embedded_only
from evaluation.search_index import SearchIndex, write_generation
from evaluation.vectors import KeptVectors, default_cache
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress
from search.embedding import Embedder, make_embedder
from search.request import Mode, SearchRequest
from settings.model import load as load_settings

__all__ = ["TASK", "SearchOptions", "judged_queries"]

PEER = "bm25s"
MODES: dict[str, Mode | None] = {
    "default": None,
    "lexical": Mode.LEXICAL,
    "vector": Mode.VECTOR,
    "hybrid": Mode.HYBRID,
}
ROWS: tuple[str, ...] = (*MODES, PEER)


class SearchOptions(TaskOptions, frozen=True, kw_only=True):
    """Options of the search task.

    ``judged_only`` ranks only the papers judged for a query; ``limit`` is how deep rankings go; ``modes`` picks rows;
    ``model`` and ``max_tokens`` choose the embedding (the product's settings where not given); ``cache`` keeps vectors.
    """

    judged_only: bool = False
    limit: int = 1_000
    modes: tuple[str, ...] = ROWS
    model: str | None = None
    max_tokens: int | None = None
    cache: str | None = None


@dataclass(frozen=True, slots=True)
class Problem:
    """What is ranked: query id -> text for the queries that count, and their judgements."""

    papers: Sequence[Paper]
    texts: Mapping[str, str]
    qrels: Qrels


def judged_queries(folder: Folder) -> Problem:
    """The papers, and the queries that have a text and at least one relevant paper; what is left out is noted.

    :raises EvaluationError: when no query is left.
    """
    papers, texts, qrels = folder.papers(), {query.id: query.text for query in folder.queries()}, folder.qrels()
    known = {paper.id for paper in papers}
    notes = folder.notes
    notes["judged queries that are not in queries.jsonl"] += sum(query not in texts for query in qrels)
    notes["queries without a relevant paper"] += sum(not _relevant(qrels.get(query, {})) for query in texts)
    notes["judged papers that are not in papers.jsonl"] += len({p for row in qrels.values() for p in row} - known)
    kept = {query: text for query, text in texts.items() if _relevant(qrels.get(query, {}))}
    if not kept:
        raise EvaluationError(
            f"{folder.path}: none of {len(texts)} queries has a relevant paper in qrels.tsv; do the query ids agree?"
        )
    if not any(qrels[query].keys() & known for query in kept):
        raise EvaluationError(
            f"{folder.path}: no paper judged in qrels.tsv is in papers.jsonl; do the paper ids agree?"
        )
    return Problem(papers, kept, {query: qrels[query] for query in kept})


def _relevant(grades: Mapping[str, int]) -> bool:
    return any(grade > 0 for grade in grades.values())


def run(folder: Folder, options: SearchOptions, progress: Progress) -> Outcome:
    """Rank every query in every mode asked for."""
    _check(options)
    work = _Work(judged_queries(folder), options, progress)
    modes = [row for row in options.modes if row in MODES]
    if modes:
        with work.product(vectors=modes != ["lexical"]) as index:
            for row in modes:
                request = _request(row)
                twin = next((done for done in work.rankings if _request(done) == request), None)
                if twin is not None:  # the very same request, and answers repeat
                    work.rankings[row] = work.rankings[twin]
                else:
                    work.rank(row, partial(index.rank, request, depth=options.limit))
    if PEER in options.modes:
        peer = Bm25sPeer(work.problem.papers)
        work.settings[PEER] = peer.settings
        work.rank(PEER, partial(peer.rank, depth=options.limit))
    values = {row: per_query(work.rankings[row], work.problem.qrels) for row in options.modes}
    work.settings["comparisons"] = _comparisons(values, options.seed)
    work.settings["notes"] = {what: count for what, count in sorted(folder.notes.items()) if count}
    rows: list[Row] = [{"name": row, **summarise(values[row], seed=options.seed)} for row in options.modes]
    return Outcome(rows, {**work.settings, "seconds": work.seconds})


def _request(row: str) -> SearchRequest:
    mode = MODES[row]
    return SearchRequest() if mode is None else SearchRequest(mode=mode)


def _check(options: SearchOptions) -> None:
    unknown = [row for row in options.modes if row not in ROWS]
    if unknown or not options.modes:
        raise EvaluationError(f"modes must be some of {', '.join(ROWS)}, not {', '.join(unknown) or 'none'}")
    if options.limit < 1:
        raise EvaluationError(f"limit must be at least 1, not {options.limit}")
    embedded_only(options.engine)


class _Work:
    """One run: what is ranked and how, the rankings so far, and what the figures depend on."""

    def __init__(self, problem: Problem, options: SearchOptions, progress: Progress) -> None:
        self.problem = problem
        self.rankings: dict[str, dict[str, list[str]]] = {}
        self.settings: dict[str, Any] = {"papers": len(problem.papers)}
        self.seconds: dict[str, float] = {}
        self._options = options
        self._progress = progress
        self._known = {paper.id for paper in problem.papers}

    @contextmanager
    def product(self, *, vectors: bool) -> Iterator[SearchIndex]:
        """The product's engine over the papers, gone at the end; without ``vectors`` it is built and asked by words."""
        embedder = _embedder(self._options) if vectors else None
        cache = Path(self._options.cache) if self._options.cache else default_cache()
        with ExitStack() as stack:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-evaluate-")))
            kept = None if embedder is None else stack.enter_context(KeptVectors(embedder, cache))
            started = time.perf_counter()
            store = write_generation(self.problem.papers, folder / "engine", kept, self._progress)
            self.seconds["build"] = time.perf_counter() - started
            if kept is not None:
                model = {"model": kept.embedder.name, "dimension": kept.embedder.dimension}
                self.settings["embedding"] = {**model, "cache": cache, "made": kept.made, "problem": kept.problem}
            yield stack.enter_context(SearchIndex(store, embedder))

    def rank(self, row: str, rank: Callable[..., Sequence[str]]) -> None:
        """Rank every query. One without a text finds nothing, in every row."""
        rankings = self.rankings[row] = {}
        self._progress.start(f"rank {row}", len(self.problem.texts))
        started = time.perf_counter()
        for query, text in self.problem.texts.items():
            judged = sorted(self.problem.qrels[query].keys() & self._known) if self._options.judged_only else None
            rankings[query] = list(rank(text=text, among=judged)) if text and judged != [] else []
            self._progress.advance()
        self._progress.finish()
        self.seconds[row] = time.perf_counter() - started


def _embedder(options: SearchOptions) -> Embedder:
    """The embedder of the product's settings, with what the options say otherwise.

    :raises EvaluationError: when the settings ask for none.
    """
    chosen = load_settings().embedding
    model, tokens = options.model or chosen.model, options.max_tokens or chosen.max_tokens
    embedder = make_embedder(model, device=chosen.device, max_tokens=tokens, batch_size=chosen.batch_size)
    if embedder is None:
        raise EvaluationError("the embedding model is 'none': evaluate --option modes=lexical,bm25s, or name a model")
    return embedder


def _comparisons(values: Mapping[str, Mapping[str, Mapping[str, float]]], seed: int) -> list[dict[str, Any]]:
    """nDCG@10 of every row against the peer, and of rows that combine against their halves."""
    pairs = [(row, PEER) for row in values if row != PEER and PEER in values]
    pairs += [
        (row, half) for row in ("default", "hybrid") for half in ("lexical", "vector") if {row, half} <= set(values)
    ]
    return [
        {"row": row, "against": other, **compare(values[row]["nDCG@10"], values[other]["nDCG@10"], seed=seed)}
        for row, other in pairs
    ]


TASK = Task(
    "search",
    "paper search against relevance judgements, beside bm25s",
    run,
    SearchOptions,
    keys=(*SEARCH_KEYS, "queries"),
    rows=ROWS,
)
