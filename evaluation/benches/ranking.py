"""Ranking: graph metrics in seconds and memory, beside igraph and NetworKit on the same citation graph."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from evaluation.folder import Folder
from evaluation.graphs import corpus_of, save_corpus
from evaluation.isolate import run_isolated
from evaluation.peers.graph_peers import PEERS
from evaluation.registry import Bench, BenchOptions, Outcome, Row
from indexer.sources.base import CitationLink, Item
from indexer.sources.registry import reader_for
from ranking.corpus import NO_YEAR, Corpus
from records.errors import EvaluationError
from records.paper import Paper
from records.progress import Progress

__all__ = ["BENCH", "RankingOptions"]

ROWS = (
    "pagerank",
    "kcore",
    "components",
    "fractional_core",
    "dcore",
    "rooted_depth1",
    "rooted_depth2",
    "rooted_reach",
    "author_indices",
    "author_pagerank",
    "disruption",
    "everything",
)


class RankingOptions(BenchOptions, frozen=True, kw_only=True):
    """Options of the ranking bench.

    ``rows`` picks rows, ``peers`` the libraries to measure beside; ``repeats`` is how often quick rows run, the least
    time counting. ``largest_dcore``: of a larger corpus, the row ``dcore`` decomposes the author-citation digraph of so
    many of its latest papers, and says so. A ``corpus`` that is no benchmark folder is read as ``format``;
    ``citations`` is a file of further citing/cited pairs.
    """

    rows: tuple[str, ...] = ROWS
    peers: tuple[str, ...] = ("igraph", "networkit")
    repeats: int = 3
    largest_dcore: int = 1_000_000
    format: str = "acl"
    citations: str | None = None


def run(options: RankingOptions, progress: Progress) -> Outcome:
    """Measure every row in a process of its own, the peers' on the same arrays."""
    _check(options)
    corpus, described = _corpus(options)
    bandwidth = _bandwidth()
    size = {"papers": corpus.papers, "edges": len(corpus.citations.indices)}
    rows = []
    with tempfile.TemporaryDirectory(prefix="scholarcore-") as folder:
        save_corpus(corpus, Path(folder))
        facts = _facts(corpus)
        del corpus
        progress.start("rows", len(options.rows))
        for name in options.rows:
            rows.append({"name": name, **size, **_row(name, folder, options, bandwidth)})
            progress.advance()
        progress.finish()
    return Outcome(rows, {**described, **facts, "bandwidth_gib_s": bandwidth / 2**30})


def _check(options: RankingOptions) -> None:
    for kind, given, known in (("row", options.rows, ROWS), ("peer", options.peers, ("igraph", "networkit"))):
        unknown = sorted(set(given) - set(known))
        if unknown:
            raise EvaluationError(f"no {kind} named {', '.join(unknown)}; there are: {', '.join(known)}")


def _corpus(options: RankingOptions) -> tuple[Corpus, dict[str, Any]]:
    if options.corpus is None:
        from indexer.demo import DemoSpec, arrays

        return arrays(DemoSpec(papers=options.papers, seed=options.seed)), {}
    path = Path(options.corpus)
    if path.is_dir() and Folder.open(path).find("papers.jsonl") is not None:
        papers: list[Paper] = Folder.open(path).papers()
    else:
        papers = [item for item in _items(path, options.format) if isinstance(item, Paper)]
    links: list[tuple[str, str]] = []
    if options.citations is not None:
        found = _items(Path(options.citations), "acl-citations")
        links = [(item.citing, item.cited) for item in found if isinstance(item, CitationLink)]
    corpus, report = corpus_of(papers, links)
    return corpus, {"graph": report.as_dict()}


def _items(path: Path, name: str) -> Iterator[Item]:
    for part in reader_for(name).parts(path):
        yield from part.read()


def _facts(corpus: Corpus) -> dict[str, Any]:
    """What is odd about the citation graph."""
    citing, cited = corpus.years[corpus.citations.row_of_links()], corpus.years[corpus.citations.indices]
    dated = (citing != NO_YEAR) & (cited != NO_YEAR)
    return {
        "authors": corpus.n_authors,
        "authorships": len(corpus.authors.indices),
        "time_violating_share": float((citing < cited)[dated].mean()) if dated.any() else 0.0,
        "same_year_share": float((citing == cited)[dated].mean()) if dated.any() else 0.0,
    }


def _bandwidth() -> float:
    """Bytes a second that copying a large array reads and writes."""
    source = np.ones(32 * 2**20)
    target = np.empty_like(source)
    best = float("inf")
    for _ in range(4):
        started = time.perf_counter()
        np.copyto(target, source)
        best = min(best, time.perf_counter() - started)
    return 2 * source.nbytes / best


def _row(name: str, folder: str, options: RankingOptions, bandwidth: float) -> Row:
    rivals = [peer for peer in options.peers if (peer, name) in PEERS]
    repeats = 1 if name in {"dcore", "rooted_depth2", "everything"} else options.repeats
    arguments = {"folder": folder, "row": name, "repeats": repeats}
    found = run_isolated(
        "evaluation.benches._ranking_rows:ours",
        {**arguments, "keep": bool(rivals), "largest_dcore": options.largest_dcore},
        threads=options.threads,
    ).value
    row = dict(found)
    if "bytes" in row:
        row["seconds_at_bandwidth"] = row["bytes"] / bandwidth
    # On one core CPU time is the time the work takes on an idle machine, whatever else runs.
    clock = "cpu_seconds" if options.threads == 1 else "seconds"
    for peer in rivals:
        other = run_isolated(
            "evaluation.benches._ranking_rows:peer",
            {**arguments, "name": peer, "repeats": 1},
            threads=options.threads,
        ).value
        row[f"ratio_to:{peer}"] = found[clock] / other[clock]
        row[f"memory_ratio_to:{peer}"] = found["peak_mib"] / other["peak_mib"]
        row[f"{peer}"] = other
    return row


BENCH = Bench("ranking", "graph metrics beside igraph and NetworKit", run, RankingOptions, rows=ROWS)
