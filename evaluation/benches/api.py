"""The HTTP API as it is served: ``scholarcore serve`` in a process of its own, one client, one request at a time."""

from __future__ import annotations

import http.client
import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import IO, Any
from urllib.parse import quote, urlencode, urlsplit

from evaluation.benches.build import import_source
from evaluation.isolate import cores, peak_mib, run_isolated
from evaluation.registry import Bench, BenchOptions, Outcome, Row, embedded_only
from evaluation.timing import time_calls
from evaluation.workload import Workload, draw_workload, sample_papers
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress
from search.embedded.store import EmbeddedStore

__all__ = ["BENCH", "ApiBenchOptions"]

FACETS = "year,venue.name,author.id"
ROWS = (
    "health",
    "papers_lexical",
    "papers_vector",
    "papers_hybrid",
    "papers_filtered_facets",
    "paper",
    "author",
    "authors_by_name",
    "suggest",
)
_WARM_UP = 20
_ENTRY = "from cli.main import run; run()"


class ApiBenchOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the API bench.

    ``data`` is a data folder with a built generation, served with the settings as they are; otherwise a corpus is
    imported and built with ``model``, feature hashing by default, which embeds a corpus in seconds (but embeds queries
    faster than a real model, too). ``queries`` is how many requests a row sends.
    """

    papers: int = 5_000
    data: str | None = None
    queries: int = 300
    model: str = "hashing"


def run(options: ApiBenchOptions, progress: Progress) -> Outcome:
    """Build (unless there is a data folder), serve, and send every row's requests over one connection."""
    embedded_only(options.engine)
    if options.queries < 1:
        raise EvaluationError(f"queries must be at least 1, not {options.queries}")
    with ExitStack() as stack:
        data = _data_folder(options, stack, progress)
        with closing(EmbeddedStore(data / "engine").reader()) as engine:
            papers = sample_papers(engine, 2_000, seed=options.seed)
            total, model = engine.generation.papers, engine.generation.model
        paths = _paths(papers, draw_workload(papers, options.queries + _WARM_UP, seed=options.seed))
        given = options.model if options.data is None else None
        url, server = stack.enter_context(_served(data, options.threads, given))
        client = stack.enter_context(closing(http.client.HTTPConnection(url.hostname or "", url.port, timeout=60)))
        rows: list[Row] = []
        for name in ROWS:
            progress.start(name)
            calls: list[Callable[[], object]] = [partial(_get, client, path) for path in paths[name]]
            figures = time_calls(calls, warm_up=min(_WARM_UP, len(calls) - 1))
            rows.append({"name": name, "papers": total, **figures, "peak_mib": peak_mib(server.pid)})
            progress.finish()
    settings = {"cores": cores(), "model": model, "facets": FACETS.split(","), "page": 10}
    return Outcome(rows, settings | ({"data": Path(options.data).resolve().name} if options.data else {}))


def _data_folder(options: ApiBenchOptions, stack: ExitStack, progress: Progress) -> Path:
    if options.data is not None:
        if not (Path(options.data) / "engine").is_dir():
            raise EvaluationError(f"{options.data} has no engine folder; build one with: scholarcore build")
        return Path(options.data)
    data = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="scholarcore-bench-")))
    progress.start("build")
    source = import_source(options.corpus, options.papers, options.seed, data)
    run_isolated("evaluation.benches.build:import_corpus", {"data": str(data), "source": source})
    building = {"data": str(data), "model": options.model, "max_tokens": 64, "vectors": True}
    run_isolated("evaluation.benches.build:build_corpus", building)
    progress.finish()
    return data


def _paths(papers: list[Paper], work: Workload) -> dict[str, list[str]]:
    """Request paths by row."""
    count = len(work.texts)
    authors = [a for paper in papers for a in paper.authorships]
    ids = list(dict.fromkeys(a.author_id for a in authors if a.author_id)) or ["nobody"]
    names = list(dict.fromkeys(a.name.full for a in authors)) or ["nobody"]
    filtered = zip(work.texts, work.filters, strict=True)
    return {
        "health": ["/health"] * count,
        "papers_lexical": [_path("/papers", q=text, mode="lexical") for text in work.texts],
        "papers_vector": [_path("/papers", q=text, mode="vector") for text in work.texts],
        "papers_hybrid": [_path("/papers", q=f"{text} study") for text in work.texts],
        "papers_filtered_facets": [_path("/papers", q=text, filter=where, facets=FACETS) for text, where in filtered],
        "paper": [f"/papers/{quote(papers[n % len(papers)].id, safe='')}" for n in range(count)],
        "author": [f"/authors/{quote(ids[n % len(ids)], safe='')}" for n in range(count)],
        "authors_by_name": [_path("/authors", name=names[n % len(names)]) for n in range(count)],
        "suggest": [_path("/suggest", q=text[: 3 + n % 5].strip()) for n, text in enumerate(work.texts)],
    }


def _path(path: str, **parameters: str) -> str:
    return f"{path}?{urlencode(parameters)}"


def _get(client: http.client.HTTPConnection, path: str) -> bytes:
    """:raises EvaluationError: when the answer is not 200."""
    client.request("GET", path)
    response = client.getresponse()
    body = response.read()
    if response.status != http.client.OK:
        raise EvaluationError(f"GET {path} answered {response.status}: {body[:200].decode(errors='replace')}")
    return body


@contextmanager
def _served(data: Path, threads: int, model: str | None) -> Iterator[tuple[Any, subprocess.Popen[str]]]:
    """A server on a free port of the loopback; ends with the block."""
    root = str(Path(__file__).resolve().parents[2])
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join((root, os.environ.get("PYTHONPATH", ""))).strip(os.pathsep),
    }
    if model is not None:
        environment["SCHOLARCORE_EMBEDDING__MODEL"] = model
    if threads:
        environment["OMP_NUM_THREADS"] = str(threads)
    command = [
        sys.executable,
        "-c",
        _ENTRY,
        "--data",
        str(data.resolve()),
        "serve",
        "--host",
        "127.0.0.1",
        "--port",
        "0",
    ]
    server = subprocess.Popen(  # noqa: S603 - our own interpreter on our own command
        command, env=environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=None, text=True
    )
    try:
        if threads and hasattr(os, "sched_setaffinity"):  # before it opens any thread
            os.sched_setaffinity(server.pid, sorted(os.sched_getaffinity(0))[-threads:])
        yield _address(server), server
    finally:
        server.terminate()
        try:
            server.wait(timeout=10)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
        if server.stdout is not None:
            server.stdout.close()


def _address(server: subprocess.Popen[str]) -> Any:
    """Where the server says it listens.

    :raises EvaluationError: when it ends or says nothing instead.
    """
    out: IO[str] | None = server.stdout
    assert out is not None  # noqa: S101 - asked for above
    for line in out:
        if "http://" in line:
            return urlsplit(line[line.index("http://") :].strip())
    raise EvaluationError(f"the server ended with exit code {server.wait()} before it listened; see its messages above")


BENCH = Bench("api", "latency of the API's endpoints over HTTP", run, ApiBenchOptions, rows=ROWS)
