"""Names of people by culture, as numbers, and every way a person's name gets printed."""

from __future__ import annotations

from enum import IntEnum
from functools import cache

import numpy as np
import numpy.typing as npt
from anyascii import anyascii

from indexer.demo.cultures import Culture, culture_number, cultures
from indexer.demo.streams import Ints, Stream, cumulative
from records.name import Name

__all__ = [
    "CHANGED",
    "Column",
    "NameColumns",
    "Writing",
    "draw_exceptions",
    "draw_habits",
    "draw_names",
    "printed_name",
]

CHANGED = 16
"""Added to a :class:`Writing` when the person goes by a new family name."""


class Writing(IntEnum):
    """How a name is printed. Some writings coincide for some people."""

    FULL = 0
    MIDDLE_INITIAL = 1
    NO_MIDDLE = 2
    INITIALS = 3
    FIRST_INITIAL = 4
    PLAIN_LETTERS = 5
    RESPELT = 6  # hyphens put in or left out
    SWAPPED = 7  # given and family name taken for each other
    NATIVE = 8
    ONE_FAMILY = 9
    JOINED_FAMILY = 10
    RESPELT_INITIALS = 11


class Column(IntEnum):
    """Columns of :data:`NameColumns`."""

    CULTURE = 0
    GIVEN = 1  # -1 for people with one name only
    MIDDLE = 2  # -1 for none
    FAMILY = 3
    SECOND = 4  # second family name, -1 for none
    PARTICLE = 5  # 0 for none
    NEW_FAMILY = 6  # family name after a change, -1 for none


NameColumns = npt.NDArray[np.int16]
"""Names of people as numbers, shape (people, 7); columns are :class:`Column`."""


def _draw_given(stream: Stream, culture: Culture, women: npt.NDArray[np.bool_], made: float) -> Ints:
    """A given name for each person, the first of a list most often, or a made one with probability ``made``."""
    n = len(women)
    if not culture.syllables:
        size = np.where(women, culture.women, len(culture.given) - culture.women)
        number = np.floor(stream.uniform(n) ** 1.3 * size).astype(np.int64)
        number = np.where(women, number, culture.women + number)
        if made <= 0:
            return number
        pair = stream.below(size, n) * size + stream.below(size, n)
        pair += len(culture.given) + np.where(women, 0, culture.women**2)
        return np.where(stream.chance(made, n), pair, number)
    syllables = culture.syllables
    first = np.floor(stream.uniform(n) ** 1.3 * syllables).astype(np.int64)
    second = np.floor(stream.uniform(n) ** 1.3 * syllables).astype(np.int64)
    single = stream.chance(0.24 if culture.code == "zh" else 0.02, n) | (first == second)
    return np.where(single, first, syllables + first * syllables + second)


def _draw_family(stream: Stream, culture: Culture, n: int, made: float) -> Ints:
    """A family name for each person: common, rare, or made with probability ``made``."""
    rare = len(culture.family) - culture.common
    common = np.floor(stream.uniform(n) ** 1.7 * culture.common).astype(np.int64)
    number = np.where(stream.chance(0.62 if rare else 1.0, n), common, culture.common + stream.below(rare, n))
    if made <= 0 or not rare:
        return number
    return np.where(stream.chance(made, n), len(culture.family) + stream.below(culture.made_families, n), number)


def draw_names(stream: Stream, culture: npt.NDArray[np.integer], variety: float = 0.0) -> NameColumns:
    """A name for each person, given the culture they were named in.

    ``variety`` in [0, 1] says how many names are made instead of listed: none, up to most of the family names and about
    half of the given names.
    """
    table = np.full((len(culture), len(Column)), -1, dtype=np.int16)
    table[:, Column.CULTURE] = culture
    table[:, Column.PARTICLE] = 0
    for number, words in enumerate(cultures()):
        rows = np.flatnonzero(culture == number)
        n = len(rows)
        if n == 0:
            continue
        women = stream.chance(0.42, n)
        given, other = (_draw_given(stream, words, women, 0.5 * variety) for _ in range(2))
        given = np.where(stream.chance(0.08 if words.code == "id" else 0.0, n), -1, given)
        has_middle = stream.chance(words.middle, n) & (given >= 0) & (other >= 0) & (other != given)
        family, second, new = (_draw_family(stream, words, n, 0.68 * variety) for _ in range(3))
        table[rows, Column.GIVEN] = given
        table[rows, Column.MIDDLE] = np.where(has_middle, other, -1)
        table[rows, Column.FAMILY] = family
        table[rows, Column.SECOND] = np.where(stream.chance(words.double, n) & (second != family), second, -1)
        if len(words.particles) > 1:
            particle = 1 + stream.below(len(words.particles) - 1, n)
            table[rows, Column.PARTICLE] = np.where(stream.chance(0.16, n), particle, 0)
        changes = stream.chance(0.12, n) & (given >= 0) & women & (words.women > 0) & (new != family)
        table[rows, Column.NEW_FAMILY] = np.where(changes, new, -1)
    return table


_HABITS: tuple[tuple[tuple[Writing, float], ...], ...] = (
    ((Writing.FULL, 0.66), (Writing.RESPELT, 0.22), (Writing.NATIVE, 0.08), (Writing.INITIALS, 0.04)),
    ((Writing.FULL, 0.85), (Writing.NATIVE, 0.15)),
    ((Writing.FULL, 0.3), (Writing.ONE_FAMILY, 0.4), (Writing.JOINED_FAMILY, 0.18), (Writing.PLAIN_LETTERS, 0.12)),
    ((Writing.FULL, 0.15), (Writing.MIDDLE_INITIAL, 0.42), (Writing.NO_MIDDLE, 0.4), (Writing.INITIALS, 0.03)),
    ((Writing.FULL, 1.0),),
)
"""What people usually sign with: syllabic names, Japanese, two family names, with a middle name, plain."""

