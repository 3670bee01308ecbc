"""A collection small enough to know by heart, built on the embedded engine."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from records.author import AffiliationYears, Author, IdentityBasis
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.embedded import EmbeddedStore
from search.engine import AuthorDocument, EngineStore, PaperDocument, Vectors
from search.people import GROUP, NAMES, NamesMaker, people_of_papers

__all__ = ["ADA", "BO", "ORCID", "PAPERS", "ToyEmbedder", "build", "fill", "toy_papers"]

ADA, BO = Name("Moreau", given="Ada"), Name("Chen", given="Bo")
ORCID = ExternalId(IdScheme.ORCID, "0000-0002-1825-0097")
DBLP = ExternalId(IdScheme.DBLP, "pid/65/9612")
PAPERS = 25
_WORDS = ("graph", "parsing", "speech", "translation", "retrieval")


class ToyEmbedder:
    """Words hashed into a few dimensions: near means sharing words."""

    name = "toy/8"
    dimension = 8

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents."""
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a query."""
        vector = np.full(self.dimension, 1e-3, dtype=np.float32)
        for word in text.lower().split():
            vector[hashlib.sha256(word.encode()).digest()[0] % self.dimension] += 1
        return vector / np.float32(np.linalg.norm(vector))


def toy_papers(count: int = PAPERS) -> list[PaperDocument]:
    """Papers ``toy:p00`` and so on; each cites the two before it, Ada writes the even ones, Bo all."""
    return [_paper(number, count) for number in range(count)]


def _paper(number: int, count: int) -> PaperDocument:
    word = _WORDS[number % len(_WORDS)]
    bo = Authorship(BO, 1 - number % 2, author_id="toy:bo", email="bo@example.org")
    lab = Affiliation("Laboratoire d'Informatique, Lyon", country="FR")
    ada = Authorship(ADA, 0, author_id="toy:ada", ids=(ORCID,), affiliations=(lab,))
    paper = Paper(
        id=f"toy:p{number:02}",
        title=f"On {word} & <things> number {number}",
        abstract=f"We study {word} with care. Naïve methods for {word} fail; ours, numbered {number}, do not.",
        year=1990 + number,
        venue=Venue("Journal of Toys, Series A" if number % 3 else "Toy Conference", kind="journal"),
        authorships=(bo,) if number % 2 else (ada, bo),
        ids=(ExternalId(IdScheme.DOI, f"10.5555/toy.{number}"),),
        references=tuple(f"toy:p{cited:02}" for cited in range(max(0, number - 2), number)),
        topics=(Topic(word),),
        type="article",
        language="en",
    )
    return PaperDocument(paper, {"citations": float(min(2, count - 1 - number))})


def build(folder: Path, count: int = PAPERS, *, vectors: bool = True) -> EmbeddedStore:
    """A store whose current generation holds the toy collection."""
    store = EmbeddedStore(folder)
    fill(store, count, vectors=vectors)
    return store


def fill(store: EngineStore, count: int = PAPERS, *, vectors: bool = True) -> None:
    """Build the toy collection into any store."""
    embedder = ToyEmbedder()
    documents = toy_papers(count)
    name, dimension = (embedder.name, embedder.dimension) if vectors else ("", 0)
    writer = store.writer(model=name, dimension=dimension, source_digest=str(count), metrics=("citations",))
    if vectors:
        matrix = embedder.embed([document.paper.title for document in documents])
        writer.add_papers(documents, matrix, np.ones(count, dtype=np.bool_))
    else:
        writer.add_papers(documents, None, None)
    lab = AffiliationYears("Laboratoire d'Informatique, Lyon", 1990, 1990 + count - 1, (count + 1) // 2, country="FR")
    ada = Author(
        "toy:ada",
        ADA,
        variants=(Name("Moreau", given="A."),),
        ids=(ORCID, DBLP),
        affiliations=(lab,),
        papers=(count + 1) // 2,
        first_year=1990,
        last_year=1990 + count - 1,
        basis=IdentityBasis.EXTERNAL_ID,
        pinned=("toy:p04", "toy:p00"),
    )
    bo = Author("toy:bo", BO, papers=count, first_year=1990, last_year=1990 + count - 1)
    writer.add_authors([AuthorDocument(ada), AuthorDocument(bo)])
    names = NamesMaker()
    names.add([ada, bo])
    writer.add_arrays(GROUP, people_of_papers([document.paper for document in documents]).pack())
    writer.add_arrays(NAMES, names.make().pack())
    writer.add_redirects("paper", [("toy:old", "toy:p03")])
    writer.add_redirects("author", [("toy:a.moreau", "toy:ada")])
    writer.commit()
