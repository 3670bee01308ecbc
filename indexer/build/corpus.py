"""The arrays metrics read, out of the arrays the catalog gives."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from indexer.catalog import CatalogArrays
from ranking.corpus import Adjacency, Corpus
from search.people.gather import bylines

__all__ = ["corpus_of", "places_of"]


def corpus_of(arrays: CatalogArrays) -> Corpus:
    """Papers, people, venues, institutions and fields by position in ascending order of id.

    The field of a paper is the topic its sources are surest of. The arrays are not copied where that can be helped.
    """
    papers, authors = len(arrays.paper_ids), len(arrays.author_ids)
    institutions = len(arrays.institution_ids)
    return Corpus(
        citations=Adjacency.from_pairs(arrays.citing, arrays.cited, (papers, papers)),
        authors=Adjacency.from_pairs(arrays.byline_paper, arrays.byline_author, (papers, authors)),
        years=arrays.years,
        venues=arrays.venues,
        n_venues=arrays.n_venues,
        institutions=(
            Adjacency.from_pairs(arrays.institution_paper, arrays.institution, (papers, institutions))
            if institutions
            else None
        ),
        fields=arrays.topics if arrays.n_topics else None,
        n_fields=arrays.n_topics,
    )


def places_of(arrays: CatalogArrays) -> npt.NDArray[np.int16]:
    """The 0-based place in its byline of each link of ``Corpus.authors``."""
    papers = len(arrays.paper_ids)
    starts = np.searchsorted(arrays.byline_paper, np.arange(papers))
    places = (np.arange(len(arrays.byline_paper)) - starts[arrays.byline_paper]).astype(np.int32)
    return bylines(arrays.byline_paper, arrays.byline_author, places, (papers, len(arrays.author_ids)))[1]
