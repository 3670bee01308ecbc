"""What ties people to each other at a moment: sparse matrices over people, made from papers up to a year.

Every matrix has one row a person, by position. A tie fades with the age of the paper that makes it: a paper of ``age``
years weighs ``exp(-age / fade)``, as in time-decayed link prediction (Tylenda, Angelova and Bedathur, Towards
time-aware link prediction in evolving social networks, SNA-KDD 2009).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt
from scipy import sparse

from ranking.corpus import NO_YEAR, Adjacency
from search.people import PeopleArrays

__all__ = ["MOST_AUTHORS", "PEOPLE_FACTS", "Floats", "Matrix", "Ties", "as_matrix", "ties_of", "together"]

Matrix: TypeAlias = Any
"""A SciPy CSR array, float32."""

Floats = npt.NDArray[np.float32]

MOST_AUTHORS = 15
"""Papers with more authors than this tie nobody to anybody."""

RECENT, LASTING = 2.0, 6.0
"""Years in which ties fade to 1/e: those of who works with whom now, and those of a career."""

PEOPLE_FACTS = (
    "papers",
    "papers_1",
    "papers_2",
    "papers_4",
    "silent",
    "career",
    "degree",
    "new_met",
    "team",
    "strength",
)
"""Columns of :attr:`Ties.people`."""


@dataclass(frozen=True, slots=True)
class Ties:
    """Ties at the end of year ``now``.

    ``step`` and ``slow_step``: row-stochastic co-authorship, each paper shared as 1/sqrt(co-authors), fading by
    ``RECENT`` and ``LASTING``. ``met``: 1 where two wrote together at all. ``leaders``: person -> last authors of the
    person's papers, rows of unit length. ``events``: person -> (venue, year); ``venues``: person -> venue, unit length.
    ``places``: person -> institutions, unit length. ``written``: person -> papers, 1/sqrt(authors) fading by
    ``LASTING``. ``cites``: paper -> papers. ``*_back`` are transposes. ``people``: :data:`PEOPLE_FACTS`, shape
    (people, facts).
    """

    now: int
    step: Matrix
    slow_step: Matrix
    last_step: Matrix
    flow: Matrix
    flow_back: Matrix
    together: Matrix
    met: Matrix
    leaders: Matrix
    leaders_back: Matrix
    events: Matrix
    events_back: Matrix
    venues: Matrix
    venues_back: Matrix
    places: Matrix
    places_back: Matrix
    written: Matrix
    written_back: Matrix
    cites: Matrix
    cites_back: Matrix
    people: Floats

    @property
    def authors(self) -> int:
        """Number of people."""
        return int(self.step.shape[0])


def as_matrix(links: Adjacency, values: npt.NDArray[Any] | None = None) -> Matrix:
    """Links as a sparse matrix; 1 where ``values`` gives nothing else."""
    data = np.ones(len(links.indices), dtype=np.float32) if values is None else values.astype(np.float32)
    return sparse.csr_array((data, links.indices, links.offsets), shape=(links.rows, links.columns), copy=True)


def ties_of(people: PeopleArrays, now: int, *, most_authors: int = MOST_AUTHORS) -> Ties:
    """The ties that papers up to and including year ``now`` make; papers without a year make none."""
    corpus = people.corpus
    years = corpus.years.astype(np.int32)
    seen = (years != NO_YEAR) & (years <= now)
    age = np.where(seen, now - years, 0).astype(np.float32)
    sizes = corpus.authors.degrees()
    byline = _only(as_matrix(corpus.authors), seen)
    team = _only(byline, sizes <= most_authors)
    shared = seen / np.sqrt(np.maximum(sizes - 1, 1))
    recent, lasting = shared * np.exp(-age / RECENT), shared * np.exp(-age / LASTING)
    tied = _together(team, recent)
    met = _ones(_together(team, np.ones(len(age))))
    last = _last_authors(people, _only(team, sizes > 1), np.exp(-age / LASTING))
    events = _by_label(byline, _event_codes(corpus.venues, years, seen), np.exp(-age / 3.0), most=1.0)
    venues = _by_label(byline, corpus.venues, np.exp(-age / LASTING))
    venues.data = np.sqrt(venues.data)
    venues = _unit(venues @ sparse.diags_array(_rarity(venues)))
    rarity = 1.0 / np.maximum(_column_counts(events), 1.0)
    places = _unit(_places(people, now))
    written = _scaled(byline, np.exp(-age / LASTING) / np.sqrt(np.maximum(sizes, 1))).T.tocsr()
    cites = _only(as_matrix(corpus.citations), seen)
    return Ties(
        now=now,
        step=_stochastic(tied),
        slow_step=_stochastic(_together(team, lasting)),
        last_step=_stochastic(_together(team, shared * np.exp(-age))),
        flow=_evened(tied),
        flow_back=_evened(tied).T.tocsr(),
        together=_together(team, lasting),
        met=met,
        leaders=last,
        leaders_back=last.T.tocsr(),
        events=events,
        events_back=_scaled(events.T.tocsr(), rarity),
        venues=venues,
        venues_back=venues.T.tocsr(),
        places=places,
        places_back=places.T.tocsr(),
        written=written,
        written_back=written.T.tocsr(),
        cites=cites,
        cites_back=cites.T.tocsr(),
        people=_facts(byline, team, tied, age, seen),
    )


def together(people: PeopleArrays, papers: npt.NDArray[np.bool_], most_authors: int = MOST_AUTHORS) -> Matrix:
    """Person -> person, 1 where they wrote one of the marked ``papers`` together (of at most ``most_authors``)."""
    sizes = people.corpus.authors.degrees()
    team = _only(as_matrix(people.corpus.authors), papers & (sizes <= most_authors))
    return _ones(_together(team, np.ones(len(papers))))


def _only(matrix: Matrix, rows: npt.NDArray[np.bool_]) -> Matrix:
    """``matrix`` with the rows outside ``rows`` emptied."""
    return _scaled(matrix, rows.astype(np.float32), drop=True)


def _scaled(matrix: Matrix, rows: npt.NDArray[Any], *, drop: bool = False) -> Matrix:
    found = sparse.csr_array(matrix, copy=True)
    found.data *= np.repeat(rows, np.diff(found.indptr)).astype(np.float32)
    if drop:
        found.eliminate_zeros()
    return found


def _together(team: Matrix, weights: npt.NDArray[Any]) -> Matrix:
    """Person -> person, the sum of the weights of their joint papers."""
    found = (team.T.tocsr() @ _scaled(team, weights)).tocsr()
    found.setdiag(0)
    found.eliminate_zeros()
    found.sort_indices()
    return found


def _ones(matrix: Matrix) -> Matrix:
    return sparse.csr_array((np.ones(matrix.nnz, dtype=np.float32), matrix.indices, matrix.indptr), shape=matrix.shape)


def _stochastic(matrix: Matrix) -> Matrix:
    total = np.asarray(matrix.sum(axis=1)).ravel()
    return _scaled(matrix, 1.0 / np.where(total > 0, total, 1.0))


def _evened(matrix: Matrix) -> Matrix:
    """Columns divided by the fourth root of what they sum to, on both sides: hubs count less, but not for nothing."""
    total = np.asarray(matrix.sum(axis=0)).ravel()
    scale = 1.0 / np.sqrt(np.sqrt(np.where(total > 0, total, 1.0)))
    found = sparse.csr_array(matrix, copy=True)
    found.data *= scale[found.indices].astype(np.float32)
    return found


def _unit(matrix: Matrix) -> Matrix:
    """Rows of Euclidean length one; empty rows stay empty."""
    matrix = sparse.csr_array(matrix)
    length = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    return _scaled(matrix, 1.0 / np.where(length > 0, length, 1.0))


def _column_counts(matrix: Matrix) -> npt.NDArray[np.float64]:
    return np.bincount(matrix.indices, minlength=matrix.shape[1]).astype(np.float64)


def _rarity(matrix: Matrix) -> Floats:
    """Inverse document frequency of columns, a row being a document."""
    found: Floats = np.log1p(matrix.shape[0] / np.maximum(_column_counts(matrix), 1.0)).astype(np.float32)
    return found


def _by_label(byline: Matrix, labels: npt.NDArray[Any], weights: npt.NDArray[Any], most: float | None = None) -> Matrix:
    """Person -> label of the person's papers, weights summed, at most ``most``."""
    known = np.flatnonzero(labels >= 0)
    count = int(labels.max()) + 1 if len(known) else 0
    shape = (len(labels), count)
    marks = sparse.csr_array((weights[known].astype(np.float32), (known, labels[known])), shape=shape)
    found = (byline.T.tocsr() @ marks).tocsr()
    if most is not None:
        found.data = np.minimum(found.data, np.float32(most))
    return found


