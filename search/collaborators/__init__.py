"""Collaborators: people somebody has not written with yet, ranked by a learned model, and the evidence for each."""

from search.collaborators.packing import COLLABORATORS, pack_collaborators
from search.collaborators.profiles import TextsMaker, words_of
from search.collaborators.request import (
    Citations,
    Collaborator,
    CollaboratorRequest,
    CollaboratorResult,
    JointPaper,
    PathStep,
    Person,
    TopicShare,
)
from search.collaborators.service import Collaborators, collaborators_of, find_collaborators

__all__ = [
    "COLLABORATORS",
    "Citations",
    "Collaborator",
    "CollaboratorRequest",
    "CollaboratorResult",
    "Collaborators",
    "JointPaper",
    "PathStep",
    "Person",
    "TextsMaker",
    "TopicShare",
    "collaborators_of",
    "find_collaborators",
    "pack_collaborators",
    "words_of",
]
