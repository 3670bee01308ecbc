"""Raw links made into graphs: what cannot be a link is dropped and counted, what is only odd is counted."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency
from ranking.weighted import WeightedAdjacency
from records.errors import GraphError

__all__ = ["CleaningReport", "clean_citations", "clean_weighted"]

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class CleaningReport:
    """What became of the links given, each counted under the first reason that fits.

    ``given`` = ``kept`` + ``dangling`` (an end outside the graph) + ``self_loops`` + ``bad_weights`` (negative or not
    finite) + ``time_travelling`` where those are dropped + ``duplicates``. ``time_travelling``: the citing paper is
    older, by year, than the cited one. ``undated``: kept links with an end of unknown year.
    """

    given: int
    kept: int
    dangling: int = 0
    self_loops: int = 0
    bad_weights: int = 0
    duplicates: int = 0
    time_travelling: int = 0
    undated: int = 0

    def as_dict(self) -> dict[str, int]:
        """The counts by name."""
        return asdict(self)


def clean_citations(
    citing: npt.NDArray[np.integer],
    cited: npt.NDArray[np.integer],
    papers: int,
    *,
    years: npt.NDArray[np.int16] | None = None,
    drop_time_travelling: bool = False,
) -> tuple[Adjacency, CleaningReport]:
    """The citation graph of ``papers`` papers from parallel arrays of positions (-1: no such paper in the corpus).

    Citations of younger papers are real more often than not (preprints, years of print), so they stay unless
    ``drop_time_travelling``; they are what makes the graph cyclic.

    :raises GraphError: arrays of different lengths, or years that are not one a paper.
    """
    if years is not None and len(years) != papers:
        raise GraphError(f"{len(years)} years for {papers} papers")
    loose, loops = _faults(citing, cited, (papers, papers))
    good = ~(loose | loops)
    a, b = citing[good], cited[good]
    travelling = _travelling(a, b, years)
    dropped = int(travelling.sum()) if drop_time_travelling else 0
    if dropped:
        a, b = a[~travelling], b[~travelling]
    graph = Adjacency.from_pairs(a, b, (papers, papers))
    rows = graph.row_of_links()
    backwards = dropped if drop_time_travelling else int(_travelling(rows, graph.indices, years).sum())
    undated = 0 if years is None else int(((years[rows] == NO_YEAR) | (years[graph.indices] == NO_YEAR)).sum())
    report = CleaningReport(
        given=len(citing),
        kept=len(graph.indices),
        dangling=int(loose.sum()),
        self_loops=int(loops.sum()),
        duplicates=len(a) - len(graph.indices),
        time_travelling=backwards,
        undated=undated,
    )
    return graph, report


def clean_weighted(
    rows: npt.NDArray[np.integer],
    columns: npt.NDArray[np.integer],
    weights: npt.NDArray[np.float64],
    vertices: int,
) -> tuple[WeightedAdjacency, CleaningReport]:
    """A weighted digraph from parallel arrays; the weights of duplicates are added up.

    :raises GraphError: arrays of different lengths.
    """
    if len(weights) != len(rows):
        raise GraphError(f"{len(weights)} weights for {len(rows)} links")
    loose, loops = _faults(rows, columns, (vertices, vertices))
    bad = ~(np.isfinite(weights) & (weights >= 0.0)) & ~(loose | loops)
    good = ~(loose | loops | bad)
    keys = rows[good].astype(np.int64) * max(vertices, 1) + columns[good]
    merged, place = np.unique(keys, return_inverse=True)
    links = Adjacency.from_pairs(merged // max(vertices, 1), merged % max(vertices, 1), (vertices, vertices))
    sums = np.bincount(place, weights=weights[good], minlength=len(merged)).astype(np.float64)
    graph = WeightedAdjacency(links, sums)
    report = CleaningReport(
        given=len(rows),
        kept=len(merged),
        dangling=int(loose.sum()),
        self_loops=int(loops.sum()),
        bad_weights=int(bad.sum()),
        duplicates=int(good.sum()) - len(merged),
    )
    return graph, report


def _faults(
    rows: npt.NDArray[np.integer], columns: npt.NDArray[np.integer], shape: tuple[int, int]
) -> tuple[Bools, Bools]:
    """Which links have an end outside the graph, and which of the others are self-loops."""
    if len(rows) != len(columns):
        raise GraphError(f"rows and columns differ in length: {len(rows)} and {len(columns)}")
    loose = (rows < 0) | (rows >= shape[0]) | (columns < 0) | (columns >= shape[1])
    return loose, (rows == columns) & ~loose


def _travelling(
    citing: npt.NDArray[np.integer], cited: npt.NDArray[np.integer], years: npt.NDArray[np.int16] | None
) -> Bools:
    if years is None:
        return np.zeros(len(citing), dtype=np.bool_)
    known = (years[citing] != NO_YEAR) & (years[cited] != NO_YEAR)
    marks: Bools = known & (years[citing] < years[cited])
    return marks
