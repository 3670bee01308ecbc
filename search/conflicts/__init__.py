"""Conflicts of interest: who is too close to whom to review, for which reason, and how sure that is."""

from search.conflicts.domains import organisation
from search.conflicts.find import find_conflicts
from search.conflicts.guesses import guessed_advisors
from search.conflicts.model import (
    DEFAULT,
    PRESETS,
    STRICT,
    Certainty,
    Conflict,
    Guess,
    Kind,
    Person,
    Policy,
    Relations,
    Report,
    Stay,
    Submission,
    Unresolved,
)

__all__ = [
    "DEFAULT",
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
    "find_conflicts",
    "guessed_advisors",
    "organisation",
]
