"""Journals and conferences, and where, when and on which pages each paper appears."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Ints, Stream
from indexer.demo.teams import Kind, Papers
from indexer.demo.vocabulary import Vocabulary
from records.paper import Venue

__all__ = ["Publication", "VenueList", "make_publication", "make_venues"]

_JOURNALS = (
    "Journal of {}", "{} Letters", "International Journal of {}", "Annals of {}", "Advances in {}",
    "Transactions on {}", "{} Research", "Studies in {}", "European Journal of {}", "{} Quarterly",
    "Archives of {}", "Perspectives on {}", "Asian Journal of {}", "Bulletin of {}", "{} Reports",
    "Pacific Journal of {}", "Open {}", "Nordic Journal of {}", "{} and Applications", "Reviews in {}",
)  # fmt: skip
_CONFERENCES = (
    "International Conference on {}", "Symposium on {}", "European Conference on {}", "Annual Meeting on {}",
    "Asian Conference on {}", "Conference on Advances in {}", "Pan-American Conference on {}", "World Congress on {}",
)  # fmt: skip
_PUBLISHERS = (
    "Meridian Press", "Larkfield Publishing", "Open Quill", "Harbour & Vale", "Societas Verlag", "Tern House",
)  # fmt: skip
_SMALL = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "into", "of", "on", "or", "the", "to", "with"]
)


def capitalised(text: str) -> str:
    """Title case, small words and acronyms left alone."""
    words = text.split(" ")
    return " ".join(w if w in _SMALL or not w[:1].islower() else w[:1].upper() + w[1:] for w in words)


@dataclass(frozen=True)
class VenueList:
    """Venues by number, grouped: group g's are ``offsets[g] : offsets[g + 1]``, in order of founding.

    Groups: journals of each topic, then conferences of each topic, journals of each field, conferences of each field.
    """

    records: tuple[Venue, ...]
    publishers: tuple[str, ...]
    founded: npt.NDArray[np.int64]
    initials_only: npt.NDArray[np.bool_]
    journal: npt.NDArray[np.bool_]
    offsets: Ints

    def __len__(self) -> int:
        return len(self.records)


@dataclass(frozen=True)
class Publication:
    """Where papers appear. ``day`` counts from 0 within a year of 365 days; pages run on within a volume."""

    venue: npt.NDArray[np.int32]
    day: npt.NDArray[np.int16]
    first_page: npt.NDArray[np.int32]
    length: npt.NDArray[np.int16]


def _acronym(name: str) -> str:
    return "".join(w[0].upper() for w in name.replace("-", " ").split() if w.lower() not in _SMALL)


def _subjects(vocabulary: Vocabulary) -> list[tuple[list[str], float]]:
    """What each group of venues is about, with its share of papers; see :class:`VenueList`."""
    topics = [([t.name, *(p.forms[0] for p in t.problems)], 1 / len(vocabulary.topics)) for t in vocabulary.topics]
    fields = [([f.society, f.name], 0.25 / len(vocabulary.fields)) for f in vocabulary.fields]
    return [*topics, *topics, *fields, *fields]


def make_venues(spec: DemoSpec, vocabulary: Vocabulary) -> VenueList:
    """Venues for a corpus of that size: one journal for about 600 papers of a topic, fewer conferences."""
    stream = Stream(spec.seed, "venues")
    topics, fields = len(vocabulary.topics), len(vocabulary.fields)
    records: list[Venue] = []
    publishers: list[str] = []
    founded: list[int] = []
    sizes: list[int] = []
    for number, (subjects, share) in enumerate(_subjects(vocabulary)):
        journal = number < topics or 2 * topics <= number < 2 * topics + fields
        patterns = _JOURNALS if journal else _CONFERENCES
        wanted = int(min(len(subjects) * len(patterns), 40, 1 + spec.papers * share / (600 if journal else 1500)))
        for rank in range(wanted):
            subject = capitalised(subjects[rank // len(patterns)])
            name = patterns[rank % len(patterns)].format(subject)
            kind = "journal" if journal else "conference"
            records.append(Venue(name=name, id=f"V{len(records):05d}", acronym=_acronym(name), kind=kind))
            early = spec.first_year - 1 - int(stream.below(40, 1)[0])
            later = spec.first_year + rank * len(spec.years) // (wanted + 1)
            founded.append(early if rank <= wanted // 4 else later)
            publishers.append(_PUBLISHERS[int(stream.below(len(_PUBLISHERS), 1)[0])])
        sizes.append(wanted)
    return VenueList(
        records=tuple(records),
        publishers=tuple(publishers),
        founded=np.array(founded, dtype=np.int64),
        initials_only=stream.chance(0.14, len(records)),
        journal=np.array([r.kind == "journal" for r in records]),
        offsets=np.concatenate(([0], np.cumsum(np.array(sizes, dtype=np.int64)))),
    )


def _available(venues: VenueList, spec: DemoSpec) -> Ints:
    """How many venues of each group exist in each year, shape (groups, years)."""
    group = np.repeat(np.arange(len(venues.offsets) - 1), np.diff(venues.offsets))
    table = np.zeros((len(venues.offsets) - 1, len(spec.years)), dtype=np.int64)
    since = np.clip(venues.founded - spec.first_year, 0, len(spec.years) - 1)
    np.add.at(table, (group, since), 1)
    return np.cumsum(table, axis=1)


def make_publication(spec: DemoSpec, vocabulary: Vocabulary, venues: VenueList, papers: Papers) -> Publication:
    """Venue, day and pages of every paper."""
    stream = Stream(spec.seed, "publication")
    n, topics, fields = len(papers.year), len(vocabulary.topics), len(vocabulary.fields)
    topic = vocabulary.topic_of[papers.subtopic]
    field = vocabulary.field_of[topic]
    share = np.array([f.conferences for f in vocabulary.fields])[field]
    conference = stream.chance(share, n) & (papers.kind == Kind.ARTICLE)
    kind = stream.uniform(n)
    near = vocabulary.field_of[np.maximum(papers.second, 0)] == field
    elsewhere = (kind > 0.93) & (papers.second >= 0) & near
    group = np.where(elsewhere, papers.second, topic) + np.where(conference, topics, 0)
    general = 2 * topics + field + np.where(conference, fields, 0)
    group = np.where(kind < 0.22, general, group)
    exist = _available(venues, spec)[group, papers.year.astype(np.int64) - spec.first_year]
    venue = venues.offsets[group] + np.floor(stream.uniform(n) ** 1.6 * exist).astype(np.int64)
    counts = spec.papers_by_year()
    rank = np.arange(n) - np.repeat(np.cumsum(counts) - counts, counts)
    day = np.floor((rank + stream.uniform(n)) / np.repeat(counts, counts) * 365)
    low = np.array([5, 14, 2, 1])[papers.kind]
    length = low + np.floor(stream.uniform(n) ** 1.5 * np.array([19, 32, 4, 3])[papers.kind]).astype(np.int64)
    return Publication(
        venue=venue.astype(np.int32),
        day=np.minimum(day, 364).astype(np.int16),
        first_page=_first_pages(venue, papers.year, length).astype(np.int32),
        length=length.astype(np.int16),
    )


def _first_pages(venue: Ints, year: npt.NDArray[np.int16], length: Ints) -> Ints:
    """Pages run on through the papers of a venue in a year."""
    volume = venue * 256 + (year.astype(np.int64) - int(year.min()))
    order = np.argsort(volume, kind="stable")
    ends = np.cumsum(length[order])
    begins = ends - length[order]
    first = np.concatenate(([True], np.diff(volume[order]) != 0))
    base = np.maximum.accumulate(np.where(first, begins, 0))
    pages = np.empty(len(venue), dtype=np.int64)
    pages[order] = 1 + begins - base
    return pages
