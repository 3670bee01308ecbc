"""The greedy assignment: best pairs first. A baseline; it can leave papers without reviewers where others would not."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from search.assignment.problem import Problem

__all__ = ["greedy"]

Ints = npt.NDArray[np.int64]


def greedy(problem: Problem) -> tuple[Ints, Ints]:
    """Pairs in descending order of affinity as long as demand, highest loads and conflicts allow, as
    (papers, reviewers). Other rules are not looked at, and demands may stay unmet.
    """
    order = np.argsort(-problem.affinity, axis=None, kind="stable")
    allowed = order[~problem.conflicts.reshape(-1)[order]]
    need, room = problem.demand.tolist(), problem.most.tolist()
    reviewers, open_places = problem.reviewers, int(problem.demand.sum())
    found: list[int] = []
    for key in allowed.tolist():
        paper, reviewer = divmod(key, reviewers)
        if need[paper] and room[reviewer]:
            need[paper] -= 1
            room[reviewer] -= 1
            found.append(key)
            if len(found) == open_places:
                break
    keys = np.sort(np.array(found, dtype=np.int64))
    return keys // reviewers, keys % reviewers
