"""Venues and institutions: counts, indices, normalised citations and PageRank."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking import flow
from ranking.corpus import Adjacency, Corpus
from ranking.counts import citation_counts
from ranking.derive import institution_citations, venue_citations
from ranking.indices import citation_indices
from ranking.metrics.normalised import citations_normalised
from ranking.registry import Entity, Metric, register
from ranking.shared import institution_papers, venue_papers
from ranking.weighted import WeightedAdjacency

__all__ = ["INSTITUTIONS", "VENUES"]

Floats = npt.NDArray[np.float64]

_BRAUN = (
    "Braun, T., Glanzel, W., & Schubert, A. (2006). A Hirsch-type index for journals. Scientometrics 69(1), 169-173."
)
_WALTMAN = (
    "Waltman, L., et al. (2011). Towards a new crown indicator: Some theoretical considerations. "
    "Journal of Informetrics 5(1), 37-47."
)


def _papers(owned: Adjacency) -> Floats:
    return owned.degrees().astype(np.float64)


def _mean_normalised(corpus: Corpus, owned: Adjacency) -> Floats:
    values = citations_normalised(corpus)[owned.indices]
    totals = np.bincount(owned.row_of_links(), weights=values, minlength=owned.rows)
    return totals / np.maximum(owned.degrees(), 1)


def _median_normalised(corpus: Corpus, owned: Adjacency) -> Floats:
    values, rows = citations_normalised(corpus)[owned.indices], owned.row_of_links()
    values = np.append(values[np.lexsort((values, rows))], 0.0)
    sizes, starts = owned.degrees(), owned.offsets[:-1]
    low = np.where(sizes > 0, starts + (sizes - 1) // 2, len(values) - 1)
    high = np.where(sizes > 0, starts + sizes // 2, len(values) - 1)
    return (values[low] + values[high]) / 2.0


def _citations(corpus: Corpus, owned: Adjacency) -> Floats:
    received = citation_counts(corpus)[owned.indices]
    return np.bincount(owned.row_of_links(), weights=received, minlength=owned.rows).astype(np.float64)


def _pagerank(graph: WeightedAdjacency) -> Floats:
    return flow.pagerank(graph.links, weights=graph.weights) * graph.links.rows


def _owned(corpus: Corpus, entity: Entity) -> Adjacency:
    return venue_papers(corpus) if entity == Entity.VENUE else institution_papers(corpus)


def _citing(corpus: Corpus, entity: Entity) -> WeightedAdjacency:
    return venue_citations(corpus) if entity == Entity.VENUE else institution_citations(corpus)


def _computed(entity: Entity) -> dict[str, Callable[[Corpus], Floats]]:
    """What each metric of this kind of owner computes, by the last part of its name."""
    return {
        "papers": lambda corpus: _papers(_owned(corpus, entity)),
        "citations": lambda corpus: _citations(corpus, _owned(corpus, entity)),
        "h_index": lambda corpus: citation_indices(_owned(corpus, entity), citation_counts(corpus)).h,
        "g_index": lambda corpus: citation_indices(_owned(corpus, entity), citation_counts(corpus)).g,
        "citations_mean": lambda corpus: _mean_normalised(corpus, _owned(corpus, entity)),
        "citations_median": lambda corpus: _median_normalised(corpus, _owned(corpus, entity)),
        "pagerank": lambda corpus: _pagerank(_citing(corpus, entity)),
    }


@dataclass(frozen=True, slots=True)
class _Text:
    title: str
    unit: str
    description: str
    reference: str


_TEXTS = {
    "papers": _Text("Papers", "papers", "Papers of this collection from the {owner}.", _BRAUN),
    "citations": _Text("Citations", "citations", "Citations received by papers from the {owner}.", _BRAUN),
    "h_index": _Text(
        "h-index", "papers", "The largest h such that h papers from the {owner} have h citations each.", _BRAUN
    ),
    "g_index": _Text(
        "g-index",
        "papers",
        "The largest g such that the g most cited papers from the {owner} have g squared citations together.",
        "Egghe, L. (2006). Theory and practise of the g-index. Scientometrics 69(1), 131-152.",
    ),
    "citations_mean": _Text(
        "Normalised citations, mean",
        "times the expected",
        "Mean over papers from the {owner} of their citations relative to papers of the same field and year.",
        _WALTMAN,
    ),
    "citations_median": _Text(
        "Normalised citations, median",
        "times the expected",
        "Median over papers from the {owner} of their citations relative to papers of the same field and year.",
        _WALTMAN,
    ),
    "pagerank": _Text(
        "PageRank",
        "times the mean",
        "How often a reader who keeps moving to a cited {owner} at random comes by; 1 is the average {owner}.",
        "Pinski, G., & Narin, F. (1976). Citation influence for journal aggregates of scientific publications. "
        "Information Processing & Management 12(5), 297-312.",
    ),
}


def _register(entity: Entity) -> tuple[Metric, ...]:
    computed = _computed(entity)
    return tuple(
        register(
            Metric(
                name=f"{entity.value}_{name}",
                title=text.title,
                entity=entity,
                unit=text.unit,
                description=text.description.format(owner=entity.value),
                reference=text.reference,
                compute=computed[name],
            )
        )
        for name, text in _TEXTS.items()
    )


VENUES = _register(Entity.VENUE)
INSTITUTIONS = _register(Entity.INSTITUTION)
