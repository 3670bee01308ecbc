"""From files to a served generation: import, derivation, build and its stages, each with time, rate and peak memory."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from itertools import islice
from pathlib import Path
from typing import Any

from evaluation.corpora import bench_papers, reader_of
from evaluation.folder import Folder
from evaluation.isolate import Measured, cores, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row, embedded_only
from indexer.build import build as run_build
from indexer.catalog import Catalog
from indexer.demo import DemoSpec, write_corpus
from indexer.sources.jsonl_convert import encode_line
from indexer.sources.registry import reader_for
from records.errors import EvaluationError
from records.progress import Progress
from search.embedded.store import EmbeddedStore
from search.embedding import make_embedder, paper_text

__all__ = ["BENCH", "BuildBenchOptions", "import_source"]

_METRIC = "metric "
ROWS = ("import", "import again", "build", "build again", "embed")


class BuildBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the build bench.

    ``model`` embeds the first ``embed`` papers for the row of that name, and all papers in the build with ``vectors``
    (left out otherwise: at MiniLM's pace they would hide everything else).
    """

    threads: int = 0
    model: str = "bundled"
    max_tokens: int = 64
    embed: int = 512
    vectors: bool = False


def run(options: BuildBenchOptions, progress: Progress) -> Outcome:
    """Each step in a process of its own, in a temporary data folder."""
    embedded_only(options.engine)
    with ExitStack() as stack:
        data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-bench-")))
        rows: list[Row] = []
        source = _source(options, data, rows, progress)
        shared = {"data": str(data)}
        model = {"model": options.model, "max_tokens": options.max_tokens}
        building = {**shared, **model, "vectors": options.vectors}
        with _row("import", rows, progress) as measure:
            measure("import_corpus", {**shared, "source": source}, options.threads)
        with _row("import again", rows, progress) as measure:
            measure("import_corpus", {**shared, "source": source}, options.threads)
        with _row("build", rows, progress) as measure:
            stages = measure("build_corpus", building, options.threads).value.pop("stages")
        rows.extend({"name": f"build: {name}", "seconds": seconds} for name, seconds in _grouped(stages).items())
        with _row("build again", rows, progress) as measure:
            measure("build_corpus", building, options.threads).value.pop("stages")
        if options.model != "none" and options.embed > 0:
            with _row("embed", rows, progress) as measure:
                measure("embed_papers", {**shared, **model, "count": options.embed}, options.threads)
        folders = {"catalog": data / "catalog.duckdb", "engine": data / "engine"}
        sizes = {f"{name}_mib": _size(path) for name, path in folders.items()}
    metrics = {name.removeprefix(_METRIC): seconds for name, seconds in stages.items() if name.startswith(_METRIC)}
    return Outcome(rows, {"cores": cores(), **sizes, "metric_seconds": metrics})


def _grouped(stages: Mapping[str, float]) -> dict[str, float]:
    """Seconds by stage, all metrics together as one."""
    grouped: dict[str, float] = {}
    for name, seconds in stages.items():
        group = "metrics" if name.startswith(_METRIC) else name
        grouped[group] = grouped.get(group, 0.0) + seconds
    return grouped


@contextmanager
def _row(name: str, rows: list[Row], progress: Progress) -> Iterator[Any]:
    """A function that measures one call in a process of its own; what it returns and took becomes the row."""
    done: list[Measured] = []

    def measure(function: str, arguments: dict[str, Any], threads: int) -> Measured:
        done.append(run_isolated(f"{__name__}:{function}", arguments, threads=threads))
        return done[-1]

    progress.start(name)
    yield measure
    progress.finish()
    measured = done[-1]
    seconds = measured.value.pop("seconds", measured.seconds)
    rate = {"per_second": measured.value["papers"] / seconds} if seconds > 0 else {}
    rows.append({"name": name, **measured.value, "seconds": seconds, **rate, "peak_mib": measured.peak_mib})


