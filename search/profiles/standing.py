"""How a person's numbers compare: metrics with percentiles, and the cores they belong to, in a sentence."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from ranking.cohorts import peer_groups
from ranking.registry import Entity
from ranking.shared import authored, inherit
from search.people import row
from search.profiles.counts import main_topic
from search.profiles.model import Cohort, MetricRow, Standing
from search.profiles.person import Person, stored, year_or_none

__all__ = ["cohort", "metrics", "standing"]


def metrics(person: Person) -> tuple[MetricRow, ...]:
    """Every author metric the person has a value of, by name."""
    arrays, who = person.arrays, person.who
    rows = []
    for name, values in sorted(arrays.author_metrics.items()):
        compared = arrays.author_percentiles.get(name)
        percentile = None if compared is None or np.isnan(compared[who]) else round(float(compared[who]), 2)
        if not np.isnan(values[who]):
            rows.append(MetricRow(name, stored(values[who]), percentile))
    return tuple(rows)


def cohort(person: Person) -> Cohort:
    """Whom the percentiles compare the person with."""
    arrays = person.arrays
    inherit(authored, arrays.corpus, arrays.written)
    labels = peer_groups(arrays.corpus, entity=Entity.AUTHOR)
    peers = labels == labels[person.who]
    years = arrays.first_years[peers]
    return Cohort(
        main_topic(person), year_or_none(years.min()), year_or_none(years.max()), int(np.count_nonzero(peers))
    )


def standing(person: Person) -> tuple[Standing, ...]:
    """Standing in the D-cores of the citation graph of people, and in the fractional cores of co-authorship."""
    found = []
    for metric, sentence in (("d_core_balanced", _d_core), ("fractional_core", _fractional_core)):
        values = person.arrays.author_metrics.get(metric)
        if values is None or np.isnan(values[person.who]):
            continue
        value, of_people = stored(values[person.who]), len(values)
        people, largest = int(np.count_nonzero(values >= values[person.who])), stored(float(np.nanmax(values)))
        says = sentence(person, value, f"{_share(people, of_people)} of the {of_people:,} people here")
        found.append(
            Standing(metric, value, largest, people, of_people, f"{says} (the most of anyone: {largest:.4g}).")
        )
    return tuple(found)


_Sentence = Callable[[Person, float, str], str]


def _share(people: int, of_people: int) -> str:
    percent = 100.0 * people / of_people
    return "fewer than 0.1%" if percent < 0.1 else f"{percent:.1f}%"


def _d_core(_: Person, value: float, share: str) -> str:
    if value < 1:
        return "Belongs to no group of people in which everyone cites, and is cited by, another of the group"
    return (
        f"Belongs to a group of people in which everyone cites at least {value:g} others of the group and is cited by "
        f"at least {value:g} of them; {share} belong to one that is as tightly knit"
    )


def _fractional_core(person: Person, value: float, share: str) -> str:
    if value <= 0:
        return "Has no co-authors, and so belongs to no group of co-authors"
    neighbours = person.arrays.author_metrics.get("fractional_core_neighbours")
    inside = ""
    if neighbours is not None and not np.isnan(neighbours[person.who]):
        of_people = len(row(person.arrays.coauthors.links, person.who))
        inside = f", {neighbours[person.who]:g} of the {of_people:,} co-authors among them"
    return (
        f"Belongs to a group of co-authors in which everyone shares papers of total weight {value:.4g} or more with "
        f"the others (a paper of n authors weighs 1/n){inside}; {share} belong to one that is as tightly knit"
    )
