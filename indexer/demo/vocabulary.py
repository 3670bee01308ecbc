"""Fields, topics and the phrases they are written about with, read from the TOML files beside this module."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import numpy.typing as npt

from indexer.demo.streams import Floats

__all__ = ["FieldWords", "Phrase", "TopicWords", "Vocabulary", "load_toml", "phrase_weights", "slug", "vocabulary"]

_YEARS = re.compile(r"\s*@(\d{4})?(?:-(\d{4}))?\s*")
_FIELDS = (
    "computer_science",
    "medicine",
    "biology",
    "chemistry",
    "physics",
    "engineering",
    "earth_science",
    "economics",
    "mathematics",
    "linguistics",
    "psychology",
    "social_science",
)
_FADED = 0.08  # weight of a phrase after its time


@dataclass(frozen=True, slots=True)
class Phrase:
    """One thing and the ways to say it; used from ``since`` on and seldom after ``until``."""

    forms: tuple[str, ...]
    since: int = 0
    until: int = 9999


@dataclass(frozen=True, slots=True)
class TopicWords:
    """A topic. ``style`` names the grammar of its papers; each of its ``problems`` is a sub-topic."""

    name: str
    field: int
    style: str
    since: int
    peak: int
    team: float
    weight: float
    aliases: tuple[str, ...]
    problems: tuple[Phrase, ...]
    methods: tuple[Phrase, ...]
    settings: tuple[Phrase, ...]
    data: tuple[Phrase, ...]
    measures: tuple[Phrase, ...]

    @property
    def id(self) -> str:
        """The topic's id, a slug of its name."""
        return slug(self.name)


@dataclass(frozen=True, slots=True)
class FieldWords:
    """A field of science with the habits of its papers."""

    name: str
    code: str
    weight: float
    conferences: float
    alphabetical: bool
    departments: tuple[str, ...]
    society: str


@dataclass(frozen=True)
class Vocabulary:
    """The topics of a corpus. Sub-topics are numbered through: those of topic t start at ``offsets[t]``."""

    fields: tuple[FieldWords, ...]
    topics: tuple[TopicWords, ...]
    offsets: npt.NDArray[np.int64] = field(init=False)
    topic_of: npt.NDArray[np.int64] = field(init=False)
    field_of: npt.NDArray[np.int64] = field(init=False)

    def __post_init__(self) -> None:
        sizes = np.array([len(t.problems) for t in self.topics], dtype=np.int64)
        object.__setattr__(self, "offsets", np.concatenate(([0], np.cumsum(sizes))))
        object.__setattr__(self, "topic_of", np.repeat(np.arange(len(sizes)), sizes))
        object.__setattr__(self, "field_of", np.array([t.field for t in self.topics], dtype=np.int64))

    def popularity(self, year: int) -> Floats:
        """How much each topic attracts newcomers in ``year``, shape (topics,); weights of fields included."""
        per_field = np.bincount(self.field_of, minlength=len(self.fields))
        weights = np.array([self.fields[t.field].weight / per_field[t.field] for t in self.topics])
        trend = np.array([_trend(t, year) for t in self.topics])
        return np.asarray(weights * trend, dtype=np.float64)


def _trend(topic: TopicWords, year: int) -> float:
    """A rise over six years to four times the usual, 25 years of calming down and, past ``peak``, a decline."""
    age = year - topic.since
    if age < 0:
        return 0.0
    rise = 0.6 + 3.4 * min(age, 6) / 6 - 3.0 * min(max(age - 6, 0), 25) / 25
    return topic.weight * rise * 0.93 ** max(0, year - topic.peak)


def slug(text: str) -> str:
    """Lower-case ASCII letters and digits joined by hyphens."""
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")


def load_toml(*path: str) -> dict[str, Any]:
    """A TOML file of this package."""
    return tomllib.loads(files("indexer.demo").joinpath(*path).read_text(encoding="utf-8"))


def _phrases(text: str) -> tuple[Phrase, ...]:
    phrases = []
    for item in text.split(";"):
        match = _YEARS.search(item)
        since = int(match[1]) if match and match[1] else 0
        until = int(match[2]) if match and match[2] else 9999
        forms = tuple(form.strip() for form in _YEARS.sub(" ", item).split("|"))
        phrases.append(Phrase(forms, since, until))
    return tuple(phrases)


def phrase_weights(phrases: tuple[Phrase, ...], year: int) -> Floats:
    """How likely each phrase is to be used in ``year``; the earlier listed ones are more common."""
    usual = np.linspace(1.5, 0.7, len(phrases))
    in_use = np.array([0.0 if year < p.since else _FADED if year > p.until else 1.0 for p in phrases])
    return usual * in_use if in_use.any() else usual


def _topic(entry: dict[str, Any], number: int, defaults: dict[str, Any]) -> TopicWords:
    return TopicWords(
        name=entry["name"],
        field=number,
        style=entry.get("style", defaults["style"]),
        since=entry["since"],
        peak=entry.get("peak", 9999),
        team=float(entry.get("team", defaults["team"])),
        weight=float(entry.get("popularity", 1)),
        aliases=tuple(alias.strip() for alias in entry["aliases"].split("|")),
        problems=_phrases(entry["problems"]),
        methods=_phrases(entry["methods"]),
        settings=_phrases(entry["settings"]),
        data=_phrases(entry["data"]),
        measures=_phrases(entry["measures"]),
    )


@cache
def _everything() -> tuple[tuple[FieldWords, ...], tuple[tuple[float, TopicWords], ...]]:
    fields, topics = [], []
    for number, stem in enumerate(_FIELDS):
        raw = load_toml("vocabulary", f"{stem}.toml")
        fields.append(
            FieldWords(
                name=raw["name"],
                code=raw["code"],
                weight=float(raw["weight"]),
                conferences=float(raw["conferences"]),
                alphabetical=bool(raw.get("alphabetical", False)),
                departments=tuple(raw["departments"]),
                society=raw["society"],
            )
        )
        for rank, entry in enumerate(raw["topics"]):
            topics.append(((rank + 0.5) / raw["weight"], _topic(entry, number, raw)))
    return tuple(fields), tuple(topics)


@cache
def vocabulary(papers: int) -> Vocabulary:
    """The vocabulary of a corpus of that many papers: every topic gets about 20 papers or is left out."""
    fields, topics = _everything()
    wanted = min(len(topics), max(8, papers // 20))
    ranked = sorted(range(len(topics)), key=lambda i: (topics[i][0], i))
    kept = [topics[i][1] for i in sorted(ranked[:wanted])]
    return Vocabulary(fields, tuple(kept))
