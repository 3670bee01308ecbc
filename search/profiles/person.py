"""One person's part of the arrays: their papers, and the citations these give and get."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Indices
from search.people import PeopleArrays, row, rows_of

__all__ = ["Bounds", "Person", "ranked", "stored", "year_or_none"]

Ints = npt.NDArray[np.int64]
Bounds = tuple[int | None, int | None]


def year_or_none(year: int) -> int | None:
    """``year``, or None where nobody knows it."""
    return None if year == NO_YEAR else int(year)


def stored(value: float) -> float:
    """A 32-bit value with the digits it has, so that 0.1 is not shown as 0.10000000149."""
    return float(f"{value:.7g}")


def ranked(counts: Ints, positions: npt.NDArray[np.integer]) -> Ints:
    """The order that puts the greatest counts first, ties by position."""
    return np.lexsort((positions, -counts))


@dataclass(frozen=True)
class Person:
    """``papers`` of the person ``who``, ascending; and every citation of them: ``citing[i]`` cites ``cited[i]``."""

    arrays: PeopleArrays
    who: int
    papers: Indices
    citing: Indices
    cited: Indices

    @classmethod
    def of(cls, arrays: PeopleArrays, who: int) -> Person:
        """The person at position ``who``."""
        papers = row(arrays.written, who)
        citing, which = rows_of(arrays.cited_by, papers)
        return cls(arrays, who, papers, citing, papers[which])

    @cached_property
    def years(self) -> npt.NDArray[np.int16]:
        """Years of the papers, shape (papers,)."""
        return self.arrays.corpus.years[self.papers]

    @cached_property
    def citing_years(self) -> npt.NDArray[np.int16]:
        """Years of the citing papers, shape (citations,)."""
        return self.arrays.corpus.years[self.citing]

    @cached_property
    def self_cited(self) -> npt.NDArray[np.bool_]:
        """Which citations come from papers of the person, shape (citations,)."""
        return np.isin(self.citing, self.papers)

    @cached_property
    def independent(self) -> npt.NDArray[np.bool_]:
        """Which citations come from a paper that shares no author with the cited one, shape (citations,)."""
        authors = self.arrays.corpus.authors
        mine, which = rows_of(authors, self.papers)
        known = self.papers[which].astype(np.int64) * authors.columns + mine  # ascending: papers are, and their authors
        theirs, link = rows_of(authors, self.citing)
        asked = self.cited[link].astype(np.int64) * authors.columns + theirs
        at = np.minimum(np.searchsorted(known, asked), max(len(known) - 1, 0))
        shared = known[at] == asked if len(known) else np.zeros(len(asked), dtype=np.bool_)
        independent: npt.NDArray[np.bool_] = np.bincount(link[shared], minlength=len(self.citing)) == 0
        return independent

    def bounds(self, labels: Ints, count: int) -> list[Bounds]:
        """First and last year of the papers that carry each label: ``labels``, one a paper, below ``count``."""
        years = self.years
        found: list[Bounds] = []
        for label in range(count):
            dated = years[(labels == label) & (years != NO_YEAR)]
            found.append((int(dated.min()), int(dated.max())) if len(dated) else (None, None))
        return found
