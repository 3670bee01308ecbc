"""A corpus seen through a window: any metric of the result is that metric within the window."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.counts import citing_years, self_citations
from records.errors import GraphError

__all__ = ["EVERYTHING", "Window", "restrict"]


@dataclass(frozen=True, slots=True)
class Window:
    """What to look at. Bounds are inclusive years; None leaves a side open.

    ``published``: which papers authors, venues and institutions own, and whose citations count. ``cited``: the years
    of the citing papers. ``within``: citations in the year of publication and so many years after it.
    ``self_citations``: whether citations between papers that share an author count. A paper or citation whose year is
    unknown is outside every bound.
    """

    published: tuple[int | None, int | None] = (None, None)
    cited: tuple[int | None, int | None] = (None, None)
    within: int | None = None
    self_citations: bool = True

    def __post_init__(self) -> None:
        for name, (first, last) in (("published", self.published), ("cited", self.cited)):
            if first is not None and last is not None and first > last:
                raise GraphError(f"{name} from {first} to {last} is empty; the first year must not exceed the last")
        if self.within is not None and self.within < 0:
            raise GraphError(f"within must be at least 0 years, not {self.within}")


EVERYTHING = Window()


def restrict(corpus: Corpus, window: Window = EVERYTHING) -> Corpus:
    """``corpus`` with only the links inside ``window``; papers keep their positions."""
    if window == EVERYTHING:
        return corpus
    citations, authors = corpus.citations, corpus.authors
    venues, institutions = corpus.venues, corpus.institutions
    marks = np.ones(len(citations.indices), dtype=np.bool_)
    if not window.self_citations:
        marks &= ~self_citations(corpus)
    citing = citing_years(corpus)
    if window.cited != (None, None):
        marks &= _between(citing, window.cited)
    if window.within is not None:
        published = corpus.years[citations.indices]
        known = (citing != NO_YEAR) & (published != NO_YEAR)
        marks &= known & (citing.astype(np.int32) - published <= window.within)
    if window.published != (None, None):
        inside = _between(corpus.years, window.published)
        marks &= inside[citations.indices]
        authors = _rows(authors, inside)
        institutions = None if institutions is None else _rows(institutions, inside)
        venues = np.where(inside, venues, np.int32(-1))
    return replace(corpus, citations=citations.keep(marks), authors=authors, venues=venues, institutions=institutions)


def _between(years: npt.NDArray[np.int16], bounds: tuple[int | None, int | None]) -> npt.NDArray[np.bool_]:
    first, last = bounds
    inside: npt.NDArray[np.bool_] = years != NO_YEAR
    if first is not None:
        inside &= years >= first
    if last is not None:
        inside &= years <= last
    return inside


def _rows(links: Adjacency, inside: npt.NDArray[np.bool_]) -> Adjacency:
    return links.keep(np.repeat(inside, links.degrees()))
