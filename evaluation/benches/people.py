"""What is asked about people, over one generation: warm, one caller, on queries and people drawn from the corpus.

The generation is a whole build: imported, derived, measured. Papers get random unit vectors unless ``embed_papers``:
the same work for every row at none of the cost, but topics that say nothing.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, closing
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import numpy as np
from msgspec import convert, to_builtins

from evaluation.benches.build import import_source
from evaluation.isolate import cores, run_isolated
from evaluation.people_workload import PeopleWorkload, draw_people
from evaluation.registry import Bench, BenchOptions, Outcome, Row
from evaluation.stores import StoreName, disk_mib, engines_asked, open_named, remove
from evaluation.timing import time_calls
from indexer.build import build
from indexer.catalog import Catalog
from records.errors import EvaluationError
from records.progress import Progress
from search.collaborators import CollaboratorRequest, find_collaborators
from search.embedding import Embedder, make_embedder
from search.engine import Vectors
from search.experts import ExpertRequest, find_experts
from search.people import People
from search.people.find import AuthorRequest, complete_name, find_people
from search.profiles import profile

__all__ = ["BENCH", "PeopleBenchOptions"]

ROWS = ("profile", "author_search", "autocomplete", "experts", "experts_document", "collaborators")

_WARM_UP = 20


class PeopleBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the bench of people.

    ``data`` is a data folder with a built generation, to use instead of building one; ``queries`` how many requests a
    row sends; ``rows`` picks rows; ``model`` embeds the needs, and also the papers with ``embed_papers``.
    """

    data: str | None = None
    queries: int = 200
    rows: tuple[str, ...] = ROWS
    model: str = "bundled"
    max_tokens: int = 64
    embed_papers: bool = False


def run(options: PeopleBenchOptions, progress: Progress) -> Outcome:
    """Build (unless there is a generation), then measure each row in a process of its own."""
    kinds = engines_asked(options.engine)
    unknown = [row for row in options.rows if row not in ROWS]
    if unknown or not options.rows or options.queries < 1:
        raise EvaluationError(f"rows must be some of {', '.join(ROWS)}, and queries at least 1")
    rows: list[Row] = []
    settings: dict[str, Any] = {"cores": cores()}
    with ExitStack() as stack:
        temporary = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-bench-")))
        if not options.data:
            _import(options, temporary, progress)
            made = "embedded" if options.embed_papers else "random unit vectors"
            settings["vectors"] = "none" if options.model == "none" else made
        for kind in kinds:
            name = _store(kind, options, temporary)
            stack.callback(remove, name)
            prefix = "" if kind in ("embedded", options.engine) else f"{kind}:"
            if not options.data:
                rows.append(_built(name, prefix, options, temporary, progress))
            rows.extend(_measured(name, prefix, options, progress))
    if options.data:
        settings["data"] = Path(options.data).resolve().name
    return Outcome(rows, settings)


def _store(kind: Any, options: PeopleBenchOptions, temporary: Path) -> StoreName:
    if not options.data:
        return StoreName(kind, str(temporary / kind), "" if kind == "embedded" else f"bench-{uuid4().hex[:8]}")
    if kind == "elasticsearch":
        return StoreName(kind, str(temporary / kind))
    there = Path(options.data) / "engine"
    if not there.is_dir():
        raise EvaluationError(f"{options.data} has no engine folder; build one with: scholarcore build")
    return StoreName(kind, str(there))


def _import(options: PeopleBenchOptions, temporary: Path, progress: Progress) -> None:
    progress.start("import")
    source = import_source(options.corpus, options.papers, options.seed, temporary)
    arguments = {"data": str(temporary), "source": source}
    run_isolated("evaluation.benches.build:import_corpus", arguments, threads=options.threads)
    progress.finish()


def _built(name: StoreName, prefix: str, options: PeopleBenchOptions, temporary: Path, progress: Progress) -> Row:
    progress.start(f"{prefix}build")
    arguments = {
        "name": to_builtins(name),
        "catalog": str(temporary / "catalog.duckdb"),
        **{option: getattr(options, option) for option in ("model", "max_tokens", "embed_papers", "seed")},
    }
    done = run_isolated(f"{__name__}:build_people", arguments, threads=options.threads)
    progress.finish()
    return {"name": f"{prefix}build", "engine": name.kind, **done.value, "peak_mib": done.peak_mib}


