"""Who works when, where, on what and under whom: careers year by year."""

from __future__ import annotations

from dataclasses import dataclass, fields

import numpy as np
import numpy.typing as npt

from indexer.demo.cultures import culture_number
from indexer.demo.naming import Column, NameColumns, draw_habits, draw_names
from indexer.demo.places import Institutions, countries
from indexer.demo.pools import WeightedGroups, spread_evenly
from indexer.demo.spec import DemoSpec
from indexer.demo.streams import Ints, Stream, cumulative
from indexer.demo.vocabulary import Vocabulary

__all__ = ["INTERESTS", "LAG", "PI_AFTER", "STINTS", "People", "make_people", "mean_team"]

INTERESTS = 4
"""Sub-topics a person works on in a career, at most."""
STINTS = 5
"""Institutions a person works at, at most."""
PI_AFTER = 7
"""Years from the first year to leading a group."""
LAG = 1
"""Papers may still appear this many years after the last year of a career."""
_PER_YEAR = 0.8  # authorships of an active person a year, on average
_NEVER = 32000


@dataclass(frozen=True)
class People:
    """Everybody, in the order they enter. Arrays have a row a person.

    ``advisor`` is an earlier person or -1. ``interests`` are sub-topics (-1 unused), taken up in ``interest_from``;
    ``stints`` are institutions (-1 unused), joined in ``stint_from``. ``weight`` says how much a person publishes.
    ``habit`` is the usual :class:`~indexer.demo.naming.Writing`; ``change_year`` when a new family name is taken
    (32000: never).
    """

    start: npt.NDArray[np.int16]
    end: npt.NDArray[np.int16]
    advisor: npt.NDArray[np.int32]
    interests: npt.NDArray[np.int16]
    interest_from: npt.NDArray[np.int16]
    stints: npt.NDArray[np.int32]
    stint_from: npt.NDArray[np.int16]
    weight: npt.NDArray[np.int32]
    names: NameColumns
    habit: npt.NDArray[np.int8]
    change_year: npt.NDArray[np.int16]
    orcid: npt.NDArray[np.bool_]
    curated: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.start)

    def institution(self, people: npt.NDArray[np.integer], year: npt.ArrayLike) -> npt.NDArray[np.int32]:
        """Where ``people`` work in ``year`` (one year for all, or one each)."""
        years = np.asarray(year)
        number = (self.stint_from[people] <= (years[:, None] if years.ndim else years)).sum(axis=1) - 1
        return np.asarray(self.stints[people, np.maximum(number, 0)], dtype=np.int32)

    def take(self, kept: Ints, number: npt.NDArray[np.int32]) -> People:
        """The people at ``kept``, advisors renumbered by ``number`` (-1 for those left out)."""
        columns = {f.name: getattr(self, f.name)[kept] for f in fields(self)}
        advisor = columns["advisor"]
        columns["advisor"] = np.where(advisor >= 0, number[advisor], -1).astype(np.int32)
        return People(**columns)


def mean_team(vocabulary: Vocabulary, year: int, first_year: int) -> npt.NDArray[np.float64]:
    """Mean number of authors of a paper by topic; teams grow by 1% a year."""
    growth = 0.82 * 1.01 ** (year - first_year)
    return np.array([1 + (t.team - 1) * growth for t in vocabulary.topics])


class _Growing:
    """Columns of people that grow by a cohort a year; capacity doubles."""

    def __init__(self) -> None:
        self.n = 0
        self.columns: dict[str, npt.NDArray[np.generic]] = {}

    def append(self, cohort: dict[str, npt.NDArray[np.generic]]) -> None:
        size = len(cohort["start"])
        for name, values in cohort.items():
            column = self.columns.get(name)
            if column is None or self.n + size > len(column):
                grown = np.empty((max(2 * (self.n + size), 64), *values.shape[1:]), dtype=values.dtype)
                if column is not None:
                    grown[: self.n] = column[: self.n]
                self.columns[name] = column = grown
            column[self.n : self.n + size] = values
        self.n += size

    def view(self) -> People:
        return People(**{name: column[: self.n] for name, column in self.columns.items()})  # type: ignore[arg-type]


@dataclass(frozen=True)
class _Setting:
    spec: DemoSpec
    vocabulary: Vocabulary
    institutions: Institutions


def make_people(spec: DemoSpec, vocabulary: Vocabulary, institutions: Institutions) -> People:
    """Careers of everybody who may write for the corpus."""
    setting = _Setting(spec, vocabulary, institutions)
    grown = _Growing()
    counts = spec.papers_by_year()
    for year in spec.years:
        stream = Stream(spec.seed, "careers", year)
        popularity = vocabulary.popularity(year)
        team = float(mean_team(vocabulary, year, spec.first_year) @ popularity / popularity.sum())
        wanted = max(int(counts[year - spec.first_year] * team / _PER_YEAR), 2 * len(vocabulary.topics), 16)
        if year == spec.first_year:
            grown.append(_founders(setting, stream, year, wanted))
            continue
        people = grown.view()
        _drift(setting, stream, people, year)
        missing = wanted - int((people.end >= year).sum())
        if missing > 0:
            grown.append(_entrants(setting, stream, people, year, missing))
    return grown.view()