def _event_codes(venues: npt.NDArray[Any], years: npt.NDArray[Any], seen: npt.NDArray[np.bool_]) -> npt.NDArray[Any]:
    """A number for each venue and year, -1 where either is unknown."""
    codes = np.full(len(venues), -1, dtype=np.int64)
    known = seen & (venues >= 0)
    pairs = venues[known].astype(np.int64) * 10_000 + years[known]
    codes[known] = np.unique(pairs, return_inverse=True)[1]
    return codes


def _last_authors(people: PeopleArrays, team: Matrix, weights: npt.NDArray[Any]) -> Matrix:
    """Person -> who stands last on the person's papers of several authors, rows of unit length."""
    authors = people.corpus.authors
    rows = authors.row_of_links()
    order = np.lexsort((people.places, rows))
    ends = authors.offsets[1:][authors.degrees() > 0] - 1
    last = sparse.csr_array(
        (np.ones(len(ends), dtype=np.float32), (rows[order[ends]], authors.indices[order[ends]])),
        shape=(authors.rows, authors.columns),
    )
    return _unit(team.T.tocsr() @ _scaled(last, weights))


def _places(people: PeopleArrays, now: int) -> Matrix:
    """Person -> institutions seen up to ``now``, fading from the last year there."""
    found = people.affiliated
    first, last = found.first.astype(np.int32), np.minimum(found.last.astype(np.int32), now)
    known = (first != NO_YEAR) & (first <= now)
    fading = np.where(known, np.exp(-(now - last) / LASTING), 0.0)
    matrix = as_matrix(found.links, fading)
    matrix.eliminate_zeros()
    return matrix @ sparse.diags_array(_rarity(matrix)) if matrix.nnz else matrix


