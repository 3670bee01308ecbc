"""Naming cultures: given and family names, and how further ones are made for large corpora."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from functools import cache

from indexer.demo.vocabulary import load_toml

__all__ = ["Culture", "culture_number", "cultures"]

_MOST_FAMILIES = 30_000  # numbers of names fit into 16 bits


@dataclass(frozen=True)
class Culture:
    """Given and family names with their spelling variants; family names from ``common`` on are rare.

    Names are numbered. Beyond the listed ones come made ones, so that a large corpus is not full of namesakes: family
    names of three parts (Ash-ley-ton), and given names that begin like one of a gender and end like another.
    """

    code: str
    given: tuple[str, ...]
    given_respelt: tuple[str, ...]
    given_native: tuple[str, ...]
    family: tuple[str, ...]
    family_native: tuple[str, ...]
    women: int
    common: int
    middle: float
    double: float
    particles: tuple[str, ...]
    feminine: tuple[tuple[str, str], ...]
    syllables: int
    heads: tuple[tuple[str, str], ...]  # (native, Latin)
    tails: tuple[tuple[str, str], ...]
    splits: tuple[tuple[str, str], ...] = field(default=())

    @property
    def made_families(self) -> int:
        """How many further family names can be made."""
        return min(len(self.heads) * len(self.tails) ** 2, _MOST_FAMILIES - len(self.family))

    def is_woman(self, given: int) -> bool:
        """Whether the given name is a woman's (syllabic names do not tell)."""
        return 0 <= given < self.women or 0 <= given - len(self.given) < self.women**2

    def given_name(self, number: int) -> str:
        """A given name as usually spelt."""
        if number < len(self.given):
            return self.given[number]
        made = number - len(self.given)
        base, size = (0, self.women) if made < self.women**2 else (self.women, len(self.given) - self.women)
        made -= self.women**2 if base else 0
        return self.splits[base + made // size][0] + self.splits[base + made % size][1]

    def respelt_name(self, number: int) -> str:
        """A given name with hyphens put in or left out."""
        return self.given_respelt[number] if number < len(self.given) else self.given_name(number)

    def family_name(self, number: int) -> tuple[str, str]:
        """A family name in native script ("" where there is none) and in Latin letters."""
        if number < len(self.family):
            return self.family_native[number], self.family[number]
        made, last = divmod(number - len(self.family), len(self.tails))
        first, middle = divmod(made, len(self.tails))
        parts = (self.heads[first], self.tails[middle], self.tails[last])
        return "".join(p[0] for p in parts), "".join(p[1] for p in parts)

    def native_name(self, family: int, given: int) -> str:
        """The whole name in native script, "" where there is none or the given name is a made one."""
        signs = self.given_native[given] if given < len(self.given) else ""
        return self.family_name(family)[0] + signs if signs else ""

    def family_of(self, number: int, given: int) -> str:
        """A family name in the form that goes with a given name (Slavic and Greek ones differ by gender)."""
        name = self.family_name(number)[1]
        if self.feminine and self.is_woman(given):
            for ending, feminine in self.feminine:
                if name.endswith(ending):
                    return name[: -len(ending)] + feminine
        return name


def _pairs(text: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Native and Latin spellings out of "native:Latin" items; native is empty where an item has none."""
    items = [item.rpartition(":") for item in text.split()]
    return tuple(i[0] for i in items), tuple(i[2] for i in items)


def _given(code: str, raw: dict[str, str]) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
    """Given names as (usual, respelt, native)."""
    if "syllables" not in raw:
        native, latin = _pairs(f"{raw['women']} {raw['men']}")
        return latin, tuple(name.replace("-", " ") for name in latin), native
    native, latin = _pairs(raw["syllables"])
    usual = [s.capitalize() for s in latin]
    respelt, signs = list(usual), list(native)
    for first, one in zip(latin, native, strict=True):
        for second, two in zip(latin, native, strict=True):
            joined, hyphenated = (first + second).capitalize(), f"{first.capitalize()}-{second.capitalize()}"
            usual.append(joined if code == "zh" else hyphenated)
            respelt.append(hyphenated if code == "zh" else joined)
            signs.append(one + two)
    return tuple(usual), tuple(respelt), tuple(signs)


def _split(given: str) -> tuple[str, str]:
    """A given name cut before the vowel that follows its first vowel and the consonants after: "Thom" + "as"."""
    name = given.split("-", maxsplit=1)[0]
    vowels = [unicodedata.normalize("NFD", letter)[0] in "aeiouyıøœ" for letter in name.lower()]
    seen = 0
    while seen < len(name) and not vowels[seen]:
        seen += 1
    while seen < len(name) and vowels[seen]:
        seen += 1
    while seen < len(name) and not vowels[seen]:
        seen += 1
    return name[:seen], name[seen:]


def _culture(code: str, raw: dict[str, str]) -> Culture:
    native, latin = _pairs(raw["family"])
    common = len(latin)
    known = set(latin)
    rare: dict[str, str] = {}
    head_signs, heads = _pairs(raw.get("heads", ""))
    tail_signs, tails = _pairs(raw.get("tails", ""))
    for head, one in zip(heads, head_signs, strict=True):
        for tail, two in zip(tails, tail_signs, strict=True):
            if head + tail not in known:
                rare.setdefault(head + tail, one + two)
    given, respelt, given_native = _given(code, raw)
    return Culture(
        code=code,
        given=given,
        given_respelt=respelt,
        given_native=given_native,
        family=latin + tuple(rare),
        family_native=native + tuple(rare.values()),
        women=len(raw.get("women", "").split()),
        common=common,
        middle=float(raw.get("middle", 0)),
        double=float(raw.get("double", 0)),
        particles=("", *_particles(raw.get("particles", ""))),
        feminine=tuple((a, b) for a, _, b in (pair.partition(">") for pair in raw.get("feminine", "").split())),
        syllables=len(raw.get("syllables", "").split()),
        heads=tuple(zip(head_signs, heads, strict=True)),
        tails=tuple(zip(tail_signs, tails, strict=True)),
        splits=tuple(map(_split, given)) if "syllables" not in raw else (),
    )


def _particles(text: str) -> tuple[str, ...]:
    """Particles; "van de van der" is read as "van", "de"... only where a word does not follow "van"."""
    words = text.split()
    joined: list[str] = []
    for word in words:
        if joined and joined[-1] == "van" and word != "van":
            joined[-1] = f"van {word}"
        else:
            joined.append(word)
    return tuple(joined)


@cache
def cultures() -> tuple[Culture, ...]:
    """All naming cultures."""
    tables = [
        load_toml("names", f"{stem}.toml")
        for stem in ("western_europe", "eastern_europe", "asia", "africa_and_middle_east")
    ]
    return tuple(_culture(code, raw) for table in tables for code, raw in table.items())


@cache
def culture_number(code: str) -> int:
    """Position of a culture in :func:`cultures`."""
    return [c.code for c in cultures()].index(code)
