"""Committees: who covers the topics together, under limits, with alternates and the price of each constraint."""

from search.committees.compose import broken_rules, compose, coverage
from search.committees.model import Alternate, Candidates, Committee, Limit, Member, Met, Request, Target

__all__ = [
    "Alternate",
    "Candidates",
    "Committee",
    "Limit",
    "Member",
    "Met",
    "Request",
    "Target",
    "broken_rules",
    "compose",
    "coverage",
]
