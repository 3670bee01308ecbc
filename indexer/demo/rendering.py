"""Paper records out of the arrays of a world, a block at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.affiliations import AffiliationPrinter
from indexer.demo.naming import CHANGED, Writing, draw_exceptions, printed_name
from indexer.demo.places import countries
from indexer.demo.streams import Ints, Stream
from indexer.demo.teams import Kind
from indexer.demo.wording import DRAWS, Writer
from indexer.demo.world import World, paper_id, person_id
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic

__all__ = ["BLOCK", "Renderer", "dois", "orcid_of", "writings"]

BLOCK = 4096
"""Papers rendered from one stream of random numbers."""
_NAMES_KEPT = 300_000
_TYPES = {Kind.REVIEW: "review", Kind.LETTER: "letter", Kind.EDITORIAL: "editorial"}
_MONTHS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_DATES = tuple(f"-{month:02d}-{day:02d}" for month, days in enumerate(_MONTHS, 1) for day in range(1, days + 1))


def orcid_of(person: int) -> ExternalId:
    """An ORCID iD with a right check digit from a range that is not given out (ISO 7064 11,2)."""
    digits = f"{70_000_0000_0000 + person:015d}"
    total = 0
    for digit in digits:
        total = (total + int(digit)) * 2
    check = (12 - total % 11) % 11
    text = digits + ("X" if check == 10 else str(check))
    return ExternalId(IdScheme.ORCID, "-".join(text[i : i + 4] for i in range(0, 16, 4)))


def writings(world: World, block: int) -> npt.NDArray[np.int64]:
    """How each author's name is printed on the papers of a block: a writing code for each authorship."""
    begin, end = _bounds(world, block)
    low, high = world.papers.offsets[begin], world.papers.offsets[end]
    person = world.papers.authors[low:high]
    paper = np.repeat(np.arange(begin, end), np.diff(world.papers.offsets[begin : end + 1]))
    stream = Stream(world.spec.seed, "writings", block)
    n = len(person)
    people = world.people
    usual = stream.chance(0.82, n)
    code = np.where(usual, people.habit[person], draw_exceptions(stream, people.names[person]))
    short = world.venues.initials_only[world.publication.venue[paper]]
    code = np.where(short, Writing.INITIALS, code)
    changed = (world.papers.year[paper] >= people.change_year[person]) & stream.chance(0.93, n)
    return np.asarray(code + np.where(changed, CHANGED, 0), dtype=np.int64)


def _bounds(world: World, block: int) -> tuple[int, int]:
    return block * BLOCK, min((block + 1) * BLOCK, len(world.papers.year))


@dataclass(frozen=True)
class _Authors:
    """What a block's authorships show, as lists."""

    person: list[int]
    code: list[int]
    place: list[int]
    other_place: list[int]  # -1: one affiliation only
    department: list[int]
    style: list[int]
    linked: list[bool]
    orcid: list[bool]
    email: list[bool]


def _authors(world: World, block: int, stream: Stream) -> _Authors:
    begin, end = _bounds(world, block)
    low, high = world.papers.offsets[begin], world.papers.offsets[end]
    person = world.papers.authors[low:high].astype(np.int64)
    sizes = np.diff(world.papers.offsets[begin : end + 1])
    year = np.repeat(world.papers.year[begin:end], sizes).astype(np.int64)
    n = len(person)
    people = world.people
    place = people.institution(person, year)
    before = people.institution(person, year - 1)
    two = (before != place) & stream.chance(0.5, n)
    habit = (person * 2_654_435_761) % 6
    first = np.zeros(n, dtype=bool)
    first[world.papers.offsets[begin:end] - low] = True
    return _Authors(
        person=person.tolist(),
        code=writings(world, block).tolist(),
        place=place.tolist(),
        other_place=np.where(two, before, -1).tolist(),
        department=_departments(world, person).tolist(),
        style=np.where(stream.chance(0.7, n), habit, stream.below(6, n)).tolist(),
        linked=stream.chance(0.6, n).tolist(),
        orcid=(people.orcid[person] & (year >= 2013) & stream.chance(0.62, n)).tolist(),
        email=(first & stream.chance(0.3, n)).tolist(),
    )


