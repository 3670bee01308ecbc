"""Who writes which paper with whom, year by year."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from indexer.demo.careers import INTERESTS, LAG, PI_AFTER, People, mean_team
from indexer.demo.places import Institutions
from indexer.demo.pools import Groups, WeightedGroups, spread_evenly
from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Ints, Stream, cumulative
from indexer.demo.vocabulary import Vocabulary

__all__ = ["MAX_TEAM", "Kind", "Papers", "make_papers"]

MAX_TEAM = 40
"""Authors of a paper, at most."""
_RECENT = 8  # papers of a person that later teams are drawn from
_LAB_YEARS = 6  # how long newcomers count as members of their advisor's group


class Kind:
    """Kinds of papers."""

    ARTICLE = 0
    REVIEW = 1
    LETTER = 2
    EDITORIAL = 3


@dataclass(frozen=True)
class Papers:
    """Papers in order of publication. Authors of paper i are ``authors[offsets[i] : offsets[i + 1]]`` as printed.

    ``subtopic`` is what the paper is about, ``second`` another topic it touches (-1: none), ``lead`` the person whose
    group it comes from.
    """

    year: npt.NDArray[np.int16]
    kind: npt.NDArray[np.int8]
    subtopic: npt.NDArray[np.int16]
    second: npt.NDArray[np.int16]
    lead: npt.NDArray[np.int32]
    offsets: npt.NDArray[np.int64]
    authors: npt.NDArray[np.int32]


class _History:
    """Papers so far, and the last few of each person."""

    def __init__(self, people: int) -> None:
        self.recent = np.full((people, _RECENT), -1, dtype=np.int32)
        self.count = np.zeros(people, dtype=np.int32)
        self.papers = 0
        self.offsets = np.zeros(1, dtype=np.int64)
        self.authors = np.zeros(0, dtype=np.int32)

    def coauthor(self, stream: Stream, person: Ints) -> Ints:
        """Somebody ``person`` wrote one of the last papers with (may be ``person``), -1 where there is none."""
        n = len(person)
        filled = np.minimum(self.count[person], _RECENT)
        paper = self.recent[person, stream.below(filled, n)].astype(np.int64)
        known = filled > 0
        paper = np.where(known, paper, 0)
        if not self.papers:
            return np.full(n, -1, dtype=np.int64)
        low, high = self.offsets[paper], self.offsets[paper + 1]
        return np.where(known, self.authors[low + stream.below(high - low, n)], -1)

    def add(self, sizes: Ints, authors: npt.NDArray[np.int32]) -> None:
        """Append a year of papers."""
        paper = np.repeat(np.arange(len(sizes)) + self.papers, sizes)
        order = np.argsort(authors, kind="stable")
        person, paper = authors[order], paper[order]
        first = np.concatenate(([0], np.flatnonzero(np.diff(person)) + 1)) if len(person) else np.zeros(0, np.int64)
        lengths = np.diff(np.concatenate((first, [len(person)])))
        rank = np.arange(len(person)) - np.repeat(first, lengths)
        self.recent[person, (self.count[person] + rank) % _RECENT] = paper
        self.count[person[first]] += lengths.astype(np.int32)
        self.offsets = np.concatenate((self.offsets, self.offsets[-1] + np.cumsum(sizes)))
        self.authors = np.concatenate((self.authors, authors))
        self.papers += len(sizes)


@dataclass(frozen=True)
class _Year:
    """What teams of one year are drawn from."""

    year: int
    stream: Stream
    labs: Groups
    neighbours: Groups
    peers: Groups
    active: npt.NDArray[np.bool_]
    everyone: Ints
    fields: int
    field_of: Ints


def _main_topic(people: People, vocabulary: Vocabulary, who: Ints, year: int) -> Ints:
    """The topic each person took up last by ``year``."""
    used = (people.interest_from[who] <= year).sum(axis=1)
    return np.asarray(vocabulary.topic_of[people.interests[who, np.maximum(used - 1, 0)]], dtype=np.int64)


def _prepare(people: People, vocabulary: Vocabulary, institutions: int, year: int, stream: Stream) -> _Year:
    active = (people.start <= year) & (people.end + LAG >= year)
    everyone = np.flatnonzero(active)
    young = everyone[(people.start[everyone] > year - _LAB_YEARS) & (people.advisor[everyone] >= 0)]
    topic = _main_topic(people, vocabulary, everyone, year)
    place = people.institution(everyone, year) * len(vocabulary.fields) + vocabulary.field_of[topic]
    return _Year(
        year=year,
        stream=stream,
        labs=Groups(people.advisor[young], young, len(people)),
        neighbours=Groups(place, everyone, institutions * len(vocabulary.fields)),
        peers=Groups(topic, everyone, len(vocabulary.topics)),
        active=active,
        everyone=everyone,
        fields=len(vocabulary.fields),
        field_of=vocabulary.field_of,
    )


def _draw_leads(people: People, vocabulary: Vocabulary, now: _Year, n: int) -> tuple[Ints, Ints]:
    """(lead, sub-topic) of ``n`` papers: topics by popularity, then somebody established who works on the topic.

    Where nobody does, somebody junior on the topic, then somebody established in the field, then anybody is taken;
    people who are new to the topic take it up if they have room for an interest, else the paper is about their own.
    """
    stream = now.stream
    topic = spread_evenly(stream, cumulative(vocabulary.popularity(now.year)), n)
    everyone = now.everyone
    main = _main_topic(people, vocabulary, everyone, now.year)
    senior = (people.start[everyone] <= now.year - PI_AFTER) & (people.end[everyone] >= now.year)
    weight = people.weight[everyone]
    field = vocabulary.field_of[main]
    tiers = (
        (WeightedGroups(main[senior], everyone[senior], weight[senior], len(vocabulary.topics)), topic),
        (WeightedGroups(main, everyone, weight, len(vocabulary.topics)), topic),
        (WeightedGroups(field[senior], everyone[senior], weight[senior], now.fields), vocabulary.field_of[topic]),
        (WeightedGroups(np.zeros_like(main), everyone, weight, 1), np.zeros_like(topic)),
    )
    lead = np.full(n, -1, dtype=np.int64)
    for groups, key in tiers:
        lead = np.where(lead >= 0, lead, groups.draw(stream, key))
    _take_up(people, vocabulary, now, lead, topic)
    return lead, _own_subtopic(people, vocabulary, now, lead, topic)


def _take_up(people: People, vocabulary: Vocabulary, now: _Year, lead: Ints, topic: Ints) -> None:
    """Add the topic to the interests of leads who are new to it."""
    interests = people.interests[lead].astype(np.int64)
    knows = ((interests >= 0) & (vocabulary.topic_of[interests] == topic[:, None])).any(axis=1)
    used = (interests >= 0).sum(axis=1)
    fresh = np.flatnonzero(~knows & (used < INTERESTS))
    _, first = np.unique(lead[fresh], return_index=True)
    fresh = fresh[first]
    size = vocabulary.offsets[topic[fresh] + 1] - vocabulary.offsets[topic[fresh]]
    problem = vocabulary.offsets[topic[fresh]] + now.stream.below(size, len(fresh))
    people.interests[lead[fresh], used[fresh]] = problem
    people.interest_from[lead[fresh], used[fresh]] = now.year


def _own_subtopic(people: People, vocabulary: Vocabulary, now: _Year, lead: Ints, topic: Ints) -> Ints:
    """One of the lead's interests in the topic; another one for one paper in eight or where there is none."""
    stream, n = now.stream, len(lead)
    interests = people.interests[lead].astype(np.int64)
    current = (interests >= 0) & (people.interest_from[lead] <= now.year)
    fits = current & (vocabulary.topic_of[interests] == topic[:, None])
    astray = ~fits.any(axis=1) | stream.chance(0.125, n)
    fits = np.where(astray[:, None], current, fits)
    nth = stream.below(fits.sum(axis=1), n)
    slot = np.argmax(np.cumsum(fits, axis=1) > nth[:, None], axis=1)
    return np.asarray(interests[np.arange(n), slot], dtype=np.int64)


