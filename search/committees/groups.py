"""Members by value of an attribute: what limits and targets count."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from search.committees.model import Candidates, Limit, Target

__all__ = ["groups", "members_off", "penalty_of"]

Ints = npt.NDArray[np.int64]


def groups(candidates: Candidates, limit: Limit) -> dict[str, list[int]]:
    """Candidates by value of the limit's attribute; those without a value belong to none."""
    found: dict[str, list[int]] = {limit.value: []} if limit.value is not None else {}
    for at, attributes in enumerate(candidates.attributes):
        value = attributes.get(limit.attribute)
        if value is not None and limit.value in {None, value}:
            found.setdefault(value, []).append(at)
    return found


def members_off(candidates: Candidates, limit: Limit, members: Ints) -> int:
    """How many members too few or too many there are, over all groups of the limit."""
    off = 0
    for who in groups(candidates, limit).values():
        count = int(np.isin(members, who).sum())
        off += max(0, limit.least - count) + (0 if limit.most is None else max(0, count - limit.most))
    return off


def penalty_of(candidates: Candidates, targets: Iterable[Target], members: Ints) -> float:
    """What the members pay for targets that they miss."""
    return sum(target.penalty * members_off(candidates, target.limit, members) for target in targets)
