"""Search over one generation: every kind of request, warm, one caller; beside tantivy with nothing around it.

On a cluster, each row also tells what our layer costs: its time over that of a bare client sending the same requests.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from msgspec import convert, to_builtins

from evaluation.benches._search_rows import FACETS, ROWS
from evaluation.corpora import bench_papers
from evaluation.corpus_file import CorpusFile
from evaluation.isolate import cores, report, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row
from evaluation.stores import Kind, StoreName, cluster_told, disk_mib, engines_asked, open_named, remove, segments
from records.errors import EvaluationError
from records.progress import Progress
from search.embedding import Embedder, make_embedder, paper_text
from search.engine import PaperDocument, Vectors

__all__ = ["BENCH", "SearchBenchOptions"]

PEER = "tantivy"

_ROWS = "evaluation.benches._search_rows"
_PEER = "evaluation.benches._search_peer"
_BATCH = 1_000
_AROUND = "around.npy"
_CENTRES = 256  # papers whose vectors those of all others lie around
_SCATTER = 0.6  # length of what is added to them


class SearchBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the search bench.

    ``data`` is a data folder with a built generation, to use instead of building one; ``queries`` how many requests a
    row sends; ``rows`` picks rows; ``model`` embeds the queries, and also the papers with ``embed_papers`` (without it
    only some, and all papers get vectors around theirs: about the same work for the engine, at little of the cost).
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
        corpus = None if options.data else _corpus(options, temporary / "corpus", progress)
        exact: StoreName | None = None  # what recall is measured against
        for kind in kinds:
            name = _store(kind, options, temporary)
            stack.callback(remove, name)
            built = {} if corpus is None else _built(name, corpus, options, progress)
            settings.update({key: built.pop(key) for key in ("model", "vectors") if key in built})
            if kind == "elasticsearch":
                settings["cluster"] = cluster_told()
                settings["warm_up"] = _warmed(name, options, progress)
            rows.extend(_measured(name, built, options, progress, exact=exact, raw=temporary / "raw"))
            exact = name if kind == "embedded" else exact
    _compare(rows)
    if options.data:
        settings["data"] = Path(options.data).resolve().name
    return Outcome(rows, settings)


def _corpus(options: SearchBenchOptions, folder: Path, progress: Progress) -> Path:
    """The corpus, made once for all engines, in files: where they are."""
    progress.start("corpus", None if options.corpus else options.papers)
    given = ("corpus", "papers", "seed", "model", "max_tokens", "embed_papers")
    arguments = {option: getattr(options, option) for option in given}
    run_isolated(f"{__name__}:write_corpus", {"folder": str(folder), **arguments}, progress=progress)
    progress.finish()
    return folder


def write_corpus(
    *, corpus: str | None, papers: int, seed: int, model: str, max_tokens: int, embed_papers: bool, folder: str
) -> int:
    """Put a corpus into files, and vectors that those of its papers lie around; how many papers it has."""
    written = CorpusFile.write(bench_papers(corpus, papers, seed), Path(folder), report)
    embedder = make_embedder(model, max_tokens=max_tokens)
    if embedder is not None and not embed_papers:
        texts = [paper_text(entry.paper.title, entry.paper.abstract) for entry in written.some(_CENTRES)]
        np.save(Path(folder, _AROUND), embedder.embed(texts))
    return len(written)


def _store(kind: Kind, options: SearchBenchOptions, temporary: Path) -> StoreName:
    """A store of this run's own, or the one that is there already."""
    if not options.data:
        return StoreName(kind, str(temporary / kind), f"bench-{uuid4().hex[:8]}")
    if kind == "elasticsearch":
        return StoreName("elasticsearch", str(temporary / kind))
    there = Path(options.data) / "engine"
    if not there.is_dir():
        raise EvaluationError(f"{options.data} has no engine folder; build one with: scholarcore build")
    return StoreName("embedded", str(there))


def _built(name: StoreName, corpus: Path, options: SearchBenchOptions, progress: Progress) -> dict[str, Any]:
    """Fill a store; how that went."""
    progress.start(f"{name.kind}: build", len(CorpusFile(corpus)))
    given = {option: getattr(options, option) for option in ("seed", "model", "max_tokens", "embed_papers")}
    arguments = {"name": to_builtins(name), "folder": str(corpus), **given}
    done = run_isolated(f"{__name__}:build", arguments, progress=progress)
    progress.finish()
    return {**done.value, "peak_mib": done.peak_mib}