def _team_sizes(stream: Stream, topic: Ints, means: npt.NDArray[np.float64]) -> Ints:
    """One plus a negative binomial number (dispersion 3), rarely a large collaboration."""
    sizes = np.ones(len(topic), dtype=np.int64)
    drawn = stream.uniform(len(topic))
    for number, mean in enumerate(means):
        rows = np.flatnonzero(topic == number)
        if not len(rows):
            continue
        failure = (mean - 1) / (mean - 1 + 3)
        chances = np.cumprod(
            np.concatenate(([(1 - failure) ** 3], failure * (np.arange(1, MAX_TEAM) + 2) / np.arange(1, MAX_TEAM)))
        )
        sizes[rows] += np.searchsorted(cumulative(chances), drawn[rows] * 2**20, side="right")
    large = stream.chance(np.where(means > 4, 0.004, 0.0)[topic], len(topic))
    sizes = np.where(large, 12 + stream.below(MAX_TEAM - 12, len(topic)), sizes)
    return np.minimum(sizes, MAX_TEAM)


def _members(people: People, history: _History, now: _Year, lead: Ints, topic: Ints, *, first: bool) -> Ints:
    """Somebody for each open place in the team of ``lead``; -1 where nobody fits."""
    stream, n = now.stream, len(lead)
    field_place = people.institution(lead, now.year).astype(np.int64)
    kind = stream.uniform(n)
    lab = now.labs.draw(stream, lead)
    known = history.coauthor(stream, lead)
    peer = now.peers.draw(stream, topic)
    near = now.neighbours.draw(stream, field_place * now.fields + now.field_of[topic])
    anyone = now.everyone[stream.below(len(now.everyone), n)]
    if first:
        chosen = np.where(kind < 0.85, lab, np.where(kind < 0.95, known, peer))
    else:
        steps = [kind < 0.42, kind < 0.76, kind < 0.85, kind < 0.96]
        chosen = np.select(steps, [lab, known, near, peer], anyone)
    for spare in (lab, known, peer):
        usable = (chosen >= 0) & (chosen != lead) & now.active[np.maximum(chosen, 0)]
        chosen = np.where(usable, chosen, spare)
    usable = (chosen >= 0) & now.active[np.maximum(chosen, 0)]
    return np.where(usable, chosen, -1)


