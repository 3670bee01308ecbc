"""A generated corpus: papers, curated people, arrays."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from indexer.demo.naming import printed_name
from indexer.demo.rendering import Renderer, orcid_of, writings
from indexer.demo.spec import DemoSpec
from indexer.demo.world import World, make_world, person_id
from indexer.sources.base import Person
from ranking.corpus import Corpus
from records.name import Name
from records.paper import Paper
from records.progress import NO_PROGRESS, Progress

__all__ = ["DemoCorpus", "arrays", "generate"]


class DemoCorpus:
    """A corpus with its truth in :attr:`world`. Iterators may be started as often as wanted and always agree."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._renderer = Renderer(world)
        self._codes: npt.NDArray[np.uint32] | None = None

    @property
    def spec(self) -> DemoSpec:
        """What was asked for."""
        return self.world.spec

    def papers(self) -> Iterator[Paper]:
        """All papers as source records, in order of publication."""
        for block in self._renderer.blocks:
            yield from self._renderer.papers(block)

    def block(self, number: int) -> Iterator[Paper]:
        """The papers of one block of :data:`~indexer.demo.rendering.BLOCK`."""
        return self._renderer.papers(number)

    def people(self) -> Iterator[Person]:
        """The people the source curates, as it knows them: names used, some with ORCID iD."""
        people = self.world.people
        for position in np.flatnonzero(people.curated).tolist():
            names = self.names_of(position)
            yield Person(
                id=person_id(position),
                name=names[0],
                variants=names[1:],
                ids=(orcid_of(position),) if people.orcid[position] else (),
            )

    def codes_used(self) -> npt.NDArray[np.uint32]:
        """For each person, the set of writing codes on their papers as bits, shape (people,)."""
        if self._codes is None:
            world = self.world
            self._codes = np.zeros(len(world.people), dtype=np.uint32)
            low = 0
            for block in self._renderer.blocks:
                codes = writings(world, block)
                person = world.papers.authors[low : low + len(codes)]
                np.bitwise_or.at(self._codes, person, np.uint32(1) << codes.astype(np.uint32))
                low += len(codes)
        return self._codes

    def names_of(self, position: int) -> tuple[Name, ...]:
        """The different names a person's papers carry; the one the person signs with first if it is among them."""
        row = self.world.people.names[position].tolist()
        bits = int(self.codes_used()[position])
        habit = int(self.world.people.habit[position])
        codes = sorted((code for code in range(32) if bits >> code & 1), key=lambda code: (code != habit, code))
        return tuple(dict.fromkeys(printed_name(row, code) for code in codes))

    def arrays(self) -> Corpus:
        """Graph arrays of the same papers and people."""
        return self.world.arrays()


def generate(spec: DemoSpec, progress: Progress = NO_PROGRESS) -> DemoCorpus:
    """Generate a corpus: arrays at once, texts when iterated over."""
    return DemoCorpus(make_world(spec, progress))


def arrays(spec: DemoSpec, progress: Progress = NO_PROGRESS) -> Corpus:
    """Only the graph of a corpus: what ``generate(spec).arrays()`` gives, without any text."""
    return make_world(spec, progress).arrays()
