"""A corpus seen through a window: any metric of the result is that metric within the window.

Which papers count and which citations count are different questions. Papers that do not count belong to nobody, so that
people, venues and institutions are measured by the others alone; but they go on citing and being cited, so that the
numbers of the papers themselves (and what is gathered from them) do not depend on which other papers are looked at.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency, Corpus
from ranking.counts import citing_years, self_citations
from ranking.shared import inherit
from records.errors import GraphError

__all__ = ["EVERYTHING", "Bounds", "Window", "restrict", "within_years"]

Bools = npt.NDArray[np.bool_]

Bounds = tuple[int | None, int | None]
"""First and last year, inclusive; None leaves a side open."""


@dataclass(frozen=True, slots=True)
class Window:
    """What to look at.

    ``published``: which papers authors, venues and institutions own. ``cited``: the years of the citing papers.
    ``within``: citations in the year of publication and so many years after it. ``self_citations``: whether citations
    between papers that share an author count. A paper or citation whose year is unknown is outside every bound.
    """

    published: Bounds = (None, None)
    cited: Bounds = (None, None)
    within: int | None = None
    self_citations: bool = True

    def __post_init__(self) -> None:
        for name, (first, last) in (("published", self.published), ("cited", self.cited)):
            if first is not None and last is not None and first > last:
                raise GraphError(f"{name} from {first} to {last} is empty; the first year must not exceed the last")
        if self.within is not None and self.within < 0:
            raise GraphError(f"within must be at least 0 years, not {self.within}")

    @property
    def of_citations(self) -> Window:
        """The same without a limit on papers: what is left are the limits on citations."""
        return replace(self, published=(None, None))


EVERYTHING = Window()


def restrict(corpus: Corpus, window: Window = EVERYTHING, papers: Bools | None = None) -> Corpus:
    """``corpus`` with only the citations inside ``window``, and owners only for papers inside it.

    ``papers``: marks of the only papers that have owners at all, shape (papers,). Papers keep their positions.
    """
    marks = _counted(corpus, window)
    citations = corpus.citations if marks is None else corpus.citations.keep(marks)
    inside = within_years(corpus.years, window.published)
    if papers is not None:
        inside = inside & papers
    if inside.all():
        return corpus if marks is None else replace(corpus, citations=citations)
    view = replace(
        corpus,
        citations=citations,
        authors=_rows(corpus.authors, inside),
        venues=np.where(inside, corpus.venues, np.int32(-1)),
        institutions=None if corpus.institutions is None else _rows(corpus.institutions, inside),
    )
    # The view forgets who wrote the papers that do not count; their self-citations stay what they are.
    own = self_citations(corpus)
    inherit(self_citations, view, own if marks is None else own[marks])
    return view


def within_years(years: npt.NDArray[np.int16], bounds: Bounds) -> Bools:
    """Whether each year lies within ``bounds``; unknown years do only where both sides are open."""
    first, last = bounds
    if bounds == (None, None):
        return np.ones(len(years), dtype=np.bool_)
    inside: Bools = years != NO_YEAR
    if first is not None:
        inside &= years >= first
    if last is not None:
        inside &= years <= last
    return inside


def _counted(corpus: Corpus, window: Window) -> Bools | None:
    """Marks of the citations inside ``window``, None when all are."""
    if window.of_citations == EVERYTHING:
        return None
    citing = citing_years(corpus)
    marks = within_years(citing, window.cited)
    if not window.self_citations:
        marks = marks & ~self_citations(corpus)
    if window.within is not None:
        published = corpus.years[corpus.citations.indices]
        known = (citing != NO_YEAR) & (published != NO_YEAR)
        marks = marks & known & (citing.astype(np.int32) - published <= window.within)
    return marks


def _rows(links: Adjacency, inside: Bools) -> Adjacency:
    return links.keep(np.repeat(inside, links.degrees()))