def build(*, name: Any, folder: str, seed: int, model: str, max_tokens: int, embed_papers: bool) -> dict[str, Any]:
    """Write a generation of a corpus, straight through the engine's writer; what was written, and how fast."""
    place = convert(name, StoreName)
    embedder = make_embedder(model, max_tokens=max_tokens)
    made_by, dimension = ("", 0) if embedder is None else (embedder.name, embedder.dimension)
    around = None if embed_papers or embedder is None else np.load(Path(folder, _AROUND))
    draw = np.random.default_rng(seed)
    spent = preparing = 0.0
    started = time.perf_counter()
    with open_named(place) as store:
        writer = store.writer(model=made_by, dimension=dimension, metrics=("citations",))
        for batch in CorpusFile(Path(folder)).batches(_BATCH):
            vectors = _vectors(batch, embedder, around, draw)
            ready = time.perf_counter()
            writer.add_papers(batch, vectors, None)
            report(len(batch))
            preparing, started = preparing + ready - started, time.perf_counter()
            spent += started - ready
        info = writer.commit()
    spent += time.perf_counter() - started
    made = "embedded" if around is None else f"around those of {len(around)} papers"
    figures = {
        "papers": info.papers,
        "model": made_by,
        "vectors": made if embedder else "none",
        "seconds": spent,
        "per_second": info.papers / spent,
        "preparing_seconds": preparing,
        "disk_mib": disk_mib(place),
    }
    return figures if place.kind == "embedded" else {**figures, "segments": segments(place)}


def _vectors(
    batch: Sequence[PaperDocument], embedder: Embedder | None, around: Vectors | None, draw: np.random.Generator
) -> Vectors | None:
    if embedder is None:
        return None
    if around is None:
        return embedder.embed([paper_text(item.paper.title, item.paper.abstract) for item in batch])
    scatter = draw.standard_normal((len(batch), embedder.dimension), dtype=np.float32)
    vectors: Vectors = around[draw.integers(0, len(around), len(batch))]
    vectors = vectors + scatter * np.float32(_SCATTER / embedder.dimension**0.5)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    return vectors


def _warmed(name: StoreName, options: SearchBenchOptions, progress: Progress) -> int:
    """How many requests a cluster was sent before its rows were measured."""
    progress.start("elasticsearch: warm up")
    given = {option: getattr(options, option) for option in ("queries", "seed", "model", "max_tokens")}
    arguments = {"name": to_builtins(name), "rows": [row for row in options.rows if row != PEER], **given}
    done = run_isolated(f"{_ROWS}:warm", arguments, threads=options.threads)
    progress.finish()
    return int(done.value)


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
    ours = {**shared, "model": options.model, "max_tokens": options.max_tokens}
    prefix = "" if options.engine == name.kind else f"{name.kind}:"
    rows: list[Row] = []
    if built:
        rows.append({"name": "build", "engine": name.kind, **built})
    for row in options.rows:
        if row == PEER and name.kind != "embedded":
            continue
        progress.start(f"{prefix}{row}")
        further: dict[str, Any] = {}
        if row == PEER:
            run_isolated(f"{_PEER}:build_tantivy", {"name": shared["name"], "raw": str(raw)})
            done = run_isolated(f"{_PEER}:measure_tantivy", {**shared, "raw": str(raw)}, threads=options.threads)
        else:
            done = run_isolated(f"{_ROWS}:measure", {**ours, "row": row}, threads=options.threads)
            if row == "vector" and exact is not None:
                further = run_isolated(f"{_ROWS}:recall", {**ours, "exact": to_builtins(exact)}).value
        figures = {**done.value, **further, "seconds": done.seconds, "peak_mib": done.peak_mib}
        rows.append({"name": row, "engine": PEER if row == PEER else name.kind, **figures})
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


def _compare(rows: Sequence[Row]) -> None:
    """A cluster's time over that of the embedded engine, where both were measured."""
    embedded = {row["name"]: row for row in rows if row["engine"] == "embedded"}
    for row in rows:
        peer = embedded.get(row["name"].removeprefix("elasticsearch:"))
        if peer is not None and row["engine"] == "elasticsearch" and "p50_ms" in row:
            row["ratio_to:embedded"] = row["p50_ms"] / peer["p50_ms"]


BENCH = Bench(
    "search",
    "latency of every kind of search request, beside plain tantivy",
    run,
    SearchBenchOptions,
    rows=(*ROWS, PEER),
)