def _measured(name: StoreName, prefix: str, options: PeopleBenchOptions, progress: Progress) -> list[Row]:
    rows: list[Row] = []
    for row in options.rows:
        progress.start(f"{prefix}{row}")
        arguments = {
            "name": to_builtins(name),
            "row": row,
            **{option: getattr(options, option) for option in ("model", "max_tokens", "queries", "seed")},
        }
        done = run_isolated(f"{__name__}:measure", arguments, threads=options.threads)
        # The contract's name of a cluster's row is <row>:<engine>.
        shown = f"{row}:{name.kind}" if prefix else row
        rows.append({"name": shown, "engine": name.kind, **done.value, "seconds": done.seconds})
        rows[-1]["peak_mib"] = done.peak_mib
        progress.finish()
    return rows


def build_people(*, name: Any, catalog: str, model: str, max_tokens: int, embed_papers: bool, seed: int) -> Any:
    """Build the catalog into a generation of the store; what was built, and how fast."""
    place = convert(name, StoreName)
    embedder = make_embedder(model, max_tokens=max_tokens)
    if embedder is not None and not embed_papers:
        embedder = _RandomVectors(embedder, seed)
    with Catalog.open(Path(catalog)) as opened, open_named(place) as store:
        started = time.perf_counter()
        info = build(opened, store, embedder).generation
        seconds = time.perf_counter() - started
    sizes = {"papers": info.papers, "authors": info.authors, "disk_mib": disk_mib(place)}
    return {**sizes, "seconds": seconds, "per_second": info.papers / seconds}


class _RandomVectors:
    """In the place of a model that takes its time: random unit vectors for papers."""

    def __init__(self, embedder: Embedder, seed: int) -> None:
        self.name, self.dimension = embedder.name, embedder.dimension
        self.embed_query = embedder.embed_query
        self._draw = np.random.default_rng(seed)

    def embed(self, texts: Sequence[str]) -> Vectors:
        """One vector a text, whatever it says."""
        vectors = self._draw.standard_normal((len(texts), self.dimension), dtype=np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def measure(*, name: Any, row: str, queries: int, seed: int, model: str, max_tokens: int) -> dict[str, Any]:
    """One row's figures, on the current generation of a store. ``open_ms``: what the first request pays for arrays."""
    embedder = make_embedder(model, max_tokens=max_tokens) if row.startswith("experts") else None
    with open_named(convert(name, StoreName)) as store, closing(store.reader()) as engine:
        if embedder is not None and engine.generation.vectors and engine.generation.model != embedder.name:
            theirs = engine.generation.model
            raise EvaluationError(
                f"the generation has {theirs}; give --option model=... and max_tokens=... to match it"
            )
        people = People(engine, embedder)
        started = time.perf_counter()
        sizes = {"papers": people.arrays.papers, "authors": people.arrays.authors}
        opened = (time.perf_counter() - started) * 1000
        work = draw_people(people, queries + _WARM_UP, seed=seed)
        figures = time_calls(_calls(row, people, work), warm_up=_WARM_UP)
    return {**sizes, **figures, "open_ms": opened}


def _calls(row: str, people: People, work: PeopleWorkload) -> list[Callable[[], object]]:
    match row:
        case "profile":
            return [partial(profile, people, author) for author in work.authors]
        case "author_search":
            return [partial(find_people, people, AuthorRequest(name)) for name in work.names]
        case "autocomplete":
            return [partial(complete_name, people, beginning) for beginning in work.beginnings]
        case "experts":
            return [partial(find_experts, people, ExpertRequest(text)) for text in work.texts]
        case "experts_document":
            return [partial(find_experts, people, ExpertRequest(texts=(text,))) for text in work.documents]
        case _:
            return [partial(find_collaborators, people, CollaboratorRequest(author)) for author in work.authors]


BENCH = Bench("people", "profiles, people by name, experts and collaborators: latency", run, PeopleBenchOptions, ROWS)