_EXCEPTIONS: tuple[tuple[tuple[Writing, float], ...], ...] = (
    (
        (Writing.FULL, 0.15),
        (Writing.RESPELT, 0.25),
        (Writing.INITIALS, 0.2),
        (Writing.FIRST_INITIAL, 0.12),
        (Writing.SWAPPED, 0.08),
        (Writing.NATIVE, 0.12),
        (Writing.RESPELT_INITIALS, 0.08),
    ),
    ((Writing.INITIALS, 0.6), (Writing.SWAPPED, 0.1), (Writing.NATIVE, 0.3)),
    (
        (Writing.FULL, 0.2),
        (Writing.ONE_FAMILY, 0.2),
        (Writing.JOINED_FAMILY, 0.15),
        (Writing.PLAIN_LETTERS, 0.2),
        (Writing.INITIALS, 0.15),
        (Writing.NO_MIDDLE, 0.1),
    ),
    (
        (Writing.MIDDLE_INITIAL, 0.3),
        (Writing.NO_MIDDLE, 0.25),
        (Writing.INITIALS, 0.2),
        (Writing.FIRST_INITIAL, 0.15),
        (Writing.PLAIN_LETTERS, 0.1),
    ),
    ((Writing.INITIALS, 0.55), (Writing.PLAIN_LETTERS, 0.35), (Writing.RESPELT, 0.1)),
)
"""What is printed when it is not the usual writing, in the same order."""


def _kind(names: NameColumns) -> Ints:
    """Which row of the tables above applies to each person."""
    syllabic = np.array([c.syllables > 0 for c in cultures()])
    culture = names[:, Column.CULTURE]
    kind = np.where(names[:, Column.MIDDLE] >= 0, 3, 4)
    kind = np.where(names[:, Column.SECOND] >= 0, 2, kind)
    kind = np.where(culture == culture_number("ja"), 1, kind)
    return np.where(syllabic[culture], 0, kind)


def _draw_writings(stream: Stream, kind: Ints, tables: tuple[tuple[tuple[Writing, float], ...], ...]) -> Ints:
    drawn = stream.uniform(len(kind))
    writing = np.zeros(len(kind), dtype=np.int64)
    for number, table in enumerate(tables):
        rows = np.flatnonzero(kind == number)
        sums = cumulative([weight for _, weight in table])
        codes = np.array([code for code, _ in table], dtype=np.int64)
        writing[rows] = codes[np.searchsorted(sums, np.floor(drawn[rows] * sums[-1]), side="right")]
    return writing


def draw_habits(stream: Stream, names: NameColumns) -> Ints:
    """The writing each person usually signs with."""
    return _draw_writings(stream, _kind(names), _HABITS)


def draw_exceptions(stream: Stream, names: NameColumns) -> Ints:
    """Another writing for each person."""
    return _draw_writings(stream, _kind(names), _EXCEPTIONS)


@cache
def _plain(text: str) -> str:
    return anyascii(text)


def _initials(given: str) -> str:
    """ "Jean-Pierre Anne" -> "J.-P. A."."""
    return " ".join("-".join(f"{part[0]}." for part in word.split("-") if part) for word in given.split())


def _families(culture: Culture, row: list[int], *, changed: bool) -> tuple[str, str]:
    """Family name and second family name ("" for none)."""
    family = culture.family_of(row[Column.FAMILY], row[Column.GIVEN])
    second = culture.family_name(row[Column.SECOND])[1] if row[Column.SECOND] >= 0 else ""
    if changed and row[Column.NEW_FAMILY] >= 0:
        new = culture.family_of(row[Column.NEW_FAMILY], row[Column.GIVEN])
        return (f"{family}-{new}" if row[Column.NEW_FAMILY] % 2 else new), second
    return family, second


def printed_name(row: list[int], code: int) -> Name:
    """The name in columns ``row`` as printed under ``code`` (a :class:`Writing`, plus :data:`CHANGED`)."""
    culture = cultures()[row[Column.CULTURE]]
    writing = code % CHANGED
    family, second = _families(culture, row, changed=code >= CHANGED)
    if row[Column.GIVEN] < 0:
        return Name(family=family)
    given, middle = culture.given_name(row[Column.GIVEN]), ""
    if row[Column.MIDDLE] >= 0 and writing not in (Writing.NO_MIDDLE, Writing.FIRST_INITIAL):
        middle = culture.given_name(row[Column.MIDDLE])
    if second and writing not in (Writing.ONE_FAMILY, Writing.FIRST_INITIAL):
        family = f"{family}-{second}" if writing == Writing.JOINED_FAMILY else f"{family} {second}"
    particle = culture.particles[row[Column.PARTICLE]]
    native = ""
    if writing in (Writing.RESPELT, Writing.RESPELT_INITIALS):
        given = culture.respelt_name(row[Column.GIVEN])
    if writing in (Writing.INITIALS, Writing.RESPELT_INITIALS, Writing.FIRST_INITIAL):
        given = _initials(f"{given} {middle}") if writing != Writing.FIRST_INITIAL else f"{given[0]}."
        middle = ""
    elif writing == Writing.MIDDLE_INITIAL and middle:
        middle = f"{middle[0]}."
    elif writing == Writing.PLAIN_LETTERS:
        given, middle, family, particle = _plain(given), _plain(middle), _plain(family), _plain(particle)
    elif writing == Writing.SWAPPED:
        given, family = family, given
    elif writing == Writing.NATIVE:
        native = culture.native_name(row[Column.FAMILY], row[Column.GIVEN])
    return Name(family=family, given=f"{given} {middle}" if middle else given, particle=particle, native=native)
