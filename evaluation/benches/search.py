"""Search over one generation: every kind of request, warm, one caller; beside tantivy with nothing around it.

On a cluster, each row also tells what our layer costs: its time over that of a bare client sending the same requests.
"""

from __future__ import annotations

import shutil
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from functools import lru_cache, partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from msgspec import convert, to_builtins

from evaluation.corpora import bench_papers
from evaluation.isolate import cores, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row
from evaluation.replay import overhead
from evaluation.search_index import documents
from evaluation.stores import StoreName, disk_mib, engines_asked, open_named, remove
from evaluation.timing import time_calls
from evaluation.workload import Workload, draw_workload, sample_papers
from records.errors import EvaluationError
from records.progress import Progress
from search.elasticsearch import ElasticsearchStore
from search.embedding import Embedder, make_embedder
from search.engine import Engine, PaperQuery, Vectors
from search.query.ast import Everything
from search.query.filters import parse_filter
from search.request import Mode, SearchRequest
from search.service import PaperSearch

__all__ = ["BENCH", "SearchBenchOptions"]

FACETS = ("year", "venue.name", "author.id")
ROWS = ("lexical", "filtered", "facets", "vector", "hybrid", "hybrid_filtered_facets", "highlights", "deep_cursor")
PEER = "tantivy"

_WARM_UP = 30
_BATCH = 5_000
_COUNTED = 50
_DEEP_PAGE = 100
_DEEPEST_PAGES = 200
_NEAREST = 10


class SearchBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the search bench.

    ``data`` is a data folder with a built generation, to use instead of building one; ``queries`` how many requests a
    row sends; ``rows`` picks rows; ``model`` embeds the queries, and also the papers with ``embed_papers`` (without it
    papers get random unit vectors: the same work for the engine, at none of the cost).
    """

    data: str | None = None
    queries: int = 300
    rows: tuple[str, ...] = (*ROWS, PEER)
    model: str = "bundled"
    max_tokens: int = 64
    embed_papers: bool = False


def run(options: SearchBenchOptions, progress: Progress) -> Outcome:
    """Build (unless there is a generation), then measure each row in a process of its own."""
    kinds = engines_asked(options.engine)
    known = (*ROWS, PEER)
    unknown = [row for row in options.rows if row not in known]
    if unknown or not options.rows or options.queries < 1:
        raise EvaluationError(f"rows must be some of {', '.join(known)}, and queries at least 1")
    rows: list[Row] = []
    settings: dict[str, Any] = {"cores": cores(), "facets": FACETS, "page": 10}
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-bench-")))
        exact: StoreName | None = None  # what recall is measured against
        for kind in kinds:
            name, built = _prepared(kind, options, temporary, stack, progress)
            settings.update({key: built[key] for key in ("model", "vectors") if key in built})
            rows.extend(_measured(name, built, options, progress, exact=exact, raw=temporary / "raw"))
            exact = name if kind == "embedded" else exact
    if options.data:
        settings["data"] = Path(options.data).resolve().name
    return Outcome(rows, settings)


def _measured(
    name: StoreName,
    built: Mapping[str, Any],
    options: SearchBenchOptions,
    progress: Progress,
    *,
    exact: StoreName | None,
    raw: Path,
) -> list[Row]:
    """The rows of one engine; their names begin with the engine's where two are measured."""
    shared = {"name": to_builtins(name), "queries": options.queries, "seed": options.seed}
    prefix = "" if options.engine == name.kind else f"{name.kind}:"
    rows: list[Row] = []
    if built:
        keys = ("papers", "seconds", "per_second", "disk_mib", "peak_mib")
        rows.append({"name": "build", "engine": name.kind, **{key: built[key] for key in keys}})
    for row in options.rows:
        if row == PEER and name.kind != "embedded":
            continue
        progress.start(f"{prefix}{row}")
        if row == PEER:
            run_isolated(f"{__name__}:build_tantivy", {"name": shared["name"], "raw": str(raw)})
            done = run_isolated(f"{__name__}:measure_tantivy", {**shared, "raw": str(raw)}, threads=options.threads)
        else:
            further = {"model": options.model, "max_tokens": options.max_tokens, "row": row}
            further["exact"] = to_builtins(exact) if row == "vector" else None
            done = run_isolated(f"{__name__}:measure", {**shared, **further}, threads=options.threads)
        engine = PEER if row == PEER else name.kind
        rows.append({"name": row, "engine": engine, **done.value, "seconds": done.seconds, "peak_mib": done.peak_mib})
        progress.finish()
    _add_ratios(rows)
    for measured in rows if prefix and name.kind != "embedded" else ():
        measured["name"] = prefix + measured["name"]
    return rows