def _drift(setting: _Setting, stream: Stream, people: People, year: int) -> None:
    """Some of the active take up a further interest: mostly nearby, sometimes in fashion, seldom far away."""
    voc = setting.vocabulary
    used = (people.interests >= 0).sum(axis=1)
    active = np.flatnonzero((people.end >= year) & (people.start < year) & (used < INTERESTS))
    movers = active[stream.chance(0.1, len(active))]
    n = len(movers)
    last = people.interests[movers, used[movers] - 1].astype(np.int64)
    topic = voc.topic_of[last]
    kind = stream.uniform(n)
    fashion = stream.choose(cumulative(voc.popularity(year)), n)
    nearby = _within_field(voc, stream, voc.field_of[topic], year)
    topic = np.where(kind < 0.42, topic, np.where(kind < 0.88, nearby, fashion))
    fresh = _problem(voc, stream, topic)
    known = (people.interests[movers] == fresh[:, None]).any(axis=1)
    movers, fresh = movers[~known], fresh[~known]
    people.interests[movers, used[movers]] = fresh
    people.interest_from[movers, used[movers]] = year


def _problem(voc: Vocabulary, stream: Stream, topic: Ints) -> Ints:
    size = voc.offsets[topic + 1] - voc.offsets[topic]
    return voc.offsets[topic] + np.floor(stream.uniform(len(topic)) ** 1.3 * size).astype(np.int64)


def _within_field(voc: Vocabulary, stream: Stream, field: Ints, year: int) -> Ints:
    """A topic of each given field, by popularity; topics of a field are consecutive."""
    sums = np.concatenate(([0], cumulative(voc.popularity(year))))
    edges = np.searchsorted(voc.field_of, np.arange(len(voc.fields) + 1))
    low, high = sums[edges[field]], sums[edges[field + 1]]
    point = low + np.floor(stream.uniform(len(field)) * (high - low)).astype(np.int64)
    chosen = np.searchsorted(sums, point, side="right") - 1
    return np.where(high > low, chosen, edges[field])


def _founders(setting: _Setting, stream: Stream, year: int, n: int) -> dict[str, npt.NDArray[np.generic]]:
    """The people who are there when the corpus begins, spread over all topics, with their career behind them."""
    voc = setting.vocabulary
    topic = spread_evenly(stream, cumulative(voc.popularity(year)), n)
    start = year - stream.below(30, n)
    home = setting.institutions.draw(stream, n)
    cohort = _cohort(setting, stream, start, home, _problem(voc, stream, topic))
    cohort["advisor"] = np.full(n, -1, dtype=np.int32)
    cohort["end"] = np.maximum(np.asarray(cohort["end"], dtype=np.int16), year + stream.below(8, n)).astype(np.int16)
    cohort["names"] = _names(setting, stream, home)
    return _traits(setting, stream, cohort)


def _entrants(
    setting: _Setting, stream: Stream, people: People, year: int, n: int
) -> dict[str, npt.NDArray[np.generic]]:
    """Newcomers: most become students of an established person and take up what that person works on."""
    voc = setting.vocabulary
    topic = spread_evenly(stream, cumulative(voc.popularity(year)), n)
    advisor = _advisors(voc, stream, people, year, topic)
    led = np.flatnonzero(advisor >= 0)
    interest = _problem(voc, stream, topic)
    used = (people.interests[advisor[led]] >= 0).sum(axis=1)
    taken = people.interests[advisor[led], used - 1].astype(np.int64)
    interest[led] = np.where(voc.topic_of[taken] == topic[led], taken, interest[led])
    home = setting.institutions.draw(stream, n)
    home[led] = people.institution(advisor[led], year)
    cohort = _cohort(setting, stream, np.full(n, year), home, interest)
    cohort["advisor"] = advisor.astype(np.int32)
    names = _names(setting, stream, home)
    _share_names(setting, stream, people, names, voc.field_of[voc.topic_of[interest]])
    cohort["names"] = names
    return _traits(setting, stream, cohort)


def _advisors(voc: Vocabulary, stream: Stream, people: People, year: int, topic: Ints) -> Ints:
    """An established person for each newcomer, on the same topic or else in the same field; -1 for none."""
    able = np.flatnonzero((people.start <= year - PI_AFTER) & (people.end >= year + 2))
    used = (people.interests[able] >= 0).sum(axis=1)
    main = voc.topic_of[people.interests[able, used - 1]]
    same = WeightedGroups(main, able, people.weight[able], len(voc.topics)).draw(stream, topic)
    fields = WeightedGroups(voc.field_of[main], able, people.weight[able], len(voc.fields))
    near = fields.draw(stream, voc.field_of[topic])
    return np.where(stream.chance(0.06, len(topic)), -1, np.where(same >= 0, same, near))


