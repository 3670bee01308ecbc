"""Papers in the short form of benchmark folders."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import msgspec
import numpy as np
import numpy.typing as npt

from indexer.demo.corpus import DemoCorpus
from indexer.demo.rendering import BLOCK
from indexer.demo.world import person_id
from records.paper import Authorship, Paper

__all__ = ["chosen_papers", "simple_papers"]


def chosen_papers(corpus: DemoCorpus, positions: npt.NDArray[np.int64] | None = None) -> Iterator[tuple[int, Paper]]:
    """Papers at ``positions`` (ascending; None for all) with their positions; blocks without any are skipped."""
    if positions is None:
        yield from enumerate(corpus.papers())
        return
    wanted = set(positions.tolist())
    for block in np.unique(positions // BLOCK).tolist():
        for at, paper in enumerate(corpus.block(block), block * BLOCK):
            if at in wanted:
                yield at, paper


def simple_papers(
    corpus: DemoCorpus,
    positions: npt.NDArray[np.int64] | None = None,
    *,
    author_id: Callable[[int, Authorship], str] = lambda person, _: person_id(person),
) -> Iterator[bytes]:
    """JSON lines of papers: id, title, abstract, year, venue, authors [{id, name}], references.

    ``author_id`` gets a person's number and the authorship; by default authors carry their true ids.
    """
    offsets, authors = corpus.world.papers.offsets, corpus.world.papers.authors
    for at, paper in chosen_papers(corpus, positions):
        people = authors[offsets[at] : offsets[at + 1]].tolist()
        yield msgspec.json.encode(
            {
                "id": paper.id,
                "title": paper.title,
                "abstract": paper.abstract,
                "year": paper.year,
                "venue": paper.venue.name if paper.venue else "",
                "authors": [
                    {"id": author_id(person, authorship), "name": authorship.name.full}
                    for person, authorship in zip(people, paper.authorships, strict=True)
                ],
                "references": list(paper.references),
            }
        )
