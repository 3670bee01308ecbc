"""Citation counts of papers: all of them, without self-citations, soon after publication, year by year."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Adjacency, Corpus
from ranking.shared import kept

__all__ = ["citation_counts", "citations_by_year", "citing_years", "self_citations"]

Floats = npt.NDArray[np.float64]
Bools = npt.NDArray[np.bool_]


@kept
def citation_counts(corpus: Corpus) -> Floats:
    """Citations received by each paper, shape (papers,)."""
    return np.bincount(corpus.citations.indices, minlength=corpus.papers).astype(np.float64)


@kept
def self_citations(corpus: Corpus) -> Bools:
    """Whether the citing and the cited paper of each citation have an author in common, shape (citations,)."""
    links, authors = corpus.citations, corpus.authors
    marks = kernels.indices.shares_member(links.offsets, links.indices, authors.offsets, authors.indices)
    return marks.view(np.bool_)


def citing_years(corpus: Corpus) -> npt.NDArray[np.int16]:
    """Year of the citing paper of each citation, ``NO_YEAR`` where unknown, shape (citations,)."""
    return np.repeat(corpus.years, corpus.citations.degrees())


def citations_by_year(corpus: Corpus, owned: Adjacency | None = None) -> tuple[Adjacency, npt.NDArray[np.int64]]:
    """Citations received in each year by every paper, or by every owner of papers.

    ``owned``: owner -> papers (say, :func:`ranking.shared.authored`), or None for the papers themselves. Returns links
    owner -> year (columns are years AD) and the citations received in that year, shape (links,). Citations by papers
    without a year, or from before year 0, are left out.
    """
    years = citing_years(corpus)
    known = years >= 0
    cited, years = corpus.citations.indices[known], years[known].astype(np.int64)
    columns = int(years.max(initial=0)) + 1
    keys, counts = np.unique(cited.astype(np.int64) * columns + years, return_counts=True)
    per_paper = _year_rows(keys, corpus.papers, columns)
    if owned is None:
        return per_paper, counts
    spans = per_paper.degrees()[owned.indices]
    link = np.repeat(per_paper.offsets[:-1][owned.indices], spans) + _within(spans)
    owner = np.repeat(owned.row_of_links(), spans).astype(np.int64)
    merged, place = np.unique(owner * columns + per_paper.indices[link], return_inverse=True)
    totals = np.bincount(place, weights=counts[link], minlength=len(merged)).astype(np.int64)
    return _year_rows(merged, owned.rows, columns), totals


def _year_rows(keys: npt.NDArray[np.int64], rows: int, columns: int) -> Adjacency:
    offsets = np.zeros(rows + 1, dtype=np.int64)
    np.cumsum(np.bincount(keys // columns, minlength=rows), out=offsets[1:])
    return Adjacency(offsets, (keys % columns).astype(np.int32), columns)


def _within(spans: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """0, 1, ... within each of consecutive spans of the given lengths."""
    ends = np.cumsum(spans)
    return np.arange(int(ends[-1]) if len(ends) else 0) - np.repeat(ends - spans, spans)
