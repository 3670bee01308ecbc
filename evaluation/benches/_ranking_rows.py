"""What ``bench ranking`` measures, one function a process: our kernels and the peers on the same arrays.

Every function warms up on a tiny corpus (compiled code loaded, libraries imported), notes how much memory the process
holds, then loads the arrays, builds the graph it needs and runs the algorithm. It returns ``seconds`` of the algorithm
(the least of ``repeats``), ``cpu_seconds`` of all its threads, ``build_seconds`` of the graph, ``peak_mib`` (the most
memory held beyond the start, graph and mapped files included), and whatever else a row shows.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from evaluation.graphs import load_citations, load_corpus
from evaluation.isolate import peak_mib
from ranking import author_flow, cores, dcores, derive, disruption, flow, indices, kernels, registry, rooted, weighted
from ranking.corpus import Adjacency, Corpus
from ranking.shared import cited_by, unkept
from ranking.views import restrict

__all__ = ["OURS", "Run", "ours", "peer"]


def _tiny() -> Corpus:
    """A corpus small enough to take no time and odd enough to reach every kernel (cycles, shared authors)."""
    rng = np.random.default_rng(0)
    a, b = rng.integers(0, 40, (2, 160))
    citations = Adjacency.from_pairs(a[a != b], b[a != b], (40, 40))
    authors = Adjacency.from_pairs(rng.integers(0, 40, 90), rng.integers(0, 20, 90), (40, 20))
    institutions = Adjacency.from_pairs(rng.integers(0, 40, 60), rng.integers(0, 5, 60), (40, 5))
    years = np.arange(2000, 2040, dtype=np.int16)
    return Corpus(citations, authors, years, (years % 3).astype(np.int32), 3, institutions)


def _reset_peak() -> float:
    """Start the peak anew; returns the memory held now, in MiB. (Linux; elsewhere the peak so far.)"""
    reset = Path("/proc/self/clear_refs")
    if reset.exists():
        reset.write_text("5")
    return peak_mib()


@dataclass
class Run:
    """Times one row. ``largest_dcore``: papers whose author-citation digraph is decomposed, the latest ones."""

    repeats: int
    largest_dcore: int = 1_000_000
    seconds: float = float("inf")
    cpu_seconds: float = float("inf")
    build_seconds: float = 0.0
    facts: dict[str, Any] = field(default_factory=dict)

    def build(self, make: Callable[[], Any]) -> Any:
        started = time.perf_counter()
        made = make()
        self.build_seconds += time.perf_counter() - started
        return made

    def time(self, work: Callable[[], Any]) -> Any:
        result = None
        for _ in range(self.repeats):
            started, used = time.perf_counter(), time.process_time()
            result = work()
            self.seconds = min(self.seconds, time.perf_counter() - started)
            self.cpu_seconds = min(self.cpu_seconds, time.process_time() - used)
        return result

    def row(self, before: float) -> dict[str, Any]:
        """The figures; ``before`` is the memory held at the start, in MiB."""
        peak = peak_mib() - before
        times = {"seconds": self.seconds, "cpu_seconds": self.cpu_seconds, "build_seconds": self.build_seconds}
        return {**times, "peak_mib": peak, **self.facts}


def _bytes(*arrays: npt.NDArray[Any]) -> int:
    return sum(array.nbytes for array in arrays)


def _links_bytes(*graphs: Adjacency) -> int:
    return sum(_bytes(graph.offsets, graph.indices) for graph in graphs)


def pagerank(corpus: Corpus, run: Run) -> npt.NDArray[np.float64]:
    back = run.build(lambda: cited_by(corpus))
    orders: list[flow.FlowOrder] = []

    def work() -> npt.NDArray[np.float64]:
        orders[:] = [flow.flow_order(corpus.citations, back)]
        return flow.pagerank(corpus.citations, orders[0])

    ranks: npt.NDArray[np.float64] = run.time(work)
    touched = 2 * _links_bytes(corpus.citations) + _links_bytes(back) + 3 * ranks.nbytes
    run.facts.update(bytes=touched, largest_cyclic_component=orders[0].largest_block)
    return ranks


def kcore(corpus: Corpus, run: Run) -> npt.NDArray[np.float64]:
    graph = run.build(lambda: cores.undirected(corpus.citations))
    numbers = run.time(lambda: cores.core_numbers(graph))
    run.facts.update(bytes=_links_bytes(graph) + 3 * numbers.nbytes, kmax=int(numbers.max(initial=0)))
    return np.asarray(numbers, dtype=np.float64)


def components(corpus: Corpus, run: Run) -> npt.NDArray[np.float64]:
    back = run.build(lambda: cited_by(corpus))
    found = run.time(lambda: cores.connected_components(corpus.citations, back))
    sizes = np.bincount(found)
    run.facts.update(bytes=_links_bytes(corpus.citations) + found.nbytes, components=int((sizes > 0).sum()))
    return np.sort(sizes[sizes > 0])[::-1].astype(np.float64)


def fractional_core(corpus: Corpus, run: Run) -> None:
    graph = run.build(lambda: derive.coauthorship(corpus))
    found = run.time(lambda: weighted.weighted_core_numbers(graph))
    run.facts.update(
        links=len(graph.weights) // 2,
        bytes=_links_bytes(graph.links) + graph.weights.nbytes,
        tmax=float(found.max(initial=0.0)),
    )


def dcore(corpus: Corpus, run: Run) -> None:
    """The D-cores of the authors, or of those of the latest papers where all would be too many."""
    used = min(corpus.papers, run.largest_dcore)
    latest = np.zeros(corpus.papers, dtype=np.bool_)
    latest[np.argsort(corpus.years, kind="stable")[corpus.papers - used :]] = True
    view = restrict(corpus, papers=latest)
    graph, back = run.build(lambda: derive.author_digraph(view))
    corpus.forget()
    view.forget()
    found = run.time(lambda: dcores.d_cores(graph, back))
    run.facts.update(
        papers_used=used,
        share_of_papers=used / max(corpus.papers, 1),
        all_papers=used == corpus.papers,
        authors_used=int((graph.degrees() + back.degrees() > 0).sum()),
        links=len(graph.indices),
        touched=found.touched,
        ns_per_link_touched=1e9 * run.seconds / max(found.touched, 1),
        kmax=int(found.ks.max(initial=0)),
        lmax=int(found.ls.max(initial=0)),
        bytes=8 * found.touched,
    )


def rooted_depth1(corpus: Corpus, run: Run) -> None:
    _rooted(corpus, run, 1)


def rooted_depth2(corpus: Corpus, run: Run) -> None:
    _rooted(corpus, run, 2)


def _rooted(corpus: Corpus, run: Run, depth: int) -> None:
    run.build(lambda: cited_by(corpus))
    calculate = unkept(rooted.rooted_graphs)
    found = run.time(lambda: calculate(corpus, depth=depth))
    run.facts.update(
        bytes=_links_bytes(corpus.citations, cited_by(corpus)),
        members=int(found.papers.sum()),
        links=int(found.citations.sum()),
        degeneracy_max=int(found.degeneracy.max(initial=0)),
    )


def rooted_reach(corpus: Corpus, run: Run) -> None:
    run.build(lambda: flow.citation_order(corpus))
    calculate = unkept(rooted.rooted_reach)
    found = run.time(lambda: calculate(corpus))
    passes = 2 * 256 // 64
    run.facts.update(
        bytes=passes * (_links_bytes(cited_by(corpus)) + 64 * (corpus.papers + len(corpus.citations.indices))),
        reach_mean=float(found.papers.mean()),
    )


def author_indices(corpus: Corpus, run: Run) -> None:
    owned = run.build(corpus.authors.transposed)
    counts = run.build(lambda: np.bincount(corpus.citations.indices, minlength=corpus.papers).astype(np.float64))
    found = run.time(lambda: indices.citation_indices(owned, counts))
    run.facts.update(
        bytes=_links_bytes(owned) + counts.nbytes, authors=corpus.n_authors, hmax=int(found.h.max(initial=0))
    )


def author_pagerank(corpus: Corpus, run: Run) -> None:
    found = run.time(lambda: author_flow.author_pagerank(corpus))
    run.facts.update(bytes=_links_bytes(corpus.citations, corpus.authors), max=float(found.max(initial=0.0)))


def disruption_index(corpus: Corpus, run: Run) -> None:
    calculate = unkept(disruption.disruption)
    run.time(lambda: calculate(corpus))
    run.facts.update(bytes=2 * _links_bytes(corpus.citations))


def everything(corpus: Corpus, run: Run) -> None:
    """Every metric a build of this corpus computes, what they share included."""
    used = time.process_time()
    wanted = [metric for metric in registry.metrics() if metric.wanted(corpus)]
    spent: dict[str, float] = {}
    started = time.perf_counter()
    for metric in wanted:
        begun = time.perf_counter()
        metric.compute(corpus)
        spent[metric.name] = time.perf_counter() - begun
    run.seconds, run.cpu_seconds = time.perf_counter() - started, time.process_time() - used
    left_out = [metric.name for metric in registry.metrics() if not metric.wanted(corpus)]
    dearest = dict(sorted(spent.items(), key=lambda item: -item[1])[:12])
    run.facts.update(metrics=len(wanted), left_out=left_out, dearest=dearest)


OURS: dict[str, Callable[[Corpus, Run], npt.NDArray[np.float64] | None]] = {
    "pagerank": pagerank,
    "kcore": kcore,
    "components": components,
    "fractional_core": fractional_core,
    "dcore": dcore,
    "rooted_depth1": rooted_depth1,
    "rooted_depth2": rooted_depth2,
    "rooted_reach": rooted_reach,
    "author_indices": author_indices,
    "author_pagerank": author_pagerank,
    "disruption": disruption_index,
    "everything": everything,
}


_CITATIONS_ONLY = ("pagerank", "kcore", "components")


def ours(folder: str, row: str, repeats: int, keep: bool, largest_dcore: int) -> dict[str, Any]:
    """One row of ours; with ``keep`` its result is written beside the arrays, for comparison with the peers."""
    OURS[row](_tiny(), Run(1))
    kernels.csr.from_pairs(np.zeros(1, dtype=np.int32), np.zeros(1, dtype=np.int32), 1, 1)
    kernels.csr.transpose(np.zeros(2, dtype=np.int64), np.zeros(0, dtype=np.int32), 1)
    run = Run(repeats, largest_dcore)
    before = _reset_peak()
    load = load_citations if row in _CITATIONS_ONLY else load_corpus
    result = OURS[row](load(Path(folder)), run)
    found = run.row(before)
    if keep and result is not None:
        np.save(Path(folder) / f"result.{row}.npy", result)
    return found


def peer(folder: str, name: str, row: str, repeats: int) -> dict[str, Any]:
    """The same row by a peer, and ``difference``: the 1-norm of its result minus ours, relative to ours."""
    from evaluation.peers.graph_peers import PEERS, warm_up

    warm_up(name)
    run = Run(repeats)
    before = _reset_peak()
    corpus = load_citations(Path(folder))
    build, work = PEERS[name, row]
    graph = run.build(lambda: build(corpus.citations))
    result = run.time(lambda: work(graph))
    found = run.row(before)
    expected = np.load(Path(folder) / f"result.{row}.npy")
    difference = float(np.abs(np.asarray(result) - expected).sum() / max(float(np.abs(expected).sum()), 1e-300))
    return {**found, "difference": difference}
