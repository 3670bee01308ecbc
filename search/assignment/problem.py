"""What is to be assigned: submissions, reviewers, how well they fit, and the rules."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from records.errors import AssignmentError

__all__ = ["Problem"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
_LARGEST = 1e9


@dataclass(frozen=True, slots=True, eq=False)
class Problem:
    """An assignment problem; make it with :meth:`of`, which checks it.

    ``affinity``: float32, shape (papers, reviewers). ``conflicts``: the pairs that must not be, same shape. ``demand``
    and ``seniors``: reviewers, and senior ones among them, that each paper needs, shape (papers,). ``least`` and
    ``most``: loads of each reviewer, ``senior``: who is, shape (reviewers,). ``apart``: pairs of reviewers who must not
    share a paper, shape (pairs, 2). ``fixed``: pairs (paper, reviewer) that must be, shape (pairs, 2). ``names``: what
    papers and reviewers are called in messages, numbers where empty.
    """

    affinity: npt.NDArray[np.float32]
    conflicts: Bools
    demand: Ints
    seniors: Ints
    least: Ints
    most: Ints
    senior: Bools
    apart: Ints
    fixed: Ints
    names: tuple[tuple[str, ...], tuple[str, ...]] = ((), ())

    @property
    def papers(self) -> int:
        """Number of submissions."""
        return int(self.affinity.shape[0])

    @property
    def reviewers(self) -> int:
        """Number of reviewers."""
        return int(self.affinity.shape[1])

    def paper_name(self, paper: int) -> str:
        """What to call a paper."""
        return self.names[0][paper] if self.names[0] else str(paper)

    def reviewer_name(self, reviewer: int) -> str:
        """What to call a reviewer."""
        return self.names[1][reviewer] if self.names[1] else str(reviewer)

    @classmethod
    def of(
        cls,
        affinity: Any,
        *,
        demand: int | Any = 3,
        most: int | Any = 6,
        least: int | Any = 0,
        conflicts: Any = None,
        senior: Any = None,
        seniors: int | Any = 0,
        apart: Iterable[tuple[int, int]] = (),
        fixed: Iterable[tuple[int, int]] = (),
        names: tuple[Sequence[str], Sequence[str]] = ((), ()),
    ) -> Problem:
        """The problem. Numbers hold for every paper or reviewer; a pair without an affinity (NaN) counts 0.

        :raises AssignmentError: for shapes that do not fit, negative or reversed loads, infinite affinities, a fixed
            pair in conflict or given twice, a reviewer apart from oneself.
        """
        scores = np.array(affinity, dtype=np.float32, copy=True)
        if scores.ndim != 2:
            raise AssignmentError(f"affinities must be a table of papers x reviewers, not of {scores.ndim} dimensions")
        papers, reviewers = scores.shape
        np.nan_to_num(scores, copy=False, nan=0.0, posinf=np.inf, neginf=-np.inf)
        if not np.isfinite(scores).all() or (scores.size and np.abs(scores).max() > _LARGEST):
            raise AssignmentError(f"affinities must be finite numbers below {_LARGEST:g}")
        never = np.zeros(scores.shape, dtype=np.bool_) if conflicts is None else np.array(conflicts, dtype=np.bool_)
        if never.shape != scores.shape:
            raise AssignmentError(f"conflicts have shape {never.shape}, affinities {scores.shape}")
        made = cls(
            scores,
            never,
            _counts("the demand of a paper", demand, papers),
            _counts("the number of senior reviewers of a paper", seniors, papers),
            _counts("the least load of a reviewer", least, reviewers),
            _counts("the highest load of a reviewer", most, reviewers),
            _flags(senior, reviewers),
            _pairs("apart", apart, reviewers, reviewers),
            _pairs("fixed", fixed, papers, reviewers),
            (tuple(names[0]), tuple(names[1])),
        )
        made._check()
        return made

    def _check(self) -> None:
        if (self.least > self.most).any():
            one = int(np.argmax(self.least > self.most))
            raise AssignmentError(
                f"reviewer {one} has a least load {self.least[one]} above the highest {self.most[one]}"
            )
        if (self.seniors > self.demand).any():
            one = int(np.argmax(self.seniors > self.demand))
            raise AssignmentError(
                f"paper {one} needs {self.seniors[one]} senior reviewers of {self.demand[one]} in all"
            )
        if (self.apart[:, 0] == self.apart[:, 1]).any():
            raise AssignmentError("a reviewer cannot be kept apart from himself or herself")
        paper, reviewer = self.fixed.T
        if self.conflicts[paper, reviewer].any():
            at = int(np.argmax(self.conflicts[paper, reviewer]))
            raise AssignmentError(f"paper {paper[at]} and reviewer {reviewer[at]} are fixed together and in conflict")


def _counts(what: str, given: int | Any, size: int) -> Ints:
    values = np.asarray(given)
    if values.dtype.kind not in "iub" and not (values.dtype.kind == "f" and (values == np.floor(values)).all()):
        raise AssignmentError(f"{what} must be a whole number")
    if values.ndim > 1 or (values.ndim == 1 and len(values) != size):
        raise AssignmentError(f"{what} must be one number or {size} of them, not shape {values.shape}")
    counts = np.broadcast_to(values, (size,)).astype(np.int64)
    if (counts < 0).any():
        raise AssignmentError(f"{what} must not be negative")
    return counts


def _flags(given: Any, size: int) -> Bools:
    flags = np.zeros(size, dtype=np.bool_) if given is None else np.array(given, dtype=np.bool_)
    if flags.shape != (size,):
        raise AssignmentError(f"who is senior must be {size} flags, not shape {flags.shape}")
    return flags


def _pairs(what: str, given: Iterable[tuple[int, int]], rows: int, columns: int) -> Ints:
    pairs = np.array(list(given), dtype=np.int64).reshape(-1, 2)
    if len(pairs) and (pairs.min() < 0 or (pairs >= (rows, columns)).any()):
        raise AssignmentError(f"a pair under {what!r} lies outside {rows} x {columns}")
    return np.unique(pairs, axis=0)
