"""Imports made-up records slowly, in a process of its own, so that a test can kill it at a moment of its choosing.

Run as ``python -m tests.indexer.catalog.slow_import CATALOG SEED BATCH [PAUSE]``; prints a line for every item read.
"""

from __future__ import annotations

import random
import sys
import time
from collections.abc import Iterator
from pathlib import Path

from indexer.catalog import Catalog
from indexer.sources.base import CitationLink, Item, Part, Person, Rejection
from records.name import Name
from tests.indexer.catalog.fakes import author, paper

PARTS = 8
PER_PART = 15


class SlowReader:
    """Parts of papers, people, links, rejections and repeated ids, the same for the same seed."""

    source = "slow"

    def __init__(self, seed: int, pause: float = 0.0) -> None:
        self._seed = seed
        self._pause = pause

    def parts(self, path: Path) -> Iterator[Part]:
        for number in range(PARTS):
            yield Part(f"part{number}", f"{self._seed}-{number}", lambda number=number: self._slowly(number))  # type: ignore[misc]

    def _slowly(self, number: int) -> Iterator[Item]:
        for item in self._items(number):
            time.sleep(self._pause)
            yield item
            if self._pause:
                sys.stdout.write(".\n")
                sys.stdout.flush()

    def _items(self, number: int) -> Iterator[Item]:
        chance = random.Random(f"{self._seed} {number}")
        for index in range(PER_PART):
            kind = chance.random()
            identifier = f"{number}-{index}"
            if kind < 0.7:
                cites = [f"{chance.randrange(PARTS)}-{chance.randrange(PER_PART)}" for _ in range(3)]
                name = f"Ann{chance.randrange(9)} Ames"
                yield paper(
                    identifier, f"The paper called {identifier} of a slow source", author(name), references=cites
                )
            elif kind < 0.8:
                yield Person(f"person-{identifier}", Name("Ames", "Ann"))
            elif kind < 0.9:
                yield CitationLink(identifier, f"{chance.randrange(PARTS)}-{chance.randrange(PER_PART)}")
            elif kind < 0.95:
                yield Rejection(f"part{number}", "unreadable", line=index)
            else:  # an id that an earlier part, or this one, has used
                yield paper(f"{chance.randrange(number + 1)}-0", f"Another paper under a used id, {identifier}")


if __name__ == "__main__":
    with Catalog.open(Path(sys.argv[1])) as opened:
        opened.import_source(
            SlowReader(int(sys.argv[2]), float(sys.argv[4])), Path(sys.argv[1]).parent, batch_items=int(sys.argv[3])
        )
