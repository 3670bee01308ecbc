"""Charts as shapes, for templates to draw as SVG: bars by year and a ring of co-authors."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from search.profiles.model import Network, YearRow
from search.rankings.trends import TrendYear

__all__ = [
    "Bar",
    "BarChart",
    "RingChart",
    "RingLink",
    "RingNode",
    "citation_bars",
    "paper_bars",
    "ring",
    "trend_bars",
    "trend_shares",
]

_HEIGHT = 120
_SLOT, _WIDEST = 640, 24
_RING, _RADIUS = 640, 190


@dataclass(frozen=True, slots=True)
class Bar:
    """A year: where its bar stands, the height of the whole and of its darker part, and what it says."""

    x: float
    year: int
    height: float
    part: float
    says: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """``bars`` of one width in a box; ``ticks`` are the years written below, ``most`` is the highest bar, ``says`` the
    chart in words.
    """

    title: str
    width: float
    height: float
    bar: float
    bars: tuple[Bar, ...]
    ticks: tuple[Bar, ...]
    most: float
    says: str


def paper_bars(years: Sequence[YearRow]) -> BarChart | None:
    """Papers by year; None when there are none."""
    return _bars("Papers by year", [(y.year, y.papers, y.papers, f"{y.year}: {y.papers} papers") for y in years])


def citation_bars(years: Sequence[YearRow]) -> BarChart | None:
    """Citations by year, the independent ones darker; None when there are none."""
    rows = [
        (
            y.year,
            y.citations,
            y.independent_citations,
            f"{y.year}: {y.citations} citations, {y.independent_citations} of them independent",
        )
        for y in years
    ]
    return _bars("Citations by year", rows)


def trend_bars(years: Sequence[TrendYear]) -> BarChart | None:
    """Papers of a topic by year, those of complete years darker; None when there are none."""
    rows = [(y.year, y.papers, y.papers * y.complete, f"{y.year}: {y.papers} papers{_may_grow(y)}") for y in years]
    return _bars("Papers by year", rows)


def trend_shares(years: Sequence[TrendYear]) -> BarChart | None:
    """A topic's percent of all papers by year, those of complete years darker; None when there are none."""
    rows = [
        (y.year, y.share * 100, y.share * 100 * y.complete, f"{y.year}: {y.share:.2%} of all papers{_may_grow(y)}")
        for y in years
    ]
    return _bars("Percent of all papers by year", rows)


def _may_grow(year: TrendYear) -> str:
    return "" if year.complete else ", more may still come"


def _bars(title: str, rows: Sequence[tuple[int, float, float, str]]) -> BarChart | None:
    most = max((whole for _, whole, _, _ in rows), default=0)
    if not most:
        return None
    slot = min(_WIDEST, _SLOT / len(rows))
    bars = tuple(
        Bar(round(place * slot, 2), year, round(_HEIGHT * whole / most, 2), round(_HEIGHT * part / most, 2), says)
        for place, (year, whole, part, says) in enumerate(rows)
    )
    every = next(step for step in (1, 2, 5, 10, 20, 50, 100, 1000) if step * slot >= 44 or step == 1000)
    ticks = tuple(bar for bar in bars if bar.year % every == 0) or bars[:1]
    top = next(says for _, whole, _, says in rows if whole == most)
    says = f"{title} from {rows[0][0]} to {rows[-1][0]}; the most in {top}"
    return BarChart(title, round(slot * len(rows), 2), _HEIGHT, round(slot * 0.8, 2), bars, ticks, most, says)


@dataclass(frozen=True, slots=True)
class RingNode:
    """A person on the ring; the name is turned away from the middle (``angle`` in degrees, ``left`` of it or not)."""

    x: float
    y: float
    size: float
    angle: float
    left: bool
    id: str
    name: str
    papers: int


@dataclass(frozen=True, slots=True)
class RingLink:
    """A line between two people on the ring, as wide as they wrote papers."""

    x1: float
    y1: float
    x2: float
    y2: float
    width: float


@dataclass(frozen=True, slots=True)
class RingChart:
    """Co-authors on a ring, those with most papers first, clockwise from the top."""

    size: int
    nodes: tuple[RingNode, ...]
    links: tuple[RingLink, ...]


def ring(network: Network) -> RingChart | None:
    """The network drawn; None when there are fewer than three people or no links."""
    if len(network.people) < 3 or not network.links:
        return None
    most = max(person.papers for person in network.people)
    nodes: dict[str, RingNode] = {}
    for place, person in enumerate(network.people):
        turn = 2 * math.pi * place / len(network.people) - math.pi / 2
        x, y = _RING / 2 + _RADIUS * math.cos(turn), _RING / 2 + _RADIUS * math.sin(turn)
        left = math.cos(turn) < -1e-9
        angle = math.degrees(turn) + (180 if left else 0)
        size = 3 + 6 * math.sqrt(person.papers / most)
        shown = person.name if len(person.name) <= 24 else person.name[:23] + "…"
        nodes[person.id] = RingNode(
            round(x, 1), round(y, 1), round(size, 1), round(angle, 1), left, person.id, shown, person.papers
        )
    heaviest = max(link.papers for link in network.links)
    links = tuple(
        RingLink(
            nodes[one.a].x, nodes[one.a].y, nodes[one.b].x, nodes[one.b].y, round(0.6 + 3 * one.papers / heaviest, 1)
        )
        for one in network.links
    )
    return RingChart(_RING, tuple(nodes.values()), links)
