"""Citation indices (h, g, i10) of whoever owns papers, from any citation count a paper."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import kernels
from ranking.corpus import Adjacency, Corpus
from ranking.counts import citation_counts, self_citations
from ranking.shared import authored, kept

__all__ = ["CitationIndices", "author_indices", "author_indices_independent", "citation_indices"]

Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class CitationIndices:
    """Float64 arrays, one value an owner. ``g`` is at most the number of papers owned."""

    h: Floats
    g: Floats
    i10: Floats


def citation_indices(papers: Adjacency, citations: Floats) -> CitationIndices:
    """Indices of the owners in ``papers`` (owner -> papers) from ``citations`` of each paper, shape (papers,)."""
    h, g, i10 = kernels.indices.citation_indices(papers.offsets, papers.indices, citations, 10.0)
    return CitationIndices(h, g, i10)


@kept
def author_indices(corpus: Corpus) -> CitationIndices:
    """Indices of every author from all citations."""
    return citation_indices(authored(corpus), citation_counts(corpus))


@kept
def author_indices_independent(corpus: Corpus) -> CitationIndices:
    """Indices of every author from citations between papers that share no author."""
    links = corpus.citations.indices[~self_citations(corpus)]
    return citation_indices(authored(corpus), np.bincount(links, minlength=corpus.papers).astype(np.float64))