def _departments(world: World, person: Ints) -> Ints:
    """A department of the field each person began in: field * 8 + number."""
    words = world.vocabulary
    field = words.field_of[words.topic_of[world.people.interests[person, 0]]]
    sizes = np.array([len(f.departments) for f in words.fields])
    return np.asarray(field * 8 + person % sizes[field], dtype=np.int64)


def _dangling(world: World, stream: Stream, sizes: Ints) -> tuple[list[int], list[int]]:
    """References to papers outside the corpus: how many each paper has, and which (numbers of papers never made)."""
    share = world.spec.dangling_references / max(1 - world.spec.dangling_references, 1e-9)
    counts = np.floor(np.minimum(sizes * share, 50) + stream.uniform(len(sizes))).astype(np.int64)
    counts = np.where(sizes > 0, counts, 0)
    total = int(counts.sum())
    return counts.tolist(), (90_000_000 + stream.below(9_999_999, total)).tolist()


class Renderer:
    """Renders blocks of papers; the same block is the same whenever it is rendered."""

    def __init__(self, world: World) -> None:
        self.world = world
        self._writer = Writer(world.vocabulary, len(world.papers.year))
        self._affiliations = AffiliationPrinter(world.institutions, world.vocabulary)
        self._names: dict[int, Name] = {}
        self._topics = [(t.name, t.id) for t in world.vocabulary.topics]
        self._languages = [c.language for c in countries()]

    @property
    def blocks(self) -> range:
        """Numbers of all blocks."""
        return range(-(-len(self.world.papers.year) // BLOCK))

    def papers(self, block: int) -> Iterator[Paper]:
        """The papers of a block, in order."""
        world = self.world
        begin, end = _bounds(world, block)
        stream = Stream(world.spec.seed, "texts", block)
        n = end - begin
        draws = (stream.words(n * DRAWS) >> np.uint64(34)).astype(np.int64).reshape(n, DRAWS).tolist()
        hidden = stream.chance(world.spec.missing_abstracts, n).tolist()
        language = np.where(stream.chance(0.06, n), self._country_of_leads(begin, end), -1).tolist()
        authors = _authors(world, block, stream)
        offsets = (world.papers.offsets[begin : end + 1] - world.papers.offsets[begin]).tolist()
        cites = world.citations.offsets[begin : end + 1]
        cited = world.citations.indices[cites[0] : cites[-1]].tolist()
        cite_offsets = (cites - cites[0]).tolist()
        loose_counts, loose = _dangling(world, stream, np.diff(cites))
        rows = self._contents(begin, end)
        loose_at = 0
        for i in range(n):
            loose_end = loose_at + loose_counts[i]
            references = [f"P{c:08d}" for c in cited[cite_offsets[i] : cite_offsets[i + 1]]]
            references += [f"P{c:08d}" for c in loose[loose_at:loose_end]]
            loose_at = loose_end
            yield self._paper(
                begin + i,
                rows[i],
                draws[i],
                self._authorships(authors, offsets[i], offsets[i + 1], rows[i][6]),
                tuple(references),
                hidden=hidden[i],
                language="en" if language[i] < 0 else self._languages[language[i]],
            )

    def _country_of_leads(self, begin: int, end: int) -> npt.NDArray[np.int64]:
        world = self.world
        place = world.people.institution(world.papers.lead[begin:end], world.papers.year[begin:end])
        return world.institutions.country[place]

    def _contents(self, begin: int, end: int) -> list[tuple[int, ...]]:
        """(topic, problem, method, setting, second topic, kind, year, venue, day, first page, length) of each paper."""
        world = self.world
        part = slice(begin, end)
        subtopic = world.papers.subtopic[part].astype(np.int64)
        topic = world.vocabulary.topic_of[subtopic]
        columns = (
            topic,
            subtopic - world.vocabulary.offsets[topic],
            world.method[part],
            world.setting[part],
            world.papers.second[part],
            world.papers.kind[part],
            world.papers.year[part],
            world.publication.venue[part],
            world.publication.day[part],
            world.publication.first_page[part],
            world.publication.length[part],
        )
        return list(zip(*(c.tolist() for c in columns), strict=True))

    def _paper(
        self,
        position: int,
        row: tuple[int, ...],
        r: list[int],
        authorships: tuple[Authorship, ...],
        references: tuple[str, ...],
        *,
        hidden: bool,
        language: str,
    ) -> Paper:
        topic, _, _, _, second, kind, year, venue_number, day, page, length = row
        text = self._writer.write(row[:7], r)  # type: ignore[arg-type]
        venues = self.world.venues
        venue = venues.records[venue_number]
        journal = venue.kind == "journal"
        detail = r[40] % 10
        date = f"{year}{_DATES[day]}" if detail < 7 else f"{year}{_DATES[day][:3]}" if detail < 9 else str(year)
        volume = str(year - int(venues.founded[venue_number]) + 1) if journal else ""
        return Paper(
            id=paper_id(position),
            title=text.title,
            abstract="" if hidden else text.abstract,
            year=year,
            date=date,
            venue=venue,
            authorships=authorships,
            ids=dois(position, venue.acronym, year) if r[41] % 25 else (),
            references=references,
            topics=self._paper_topics(topic, second, r[42]) if r[43] % 8 else (),
            keywords=text.keywords,
            type=_TYPES.get(kind) or ("article" if journal else "proceedings-article"),
            language=language,
            volume=volume,
            issue=str(1 + day * 6 // 365) if journal else "",
            pages=f"{page}-{page + length - 1}" if length > 1 else str(page),
            publisher=venues.publishers[venue_number],
            retracted=r[44] % 1000 == 0 and kind == Kind.ARTICLE,
        )

    def _paper_topics(self, topic: int, second: int, draw: int) -> tuple[Topic, ...]:
        name, identifier = self._topics[topic]
        first = Topic(name=name, id=identifier, score=(62 + draw % 37) / 100)
        if second < 0:
            return (first,)
        name, identifier = self._topics[second]
        return first, Topic(name=name, id=identifier, score=(21 + (draw >> 8) % 37) / 100)

    def _authorships(self, a: _Authors, low: int, high: int, year: int) -> tuple[Authorship, ...]:
        people = self.world.people
        curated = people.curated
        made = []
        for position, e in enumerate(range(low, high)):
            person = a.person[e]
            affiliations: tuple[Affiliation, ...] = (
                self._affiliations.printed(a.place[e], a.department[e], a.style[e], linked=a.linked[e]),
            )
            if a.other_place[e] >= 0:
                affiliations += (
                    self._affiliations.printed(a.other_place[e], a.department[e], a.style[e], linked=a.linked[e]),
                )
            name = self._name(person, a.code[e])
            made.append(
                Authorship(
                    name,
                    position,
                    person_id(person) if curated[person] else None,
                    (orcid_of(person),) if a.orcid[e] else (),
                    affiliations,
                    self._affiliations.email(name, a.place[e]) if a.email[e] and year >= 1995 else None,
                )
            )
        return tuple(made)

    def _name(self, person: int, code: int) -> Name:
        key = person * 32 + code
        name = self._names.get(key)
        if name is None:
            if len(self._names) > _NAMES_KEPT:
                self._names.clear()
            name = printed_name(self.world.people.names[person].tolist(), code)
            self._names[key] = name
        return name


def dois(position: int, acronym: str, year: int) -> tuple[ExternalId, ...]:
    """A DOI under the prefix kept for examples."""
    return (ExternalId(IdScheme.DOI, f"10.5555/{acronym.lower()}.{year}.{position}"),)
