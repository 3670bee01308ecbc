"""Facets as links: a value that is not chosen narrows the search, one that is chosen can be let go."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from api.pages.render import changed
from search.engine import FacetResult, FacetValue
from search.query.filters import quote_value

__all__ = ["FACETS", "FacetLink", "FacetLinks", "facet_links"]

FACETS: tuple[str, ...] = ("year:12", "topic:8", "venue.name:8", "author.id:8", "country:8")
"""What the search page counts."""

_TITLES = {
    "year": "Year",
    "topic": "Topic",
    "venue.name": "Venue",
    "author.id": "Author",
    "country": "Country",
}


@dataclass(frozen=True, slots=True)
class FacetLink:
    """One value: what to show, how many matches have it, and the search that a click makes."""

    label: str
    count: int
    href: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FacetLinks:
    """One field and its values."""

    title: str
    links: tuple[FacetLink, ...]
    other: int


def facet_links(facets: Iterable[FacetResult], parameters: dict[str, str]) -> tuple[FacetLinks, ...]:
    """Links for every facet that has values. ``parameters`` are those of the search that was made."""
    return tuple(
        FacetLinks(
            _TITLES.get(facet.field, facet.field),
            tuple(
                _link(facet.field, value.value, value.label or value.value, value.count, parameters)
                for value in _in_order(facet)
            ),
            facet.other,
        )
        for facet in facets
        if facet.values
    )


def _in_order(facet: FacetResult) -> list[FacetValue]:
    values = list(facet.values)
    return sorted(values, key=lambda value: value.value, reverse=True) if facet.field == "year" else values


def _link(field: str, value: str, label: str, count: int, parameters: dict[str, str]) -> FacetLink:
    clause = f"{field}:{quote_value(value)}"
    given = parameters.get("filter", "")
    if f",{clause}," in f",{given},":
        without = f",{given},".replace(f",{clause},", ",", 1).strip(",")
        return FacetLink(label, count, changed(parameters, filter=without), chosen=True)
    joined = f"{given},{clause}" if given else clause
    return FacetLink(label, count, changed(parameters, filter=joined), chosen=False)
