"""How a paper stands among its peers, and when it was cited."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from ranking.corpus import NO_YEAR
from search.people.arrays import GROUP
from search.people.context import People
from search.people.links import row

__all__ = ["PaperStanding", "paper_standing"]


@dataclass(frozen=True, slots=True)
class PaperStanding:
    """``percentiles``: percent of the papers of its field and year below it by metric, ties counting half.

    ``citations_by_year``: (year, citations from papers of it), every year from the first in which the paper was cited
    to the last; ``undated_citations``: those from papers whose year nobody knows.
    """

    percentiles: Mapping[str, float] = field(default_factory=dict)
    citations_by_year: tuple[tuple[int, int], ...] = ()
    undated_citations: int = 0


def paper_standing(people: People, identifier: str) -> PaperStanding:
    """The standing of a live paper; an empty one where the generation was built without arrays.

    :raises NotFoundError: when there is no such paper.
    """
    if not people.engine.arrays(GROUP):
        return PaperStanding()
    arrays, position = people.arrays, people.paper(identifier)
    percentiles = {name: float(values[position]) for name, values in sorted(arrays.paper_percentiles.items())}
    years = arrays.corpus.years[row(arrays.cited_by, position)].astype(np.int64)
    dated = years[years != NO_YEAR]
    by_year: tuple[tuple[int, int], ...] = ()
    if len(dated):
        first = int(dated.min())
        by_year = tuple(enumerate(np.bincount(dated - first).tolist(), first))
    return PaperStanding(
        {name: value for name, value in percentiles.items() if not np.isnan(value)}, by_year, len(years) - len(dated)
    )
