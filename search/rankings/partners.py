"""International co-authorship, and that of institutions: who publishes with whom, year by year if wanted."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from ranking.collaboration import JointPapers, joint_papers, owner_counts
from ranking.corpus import NO_YEAR, Adjacency
from ranking.derive import MANY_AUTHORS
from ranking.views import Bounds, within_years
from records.errors import CursorError, NotFoundError
from search.options import check_limit
from search.people import People, StringList
from search.plan import decode_cursor, encode_cursor
from search.rankings.scope import Scope, resolve_scope
from search.request import SearchWarning

__all__ = ["Counting", "Partner", "PartnerKind", "PartnerPair", "PartnerRequest", "Partners", "partners"]

Floats = npt.NDArray[np.float64]
Mask = npt.NDArray[np.bool_]
Positions = npt.NDArray[np.int64]

_SPAN = 2**16  # more than the years int16 can tell apart


class PartnerKind(StrEnum):
    """Who publishes together."""

    COUNTRIES = "countries"
    INSTITUTIONS = "institutions"


class Counting(StrEnum):
    """What decides the order of pairs, see :mod:`ranking.collaboration`."""

    FULL = "full"
    FRACTIONAL = "fractional"


@dataclass(frozen=True, slots=True)
class PartnerRequest:
    """Which pairs. ``of``: only those of one country (its code) or institution (its id). ``by_year``: one row for each
    year of a pair. ``topic`` and ``query`` as in :class:`~search.rankings.answers.RankingRequest`.
    """

    kind: PartnerKind = PartnerKind.COUNTRIES
    of: str = ""
    topic: str = ""
    query: str = ""
    published: Bounds = (None, None)
    by_year: bool = False
    counting: Counting = Counting.FULL
    min_papers: int = 1
    limit: int = 10
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Partner:
    """A country or institution with its papers of the scope: full and fractional counts, and those with others."""

    id: str
    label: str
    papers: int
    fractional: float
    joint: int


@dataclass(frozen=True, slots=True)
class PartnerPair:
    """Two that published together, and how often, in ``year`` where years are told apart (None: of unknown year).

    ``salton``: joint papers over the geometric mean of the papers of both (Salton's measure), of the year if there is
    one.
    """

    first: str
    first_label: str
    second: str
    second_label: str
    year: int | None
    papers: int
    fractional: float
    salton: float


@dataclass(frozen=True, slots=True)
class Partners:
    """One page of pairs, most joint papers first; of one pair by year, years ascend.

    ``papers`` are in the scope and window, ``placed`` of them name a country (institution), ``joint`` of them several.
    ``members`` are the countries (institutions) in ``pairs``.
    """

    request: PartnerRequest
    scope: Scope
    papers: int
    placed: int
    joint: int
    total: int
    pairs: tuple[PartnerPair, ...]
    members: tuple[Partner, ...]
    next: str | None
    warnings: tuple[SearchWarning, ...] = ()
    generation: str = ""
    took_ms: float = 0.0


def partners(people: People, request: PartnerRequest) -> Partners:
    """Pairs of countries or institutions with joint papers.

    :raises QueryError: when the query or the limit cannot be read.
    :raises NotFoundError: when the country or institution asked for is on no paper.
    :raises CursorError: when the cursor is malformed or belongs to another list or generation.
    """
    began = time.perf_counter()
    check_limit(request.limit)
    scope = resolve_scope(people, request.topic, request.query)
    inside = within_years(people.arrays.corpus.years, request.published)
    if scope.papers is not None:
        inside &= scope.papers
    listing = _Listing.of(people, request.kind, inside)
    asked = listing.find(request.of) if request.of.strip() else None
    start = _start(people, request)
    found = joint_papers(listing.owners, listing.years, inside, by_year=request.by_year)
    order = _order(found, request, asked)
    chosen = order[start : start + request.limit]
    end = start + len(chosen)
    sizes = listing.owners.degrees()[inside]
    return Partners(
        request=request,
        scope=scope,
        papers=int(inside.sum()),
        placed=int((sizes > 0).sum()),
        joint=int((sizes > 1).sum()),
        total=len(order),
        pairs=listing.pairs(found, chosen, by_year=request.by_year),
        members=listing.members(found, chosen),
        next=encode_cursor(people.engine.generation.id, _told(request), [end]) if end < len(order) else None,
        warnings=(*scope.warnings, *_warnings(request, sizes)),
        generation=people.engine.generation.id,
        took_ms=(time.perf_counter() - began) * 1000,
    )


@dataclass(frozen=True, slots=True)
class _Listing:
    """Owners of papers with their names; ``inside`` marks the papers that count."""

    kind: PartnerKind
    owners: Adjacency
    ids: StringList
    labels: StringList
    years: npt.NDArray[np.int16]
    inside: Mask

    @classmethod
    def of(cls, people: People, kind: PartnerKind, inside: Mask) -> _Listing:
        arrays = people.arrays
        if kind == PartnerKind.COUNTRIES:
            links, ids, labels = arrays.paper_countries, arrays.countries, arrays.countries
        else:
            links = arrays.corpus.institutions or Adjacency.empty(arrays.papers, 0)
            ids, labels = arrays.institution_ids, arrays.institution_names
        return cls(kind, links, ids, labels, arrays.corpus.years, inside)

    def find(self, identifier: str) -> int:
        countries = self.kind == PartnerKind.COUNTRIES
        position = self.ids.find(identifier.strip().upper() if countries else identifier.strip())
        if position is None:
            raise NotFoundError("country" if countries else "institution", identifier)
        return position

    def name(self, position: int) -> tuple[str, str]:
        """Id and label."""
        return self.ids[position], self.labels[position] or self.ids[position]

    def pairs(self, found: JointPapers, chosen: Positions, *, by_year: bool) -> tuple[PartnerPair, ...]:
        salton = self._salton(found, chosen, by_year=by_year)
        columns = (found.first, found.second, found.years, found.papers, found.fractional)
        rows = zip(*(column[chosen].tolist() for column in columns), salton.tolist(), strict=True)
        return tuple(
            PartnerPair(*self.name(a), *self.name(b), None if year == NO_YEAR else year, papers, part, close)
            for a, b, year, papers, part, close in rows
        )

    def _salton(self, found: JointPapers, chosen: Positions, *, by_year: bool) -> Floats:
        kept = self.owners.keep(np.repeat(self.inside, self.owners.degrees()))
        keys = kept.indices.astype(np.int64) * _SPAN
        shift = np.zeros(len(chosen), dtype=np.int64)
        if by_year:
            keys += self.years[kept.row_of_links()]
            shift = found.years[chosen].astype(np.int64)
        distinct, counts = np.unique(keys, return_counts=True)
        first, second = (
            counts[np.searchsorted(distinct, side[chosen].astype(np.int64) * _SPAN + shift)]
            for side in (found.first, found.second)
        )
        shares: Floats = found.papers[chosen] / np.sqrt(first.astype(np.float64) * second)
        return shares

    def members(self, found: JointPapers, chosen: Positions) -> tuple[Partner, ...]:
        """Those in the chosen pairs, most papers first."""
        counts = owner_counts(self.owners, self.inside)
        seen = np.unique(np.concatenate((found.first[chosen], found.second[chosen])))
        seen = seen[np.lexsort((seen, -counts.papers[seen]))]
        columns = (counts.papers, counts.fractional, counts.joint)
        rows = zip(seen.tolist(), *(column[seen].tolist() for column in columns), strict=True)
        return tuple(Partner(*self.name(one), *numbers) for one, *numbers in rows)


def _order(found: JointPapers, request: PartnerRequest, asked: int | None) -> Positions:
    """Rows of the pairs to list, those with most joint papers over all years first."""
    rows = np.arange(len(found.first))
    if not len(rows):
        return rows
    fresh = np.ones(len(rows), dtype=np.bool_)
    fresh[1:] = (found.first[1:] != found.first[:-1]) | (found.second[1:] != found.second[:-1])
    pair = np.cumsum(fresh) - 1
    papers = np.bincount(pair, weights=found.papers)[pair]
    weight = papers
    if request.counting == Counting.FRACTIONAL:
        weight = np.round(np.bincount(pair, weights=found.fractional)[pair], 9)  # sums in any order are equal
    kept = papers >= request.min_papers
    if asked is not None:
        kept &= (found.first == asked) | (found.second == asked)
    ordered: Positions = rows[kept][np.lexsort((found.years[kept], pair[kept], -weight[kept]))]
    return ordered


def _warnings(request: PartnerRequest, sizes: npt.NDArray[np.int64]) -> list[SearchWarning]:
    what = "a country" if request.kind == PartnerKind.COUNTRIES else "an institution by id"
    if not (sizes > 0).any():
        return [SearchWarning("not-placed", f"no affiliation on these papers names {what}")]
    large = int((sizes > MANY_AUTHORS).sum())
    if large:
        return [SearchWarning("large-papers", f"papers of more than {MANY_AUTHORS} {request.kind} left out: {large}")]
    return []


def _told(request: PartnerRequest) -> str:
    """What decides the order of pairs."""
    plain = (request.kind, request.of, request.topic, request.query, request.counting)
    told = repr((*map(str, plain), request.published, request.by_year, request.min_papers))
    return hashlib.blake2b(told.encode(), digest_size=9).hexdigest()


def _start(people: People, request: PartnerRequest) -> int:
    if request.cursor is None:
        return 0
    match decode_cursor(request.cursor, people.engine.generation.id, _told(request), exists=lambda _: True):
        case [int(start)] if start >= 0:
            return start
        case _:
            raise CursorError("the cursor's position does not fit its list; start again without one")
