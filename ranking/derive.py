"""Graphs of authors, venues and institutions that follow from papers."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from ranking import kernels, shared
from ranking.corpus import Adjacency, Corpus
from ranking.shared import authored, kept
from ranking.weighted import WeightedAdjacency

if TYPE_CHECKING:
    from scipy.sparse import csr_array

__all__ = [
    "MANY_AUTHORS",
    "author_citations",
    "author_digraph",
    "author_pairs",
    "coauthorship",
    "institution_citations",
    "owner_citations",
    "venue_citations",
]

MANY_AUTHORS = 200
"""Papers with more authors than this link none of them: collaborations of thousands say little about pairs."""

_CHUNK = 20_000_000  # links a product may have before it is cut into parts


@kept
def coauthorship(corpus: Corpus, *, many: int = MANY_AUTHORS) -> WeightedAdjacency:
    """The co-authorship graph: a joint paper of n authors adds 1/n to the link of each pair of them, both ways.

    Weights as in Giatsidis, Thilikos & Vazirgiannis (ASONAM 2011). Papers with more than ``many`` authors are left out.
    """
    authors = corpus.authors
    sizes = authors.degrees()
    if len(sizes) and sizes.max() > many:
        authors = authors.keep(np.repeat(sizes <= many, sizes))
        sizes = authors.degrees()
    share = np.repeat(1.0 / np.maximum(sizes, 1), sizes)
    papers = _matrix(authors.transposed())
    return _product([papers, _matrix(authors, share)])


def owner_citations(
    citations: Adjacency, owners: Adjacency, owned: Adjacency, *, fractional: bool = True
) -> WeightedAdjacency:
    """Who cites whom, among the owners (authors, venues, institutions) of papers; citations of oneself are left out.

    ``owners``: paper -> owners, ``owned``: its transpose. Each citation between a paper with a owners and one with b
    adds 1/(ab) to the link of each pair when ``fractional``, else 1.
    """
    share, share_owned = np.ones(len(owners.indices)), np.ones(len(owners.indices))
    if fractional:
        sizes = np.maximum(owners.degrees(), 1)
        share = np.repeat(1.0 / sizes, owners.degrees())
        share_owned = 1.0 / sizes[owned.indices]
    return _product([_matrix(owned, share_owned), _matrix(citations), _matrix(owners, share)])


@kept
def author_citations(corpus: Corpus) -> WeightedAdjacency:
    """Author -> cited authors, fractionally weighted (see :func:`owner_citations`)."""
    return owner_citations(corpus.citations, corpus.authors, authored(corpus))


@kept
def author_digraph(corpus: Corpus) -> tuple[Adjacency, Adjacency]:
    """Author -> cited authors, without weights, and its transpose; citations of oneself are left out."""
    owned, links, owners = authored(corpus), corpus.citations, corpus.authors
    found = kernels.owner_links.owner_links(
        owned.offsets, owned.indices, links.offsets, links.indices, owners.offsets, owners.indices
    )
    return Adjacency(*found[:2], corpus.n_authors), Adjacency(*found[2:], corpus.n_authors)


def author_pairs(corpus: Corpus) -> int:
    """Pairs of a citing and a cited author, over all citations: an upper bound on the links of the author digraph."""
    sizes = corpus.authors.degrees()
    cited = np.bincount(corpus.citations.row_of_links(), weights=sizes[corpus.citations.indices], minlength=len(sizes))
    return int((cited * sizes).sum())


@kept
def venue_citations(corpus: Corpus) -> WeightedAdjacency:
    """Venue -> cited venues, weighted by the number of citations."""
    return owner_citations(corpus.citations, shared.paper_venues(corpus), shared.venue_papers(corpus))


@kept
def institution_citations(corpus: Corpus) -> WeightedAdjacency:
    """Institution -> cited institutions, fractionally weighted."""
    owners = shared.paper_institutions(corpus)
    return owner_citations(corpus.citations, owners, shared.institution_papers(corpus))


def _matrix(links: Adjacency, weights: npt.NDArray[np.float64] | None = None) -> csr_array[Any]:
    from scipy.sparse import csr_array  # noqa: PLC0415 - only who multiplies matrices pays for loading it

    values = np.ones(len(links.indices)) if weights is None else weights
    return csr_array((values, links.indices, links.offsets), shape=(links.rows, links.columns))


def _product(factors: list[csr_array[Any]]) -> WeightedAdjacency:
    """The product of sparse matrices without its diagonal, computed in bands of rows to bound what lies between."""
    first, *rest = factors
    work = np.asarray(first.indptr, dtype=np.float64)
    for factor in rest:  # links that start within each row's reach, as an upper bound on the work
        work = work * max(1.0, factor.nnz / max(factor.shape[0], 1))
    bands = max(1, int(work[-1] // _CHUNK))
    edges = np.unique(np.linspace(0, first.shape[0], bands + 1).astype(np.int64))
    counts, indices, weights = [], [], []
    for begin, end in pairwise(edges.tolist()):
        band = first[begin:end]
        for factor in rest:
            band = band @ factor
        band.sort_indices()
        rows = np.repeat(np.arange(begin, end), np.diff(band.indptr))
        off = band.indices != rows
        counts.append(np.bincount(rows[off] - begin, minlength=end - begin))
        indices.append(band.indices[off].astype(np.int32))
        weights.append(band.data[off])
    offsets = np.zeros(first.shape[0] + 1, dtype=np.int64)
    if counts:
        np.cumsum(np.concatenate(counts), out=offsets[1:])
    links = Adjacency(
        offsets, np.concatenate(indices) if indices else np.empty(0, dtype=np.int32), factors[-1].shape[1]
    )
    return WeightedAdjacency(links, np.concatenate(weights) if weights else np.empty(0))