def _assemble(
    people: People, now: _Year, lead: Ints, members: tuple[Ints, Ints, Ints], alphabetical: Ints
) -> tuple[Ints, npt.NDArray[np.int32]]:
    """Teams without repeats, in printing order: junior first, lead last, or by family name.

    ``members`` are (paper, person, role) of everybody but the leads. Returns team sizes and authors.
    """
    n = len(lead)
    paper = np.concatenate((np.arange(n), members[0]))
    person = np.concatenate((lead, members[1]))
    role = np.concatenate((np.full(n, 2), members[2]))
    _, kept = np.unique(paper * len(people) + person, return_index=True)
    paper, person, role = paper[kept], person[kept], role[kept]
    tie = now.stream.below(1 << 24, len(paper))
    by_name = people.names[person, 3].astype(np.int64) * 64 + people.names[person, 1] % 64
    within = np.where(alphabetical[paper] > 0, by_name, role * (1 << 24) + tie)
    order = np.argsort(paper * (1 << 28) + within, kind="stable")
    return np.bincount(paper, minlength=n), person[order].astype(np.int32)


def _second_topics(
    people: People,
    vocabulary: Vocabulary,
    now: _Year,
    *,
    lead: Ints,
    topic: Ints,
    authors: npt.NDArray[np.int32],
    sizes: Ints,
) -> Ints:
    """The topic of a co-author (or another interest of the lead) for about one paper in five, else -1."""
    n = len(lead)
    offsets = np.cumsum(sizes) - sizes
    someone = authors[offsets + now.stream.below(sizes, n)].astype(np.int64)
    theirs = _main_topic(people, vocabulary, someone, now.year)
    used = (people.interest_from[lead] <= now.year).sum(axis=1)
    own = vocabulary.topic_of[people.interests[lead, now.stream.below(used, n)]]
    second = np.where(theirs != topic, theirs, own)
    near = vocabulary.field_of[second] == vocabulary.field_of[topic]
    return np.where((second != topic) & now.stream.chance(np.where(near, 0.6, 0.3), n), second, -1)


def _year_of_papers(
    people: People,
    vocabulary: Vocabulary,
    history: _History,
    now: _Year,
    *,
    n: int,
    means: npt.NDArray[np.float64],
) -> dict[str, npt.NDArray[np.generic]]:
    stream = now.stream
    lead, subtopic = _draw_leads(people, vocabulary, now, n)
    topic = vocabulary.topic_of[subtopic]
    kind = np.searchsorted(np.array([0.925, 0.96, 0.988]), stream.uniform(n), side="right")
    sizes = _team_sizes(stream, topic, means)
    sizes = np.where(kind == Kind.EDITORIAL, np.minimum(sizes, 2), sizes)
    teams = np.flatnonzero(sizes > 1)
    rest = np.repeat(np.arange(n), np.maximum(sizes - 2, 0))
    juniors = _members(people, history, now, lead[teams], topic[teams], first=True)
    others = _members(people, history, now, lead[rest], topic[rest], first=False)
    members = (
        np.concatenate((teams, rest)),
        np.concatenate((juniors, others)),
        np.concatenate((np.zeros(len(teams), dtype=np.int64), np.ones(len(rest), dtype=np.int64))),
    )
    found = members[1] >= 0
    alphabetical = np.array([f.alphabetical for f in vocabulary.fields], dtype=np.int64)[vocabulary.field_of[topic]]
    sizes, authors = _assemble(
        people, now, lead, (members[0][found], members[1][found], members[2][found]), alphabetical
    )
    second = _second_topics(people, vocabulary, now, lead=lead, topic=topic, authors=authors, sizes=sizes)
    history.add(sizes, authors)
    return {
        "year": np.full(n, now.year, dtype=np.int16),
        "kind": kind.astype(np.int8),
        "subtopic": subtopic.astype(np.int16),
        "second": second.astype(np.int16),
        "lead": lead.astype(np.int32),
    }


def make_papers(spec: DemoSpec, vocabulary: Vocabulary, institutions: Institutions, people: People) -> Papers:
    """All papers with their authors."""
    history = _History(len(people))
    parts: list[dict[str, npt.NDArray[np.generic]]] = []
    for year, count in zip(spec.years, spec.papers_by_year().tolist(), strict=True):
        now = _prepare(people, vocabulary, len(institutions), year, Stream(spec.seed, "teams", year))
        means = mean_team(vocabulary, year, spec.first_year)
        parts.append(_year_of_papers(people, vocabulary, history, now, n=count, means=means))
    columns = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    return Papers(offsets=history.offsets, authors=history.authors, **columns)
