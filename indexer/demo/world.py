"""The whole corpus as arrays: everything but the texts."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from indexer.demo.careers import People, make_people
from indexer.demo.citations import make_citations, make_fitness
from indexer.demo.places import Institutions, make_institutions
from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Ints, Stream, cumulative, distinct
from indexer.demo.teams import Papers, make_papers
from indexer.demo.venues import Publication, VenueList, make_publication, make_venues
from indexer.demo.vocabulary import Vocabulary, phrase_weights, vocabulary
from ranking.corpus import Adjacency, Corpus
from records.progress import NO_PROGRESS, Progress

__all__ = ["World", "make_world", "paper_id", "person_id"]


@dataclass(frozen=True)
class World:
    """A corpus as arrays; papers by position in order of publication, people by position in order of entry.

    Only people with a paper are kept. ``method`` and ``setting`` are what a paper works with and where, as positions in
    its topic's phrases; ``fitness`` is how good it is.
    """

    spec: DemoSpec
    vocabulary: Vocabulary
    institutions: Institutions
    venues: VenueList
    people: People
    papers: Papers
    publication: Publication
    citations: Adjacency
    fitness: npt.NDArray[np.float32]
    method: npt.NDArray[np.int8]
    setting: npt.NDArray[np.int8]

    @property
    def topic(self) -> npt.NDArray[np.int64]:
        """The topic of each paper."""
        return self.vocabulary.topic_of[self.papers.subtopic]

    def arrays(self) -> Corpus:
        """The corpus as every metric reads it (ids ascend with position, so positions agree with a catalog's).

        Fields are the topics papers are really about, also of those that do not name one.
        """
        paper = np.repeat(np.arange(len(self.papers.year), dtype=np.int64), np.diff(self.papers.offsets))
        keys = np.sort(paper * len(self.people) + self.papers.authors)
        authors = Adjacency(self.papers.offsets, (keys % len(self.people)).astype(np.int32), len(self.people))
        year = self.papers.year[paper]
        place = np.empty(len(paper), dtype=np.int64)
        for begin in range(0, len(paper), 1 << 20):
            part = slice(begin, begin + (1 << 20))
            place[part] = self.people.institution(self.papers.authors[part], year[part])
        shape = (len(self.papers.year), len(self.institutions))
        return Corpus(
            citations=self.citations,
            authors=authors,
            years=self.papers.year,
            venues=self.publication.venue,
            n_venues=len(self.venues),
            institutions=_adjacency(paper, place, shape),
            fields=self.topic.astype(np.int32),
            n_fields=len(self.vocabulary.topics),
        )


def _adjacency(rows: Ints, columns: Ints, shape: tuple[int, int]) -> Adjacency:
    keys = distinct(rows * shape[1] + columns)
    offsets = np.searchsorted(keys, np.arange(shape[0] + 1) * shape[1])
    return Adjacency(offsets, (keys % shape[1]).astype(np.int32), shape[1])


def paper_id(position: int) -> str:
    """The id of a paper; ids ascend with position."""
    return f"P{position:08d}"


def person_id(position: int) -> str:
    """The id of a person; ids ascend with position."""
    return f"A{position:08d}"


def make_world(spec: DemoSpec, progress: Progress = NO_PROGRESS) -> World:
    """Generate everything but texts."""
    progress.start("careers, papers and citations", 4)
    words = vocabulary(spec.papers)
    institutions = make_institutions(spec.seed, spec.papers)
    everybody = make_people(spec, words, institutions)
    progress.advance()
    papers = make_papers(spec, words, institutions, everybody)
    progress.advance()
    people, papers = _with_papers(everybody, papers)
    del everybody
    venues = make_venues(spec, words)
    publication = make_publication(spec, words, venues, papers)
    progress.advance()
    fitness = make_fitness(spec, len(papers.year))
    method, setting = _contents(spec, words, papers)
    citations = make_citations(spec, words, papers, fitness)
    progress.advance()
    progress.finish()
    return World(
        spec=spec,
        vocabulary=words,
        institutions=institutions,
        venues=venues,
        people=people,
        papers=papers,
        publication=publication,
        citations=citations,
        fitness=fitness,
        method=method,
        setting=setting,
    )


def _with_papers(people: People, papers: Papers) -> tuple[People, Papers]:
    """Leave out people who never got to write a paper."""
    writes = np.bincount(papers.authors, minlength=len(people)) > 0
    number = np.full(len(people), -1, dtype=np.int32)
    kept = np.flatnonzero(writes)
    number[kept] = np.arange(len(kept), dtype=np.int32)
    return people.take(kept, number), replace(papers, authors=number[papers.authors], lead=number[papers.lead])


def _contents(spec: DemoSpec, words: Vocabulary, papers: Papers) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.int8]]:
    """Method and setting of each paper: half the time what the group always does, else what is in use that year."""
    stream = Stream(spec.seed, "contents")
    n = len(papers.year)
    topic = words.topic_of[papers.subtopic]
    chosen = []
    for number, loyalty in enumerate((0.5, 0.4)):
        # The golden ratio spreads the habits of groups evenly over [0, 1).
        part = "methods" if number == 0 else "settings"
        habit = ((papers.lead.astype(np.float64) + 0.5) * 0.6180339887498949 * (number + 1)) % 1.0
        drawn = np.where(stream.chance(loyalty, n), habit, stream.uniform(n))
        sums = [
            np.stack([cumulative(phrase_weights(getattr(entry, part), year)) for year in spec.years])
            for entry in words.topics
        ]
        chosen.append(_fall_on(sums, topic, papers.year.astype(np.int64) - spec.first_year, drawn))
    return chosen[0], chosen[1]


def _fall_on(
    sums: list[npt.NDArray[np.int64]],
    topic: npt.NDArray[np.int64],
    year: npt.NDArray[np.int64],
    drawn: npt.NDArray[np.float64],
) -> npt.NDArray[np.int8]:
    """The phrase each draw falls on; ``sums`` holds for each topic the cumulative weights, shape (years, phrases)."""
    result = np.zeros(len(topic), dtype=np.int8)
    for number, table in enumerate(sums):
        rows = np.flatnonzero(topic == number)
        mine = table[year[rows]]
        point = np.floor(drawn[rows] * mine[:, -1])
        result[rows] = (mine <= point[:, None]).sum(axis=1)
    return result
