"""What reviewers wrote, as texts and vectors: the profiles that submissions are compared with."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.errors import AssignmentError
from records.paper import Paper
from search.embedding import paper_text
from search.engine import Vectors
from search.people import People, rows_of

__all__ = ["Profiles", "Vectorize", "profiles_of_papers", "profiles_of_people"]

Vectorize = Callable[[Sequence[str]], Vectors]
"""Unit vectors of texts, shape (len(texts), dimension)."""

_BATCH = 500


@dataclass(frozen=True, slots=True, eq=False)
class Profiles:
    """Reviewers and their papers.

    Reviewer ``i`` wrote the papers ``links[offsets[i]:offsets[i + 1]]`` (rows of ``paper_ids``, ``titles``, ``texts``,
    ``years`` (int16) and ``vectors``, which is None when nothing embeds texts). ``weights`` are those of links.
    """

    reviewers: tuple[str, ...]
    offsets: npt.NDArray[np.int64]
    links: npt.NDArray[np.int64]
    weights: npt.NDArray[np.float64]
    paper_ids: tuple[str, ...]
    titles: tuple[str, ...]
    texts: tuple[str, ...]
    years: npt.NDArray[np.int16]
    vectors: Vectors | None

    @property
    def sizes(self) -> npt.NDArray[np.int64]:
        """Papers of each reviewer, shape (reviewers,)."""
        return np.diff(self.offsets)

    def most_recent(self, count: int, *, random: np.random.Generator | None = None) -> Profiles:
        """The same with at most ``count`` papers a reviewer, latest first; those without a year come last.

        Of papers of one year those earlier in the profile are kept, or any, drawn from ``random``.
        """
        if count < 1:
            raise AssignmentError(f"a profile must keep at least 1 paper, not {count}")
        tie = np.arange(len(self.links), dtype=np.float64) if random is None else random.random(len(self.links))
        owner = np.repeat(np.arange(len(self.reviewers)), self.sizes)
        order = np.lexsort((tie, -self.years[self.links].astype(np.int64), owner))
        place = np.arange(len(order)) - np.repeat(self.offsets[:-1], self.sizes)
        kept = np.sort(order[place < count])
        offsets = np.concatenate(([0], np.cumsum(np.minimum(self.sizes, count))))
        return self._with_links(offsets, kept)

    def with_recency(self, half_life: float, now: int) -> Profiles:
        """The same with papers that weigh half as much every ``half_life`` years; without a year: as the oldest."""
        if half_life <= 0:
            raise AssignmentError(f"a half-life must be above 0 years, not {half_life}")
        years = self.years[self.links].astype(np.float64)
        dated = years[years != NO_YEAR]
        years[years == NO_YEAR] = dated.min() if len(dated) else now
        weights = self.weights * 0.5 ** (np.maximum(now - years, 0) / half_life)
        return self._with_links(self.offsets, np.arange(len(self.links)), weights)

    def _with_links(
        self,
        offsets: npt.NDArray[np.int64],
        kept: npt.NDArray[np.int64],
        weights: npt.NDArray[np.float64] | None = None,
    ) -> Profiles:
        chosen = (self.weights if weights is None else weights)[kept]
        papers = self.paper_ids, self.titles, self.texts, self.years, self.vectors
        return Profiles(self.reviewers, offsets, self.links[kept], chosen, *papers)


def profiles_of_papers(
    papers: Iterable[Paper],
    written: Mapping[str, Sequence[str]],
    vectorize: Vectorize | None = None,
    weights: Mapping[tuple[str, str], float] | None = None,
) -> Profiles:
    """Profiles from paper records and who wrote which (reviewer -> paper ids). ``weights``: of (reviewer, paper).

    :raises AssignmentError: for a paper id that is not there, or a negative weight.
    """
    known = {paper.id: paper for paper in papers}
    used = sorted({paper for ids in written.values() for paper in ids})
    missing = next((paper for paper in used if paper not in known), None)
    if missing is not None:
        raise AssignmentError(f"a reviewer's profile names paper {missing!r}, which is not among the papers")
    place = {paper: row for row, paper in enumerate(used)}
    rows = [[place[paper] for paper in dict.fromkeys(ids)] for ids in written.values()]
    offsets = np.concatenate(([0], np.cumsum([len(row) for row in rows]))).astype(np.int64)
    links = np.array([row for profile in rows for row in profile], dtype=np.int64)
    values = np.ones(len(links))
    for at, (reviewer, row) in enumerate(
        (who, row) for who, profile in zip(written, rows, strict=True) for row in profile
    ):
        values[at] = (weights or {}).get((reviewer, used[row]), 1.0)
    if (values < 0).any():
        raise AssignmentError("weights of papers must not be negative")
    texts = tuple(paper_text(known[paper].title, known[paper].abstract) for paper in used)
    years = np.array([NO_YEAR if known[p].year is None else known[p].year for p in used], dtype=np.int16)
    titles = tuple(known[paper].title for paper in used)
    vectors = vectorize(texts) if vectorize is not None and texts else None
    return Profiles(tuple(written), offsets, links, values, tuple(used), titles, texts, years, vectors)


def profiles_of_people(
    people: People, authors: Sequence[str], vectorize: Vectorize | None = None, *, recent: int | None = None
) -> Profiles:
    """Profiles of people of an engine by id. Vectors are those of the generation unless ``vectorize`` makes them.

    ``recent``: only so many of each person's latest papers, which is also all that is read.

    :raises NotFoundError: for an id that names nobody.
    """
    arrays = people.arrays
    found = [arrays.author_ids.find(author) for author in authors]
    positions = np.array([people.author(a) if at is None else at for a, at in zip(authors, found, strict=True)])
    written, owner = rows_of(arrays.written, positions.astype(np.int32))
    papers: npt.NDArray[np.int64] = written.astype(np.int64)
    if recent is not None:
        years = arrays.corpus.years[papers].astype(np.int64)
        order = np.lexsort((papers, -years, owner))
        place = np.arange(len(order)) - np.searchsorted(owner, owner)
        kept = order[place < recent]
        papers, owner = papers[np.sort(kept)], owner[np.sort(kept)]
    used, links = np.unique(papers, return_inverse=True)
    offsets = np.searchsorted(owner, np.arange(len(authors) + 1)).astype(np.int64)
    ids = arrays.paper_ids.take(used)
    titles, texts = _texts(people, used)
    if vectorize is not None:
        vectors: Vectors | None = vectorize(texts)
    else:
        vectors = people.engine.vectors_at(used)[0] if people.engine.generation.vectors else None
    weights = np.ones(len(links))
    known = tuple(ids), titles, texts, arrays.corpus.years[used], vectors
    return Profiles(tuple(authors), offsets, links.astype(np.int64), weights, *known)


def _texts(people: People, positions: npt.NDArray[np.int64]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    titles, texts = [], []
    for begin in range(0, len(positions), _BATCH):
        for document in people.paper_documents(positions[begin : begin + _BATCH]):
            titles.append(document.paper.title)
            texts.append(paper_text(document.paper.title, document.paper.abstract))
    return tuple(titles), tuple(texts)
