"""Small random collections behind an engine, and rankings of them counted by hand."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from msgspec.structs import replace

from ranking.registry import Entity
from ranking.views import Bounds, Window
from records.paper import Paper
from search.engine import PaperDocument
from search.people import GROUP, People, people_of_papers
from tests.search.brute import BruteEngine
from tests.search.people.worlds import world

__all__ = ["ByHand", "library", "papers_of", "people_of", "within"]

_TITLES = ("Graphs", "Parsing graphs", "Speech parsing", "Parsing of translated graphs")


def papers_of(seed: int, papers: int = 30) -> list[Paper]:
    """A collection whose titles have words to search for."""
    made = world(seed, papers=papers)
    return [replace(paper, title=f"{_TITLES[place % 4]} {place}") for place, paper in enumerate(made)]


def people_of(papers: Sequence[Paper]) -> People:
    """Those papers behind an engine in memory."""
    documents = [PaperDocument(paper) for paper in papers]
    nothing = np.zeros((len(papers), 2), np.float32)
    engine = BruteEngine(documents, nothing, np.zeros(len(papers), np.bool_), "", {})
    engine.kept[GROUP] = people_of_papers(papers).pack()
    return People(engine)


@lru_cache(maxsize=256)
def library(seed: int) -> tuple[list[Paper], People]:
    """A collection, and the same behind an engine."""
    papers = papers_of(seed)
    return papers, people_of(papers)


def within(year: int | None, bounds: Bounds) -> bool:
    """Whether a year lies in a window."""
    if bounds == (None, None):
        return True
    return year is not None and (bounds[0] or 0) <= year <= (9999 if bounds[1] is None else bounds[1])


@dataclass
class ByHand:
    """The definitions, counted over sets."""

    papers: Sequence[Paper]
    window: Window
    chosen: Callable[[Paper], bool]

    def __post_init__(self) -> None:
        self.by_id = {paper.id: paper for paper in self.papers}
        self.inside = [p for p in self.papers if self.chosen(p) and within(p.year, self.window.published)]
        self.citations = {
            paper.id: sum(self._counts(citing, paper) for citing in self.papers if paper.id in citing.references)
            for paper in self.papers
        }

    def _counts(self, citing: Paper, cited: Paper) -> bool:
        if citing.id == cited.id or not within(citing.year, self.window.cited):
            return False
        limit = self.window.within
        if limit is not None and (citing.year is None or cited.year is None or citing.year - cited.year > limit):
            return False
        return self.window.self_citations or not _team(citing) & _team(cited)

    def owners(self, entity: Entity) -> dict[str, list[str]]:
        """Owner -> papers that count."""
        owned: dict[str, list[str]] = {}
        for paper in self.inside:
            for owner in sorted(_owners(paper, entity)):
                owned.setdefault(owner, []).append(paper.id)
        return owned

    def values(self, entity: Entity, what: str) -> dict[str, float]:
        """ "papers", "citations" or "h_index" of everybody listed."""
        if entity == Entity.PAPER:
            return {paper.id: self.citations[paper.id] for paper in self.inside}
        found: dict[str, float] = {}
        for owner, papers in self.owners(entity).items():
            cited = sorted((self.citations[paper] for paper in papers), reverse=True)
            h = sum(count > place for place, count in enumerate(cited))
            found[owner] = {"papers": len(papers), "citations": sum(cited), "h_index": h}[what]
        return found


def _team(paper: Paper) -> set[str | None]:
    return {authorship.author_id for authorship in paper.authorships}


def _owners(paper: Paper, entity: Entity) -> set[str]:
    if entity == Entity.AUTHOR:
        return {a.author_id for a in paper.authorships if a.author_id}
    if entity == Entity.VENUE:
        return {paper.venue.name} if paper.venue else set()
    return {x.institution_id for a in paper.authorships for x in a.affiliations if x.institution_id}
