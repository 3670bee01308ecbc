"""A small library with several authors a paper: two subjects, a few people of each, and one who wrote of both."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from records.author import AffiliationYears, Author
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.embedded import EmbeddedStore
from search.engine import AuthorDocument, Engine, PaperDocument
from search.people import GROUP, PeopleArrays, people_of_papers
from tests.search.brute import BruteEngine
from tests.search.library import ConceptEmbedder

__all__ = ["arrays", "brute", "embedded", "papers"]

_BOOKS: tuple[tuple[str, str, str, int | None], ...] = (
    ("parse", "Parsing with syntax trees", "ann bob", 2018),
    ("parse", "A grammar for parsing", "ann", 2020),
    ("parse", "Tree grammar and syntax", "ann cat", 2010),
    ("parse", "Syntax of trees revisited", "bob", 2000),
    ("parse", "Parsing grammar quickly", "cat dan", 2019),
    ("graph", "Graph networks", "eve", 2015),
    ("graph", "Edges of a network", "eve fay", 2016),
    ("graph", "Node and edge in graphs", "fay", None),
    ("graph", "Network graphs of nodes", "dan eve", 2017),
    ("car", "Car and vehicle", "gil", 2001),
    ("car", "Automobile repair", "gil hal", 2002),
    ("car", "The vehicle as a car", "hal", 2003),
    ("car", "Auto and automobile", "ian", 2004),
    ("hospital", "Doctor and patient", "jan", 2005),
    ("hospital", "Hospital physicians", "jan kim", 2006),
    ("hospital", "The patient in hospital", "kim", 2007),
)
_COUNTRIES = {"ann": "NO", "bob": "DE", "cat": "NO"}


def papers() -> list[Paper]:
    """Papers ``p00`` and so on, by people ``a:ann`` and so on."""
    return [_paper(number, *book) for number, book in enumerate(_BOOKS)]


def _paper(number: int, topic: str, title: str, by: str, year: int | None) -> Paper:
    return Paper(
        f"p{number:02}",
        title,
        f"We write about {title.lower()}.",
        year,
        venue=Venue("Meeting"),
        ids=(ExternalId(IdScheme.DOI, f"10.5555/{number}"),),
        topics=(Topic(topic),),
        authorships=tuple(
            Authorship(
                Name(name.title(), "X."),
                place,
                f"a:{name}",
                affiliations=(Affiliation(f"House of {name}", country=_COUNTRIES.get(name)),),
            )
            for place, name in enumerate(by.split())
        ),
    )


def arrays() -> PeopleArrays:
    """The arrays of people, with a metric: how many letters of the alphabet come before the name's first."""
    made = people_of_papers(papers())
    metric = np.array([ord(identifier[2]) - ord("a") for identifier in made.author_ids], dtype=np.float32)
    made.author_metrics["h_index"] = metric  # type: ignore[index] # a dict of this test's own
    made.author_percentiles["h_index"] = metric * 9  # type: ignore[index]
    return made


def _documents() -> list[PaperDocument]:
    return [PaperDocument(paper, {"citations": 0.0}) for paper in papers()]


def _people() -> list[AuthorDocument]:
    names = sorted({name for _, _, by, _ in _BOOKS for name in by.split()})
    return [AuthorDocument(_person(name), {}) for name in names]


def _person(name: str) -> Author:
    early = AffiliationYears(f"Hut of {name}", 1990, 1999, 9)
    late = AffiliationYears(f"House of {name}", 2000, 2020, 2, country=_COUNTRIES.get(name))
    return Author(f"a:{name}", Name(name.title(), "X."), affiliations=(early, late))


def _vectors() -> np.ndarray:
    return ConceptEmbedder().embed([f"{paper.title} {paper.abstract}" for paper in papers()])


def brute(*, model: str = ConceptEmbedder.name) -> Engine:
    """The library in memory."""
    engine = BruteEngine(_documents(), _vectors(), np.ones(len(_BOOKS), dtype=bool), model, {("paper", "old"): "p01"})
    engine.kept[GROUP] = arrays().pack()
    return engine


def embedded(folder: Path, *, vectors: bool = True) -> Engine:
    """The library in the embedded engine."""
    store = EmbeddedStore(folder)
    name, dimension = (ConceptEmbedder.name, ConceptEmbedder.dimension) if vectors else ("", 0)
    writer = store.writer(model=name, dimension=dimension, metrics=("citations",))
    every = np.ones(len(_BOOKS), dtype=bool)
    writer.add_papers(_documents(), _vectors() if vectors else None, every if vectors else None)
    writer.add_authors(_people())
    writer.add_redirects("paper", [("old", "p01")])
    writer.add_arrays(GROUP, arrays().pack())
    writer.commit()
    return store.reader()
