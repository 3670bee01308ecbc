"""Search over one generation: every kind of request, warm, one caller; beside tantivy with nothing around it."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.corpora import bench_papers
from evaluation.isolate import cores, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row, embedded_only
from evaluation.search_index import documents
from evaluation.timing import time_calls
from evaluation.workload import Workload, draw_workload, sample_papers
from records.errors import EvaluationError
from records.progress import Progress
from search.embedded.store import EmbeddedStore
from search.embedding import Embedder, make_embedder
from search.engine import Engine, PaperQuery, Vectors
from search.query.ast import Everything
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
    embedded_only(options.engine)
    known = (*ROWS, PEER)
    unknown = [row for row in options.rows if row not in known]
    if unknown or not options.rows or options.queries < 1:
        raise EvaluationError(f"rows must be some of {', '.join(known)}, and queries at least 1")
    with _engine_folder(options, progress) as (engine, raw, built):
        rows: list[Row] = []
        shared = {"folder": str(engine), "queries": options.queries, "seed": options.seed}
        for row in options.rows:
            progress.start(row)
            if row == PEER:
                done = run_isolated(f"{__name__}:measure_tantivy", {**shared, "raw": str(raw)}, threads=options.threads)
            else:
                model = {"model": options.model, "max_tokens": options.max_tokens}
                done = run_isolated(f"{__name__}:measure", {**shared, **model, "row": row}, threads=options.threads)
            rows.append({"name": row, **done.value, "seconds": done.seconds, "peak_mib": done.peak_mib})
            progress.finish()
    _add_ratios(rows)
    settings = {**built, "cores": cores(), "facets": FACETS, "page": 10}
    if options.data:
        settings["data"] = Path(options.data).resolve().name
    return Outcome(rows, settings)


def _add_ratios(rows: Sequence[Row]) -> None:
    """Our time over the peer's, for the rows that search words alone, as it does."""
    peer = next((row for row in rows if row["name"] == PEER), None)
    for row in rows:
        if peer is not None and row["name"] in ("lexical", "filtered", "facets", "highlights"):
            row[f"ratio_to:{PEER}"] = row["p50_ms"] / peer["p50_ms"]


@contextmanager
def _engine_folder(options: SearchBenchOptions, progress: Progress) -> Iterator[tuple[Path, Path, dict[str, Any]]]:
    """The folder of generations, the one of the plain tantivy index, and how they were made."""
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-bench-")))
        engine, built = temporary / "engine", {}
        if options.data:
            engine = Path(options.data) / "engine"
            if not engine.is_dir():
                raise EvaluationError(f"{options.data} has no engine folder; build one with: scholarcore build")
        else:
            progress.start("build")
            given = ("corpus", "papers", "seed", "model", "max_tokens", "embed_papers")
            arguments = {name: getattr(options, name) for name in given}
            done = run_isolated(f"{__name__}:build", {"folder": str(engine), **arguments})
            built = {**done.value, "build_seconds": done.seconds, "build_peak_mib": done.peak_mib}
            progress.finish()
        raw = temporary / "raw"
        if PEER in options.rows:
            run_isolated(f"{__name__}:build_tantivy", {"folder": str(engine), "raw": str(raw)})
        yield engine, raw, built


def build(
    *, folder: str, corpus: str | None, papers: int, seed: int, model: str, max_tokens: int, embed_papers: bool
) -> dict[str, Any]:
    """Write a generation of the corpus, straight through the engine's writer; what was written."""
    ready = documents(bench_papers(corpus, papers, seed))
    embedder = make_embedder(model, max_tokens=max_tokens)
    name, dimension = ("", 0) if embedder is None else (embedder.name, embedder.dimension)
    draw = np.random.default_rng(seed)
    writer = EmbeddedStore(Path(folder)).writer(model=name, dimension=dimension, metrics=("citations",))
    for start in range(0, len(ready), _BATCH):
        batch = ready[start : start + _BATCH]
        vectors = None
        if embedder is not None:
            texts = [f"{item.paper.title}. {item.paper.abstract}" for item in batch] if embed_papers else None
            vectors = embedder.embed(texts) if texts else _random_vectors(draw, len(batch), dimension)
        writer.add_papers(batch, vectors, None)
    info = writer.commit()
    size = sum(file.stat().st_size for file in Path(folder).rglob("*") if file.is_file())
    made = "embedded" if embed_papers else "random unit vectors"
    return {"papers": info.papers, "model": name, "vectors": made if embedder else "none", "disk_mib": size / 2**20}


def _random_vectors(draw: np.random.Generator, rows: int, dimension: int) -> Vectors:
    vectors = draw.standard_normal((rows, dimension), dtype=np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def measure(*, folder: str, row: str, queries: int, seed: int, model: str, max_tokens: int) -> dict[str, Any]:
    """One row's figures, on the current generation in ``folder``."""
    engine = EmbeddedStore(Path(folder)).reader()
    wants_vectors = row in ("vector", "hybrid", "hybrid_filtered_facets")
    embedder = make_embedder(model, max_tokens=max_tokens) if wants_vectors else None
    _check_model(engine, embedder, wants_vectors)
    search = PaperSearch(engine, embedder)
    work = draw_workload(sample_papers(engine, 2_000, seed=seed), queries + _WARM_UP, seed=seed)
    if row == "deep_cursor":
        figures = _deep_cursor(search, work, queries)
    else:
        requests = list(_requests(row, work))
        figures = time_calls([partial(search.search, request) for request in requests], warm_up=_WARM_UP)
        figures["mean_total"] = float(np.mean([search.search(request).total for request in requests[:_COUNTED]]))
    papers = engine.generation.papers
    engine.close()
    return {"papers": papers, **figures}


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


def build_tantivy(folder: str, raw: str) -> int:
    """A plain tantivy index (stemmed text, stored id and title) of the papers of the current generation."""
    import tantivy

    shutil.rmtree(raw, ignore_errors=True)
    Path(raw).mkdir(parents=True)
    schema = tantivy.SchemaBuilder()
    schema.add_text_field("id", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("title", stored=True, tokenizer_name="raw", index_option="basic")
    schema.add_text_field("text", tokenizer_name="en_stem")
    writer = tantivy.Index(schema.build(), path=raw).writer(200_000_000, 1)
    engine = EmbeddedStore(Path(folder)).reader()
    written, cursor = 0, None
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
    engine.close()
    return written


def measure_tantivy(folder: str, raw: str, queries: int, seed: int) -> dict[str, Any]:
    """The same texts through tantivy's own parser, ten stored documents each, nothing else."""
    import tantivy

    engine = EmbeddedStore(Path(folder)).reader()
    work = draw_workload(sample_papers(engine, 2_000, seed=seed), queries + _WARM_UP, seed=seed)
    papers = engine.generation.papers
    engine.close()
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
