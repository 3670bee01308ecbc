"""Why somebody is suggested: the path, topics, words, venues, citations and recent work, for the few on a page."""

from __future__ import annotations

import itertools
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR, Adjacency
from search.collaborators.allowed import latest
from search.collaborators.features import GROUPS
from search.collaborators.finder import Scene
from search.collaborators.paths import chain
from search.collaborators.profiles import Texts
from search.collaborators.request import Citations, Collaborator, JointPaper, PathStep, Person, TopicShare
from search.collaborators.ties import Floats, Matrix
from search.people import People, row, rows_of

__all__ = ["Asker", "collaborator", "look_up"]

_EXAMPLES = 3
_SHOWN = 5
_RECENT = 3  # years
_ACTIVE = 2  # years


@dataclass(slots=True)
class Asker:
    """Who asks, and what was looked up for the page: chains of people by their end, names, and joint papers."""

    people: People
    scene: Scene
    texts: Texts
    author: int | None
    words: Matrix
    chains: dict[int, list[int]] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    papers: dict[int, JointPaper] = field(default_factory=dict)

    def person(self, position: int) -> Person:
        """Somebody by id and name."""
        return Person(self.people.arrays.author_ids[position], self.names[position])


def look_up(asker: Asker, positions: Sequence[int]) -> None:
    """Read what the rows of these people show, all names at once and all papers at once."""
    if asker.author is not None:
        asker.chains = {other: chain(asker.scene.ties.together, asker.author, other) for other in positions}
    chains = asker.chains.values()
    shown = sorted({*positions, *itertools.chain.from_iterable(chains)})
    authors = (document.author for document in asker.people.author_documents(shown))
    asker.names = {position: author.name.full for position, author in zip(shown, authors, strict=True)}
    steps = {step for people in chains for step in itertools.pairwise(people)}
    newest = sorted({paper for step in steps for paper in _joint(asker, *step)[1].tolist()})
    papers = (document.paper for document in asker.people.paper_documents(newest))
    asker.papers = {
        position: JointPaper(paper.id, paper.title, paper.year) for position, paper in zip(newest, papers, strict=True)
    }


def collaborator(asker: Asker, position: int, rank: int, score: float, parts: Floats) -> Collaborator:
    """One row, with its evidence."""
    arrays, person = asker.people.arrays, asker.person(position)
    years = arrays.corpus.years[row(arrays.written, position)].astype(np.int32)
    now = asker.scene.ties.now
    met, last_met = (0, NO_YEAR)
    if asker.author is not None:
        met, _, last_met = arrays.coauthors.between(asker.author, position)
    shared, complementary = _topics(asker, position)
    shared_words, complementary_words = _words(asker, position)
    last = int(arrays.last_years[position])
    return Collaborator(
        id=person.id,
        rank=rank,
        name=person.name,
        score=score,
        parts=_grouped(parts),
        path=_path(asker, position),
        common_coauthors=_common(asker, position),
        met=(met, _year(last_met)),
        shared_topics=shared,
        complementary_topics=complementary,
        shared_words=shared_words,
        complementary_words=complementary_words,
        shared_venues=_venues(asker, position),
        citations=_citations(asker, position),
        papers=len(years),
        recent_papers=int(((years != NO_YEAR) & (years > now - _RECENT)).sum()),
        first_year=_year(int(arrays.first_years[position])),
        last_year=_year(last),
        active=last != NO_YEAR and last > now - _ACTIVE,
        institutions=tuple(arrays.institution_names.take(latest(arrays.affiliated, position))),
        countries=tuple(arrays.countries.take(latest(arrays.lived, position))),
    )


def _year(year: int) -> int | None:
    return None if year == NO_YEAR else year


def _grouped(parts: Floats) -> Mapping[str, float]:
    found: dict[str, float] = dict.fromkeys(dict.fromkeys(GROUPS), 0.0)
    for group, part in zip(GROUPS, parts.tolist(), strict=True):
        found[group] += part
    return found


def _path(asker: Asker, position: int) -> tuple[PathStep, ...]:
    if asker.author is None:
        return ()
    return tuple(_step(asker, one, other) for one, other in itertools.pairwise(asker.chains[position]))


def _step(asker: Asker, one: int, other: int) -> PathStep:
    count, newest = _joint(asker, one, other)
    examples = tuple(asker.papers[paper] for paper in newest.tolist())
    _, first, last = asker.people.arrays.coauthors.between(one, other)
    return PathStep(asker.person(one), asker.person(other), count, _year(first), _year(last), examples)