def _cohort(
    setting: _Setting, stream: Stream, start: Ints, home: npt.NDArray[np.integer], interest: Ints
) -> dict[str, npt.NDArray[np.generic]]:
    """Length of career and moves of people who begin in ``start`` at ``home``."""
    n = len(start)
    stays = stream.chance(0.33, n)
    short = np.floor(stream.uniform(n) ** 1.4 * 7).astype(np.int64)
    end = start + np.where(stays, 14 + stream.below(28, n), short)
    stints = np.full((n, STINTS), -1, dtype=np.int32)
    stint_from = np.full((n, STINTS), _NEVER, dtype=np.int16)
    stints[:, 0], stint_from[:, 0] = home, start
    when = start + 4 + stream.below(3, n)
    for number in range(1, STINTS):
        moves = (when <= end) & stream.chance(0.78 if number == 1 else 0.6, n) & (stints[:, number - 1] >= 0)
        country = setting.institutions.country[np.maximum(stints[:, number - 1], 0)]
        near = setting.institutions.draw_in(stream, country)
        target = np.where(stream.chance(0.66, n), near, setting.institutions.draw(stream, n))
        moves &= target != stints[:, number - 1]
        stints[:, number] = np.where(moves, target, -1)
        stint_from[:, number] = np.where(moves, when, _NEVER)
        when = when + 2 + np.floor(stream.uniform(n) ** 2 * 12).astype(np.int64)
    interests = np.full((n, INTERESTS), -1, dtype=np.int16)
    interest_from = np.full((n, INTERESTS), _NEVER, dtype=np.int16)
    interests[:, 0], interest_from[:, 0] = interest, start
    # Pareto with exponent 1.7, cut at 60 times the least.
    weight = np.minimum(100 * (1 - stream.uniform(n)) ** (-1 / 1.7), 6000)
    return {
        "start": start.astype(np.int16),
        "end": end.astype(np.int16),
        "interests": interests,
        "interest_from": interest_from,
        "stints": stints,
        "stint_from": stint_from,
        "weight": weight.astype(np.int32),
    }


def _names(setting: _Setting, stream: Stream, home: npt.NDArray[np.integer]) -> NameColumns:
    """Names by the culture of the country people begin in, or of any country for those who came from abroad."""
    n = len(home)
    own = setting.institutions.country[home]
    abroad = stream.choose(cumulative([c.weight for c in countries()]), n)
    stays = stream.uniform(n) < np.array([c.home for c in countries()])[own]
    culture = np.array([culture_number(c.culture) for c in countries()])
    # Listed names are enough for a small world; from 20,000 papers on more and more are made, up to two million.
    variety = min(max((np.log10(setting.spec.papers) - np.log10(20_000)) / 2, 0.0), 1.0)
    return draw_names(stream, culture[np.where(stays, own, abroad)], float(variety))


def _share_names(
    setting: _Setting, stream: Stream, people: People, names: NameColumns, field: npt.NDArray[np.integer]
) -> None:
    """Give some newcomers the name of an earlier person, half of them of one in the same field if there is one."""
    n = len(names)
    chosen = np.flatnonzero(stream.chance(setting.spec.homonyms, n))
    candidates = stream.below(len(people), len(chosen) * 12).reshape(len(chosen), 12)
    topics = setting.vocabulary.topic_of[people.interests[candidates, 0]]
    same = setting.vocabulary.field_of[topics] == field[chosen][:, None]
    pick = np.where(stream.chance(0.5, len(chosen)), np.argmax(same, axis=1), 0)
    names[chosen] = people.names[candidates[np.arange(len(chosen)), pick]]
    names[chosen, Column.NEW_FAMILY] = -1


def _traits(
    setting: _Setting, stream: Stream, cohort: dict[str, npt.NDArray[np.generic]]
) -> dict[str, npt.NDArray[np.generic]]:
    names = np.asarray(cohort["names"], dtype=np.int16)
    n = len(names)
    start, end = np.asarray(cohort["start"], dtype=np.int64), np.asarray(cohort["end"], dtype=np.int64)
    change = np.where(names[:, Column.NEW_FAMILY] >= 0, start + 3 + stream.below(10, n), _NEVER)
    cohort["habit"] = draw_habits(stream, names).astype(np.int8)
    cohort["change_year"] = change.astype(np.int16)
    cohort["orcid"] = stream.chance(setting.spec.orcid, n) & (end >= 2013)
    cohort["curated"] = stream.chance(setting.spec.curated, n)
    return cohort