def _add_ratios(rows: Sequence[Row]) -> None:
    """Our time over the peer's, for the rows that search words alone, as it does."""
    peer = next((row for row in rows if row["name"] == PEER), None)
    for row in rows:
        if peer is not None and row["name"] in ("lexical", "filtered", "facets", "highlights"):
            row[f"ratio_to:{PEER}"] = row["p50_ms"] / peer["p50_ms"]


def _prepared(
    kind: str, options: SearchBenchOptions, temporary: Path, stack: ExitStack, progress: Progress
) -> tuple[StoreName, dict[str, Any]]:
    """A store with a generation, and how that was made (empty: it was there)."""
    folder = temporary / kind
    if options.data:
        if kind == "elasticsearch":
            return StoreName("elasticsearch", str(folder)), {}
        there = Path(options.data) / "engine"
        if not there.is_dir():
            raise EvaluationError(f"{options.data} has no engine folder; build one with: scholarcore build")
        return StoreName("embedded", str(there)), {}
    name = StoreName("embedded" if kind == "embedded" else "elasticsearch", str(folder), f"bench-{uuid4().hex[:8]}")
    stack.callback(remove, name)
    progress.start(f"{kind}: build")
    given = ("corpus", "papers", "seed", "model", "max_tokens", "embed_papers")
    arguments = {option: getattr(options, option) for option in given}
    done = run_isolated(f"{__name__}:build", {"name": to_builtins(name), **arguments})
    progress.finish()
    return name, {**done.value, "peak_mib": done.peak_mib}


def build(
    *, name: Any, corpus: str | None, papers: int, seed: int, model: str, max_tokens: int, embed_papers: bool
) -> dict[str, Any]:
    """Write a generation of the corpus, straight through the engine's writer; what was written, and how fast."""
    place = convert(name, StoreName)
    ready = documents(bench_papers(corpus, papers, seed))
    embedder = make_embedder(model, max_tokens=max_tokens)
    made_by, dimension = ("", 0) if embedder is None else (embedder.name, embedder.dimension)
    draw = np.random.default_rng(seed)
    spent = 0.0
    started = time.perf_counter()
    with open_named(place) as store:
        writer = store.writer(model=made_by, dimension=dimension, metrics=("citations",))
        for start in range(0, len(ready), _BATCH):
            batch = ready[start : start + _BATCH]
            vectors = None
            spent += time.perf_counter() - started  # what makes vectors is no part of the engine
            if embedder is not None:
                texts = [f"{item.paper.title}. {item.paper.abstract}" for item in batch] if embed_papers else None
                vectors = embedder.embed(texts) if texts else _random_vectors(draw, len(batch), dimension)
            started = time.perf_counter()
            writer.add_papers(batch, vectors, None)
        info = writer.commit()
    spent += time.perf_counter() - started
    made = "embedded" if embed_papers else "random unit vectors"
    return {
        "papers": info.papers,
        "model": made_by,
        "vectors": made if embedder else "none",
        "seconds": spent,
        "per_second": info.papers / spent,
        "disk_mib": disk_mib(place),
    }


