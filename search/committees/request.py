"""Constraints as people write them ("country<=2", "country:DE>=1", "graphs=2"), and candidates from records."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError
from search.assignment.inputs import ReviewerRecord
from search.committees.model import Candidates, Limit, Target

__all__ = ["candidates_of", "parse_limit", "parse_seats", "parse_target"]

_LIMIT = re.compile(r"\s*([^:<>=]+?)\s*(?::\s*([^<>=]+?)\s*)?(<=|>=|=)\s*(\d+)\s*")


def parse_limit(text: str) -> Limit:
    """A limit: ``country<=2`` (each country), ``country:DE>=1``, ``seniority:junior=2``.

    :raises AssignmentError: when it is none.
    """
    match = _LIMIT.fullmatch(text)
    if match is None:
        raise AssignmentError(f"{text!r} is no limit; write country<=2, country:DE>=1 or seniority:junior=2")
    attribute, value, sign, count = match.groups()
    number = int(count)
    return Limit(attribute, value, number if sign != "<=" else 0, number if sign != ">=" else None)


def parse_target(text: str) -> Target:
    """A limit that may be missed, with the penalty for each member off, ``seniority:junior>=2@0.1``; 0.05 if none.

    :raises AssignmentError: when it is none.
    """
    limit, _, penalty = text.partition("@")
    if not penalty:
        return Target(parse_limit(limit))
    try:
        value = float(penalty)
    except ValueError:
        value = -1.0
    if not 0 <= value < float("inf"):
        raise AssignmentError(f"{text!r} is no target; write a limit and a penalty from 0: country<=2@0.1")
    return Target(parse_limit(limit), value)


def parse_seats(text: str, topics: Sequence[str]) -> tuple[str, int]:
    """Seats for a topic, ``topic=2``; topics may go by their number, from 1.

    :raises AssignmentError: when it is none, or there is no such topic.
    """
    name, _, count = text.rpartition("=")
    name = name.strip()
    if not name or not count.strip().isdigit():
        raise AssignmentError(f"{text!r} are no seats; write topic=2")
    if name in topics:
        return name, int(count)
    if name.isdigit() and 1 <= int(name) <= len(topics):
        return topics[int(name) - 1], int(count)
    raise AssignmentError(f"there is no topic {name!r}; there are: {', '.join(topics)[:300]}")


def candidates_of(
    records: Sequence[ReviewerRecord], topics: Sequence[str], affinity: npt.NDArray[np.float32]
) -> Candidates:
    """Candidates from records and affinities, shape (topics, candidates).

    Expertise in a topic is the affinity as a share of the best candidate's, so that topics weigh the same.
    """
    table = np.maximum(affinity.T.astype(np.float64), 0)
    best = table.max(axis=0, initial=0.0)
    expertise = table / np.where(best > 0, best, 1)
    ids = [record.person.id for record in records]
    return Candidates.of(ids, topics, expertise, [dict(record.attributes) for record in records])
