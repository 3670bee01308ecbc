"""Countries and invented institutions."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from indexer.demo.streams import Ints, Stream, cumulative
from indexer.demo.vocabulary import load_toml, slug

__all__ = ["Country", "Institutions", "countries", "make_institutions"]


@dataclass(frozen=True, slots=True)
class Country:
    """A country: its share of researchers, the culture most of its names come from and how its name is printed."""

    code: str
    name: str
    printed: tuple[str, ...]
    weight: int
    culture: str
    home: float
    towns: str
    language: str


@dataclass(frozen=True)
class Institutions:
    """Institutions by number, grouped by country; those of country c are ``offsets[c] : offsets[c + 1]``.

    ``names`` and ``towns`` are texts, ``domains`` mail domains under the reserved top-level domain ``example``.
    """

    names: tuple[str, ...]
    towns: tuple[str, ...]
    domains: tuple[str, ...]
    country: npt.NDArray[np.int64]
    offsets: Ints

    def __len__(self) -> int:
        return len(self.names)

    def identifier(self, number: int) -> str:
        """The institution's id as printed in records."""
        return f"I{number:05d}"

    def draw(self, stream: Stream, n: int) -> Ints:
        """``n`` institutions, countries by weight, the first of a country most often."""
        sums = cumulative([c.weight for c in countries()])
        return self.draw_in(stream, stream.choose(sums, n))

    def draw_in(self, stream: Stream, country: npt.NDArray[np.integer]) -> Ints:
        """An institution in each of the given countries."""
        size = self.offsets[country + 1] - self.offsets[country]
        rank = np.floor(stream.uniform(len(country)) ** 1.8 * size).astype(np.int64)
        return np.asarray(self.offsets[country] + rank, dtype=np.int64)


@cache
def _places() -> dict[str, Any]:
    return load_toml("places.toml")


@cache
def countries() -> tuple[Country, ...]:
    """All countries in the order of the data file."""
    return tuple(
        Country(
            code=c["code"],
            name=c["name"],
            printed=tuple(c.get("printed", [c["name"]])),
            weight=c["weight"],
            culture=c["culture"],
            home=c["home"],
            towns=c["towns"],
            language=c["language"],
        )
        for c in _places()["countries"]
    )


def make_institutions(seed: int, papers: int) -> Institutions:
    """Institutions for a corpus of that many papers: about one for 25 papers at first, 9,000 at most."""
    wanted = int(min(9000, 12 + papers / 25 if papers < 20_000 else 800 + papers / 400))
    weights = np.array([c.weight for c in countries()])
    sizes = np.maximum(1, np.floor(wanted * weights / weights.sum())).astype(np.int64)
    names: list[str] = []
    towns: list[str] = []
    taken: set[str] = set()
    for number, country in enumerate(countries()):
        stream = Stream(seed, "institutions", number)
        for name, town in _unique(stream, country, int(sizes[number]), taken):
            names.append(name)
            towns.append(town)
    domains = tuple(f"{slug(anyascii(name))}.example" for name in names)
    offsets = np.concatenate(([0], np.cumsum(sizes)))
    return Institutions(tuple(names), tuple(towns), domains, np.repeat(np.arange(len(sizes)), sizes), offsets)


def _unique(stream: Stream, country: Country, wanted: int, taken: set[str]) -> list[tuple[str, str]]:
    """``wanted`` institutions whose names are new; when the country's towns run out, districts are told apart."""
    parts = _places()["towns"][country.towns]
    heads, tails, patterns = parts["heads"].split(), parts["tails"].split(), parts["patterns"]
    found: list[tuple[str, str]] = []
    attempt = 0
    while len(found) < wanted:
        attempt += 1
        head, tail, pattern = (int(x) for x in stream.words(3) >> np.uint64(16))
        town = heads[head % len(heads)] + tails[tail % len(tails)]
        if attempt > 8 * wanted + 40:
            town = f"{('North', 'South', 'East', 'West', 'New')[head % 5]} {town}"
        name = str(patterns[pattern % len(patterns)]).format(town)
        if name not in taken:
            taken.add(name)
            found.append((name, town))
    return found
