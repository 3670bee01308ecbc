"""Who cites whom: near topics, recent and already cited papers, and oneself.

A reference is drawn in one of three ways. *Near*: from the papers before it in the same sub-topic, topic, field or
anywhere, recent ones preferred, the fitter of two candidates kept. *Copied*: a reference of such a paper instead of the
paper itself, which makes cited papers cited more, in-degree falling as a power law (Kleinberg et al., "The Web as a
graph", 1999; Vázquez, "Growing network with local rules", Phys. Rev. E 67, 2003). *Own*: an earlier paper of one of the
authors.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Floats, Ints, Stream, distinct
from indexer.demo.teams import Papers
from indexer.demo.vocabulary import Vocabulary
from ranking.corpus import Adjacency

__all__ = ["MAX_REFERENCES", "make_citations", "make_fitness"]

MAX_REFERENCES = 120
"""References of a paper, at most."""
_CHUNK = 150_000
_OWN, _COPIED = 0.11, 0.56  # shares of references, the rest is near
_LEVELS = (0.52, 0.78, 0.92)  # near: same sub-topic, same topic, same field, else anywhere


class _Shelf:
    """Papers by group in order of publication, for drawing an earlier paper of the same group."""

    def __init__(self, group: npt.NDArray[np.integer], groups: int) -> None:
        self._order = np.argsort(group, kind="stable").astype(np.int32)
        sizes = np.bincount(group, minlength=groups)
        self._offset = np.cumsum(sizes) - sizes
        self._group = group
        self.rank = np.empty(len(group), dtype=np.int32)
        self.rank[self._order] = np.arange(len(group)) - np.repeat(self._offset, sizes)

    def earlier(self, paper: Ints, drawn: Floats) -> Ints:
        """An earlier paper of the same group as each of ``paper``, -1 if it is the first; later ones preferred."""
        rank = self.rank[paper]
        place = np.floor(rank * drawn**0.55).astype(np.int64)
        at = self._offset[self._group[paper]] + np.minimum(place, np.maximum(rank - 1, 0))
        return np.where(rank > 0, self._order[at], -1)


@dataclass(frozen=True)
class _Own:
    """Authorships by person, in order of publication."""

    paper: npt.NDArray[np.int32]  # papers, grouped by person
    place: npt.NDArray[np.int64]  # where each authorship stands in ``paper``
    rank: npt.NDArray[np.int32]  # how many papers of the person come before


def _own_papers(papers: Papers) -> _Own:
    order = np.argsort(papers.authors, kind="stable")
    sizes = np.bincount(papers.authors)
    start = np.cumsum(sizes) - sizes
    paper = np.repeat(np.arange(len(papers.year), dtype=np.int32), np.diff(papers.offsets))[order]
    place = np.empty(len(order), dtype=np.int64)
    place[order] = np.arange(len(order))
    rank = (place - start[papers.authors]).astype(np.int32)
    return _Own(paper, place, rank)


def make_fitness(spec: DemoSpec, n: int) -> npt.NDArray[np.float32]:
    """How good each paper is, Pareto with exponent 2.2 (what importance is measured against), shape (n,)."""
    return ((1 - Stream(spec.seed, "fitness").uniform(n)) ** (-1 / 2.2)).astype(np.float32)


def _counts(spec: DemoSpec, stream: Stream, kind: npt.NDArray[np.int8], year: npt.NDArray[np.int16]) -> Ints:
    """How many references each paper aims at: more in later years, a spread of a factor of two, twice for reviews."""
    n = len(kind)
    spread = 2.0 ** (stream.uniform(n) + stream.uniform(n) + stream.uniform(n) - 1.5)
    span = max(spec.last_year - spec.first_year, 1)
    growth = 0.72 + 0.6 * (year.astype(np.int64) - spec.first_year) / span
    factor = np.array([1.0, 2.4, 0.6, 0.0])[kind]
    exact = 0.9 * spec.references * spread * growth * factor
    return np.asarray(np.minimum(np.floor(exact + stream.uniform(n)), MAX_REFERENCES), dtype=np.int64)


@dataclass(frozen=True)
class _Library:
    shelves: tuple[_Shelf, ...]
    own: _Own
    offsets: npt.NDArray[np.int64]
    fitness: npt.NDArray[np.float32]

    def near(self, stream: Stream, paper: Ints) -> Ints:
        """A near earlier paper for each of ``paper``; the fitter of two draws. -1 for the very first paper."""
        n = len(paper)
        level = np.searchsorted(np.array(_LEVELS), stream.uniform(n), side="right")
        one, two = (self._at_level(paper, level, stream.uniform(n)) for _ in range(2))
        return np.where(self.fitness[one] >= self.fitness[two], one, two)

    def _at_level(self, paper: Ints, level: Ints, drawn: Floats) -> Ints:
        found = np.full(len(paper), -1, dtype=np.int64)
        for number, shelf in enumerate(self.shelves):
            open_ = np.flatnonzero((found < 0) & (level <= number))
            found[open_] = shelf.earlier(paper[open_], drawn[open_])
        return found

    def from_authors(self, stream: Stream, paper: Ints) -> Ints:
        """An earlier paper of one of the authors, recent ones preferred; -1 if that author has none."""
        n = len(paper)
        low = self.offsets[paper]
        entry = low + stream.below(self.offsets[paper + 1] - low, n)
        rank = self.own.rank[entry]
        back = 1 + np.floor(stream.uniform(n) ** 1.6 * rank).astype(np.int64)
        return np.where(rank > 0, self.own.paper[self.own.place[entry] - np.minimum(back, rank)], -1)


class _Links:
    """References so far in CSR form; rows are complete once added."""

    def __init__(self, papers: int) -> None:
        self.offsets = np.zeros(papers + 1, dtype=np.int64)
        self._indices = np.empty(1 << 16, dtype=np.int32)
        self.rows = 0

    @property
    def indices(self) -> npt.NDArray[np.int32]:
        return self._indices[: self.offsets[self.rows]]

    def add(self, sizes: Ints, cited: npt.NDArray[np.integer]) -> None:
        """Append rows."""
        begin = int(self.offsets[self.rows])
        end = begin + len(cited)
        if end > len(self._indices):
            grown = np.empty(max(end, len(self._indices) * 3 // 2), dtype=np.int32)
            grown[:begin] = self._indices[:begin]
            self._indices = grown
        self._indices[begin:end] = cited
        self.offsets[self.rows + 1 : self.rows + 1 + len(sizes)] = begin + np.cumsum(sizes)
        self.rows += len(sizes)

    def copy_one(self, stream: Stream, source: Ints) -> Ints:
        """A reference of each source paper, or the source itself where it has none (or is not complete yet)."""
        n = len(source)
        row = np.minimum(np.maximum(source, 0), self.rows - 1)
        size = np.where((source >= 0) & (source < self.rows), self.offsets[row + 1] - self.offsets[row], 0)
        at = self.offsets[row] + stream.below(size, n)
        return np.where(size > 0, self._indices[np.minimum(at, len(self._indices) - 1)], source)


def make_citations(
    spec: DemoSpec, vocabulary: Vocabulary, papers: Papers, fitness: npt.NDArray[np.float32]
) -> Adjacency:
    """References of every paper, ascending within a paper; all earlier ones but for the dirty share."""
    n = len(papers.year)
    subtopic = papers.subtopic.astype(np.int64)
    topic = vocabulary.topic_of[subtopic]
    groups = (subtopic, topic, vocabulary.field_of[topic], np.zeros(n, dtype=np.int64))
    shelves = tuple(_Shelf(g.astype(np.int16), int(g.max()) + 1) for g in groups)
    library = _Library(shelves, _own_papers(papers), papers.offsets, fitness)
    links = _Links(n)
    # Chunks grow with the corpus, so that there is always something complete to copy from.
    begin = 0
    while begin < n:
        end = min(n, begin + min(_CHUNK, max(16, begin // 8)))
        stream = Stream(spec.seed, "citations", begin)
        counts = _counts(spec, stream, papers.kind[begin:end], papers.year[begin:end])
        paper = np.repeat(np.arange(begin, end), np.minimum(counts, np.arange(begin, end)))
        sizes, cited = _rows(spec, library, links, stream, paper, bounds=(begin, end, n))
        links.add(sizes, cited)
        begin = end
    return Adjacency(links.offsets, links.indices.copy(), n)


def _rows(
    spec: DemoSpec, library: _Library, links: _Links, stream: Stream, paper: Ints, *, bounds: tuple[int, int, int]
) -> tuple[Ints, npt.NDArray[np.integer]]:
    """References of papers ``begin`` to ``end``: row sizes and cited papers, ascending within a row, no repeats."""
    begin, end, n = bounds
    kind = stream.uniform(len(paper))
    cited = library.near(stream, paper)
    copied = np.flatnonzero(kind < _COPIED)
    cited[copied] = links.copy_one(stream, cited[copied]) if links.rows else cited[copied]
    own = np.flatnonzero(kind > 1 - _OWN)
    mine = library.from_authors(stream, paper[own])
    cited[own] = np.where(mine >= 0, mine, cited[own])
    valid = (cited >= 0) & (cited < paper)
    dirty = stream.chance(spec.dirty_references, len(paper))
    ahead = np.minimum(n - 1 - paper, max(n // 20, 3))
    later = paper + 1 + stream.below(ahead, len(paper))
    cited = np.where(dirty & (ahead > 0), later, cited)
    valid |= dirty & (ahead > 0)
    keys = distinct((paper[valid] - begin) * n + cited[valid])
    rows = keys // n
    return np.bincount(rows, minlength=end - begin), keys - rows * n
