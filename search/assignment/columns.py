"""Candidate pairs: the best of each paper to begin with, and those that prices say are missing."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from search.assignment.network import Flow, Rules
from search.assignment.problem import Problem

__all__ = ["Remainder", "Worth", "best_pairs", "missing_pairs"]

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
_CHUNK = 512  # papers priced at once


@dataclass(frozen=True, slots=True)
class Worth:
    """What a pair counts: its affinity, ``factor`` times (shape (papers,), None: once), plus ``bonus`` for ``kept``
    pairs (sorted keys paper * reviewers + reviewer).
    """

    problem: Problem
    factor: npt.NDArray[np.float64] | None = None
    kept: Ints | None = None
    bonus: float = 0.0

    def of(self, paper: Ints | Int32s, reviewer: Ints | Int32s) -> npt.NDArray[np.float64]:
        """Worth of pairs, shape (pairs,)."""
        worth = self.problem.affinity[paper, reviewer].astype(np.float64)
        if self.factor is not None:
            worth *= self.factor[paper]
        if self.kept is not None:
            keys = paper.astype(np.int64) * self.problem.reviewers + reviewer
            worth += self.bonus * np.isin(keys, self.kept)
        return worth

    def rows(self, begin: int, end: int) -> npt.NDArray[np.float64]:
        """Worth of all pairs of the papers ``begin`` to ``end``, shape (papers, reviewers)."""
        worth = self.problem.affinity[begin:end].astype(np.float64)
        if self.factor is not None:
            worth *= self.factor[begin:end, None]
        if self.kept is not None:
            reviewers = self.problem.reviewers
            inside = self.kept[(self.kept >= begin * reviewers) & (self.kept < end * reviewers)] - begin * reviewers
            worth.reshape(-1)[inside] += self.bonus
        return worth


@dataclass(frozen=True, slots=True)
class Remainder:
    """What fixed pairs leave to do: rules, and pairs that cannot be (conflicts, fixed ones, those apart from them)."""

    rules: Rules
    blocked: Bools

    @classmethod
    def of(cls, problem: Problem) -> Remainder:
        """Negative numbers where fixed pairs overfill a paper or a reviewer: no assignment keeps the rules."""
        paper, reviewer = problem.fixed.T
        taken = np.bincount(paper, minlength=problem.papers)
        load = np.bincount(reviewer, minlength=problem.reviewers)
        junior = np.bincount(paper[~problem.senior[reviewer]], minlength=problem.papers)
        demand = problem.demand - taken
        ruled = problem.seniors > 0
        juniors = np.where(ruled, np.minimum(problem.demand - problem.seniors - junior, demand), demand)
        least = np.maximum(problem.least - load, 0)
        blocked = problem.conflicts
        if len(paper):
            blocked = blocked.copy()
            blocked[paper, reviewer] = True
            for one, other in problem.apart.tolist():
                blocked[paper[reviewer == one], other] = True
                blocked[paper[reviewer == other], one] = True
        return cls(Rules(demand, juniors, least, problem.most - load, problem.senior), blocked)


def best_pairs(worth: Worth, blocked: Bools, top: int) -> tuple[Int32s, Int32s]:
    """The ``top`` allowed reviewers of each paper by worth, as (papers, reviewers), ascending."""
    papers, reviewers = blocked.shape
    columns = []
    for begin in range(0, papers, _CHUNK):
        end = min(begin + _CHUNK, papers)
        scores = worth.rows(begin, end)
        scores[blocked[begin:end]] = -np.inf
        if top < reviewers:
            found = np.argpartition(-scores, top - 1, axis=1)[:, :top]
            keep = np.zeros(scores.shape, dtype=np.bool_)
            np.put_along_axis(keep, found, values=True, axis=1)
            keep &= ~blocked[begin:end]
        else:
            keep = ~blocked[begin:end]
        paper, reviewer = np.nonzero(keep)
        columns.append((paper + begin, reviewer))
    made = [np.concatenate([part[i] for part in columns]) if columns else np.empty(0) for i in (0, 1)]
    return made[0].astype(np.int32), made[1].astype(np.int32)


def missing_pairs(
    worth: Worth, remainder: Remainder, flow: Flow, paper: Int32s, reviewer: Int32s, *, cap: float
) -> tuple[Int32s, Int32s, float]:
    """Pairs beside the candidates that the flow's prices say could raise its value, and by how much at most in all.

    The gain of a pair is its reduced cost; a paper uses no more new pairs than its demand, so the sum over papers of
    the largest gains bounds what all pairs together could add (weak duality of the linear program). ``cap`` is the
    largest probability of a pair.
    """
    rules, blocked = remainder.rules, remainder.blocked
    price = np.where(rules.senior[None, :], flow.paper_price[:, None], flow.junior_price[:, None])
    starts = np.searchsorted(paper, np.arange(blocked.shape[0] + 1))
    width = np.ceil(rules.demand / cap).astype(np.int64)
    found, total = [], 0.0
    for begin in range(0, blocked.shape[0], _CHUNK):
        end = min(begin + _CHUNK, blocked.shape[0])
        gain = np.rint(worth.rows(begin, end) * flow.scale)
        gain += flow.reviewer_price[None, :] - price[begin:end]
        gain[blocked[begin:end]] = 0
        inside = slice(starts[begin], starts[end])
        gain[paper[inside] - begin, reviewer[inside]] = 0
        np.maximum(gain, 0, out=gain)
        where = np.nonzero(gain)
        if len(where[0]):
            total += cap * _bounded(gain, width[begin:end])
            found.append((where[0] + begin, where[1]))
    rows, columns = (np.concatenate([f[i] for f in found]) if found else np.empty(0) for i in (0, 1))
    return rows.astype(np.int32), columns.astype(np.int32), total / flow.scale


def _bounded(gain: npt.NDArray[np.float64], pairs: Ints) -> float:
    """The sum of the ``pairs`` largest gains of each row."""
    width = min(int(pairs.max(initial=0)), gain.shape[1])
    if not width:
        return 0.0
    largest = -np.sort(-np.partition(gain, -width, axis=1)[:, -width:], axis=1)
    return float(np.where(np.arange(width)[None, :] < pairs[:, None], largest, 0).sum())