def _random_vectors(draw: np.random.Generator, rows: int, dimension: int) -> Vectors:
    vectors = draw.standard_normal((rows, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def measure(
    *, name: Any, row: str, queries: int, seed: int, model: str, max_tokens: int, exact: Any = None
) -> dict[str, Any]:
    """One row's figures, on the current generation of a store. ``exact`` is one to compare neighbours with."""
    wants_vectors = row in ("vector", "hybrid", "hybrid_filtered_facets")
    embedder = make_embedder(model, max_tokens=max_tokens) if wants_vectors else None
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        _check_model(engine, embedder, wants_vectors)
        search = PaperSearch(engine, embedder)
        work = draw_workload(sample_papers(engine, 2_000, seed=seed), queries + _WARM_UP, seed=seed)
        if row == "deep_cursor":
            figures = _deep_cursor(search, work, queries)
        else:
            requests = list(_requests(row, work))
            figures = time_calls([partial(search.search, request) for request in requests], warm_up=_WARM_UP)
            figures["mean_total"] = float(np.mean([search.search(request).total for request in requests[:_COUNTED]]))
            if isinstance(store, ElasticsearchStore):
                again = PaperSearch(engine, _Remembering(embedder) if embedder else None)
                figures |= overhead(store.client.transport, [partial(again.search, one) for one in requests])
        if exact is not None and embedder is not None:
            with open_named(convert(exact, StoreName)) as other, closing(other.reader()) as reference:
                figures |= _recall(engine, reference, embedder, work)
        return {"papers": engine.generation.papers, **figures}


def _recall(engine: Engine, other: Engine, embedder: Embedder, work: Workload) -> dict[str, float]:
    """The share of the nearest that another engine finds which this one finds as well, without and with a filter."""
    shares: dict[str, list[float]] = {"recall@10": [], "filtered_recall@10": []}
    for text, where in zip(work.texts, work.filters, strict=True):
        vector = embedder.embed_query(text)
        for key, condition in zip(shares, (None, parse_filter(where)), strict=True):
            expected = {hit.id for hit in other.nearest(vector, _NEAREST, condition)}
            found = {hit.id for hit in engine.nearest(vector, _NEAREST, condition)}
            shares[key].append(len(expected & found) / max(1, len(expected)))
    return {key: float(np.mean(found)) for key, found in shares.items()}


class _Remembering:
    """An embedder that embeds a query once: the model's time is no part of what our layer costs."""

    def __init__(self, embedder: Embedder) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embed = embedder.embed
        self.embed_query = lru_cache(maxsize=None)(embedder.embed_query)


def _check_model(engine: Engine, embedder: Embedder | None, wants_vectors: bool) -> None:
    if wants_vectors and (embedder is None or engine.generation.model != embedder.name):
        theirs = engine.generation.model or "no vectors"
        raise EvaluationError(f"the generation has {theirs}; give --option model=... and max_tokens=... to match it")


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


def build_tantivy(name: Any, raw: str) -> int:
    """A plain tantivy index (stemmed text, stored id and title) of the papers of the current generation."""
    import tantivy

    shutil.rmtree(raw, ignore_errors=True)
    Path(raw).mkdir(parents=True)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name="en_stem")
    writer = tantivy.Index(schema.build(), path=raw).writer(200_000_000, 1)
    written, cursor = 0, None
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        while True:
            page = engine.search(PaperQuery(Everything(), limit=_BATCH, after=cursor))
            for hit in page.hits:
                paper = hit.document.paper if hit.document else None
                if paper is not None:
                    text = f"{paper.title} {paper.abstract}"
                    writer.add_document(tantivy.Document(id=paper.id, title=paper.title[:1_000], text=text))
                    written += 1
            cursor = page.next
            if cursor is None:
                break
    writer.commit()
    writer.wait_merging_threads()
    return written


def measure_tantivy(name: Any, raw: str, queries: int, seed: int) -> dict[str, Any]:
    """The same texts through tantivy's own parser, ten stored documents each, nothing else."""
    import tantivy

    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        work = draw_workload(sample_papers(engine, 2_000, seed=seed), queries + _WARM_UP, seed=seed)
        papers = engine.generation.papers
    index = tantivy.Index.open(raw)
    searcher = index.searcher()

    def search(text: str) -> list[str]:
        hits = searcher.search(index.parse_query(text, ["text"]), 10).hits
        return [str(searcher.doc(address)["id"][0]) for _, address in hits]

    figures = time_calls([partial(search, text) for text in work.texts], warm_up=_WARM_UP)
    found = [searcher.search(index.parse_query(text, ["text"]), papers).hits for text in work.texts[:_COUNTED]]
    return {"papers": papers, **figures, "mean_total": float(np.mean([len(hits) for hits in found]))}


BENCH = Bench(
    "search",
    "latency of every kind of search request, beside plain tantivy",
    run,
    SearchBenchOptions,
    rows=(*ROWS, PEER),
)
