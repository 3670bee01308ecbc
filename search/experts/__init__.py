"""Experts for a need: a query, pasted texts or papers in; ranked people out, each with the papers behind it."""

from search.experts.request import (
    Aspect,
    AspectCover,
    Coverage,
    Evidence,
    Expert,
    ExpertRequest,
    ExpertResult,
    Place,
)
from search.experts.service import find_experts

__all__ = [
    "Aspect",
    "AspectCover",
    "Coverage",
    "Evidence",
    "Expert",
    "ExpertRequest",
    "ExpertResult",
    "Place",
    "find_experts",
]