def _source(options: BuildBenchOptions, data: Path, rows: list[Row], progress: Progress) -> str:
    """The path to import: the corpus given, or one generated into ``data`` (then a row of its own)."""
    if options.corpus is not None:
        return import_source(options.corpus, 0, 0, data)
    with _row("generate", rows, progress) as measure:
        arguments = {"folder": str(data / "corpus"), "papers": options.papers, "seed": options.seed}
        measure("generate_corpus", arguments, options.threads)
    return str(data / "corpus")


def import_source(corpus: str | None, papers: int, seed: int, data: Path) -> str:
    """The path to import for a corpus; what no reader reads as it is gets written into ``data``.

    :raises EvaluationError: when there is nothing of a known kind at ``corpus``.
    """
    if corpus is None:
        generate_corpus(folder=str(data / "corpus"), papers=papers, seed=seed)
        return str(data / "corpus")
    path = Path(corpus)
    if path.is_dir() and Folder.open(path).find("papers.jsonl"):
        return str(_converted(path, data / "corpus"))
    reader_of(path)
    return str(path)


def _converted(path: Path, folder: Path) -> Path:
    """A benchmark folder's papers in the JSON Lines format that imports read."""
    folder.mkdir()
    with (folder / "papers.jsonl").open("wb") as file:
        file.writelines(encode_line(paper) + b"\n" for paper in bench_papers(str(path), 0, 0))
    return folder


def _size(path: Path) -> float:
    files = [path] if path.is_file() else [file for file in path.rglob("*") if file.is_file()]
    return sum(file.stat().st_size for file in files) / 2**20


def generate_corpus(*, folder: str, papers: int, seed: int) -> dict[str, Any]:
    """Write a generated corpus."""
    return {"papers": write_corpus(DemoSpec(papers, seed=seed), Path(folder), truth=False).papers}


def import_corpus(*, data: str, source: str) -> dict[str, Any]:
    """Import ``source`` into the catalog; ``papers`` are those it then holds."""
    path = Path(source)
    reader = reader_for("jsonl") if path == Path(data, "corpus") else reader_of(path)
    with Catalog.open(Path(data, "catalog.duckdb")) as catalog:
        started = time.perf_counter()
        report = catalog.import_source(reader, path)
        seconds = time.perf_counter() - started
        papers = sum(entry.papers for entry in catalog.status().sources)
    return {"papers": papers, "new": report.new, "rejected": report.rejected, "seconds": seconds}


def build_corpus(*, data: str, model: str, max_tokens: int, vectors: bool) -> dict[str, Any]:
    """Build the catalog into a generation."""
    embedder = make_embedder(model, max_tokens=max_tokens) if vectors else None
    with Catalog.open(Path(data, "catalog.duckdb")) as catalog:
        started = time.perf_counter()
        report = run_build(catalog, EmbeddedStore(Path(data, "engine")), embedder, Path(data, "vectors"))
        seconds = time.perf_counter() - started
    info = report.generation
    return {
        "papers": info.papers,
        "authors": info.authors,
        "vectors": info.vectors,
        "built": report.built,
        "stages": report.seconds,
        "seconds": seconds,
    }


def embed_papers(*, data: str, model: str, max_tokens: int, count: int) -> dict[str, Any]:
    """Embed some papers of the catalog; loading the model and the first pass are not timed."""
    embedder = make_embedder(model, max_tokens=max_tokens)
    if embedder is None:
        raise EvaluationError("the model 'none' embeds nothing")
    with Catalog.open(Path(data, "catalog.duckdb")) as catalog:
        papers = list(islice((paper for batch in catalog.papers() for paper in batch), count))
    texts = [paper_text(paper.title, paper.abstract) for paper in papers]
    embedder.embed(texts[:8])  # the first pass allocates
    started = time.perf_counter()
    embedder.embed(texts)
    return {"papers": len(texts), "model": embedder.name, "seconds": time.perf_counter() - started}


BENCH = Bench("build", "import and build: time, rate, peak memory and disk by stage", run, BuildBenchOptions, rows=ROWS)
