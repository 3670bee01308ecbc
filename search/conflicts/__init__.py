"""Conflicts of interest: who is too close to whom to review, for which reason, and how sure that is."""

from search.conflicts.domains import organisation
from search.conflicts.find import find_conflicts
from search.conflicts.model import (
    DEFAULT,
    PRESETS,
    STRICT,
    Certainty,
    Conflict,
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
    "Kind",
    "Person",
    "Policy",
    "Relations",
    "Report",
    "Stay",
    "Submission",
    "Unresolved",
    "find_conflicts",
    "organisation",
]