def _facts(byline: Matrix, team: Matrix, tied: Matrix, age: Floats, seen: npt.NDArray[np.bool_]) -> Floats:
    """:data:`PEOPLE_FACTS` of everybody."""
    wrote = byline.T.tocsr()

    def count(weights: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return np.asarray(wrote @ weights.astype(np.float32))

    papers = count(seen)
    ages = sparse.csr_array((age[wrote.indices] + 1, wrote.indices, wrote.indptr), shape=wrote.shape)
    oldest = np.asarray(ages.max(axis=1).todense()).ravel()
    newest = _smallest(ages)
    degree = np.diff(_together(team, np.ones(len(age))).indptr)
    earlier = _ones(_together(_only(team, age >= 3), np.ones(len(age))))
    sizes, fading = np.asarray(byline.sum(axis=1)).ravel(), np.exp(-age / LASTING)
    team_size = count(sizes * fading) / np.maximum(count(fading), 1e-9)
    columns = [papers, count(seen & (age < 1)), count(seen & (age < 2)), count(seen & (age < 4)), newest, oldest]
    columns += [degree, degree - np.diff(earlier.indptr), team_size, np.asarray(tied.sum(axis=1)).ravel()]
    return np.stack(columns, axis=1).astype(np.float32)


def _smallest(matrix: Matrix) -> npt.NDArray[Any]:
    """The smallest stored value of each row, 0 for an empty one."""
    found = np.zeros(matrix.shape[0], dtype=np.float32)
    filled = np.flatnonzero(np.diff(matrix.indptr))
    if len(filled):
        found[filled] = np.minimum.reduceat(matrix.data, matrix.indptr[filled])
    return found
