"""What callers of collaborator finding say and get: the one shape behind the API, the command line and tests."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from search.request import SearchWarning

__all__ = [
    "Citations",
    "Collaborator",
    "CollaboratorRequest",
    "CollaboratorResult",
    "JointPaper",
    "PathStep",
    "Person",
    "TopicShare",
]


@dataclass(frozen=True, slots=True)
class CollaboratorRequest:
    """Whom could somebody work with?

    ``author``: an id of ours, or ``text``: what somebody not in the collection does. ``not_met_within``: list former
    co-authors again after so many years (None: never). ``other_country``, ``other_institution``: only people whose
    latest one is known and another. ``career``: least and most years since the first paper. ``active_since``: with a
    paper in or after that year. ``interdisciplinary``: only people whose main topic is another. ``filter``: see
    :func:`search.people.filters.people_mask`. ``exclude``: ids of people not to list. ``min_papers``: papers they have
    at least.
    """

    author: str = ""
    text: str = ""
    not_met_within: int | None = None
    other_country: bool = False
    other_institution: bool = False
    career: tuple[int | None, int | None] = (None, None)
    active_since: int | None = None
    interdisciplinary: bool = False
    filter: str = ""
    exclude: tuple[str, ...] = ()
    min_papers: int = 3
    limit: int = 10
    cursor: str | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody, by id and name."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class JointPaper:
    """A paper two people wrote together."""

    id: str
    title: str
    year: int | None


@dataclass(frozen=True, slots=True)
class PathStep:
    """Two people on the path who wrote ``papers`` together, from ``first_year`` to ``last_year``; the latest few."""

    one: Person
    other: Person
    papers: int
    first_year: int | None
    last_year: int | None
    examples: tuple[JointPaper, ...]


@dataclass(frozen=True, slots=True)
class TopicShare:
    """A topic and how many papers both have in it (``yours`` is 0 for a topic that is only theirs)."""

    topic: str
    yours: int
    theirs: int


@dataclass(frozen=True, slots=True)
class Citations:
    """Citations between the papers of both."""

    theirs_of_yours: int
    yours_of_theirs: int


@dataclass(frozen=True, slots=True)
class Collaborator:
    """A person.

    ``score`` is the sum of ``parts``, by kind of evidence; 0 is the mean candidate's, so parts say what sets somebody
    apart. ``path``: the co-authors that lead there, empty when there are more than two between. ``met``: joint papers
    of former co-authors and the last year. ``shared_words`` are weighty in both profiles, ``complementary_words`` in
    theirs alone. ``active``: with a paper in the last two years of the collection.
    """

    id: str
    rank: int  # 1-based over all pages
    name: str
    score: float
    parts: Mapping[str, float]
    path: tuple[PathStep, ...]
    common_coauthors: int
    met: tuple[int, int | None]
    shared_topics: tuple[TopicShare, ...]
    complementary_topics: tuple[TopicShare, ...]
    shared_words: tuple[str, ...]
    complementary_words: tuple[str, ...]
    shared_venues: tuple[str, ...]
    citations: Citations
    papers: int
    recent_papers: int  # of the last three years
    first_year: int | None
    last_year: int | None
    active: bool
    institutions: tuple[str, ...]
    countries: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class CollaboratorResult:
    """One page. ``total`` counts everybody ranked, the same on every page. ``until``: the year the view is from.
    ``learned_from``: people whose later collaborators the ranking was learned from; 0: it came with the program.
    """

    collaborators: tuple[Collaborator, ...]
    total: int
    next: str | None
    until: int
    learned_from: int
    warnings: tuple[SearchWarning, ...] = ()
    generation: str = ""
    took_ms: float = 0.0
