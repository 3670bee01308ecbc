"""Small libraries for tests of paper search, and an embedder that knows which words mean the same."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import numpy.typing as npt

from records.author import Author
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Venue
from search.embedded import EmbeddedStore
from search.engine import AuthorDocument, Engine, EngineStore, PaperDocument, Vectors
from search.text import analyze
from tests.search.brute import BruteEngine

__all__ = ["ConceptEmbedder", "Library", "crowd", "paper", "shelf"]

_MEANINGS = (
    "car automobile vehicle auto",
    "graph network node edge",
    "parsing syntax grammar tree",
    "translation bilingual multilingual",
    "embedding vector representation bertology elmo bleurt",
    "physician doctor hospital patient",
)


class ConceptEmbedder:
    """One dimension a meaning: words of one meaning are the same to it, all other words are nothing."""

    name = "concepts"
    dimension = len(_MEANINGS) + 1

    def __init__(self) -> None:
        rows = enumerate(_MEANINGS)
        self._of = {token.term: row for row, meaning in rows for token in analyze(meaning)}

    def embed(self, texts: Sequence[str]) -> Vectors:
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        row = np.zeros(self.dimension, np.float32)
        row[-1] = 0.2
        for token in analyze(text):
            if token.term in self._of:
                row[self._of[token.term]] += 1.0
        return row / np.float32(np.linalg.norm(row))


@dataclass(slots=True)
class Library:
    """Papers ready to be put into an engine. ``without_vector`` are ids."""

    papers: list[PaperDocument]
    redirects: dict[tuple[str, str], str] = field(default_factory=dict)
    without_vector: frozenset[str] = frozenset()
    model: str = ConceptEmbedder.name

    def _parts(self) -> tuple[list[PaperDocument], Vectors, npt.NDArray[np.bool_]]:
        papers = sorted(self.papers, key=lambda entry: entry.paper.id)
        embedder = ConceptEmbedder()
        vectors = embedder.embed([f"{entry.paper.title} {entry.paper.abstract}" for entry in papers])
        return papers, vectors, np.array([entry.paper.id not in self.without_vector for entry in papers])

    def brute(self, kind: type[BruteEngine] = BruteEngine) -> BruteEngine:
        """This library in memory."""
        papers, vectors, mask = self._parts()
        return kind(papers, vectors, mask, self.model, self.redirects)

    def embedded(self, folder: Path) -> Engine:
        """This library in the embedded engine."""
        return self.in_store(EmbeddedStore(folder))

    def in_store(self, store: EngineStore) -> Engine:
        """This library in the engine of a store."""
        papers, vectors, mask = self._parts()
        writer = store.writer(model=self.model, dimension=ConceptEmbedder.dimension, metrics=("citations",))
        writer.add_papers(papers, vectors, mask)
        people = {a.author_id: a.name for entry in papers for a in entry.paper.authorships if a.author_id}
        writer.add_authors([AuthorDocument(Author(person, name)) for person, name in sorted(people.items())])
        for kind in ("paper", "author"):
            writer.add_redirects(kind, [(old, new) for (of, old), new in self.redirects.items() if of == kind])
        writer.commit()
        return store.reader()


def paper(
    identifier: str,
    title: str,
    abstract: str = "",
    *,
    year: int | None = 2000,
    citations: float = 0.0,
    author: str = "Jane Doe",
    venue: str = "Meeting",
    kind: str = "article",
    references: Sequence[str] = (),
    doi: str = "",
) -> PaperDocument:
    """A paper in one line."""
    given, family = author.split(" ", 1)
    person = f"a:{family.lower().replace(' ', '-')}"
    authorship = Authorship(Name(family, given), 0, person, affiliations=(Affiliation("Oslo", country="NO"),))
    ids = (ExternalId.parse(doi, IdScheme.DOI),) if doi else ()
    made = Paper(
        identifier,
        title,
        abstract,
        year,
        venue=Venue(venue),
        authorships=(authorship,),
        ids=ids,
        references=tuple(references),
        type=kind,
        language="en",
    )
    return PaperDocument(made, {"citations": citations})


def shelf() -> Library:
    """A handful of papers that each test something."""
    papers = [
        paper("p:attention", "Attention is All You Need", "A transformer translates.", year=2017, citations=90,
              author="Ashish Vaswani", venue="NIPS", doi="10.1000/attention", references=["p:seq"]),
        paper("p:attention-2", "Attention Is All You Need!", "A reprint.", year=2018, citations=5),
        paper("p:survey", "A survey: attention is not all you need", "On attention, all of it.", year=2021),
        paper("p:seq", "Sequence models", "Recurrent sequence to sequence models.", year=2014, citations=40),
        paper("p:car", "The car industry", "How a car is made.", year=1990, citations=3),
        paper("p:auto", "Automobile manufacturing", "Automobile factories.", year=1995, citations=7, kind="book"),
        paper("p:vehicle", "Vehicle safety", "Vehicle crashes.", year=2005, citations=1, author="Ann Smith"),
        paper("p:graph", "Graph neural networks", "Learning on a graph: nodes & <edges>.", year=2018, citations=30),
        paper("p:graph-2", "Networks of graphs", "Neural graphs.", year=2019, citations=2, references=["p:graph"]),
        paper("p:syntax", "Grammar and syntax", "Trees.", year=1999, citations=4, references=["p:graph", "p:seq"]),
        paper("p:bleurt", "Learned metrics", "BLEURT scores translation output.", year=2020, citations=2),
        paper("p:doctor", "Doctors in hospitals", "A study of patients.", year=None, citations=0),
        paper("p:müller", "Über naïve Größen", "Ein Résumé.", year=1980, author="Jörg Müller"),
        paper("p:cjk", "基于神经网络的机器翻译", "神经网络。", year=2016, citations=1),
        paper("p:cpp", "C++ templates", "The language C++ and the language C.", year=2001),
        paper("p:tobe", "To Be or Not to Be", "Hamlet.", year=1603),
    ]  # fmt: skip
    redirects = {("paper", "old:graph"): "p:graph", ("author", "a:old-smith"): "a:smith"}
    return Library(papers, redirects, frozenset({"p:doctor"}))


def crowd(count: int = 700) -> Library:
    """Many papers with the word "network", in ties of score, citations and year, and as many near ones without it."""
    papers = []
    for number in range(count):
        words = ["network"] * (1 + number % 3) + ["graph"] * (number % 2) + ["filler"] * (number % 5)
        title = f"Study {number % 50}"
        near = number % 4 == 3
        text = "edges of a graph" if near else " ".join(words)
        papers.append(
            paper(
                f"c:{number:04d}",
                title,
                text,
                year=1990 + number % 30,
                citations=float(number % 7),
                venue=f"V{number % 3}",
            )
        )
    return Library(papers)
