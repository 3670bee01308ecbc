"""Many plain papers, and a load of them."""

from __future__ import annotations

import numpy as np

from records.author import Author
from records.name import Name
from records.paper import Authorship, Paper, Venue
from search.elasticsearch import ElasticsearchStore, ElasticsearchWriter
from search.engine import AuthorDocument, GenerationInfo, PaperDocument, Vectors

__all__ = ["DIMENSION", "authors", "begin", "build", "load", "papers", "vectors"]

DIMENSION = 8
_WORDS = ("graph", "ranking", "retrieval", "learning", "citation", "network", "expert", "index", "query", "cluster")


def papers(count: int, first: int = 0) -> list[PaperDocument]:
    made = []
    for n in range(first, first + count):
        title = f"{_WORDS[n % 10]} {_WORDS[n // 10 % 10]} {_WORDS[n // 100 % 10]} number {n}"
        by = (Authorship(Name("Writer", f"N{n % 7}"), 0, f"a:{n % 7}"),)
        made.append(PaperDocument(Paper(f"p:{n:06}", title, "", 1990 + n % 30, None, Venue("V", "v:1"), by)))
    return made


def authors() -> list[AuthorDocument]:
    return [AuthorDocument(Author(f"a:{n}", Name("Writer", f"N{n}"), papers=n)) for n in range(7)]


def vectors(count: int, first: int = 0) -> Vectors:
    rows = np.random.default_rng(3).normal(size=(first + count, DIMENSION)).astype(np.float32)[first:]
    scaled: Vectors = rows / np.linalg.norm(rows, axis=1, keepdims=True)
    return scaled


def begin(store: ElasticsearchStore, digest: str = "", *, dimension: int = DIMENSION) -> ElasticsearchWriter:
    return store.writer(model="toy", dimension=dimension, source_digest=digest, metrics=("citations",))


def load(writer: ElasticsearchWriter, count: int, first: int = 0, batch: int = 50) -> None:
    """Add ``count`` papers from the ``first`` on."""
    for start in range(first, first + count, batch):
        size = min(batch, first + count - start)
        writer.add_papers(papers(size, start), vectors(size, start), None)


def build(store: ElasticsearchStore, count: int, digest: str = "") -> GenerationInfo:
    writer = begin(store, digest)
    load(writer, count)
    writer.add_authors(authors())
    return writer.commit()