def _joint(asker: Asker, one: int, other: int) -> tuple[int, npt.NDArray[np.int32]]:
    """How many papers two people wrote together, and the newest of them."""
    arrays = asker.people.arrays
    joint = np.intersect1d(row(arrays.written, one), row(arrays.written, other), assume_unique=True)
    return len(joint), joint[np.lexsort((joint, -arrays.corpus.years[joint].astype(np.int32)))][:_EXAMPLES]


def _common(asker: Asker, position: int) -> int:
    if asker.author is None:
        return 0
    links = asker.people.arrays.coauthors.links
    return len(np.intersect1d(row(links, asker.author), row(links, position), assume_unique=True))


def _topics(asker: Asker, position: int) -> tuple[tuple[TopicShare, ...], tuple[TopicShare, ...]]:
    """Topics of both, and those of the candidate that are nobody's but theirs; those with most papers first."""
    yours, theirs = _fields(asker, asker.author), _fields(asker, position)
    names = asker.people.arrays.topic_names
    both = sorted(theirs.keys() & yours.keys(), key=lambda topic: (-min(theirs[topic], yours[topic]), topic))
    only = sorted(theirs.keys() - yours.keys(), key=lambda topic: (-theirs[topic], topic))
    shared = tuple(TopicShare(names[topic], yours[topic], theirs[topic]) for topic in both[:_SHOWN])
    return shared, tuple(TopicShare(names[topic], 0, theirs[topic]) for topic in only[:_SHOWN])


def _fields(asker: Asker, person: int | None) -> Counter[int]:
    arrays = asker.people.arrays
    if person is None or arrays.corpus.fields is None:
        return Counter()
    fields = arrays.corpus.fields[row(arrays.written, person)]
    return Counter(fields[fields >= 0].tolist())


def _words(asker: Asker, position: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Terms weighty in both profiles, and those weighty in the candidate's that the other does not have."""
    own, theirs = asker.words, asker.scene.field.words[[position]]
    common, left, right = np.intersect1d(own.indices, theirs.indices, assume_unique=True, return_indices=True)
    rarity = asker.texts.rarity  # once more: common words add up over a career without telling anything
    weight = own.data[left] * theirs.data[right] * rarity[common]
    shared = common[np.lexsort((common, -weight))]
    rest = ~np.isin(theirs.indices, common)
    only = theirs.indices[rest][np.lexsort((theirs.indices[rest], -theirs.data[rest] * rarity[theirs.indices[rest]]))]
    terms = asker.texts.terms
    return _distinct(terms.take(shared[: 4 * _SHOWN])), _distinct(terms.take(only[: 4 * _SHOWN]))


def _distinct(terms: list[str]) -> tuple[str, ...]:
    """The first few, without those that are part of another one shown."""
    shown: list[str] = []
    for term in terms:
        words = set(term.split())
        if any(words <= set(other.split()) for other in shown):
            continue
        shown = [other for other in shown if not set(other.split()) <= words]
        shown.append(term)
    return tuple(shown[:_SHOWN])


def _venues(asker: Asker, position: int) -> tuple[str, ...]:
    """Venues of both, the rarest first: those that tell most."""
    if asker.author is None:
        return ()
    venues = asker.people.arrays.corpus.venues
    yours, theirs = (np.unique(venues[row(asker.people.arrays.written, person)]) for person in (asker.author, position))
    both = np.intersect1d(yours, theirs)
    both = both[both >= 0]
    sizes = np.diff(asker.scene.ties.venues_back.indptr)[both]
    return tuple(asker.people.arrays.venue_names.take(both[np.lexsort((both, sizes))][:_SHOWN]))


def _citations(asker: Asker, position: int) -> Citations:
    if asker.author is None:
        return Citations(0, 0)
    arrays = asker.people.arrays
    yours, theirs = row(arrays.written, asker.author), row(arrays.written, position)
    return Citations(_cites(arrays.corpus.citations, theirs, yours), _cites(arrays.corpus.citations, yours, theirs))


def _cites(citations: Adjacency, citing: npt.NDArray[np.int32], cited: npt.NDArray[np.int32]) -> int:
    found, _ = rows_of(citations, citing)
    return int(np.isin(found, cited).sum())
