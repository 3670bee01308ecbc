"""What to generate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from records.errors import SettingsError
from records.paper import last_year

__all__ = ["GROWTH", "MAX_PAPERS", "DemoSpec"]

MAX_PAPERS = 20_000_000
GROWTH = 1.06
"""Papers of a year over papers of the year before."""


@dataclass(frozen=True, slots=True)
class DemoSpec:
    """A corpus to generate; equal specs give equal corpora.

    ``references`` is the mean number of references to papers of the corpus that an article aims at (a young or small
    corpus has fewer to offer). The other floats are shares in [0, 1]: ``homonyms`` of people who are given the full
    name of somebody else on top of chance; ``dirty_references`` of references that point at a paper of the same or a
    later date; ``dangling_references`` of references to papers outside the corpus; ``curated`` of people whom the
    source identifies itself; ``orcid`` of people active since 2013 who have an ORCID iD; ``missing_abstracts`` of
    papers without abstract (editorials never have one).

    :raises SettingsError: when a number is out of range.
    """

    papers: int
    seed: int = 0
    first_year: int = 1990
    last_year: int = 2024
    references: float = 8.0
    homonyms: float = 0.03
    dirty_references: float = 0.003
    dangling_references: float = 0.015
    curated: float = 0.6
    orcid: float = 0.35
    missing_abstracts: float = 0.06

    def __post_init__(self) -> None:
        if not 1 <= self.papers <= MAX_PAPERS:
            raise SettingsError(f"papers must lie in [1, {MAX_PAPERS}], not {self.papers}")
        if not 0 <= self.seed < 2**63:
            raise SettingsError(f"seed must lie in [0, 2^63), not {self.seed}")
        if not 1900 <= self.first_year <= self.last_year or self.last_year - self.first_year > 99:
            raise SettingsError("years must satisfy 1900 <= first_year <= last_year and span at most 100 years")
        if self.last_year > last_year():
            raise SettingsError(f"last_year must not lie beyond {last_year()}, not be {self.last_year}")
        if not 0 <= self.references <= 60:
            raise SettingsError(f"references must lie in [0, 60], not {self.references}")
        for name in ("homonyms", "dirty_references", "dangling_references", "curated", "orcid", "missing_abstracts"):
            if not 0 <= getattr(self, name) <= 1:
                raise SettingsError(f"{name} must lie in [0, 1], not {getattr(self, name)}")

    @property
    def years(self) -> range:
        """The years papers appear in."""
        return range(self.first_year, self.last_year + 1)

    def papers_by_year(self) -> npt.NDArray[np.int64]:
        """How many papers appear in each year, shape (years,): geometric growth, largest remainders."""
        shares = np.asarray(GROWTH ** np.arange(len(self.years)), dtype=np.float64)
        exact = self.papers * shares / shares.sum()
        counts: npt.NDArray[np.int64] = np.floor(exact).astype(np.int64)
        order = np.lexsort((-np.arange(len(counts)), -(exact - counts)))
        counts[order[: self.papers - counts.sum()]] += 1
        return counts
