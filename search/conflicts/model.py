"""The words of conflicts of interest: people, submissions, the policy, and what is found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError
from records.name import Name

__all__ = [
    "DEFAULT",
    "FOREVER",
    "PRESETS",
    "STRICT",
    "Certainty",
    "Conflict",
    "Guess",
    "Kind",
    "Person",
    "Policy",
    "Relations",
    "Report",
    "Stay",
    "Submission",
    "Unresolved",
]

FOREVER = 32767
"""Years that count when all do."""


class Kind(StrEnum):
    """Why two people, or a person and a submission, are too close."""

    SELF = "self"  # the reviewer is an author
    COAUTHOR = "coauthor"  # joint papers in the years that count
    INSTITUTION = "institution"  # both at one institution in the years that count
    DOMAIN = "domain"  # e-mail addresses of one organisation
    ADVISOR = "advisor"  # one was the other's advisor, ever
    COSUBMISSION = "cosubmission"  # both are authors of another submission
    DECLARED = "declared"  # somebody said so


class Certainty(StrEnum):
    """Whether it rests on ids and facts, or on a name, a guess or a year that nobody knows."""

    CERTAIN = "certain"
    UNCERTAIN = "uncertain"


@dataclass(frozen=True, slots=True)
class Stay:
    """Time at an institution (its id or name as both sides write it); None: open at that end."""

    institution: str
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Person:
    """A reviewer or an author of a submission. ``id`` names the person in the input.

    ``author`` is the id in the collection, None when unknown: then name and e-mail addresses must do. ``stays`` are
    declared (a form, a conference profile) and therefore facts.
    """

    id: str
    name: Name | None = None
    author: str | None = None
    emails: tuple[str, ...] = ()
    stays: tuple[Stay, ...] = ()


@dataclass(frozen=True, slots=True)
class Submission:
    """What is to be reviewed. ``year``: when (None: the latest year there is). ``paper``: its own id in the collection,
    which is no evidence of anything.
    """

    id: str
    authors: tuple[Person, ...]
    year: int | None = None
    paper: str | None = None


@dataclass(frozen=True, slots=True)
class Guess:
    """Somebody may have been the student of ``advisor`` (ids as in :class:`Relations`), though nobody said so.

    ``papers``: ids of those it rests on, with their first and last year; ``detail`` says how it was guessed.
    """

    student: str
    advisor: str
    detail: str = ""
    papers: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None


@dataclass(frozen=True, slots=True)
class Relations:
    """What was declared, by ids of people of the input or the collection, or their e-mail addresses in lower case.

    ``advisors``: (student, advisor); ``guessed``: when nobody said so; ``people``: (person, person) who are in
    conflict; ``submissions``: (person, submission).
    """

    advisors: frozenset[tuple[str, str]] = frozenset()
    guessed: tuple[Guess, ...] = ()
    people: frozenset[tuple[str, str]] = frozenset()
    submissions: frozenset[tuple[str, str]] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Which ties are conflicts.

    ``years``: joint papers and institutions count for so many years up to the submission's (None: for ever).
    ``papers``: so many joint papers make a conflict. ``team``: papers with more authors make nobody close (None: all
    do). ``guessed``: advisors guessed from bylines count, as uncertain. ``printed``: institutions as printed on papers
    count, as uncertain, since papers name old workplaces too. ``initials``: names that agree only in initials are
    namesakes also of people with a profile.
    """

    name: str = "default"
    years: int | None = 5
    papers: int = 1
    team: int | None = None
    institutions: bool = True
    printed: bool = True
    domains: bool = True
    advisors: bool = True
    guessed: bool = True
    cosubmissions: bool = False
    initials: bool = False

    def __post_init__(self) -> None:
        if (self.years is not None and self.years < 1) or self.papers < 1 or (self.team is not None and self.team < 2):
            raise AssignmentError("years and joint papers of a policy must be at least 1, the team at least 2")

    def window(self, year: int) -> tuple[int, int]:
        """First and last year that count for a submission of ``year``."""
        return (-FOREVER if self.years is None else year - self.years + 1), year


DEFAULT = Policy()
STRICT = Policy(name="strict", years=10, cosubmissions=True, initials=True)
PRESETS = {policy.name: policy for policy in (DEFAULT, STRICT)}


@dataclass(frozen=True, slots=True)
class Conflict:
    """A reviewer is too close to ``author`` of a submission. ``papers``: ids of joint papers; years of the evidence."""

    submission: str
    reviewer: str
    kind: Kind
    certainty: Certainty
    author: str
    papers: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    detail: str = ""


@dataclass(frozen=True, slots=True)
class Unresolved:
    """Somebody who could not be found for sure. ``candidates``: people of the collection with such a name."""

    person: str
    role: str  # "reviewer" or "author"
    submission: str | None
    candidates: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """All conflicts, by submission, reviewer, kind and author, and who could not be checked by id."""

    conflicts: tuple[Conflict, ...]
    unresolved: tuple[Unresolved, ...] = field(default=())

    def of(self, certainty: Certainty) -> tuple[Conflict, ...]:
        """The certain ones, or the uncertain ones."""
        return tuple(conflict for conflict in self.conflicts if conflict.certainty is certainty)

    def mask(
        self, submissions: Sequence[str], reviewers: Iterable[str], *, uncertain: bool = True
    ) -> npt.NDArray[np.bool_]:
        """Pairs in conflict, shape (submissions, reviewers); ``uncertain``: whether those count too."""
        rows = {one: row for row, one in enumerate(submissions)}
        columns = {one: column for column, one in enumerate(reviewers)}
        made = np.zeros((len(rows), len(columns)), dtype=np.bool_)
        for conflict in self.conflicts:
            if uncertain or conflict.certainty is Certainty.CERTAIN:
                made[rows[conflict.submission], columns[conflict.reviewer]] = True
        return made
