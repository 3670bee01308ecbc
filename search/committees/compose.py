"""Composing a committee: an integer program (HiGHS), checked, with alternates and the price of each constraint.

The value of a panel is the weighted mean, over topics, of the mean expertise of the topic's best ``redundancy``
members: a monotone submodular function (facility location). Limits break the guarantee of the greedy method, so this
is exact.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
from scipy import sparse
from scipy.optimize import Bounds, LinearConstraint, linear_sum_assignment, milp

from records.errors import AssignmentError, InfeasibleError
from records.progress import NO_PROGRESS, Progress
from search.assignment.watch import NO_WATCH, Watch
from search.committees.groups import groups, members_off, penalty_of
from search.committees.model import Alternate, Candidates, Committee, Member, Met, Request, Target

__all__ = ["broken_rules", "compose", "coverage"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
_TIE = 1e-6
_OUT_OF_TIME = 1  # as scipy says it


def coverage(candidates: Candidates, members: Ints, redundancy: int) -> Floats:
    """Mean expertise of the best ``redundancy`` members for each topic, shape (topics,); missing members count 0."""
    best = -np.sort(-candidates.expertise[members], axis=0)[:redundancy]
    return np.asarray(best.sum(axis=0) / redundancy, dtype=np.float64)


def compose(
    candidates: Candidates, request: Request, progress: Progress = NO_PROGRESS, watch: Watch = NO_WATCH
) -> Committee:
    """The committee with the highest coverage less penalties under the request's constraints.

    :raises AssignmentError: for a request that names what is not there, or when time ran out before there was any.
    :raises InfeasibleError: when no committee keeps them; it says without which single constraint there would be one.
    """
    _check_request(candidates, request)
    progress.start("committee", 1)
    try:
        found = _solve(candidates, request)
    except _LateError as error:
        raise AssignmentError("time ran out before any committee was found: allow more, or drop constraints") from error
    if found is None:
        progress.finish()
        raise InfeasibleError(_why_none(candidates, request))
    progress.advance()
    broken = broken_rules(candidates, request, found.members, found.seats)
    if broken:
        raise AssignmentError("the committee breaks rules: " + "; ".join(broken))
    worth = _worth(candidates, request, found.members)
    watch.best(worth, max(found.bound, worth))
    constraints = list(_relaxed(request))
    progress.start("costs", len(constraints) + len(request.targets))
    costs: dict[str, float | None] = {}
    for text, looser in constraints:
        watch.check()
        other = _in_time(candidates, looser)
        costs[text] = None if other is None else max(0.0, _worth(candidates, request, other.members) - worth)
        progress.advance()
    targets = []
    for at in range(len(request.targets)):
        watch.check()
        targets.append(_met(candidates, request, found, at))
        progress.advance()
    progress.finish()
    by_topic = coverage(candidates, found.members, request.redundancy)
    return Committee(
        tuple(_member(candidates, request, found, at) for at in found.members.tolist()),
        dict(zip(candidates.topics, by_topic.tolist(), strict=True)),
        _value(candidates, request, found.members),
        max(found.bound, worth),
        costs,
        found.finished,
        penalty_of(candidates, request.targets, found.members),
        tuple(targets),
    )


def _met(candidates: Candidates, request: Request, found: _Found, at: int) -> Met:
    """How the target at ``at`` came out."""
    target = request.targets[at]
    other = _in_time(candidates, replace(request, targets=request.targets[:at] + request.targets[at + 1 :]))
    value = _value(candidates, request, found.members)
    cost = None if other is None else max(0.0, _value(candidates, request, other.members) - value)
    off = members_off(candidates, target.limit, found.members)
    return Met(target.text, off, off * target.penalty, cost)


@dataclass(frozen=True, slots=True)
class _Found:
    """Members (positions, ascending), and the topic each sits for by position."""

    members: Ints
    seats: dict[int, int]
    bound: float
    finished: bool


def _check_request(candidates: Candidates, request: Request) -> None:
    known = set(candidates.ids)
    missing = sorted((request.include | request.exclude) - known)
    topics = sorted((set(request.seats) | set(request.weights)) - set(candidates.topics))
    if missing or topics:
        raise AssignmentError(
            f"the request names {', '.join([*missing, *topics])}, and there is no such candidate or topic"
        )
    if request.size < 1 or request.redundancy < 1 or request.alternates < 0:
        raise AssignmentError("size and redundancy of a committee must be at least 1, alternates not negative")
    if any(not 0 <= target.penalty < np.inf for target in request.targets):
        raise AssignmentError("the penalty of a target must not be negative")
    if any(weight < 0 for weight in request.weights.values()) or any(seats < 0 for seats in request.seats.values()):
        raise AssignmentError("weights and seats of topics must not be negative")
    if not any(weight > 0 for weight in _weights(candidates, request)):
        raise AssignmentError("some topic must have a weight above 0")


def _weights(candidates: Candidates, request: Request) -> Floats:
    return np.array([request.weights.get(topic, 1.0) for topic in candidates.topics])


def _value(candidates: Candidates, request: Request, members: Ints) -> float:
    weights = _weights(candidates, request)
    return float(weights @ coverage(candidates, members, request.redundancy) / weights.sum())


def _worth(candidates: Candidates, request: Request, members: Ints) -> float:
    """What is maximised: coverage less the penalties for targets."""
    return _value(candidates, request, members) - penalty_of(candidates, request.targets, members)


class _LateError(Exception):
    """Time ran out before there was any committee."""


def _in_time(candidates: Candidates, request: Request) -> _Found | None:
    """A committee, None when none was found in time or there is none."""
    try:
        return _solve(candidates, request)
    except _LateError:
        return None


def _solve(candidates: Candidates, request: Request) -> _Found | None:
    """Variables: member (n), counted for a topic (n x t), sits for a topic (n x topics with seats), off targets.

    :raises _LateError: when time ran out first.
    """
    n, t = candidates.expertise.shape
    seated = [at for at, topic in enumerate(candidates.topics) if request.seats.get(topic, 0)]
    soft = [(target, who) for target in request.targets for who in groups(candidates, target.limit).values()]
    hard = n * (1 + t + len(seated))
    size = hard + len(soft)
    weights = _weights(candidates, request)
    worth = candidates.expertise * weights / (weights.sum() * request.redundancy)
    # Of panels that cover the same the one that knows more in all is taken.
    penalties = np.array([-target.penalty for target, _ in soft])
    gain = np.concatenate((_TIE * worth.sum(axis=1), worth.ravel(), np.zeros(n * len(seated)), penalties))
    low, high = np.zeros(size), np.concatenate((np.ones(hard), np.full(len(soft), float(n + request.size))))
    for at, name in enumerate(candidates.ids):
        low[at] = name in request.include
        high[at] = name not in request.exclude
    if (low > high).any():
        return None
    rows = [(_wider(row, len(soft)), least, most) for row, least, most in _rows(candidates, request, seated)]
    rows += _soft_rows(soft, hard)
    matrix = sparse.vstack([row for row, _, _ in rows], format="csr")
    least, most = (np.concatenate([row[i] for row in rows]) for i in (1, 2))
    options = {} if request.time_limit is None else {"time_limit": request.time_limit}
    solved = milp(
        -gain,
        integrality=np.ones(size, dtype=np.int64),
        bounds=Bounds(low, high),
        constraints=LinearConstraint(matrix, least, most),
        options=options,  # type: ignore[arg-type]
    )
    if solved.x is None:
        if solved.status == _OUT_OF_TIME:
            raise _LateError
        return None
    members = np.flatnonzero(solved.x[:n] > 0.5)
    seats = _seating(candidates, request, members, seated)
    bound = float(-solved.mip_dual_bound) if solved.mip_dual_bound is not None else float("inf")
    return _Found(members, seats, bound, solved.status == 0)


def _seating(candidates: Candidates, request: Request, members: Ints, seated: list[int]) -> dict[int, int]:
    """Who sits for which topic: of all ways to fill the seats from ``members`` the one that knows most."""
    places = [at for at in seated for _ in range(request.seats[candidates.topics[at]])]
    who, where = linear_sum_assignment(
        candidates.expertise[np.ix_(members, np.array(places, dtype=np.int64))], maximize=True
    )
    return {int(members[member]): places[place] for member, place in zip(who, where, strict=True)}


def _rows(
    candidates: Candidates, request: Request, seated: list[int]
) -> Iterator[tuple[sparse.csr_array, Floats, Floats]]:
    """Blocks of the constraint matrix with their bounds."""
    n, t = candidates.expertise.shape
    s, one, free = len(seated), np.ones, np.inf
    eye = sparse.csr_array(sparse.eye_array(n))

    def block(
        member: sparse.csr_array | None, counted: sparse.csr_array | None, sits: sparse.csr_array | None
    ) -> sparse.csr_array:
        parts = ((member, n), (counted, n * t), (sits, n * s))
        rows: int = next(part.shape[0] for part, _ in parts if part is not None)
        filled = [sparse.csr_array((rows, width)) if part is None else part for part, width in parts]
        return sparse.csr_array(sparse.hstack(filled))

    yield block(sparse.csr_array(one((1, n))), None, None), one(1) * request.size, one(1) * request.size
    repeat = sparse.csr_array(sparse.kron(eye, one((t, 1))))
    yield block(-repeat, sparse.csr_array(sparse.eye_array(n * t)), None), one(n * t) * -free, np.zeros(n * t)
    per_topic = sparse.csr_array(sparse.kron(one((1, n)), sparse.eye_array(t)))
    yield block(None, per_topic, None), one(t) * -free, one(t) * request.redundancy
    if s:
        each = sparse.csr_array(sparse.kron(eye, one((1, s))))
        yield block(-eye, None, each), one(n) * -free, np.zeros(n)
        per_seat = sparse.csr_array(sparse.kron(one((1, n)), sparse.eye_array(s)))
        wanted = np.array([request.seats[candidates.topics[at]] for at in seated], dtype=np.float64)
        yield block(None, None, per_seat), wanted, wanted
    for limit in request.limits:
        for who in groups(candidates, limit).values():
            row = np.zeros((1, n))
            row[0, who] = 1
            most = free if limit.most is None else float(limit.most)
            yield block(sparse.csr_array(row), None, None), one(1) * limit.least, one(1) * most


def _wider(row: sparse.csr_array, columns: int) -> sparse.csr_array:
    return sparse.csr_array((row.data, row.indices, row.indptr), shape=(row.shape[0], row.shape[1] + columns))


def _soft_rows(soft: list[tuple[Target, list[int]]], hard: int) -> list[tuple[sparse.csr_array, Floats, Floats]]:
    """For each group of a target: members and those missing are enough, members less those off are not too many."""
    made = []
    size = hard + len(soft)
    for at, (target, who) in enumerate(soft):
        limit = target.limit
        for sign, least, most in ((1.0, float(limit.least), np.inf), (-1.0, -np.inf, limit.most)):
            if most is not None:
                row = np.zeros((1, size))
                row[0, who] = 1
                row[0, hard + at] = sign
                made.append((sparse.csr_array(row), np.full(1, least), np.full(1, float(most))))
    return made


def broken_rules(candidates: Candidates, request: Request, members: Ints, seats: dict[int, int]) -> list[str]:
    """What a panel breaks, counted from its members by none of the code that solves."""
    names = {candidates.ids[at] for at in members.tolist()}
    broken = [] if len(names) == request.size else [f"{len(names)} members instead of {request.size}"]
    broken += [f"{name} is missing" for name in sorted(request.include - names)]
    broken += [f"{name} is a member" for name in sorted(request.exclude & names)]
    taken = Counter(candidates.topics[topic] for member, topic in seats.items() if candidates.ids[member] in names)
    for topic, wanted in request.seats.items():
        if taken[topic] != wanted:
            broken.append(f"{taken[topic]} seats for {topic} instead of {wanted}")
    for limit in request.limits:
        counts = Counter(candidates.attributes[at].get(limit.attribute) for at in members.tolist())
        known = {value for one in candidates.attributes if (value := one.get(limit.attribute)) is not None}
        for value in sorted(known) if limit.value is None else [limit.value]:
            if counts[value] < limit.least or (limit.most is not None and counts[value] > limit.most):
                broken.append(f"{counts[value]} of {value}, but {limit.text}")
    return broken


def _relaxed(request: Request) -> Iterator[tuple[str, Request]]:
    """Each constraint in words, and the request without it."""
    for limit in request.limits:
        yield limit.text, replace(request, limits=tuple(other for other in request.limits if other is not limit))
    for name in sorted(request.include):
        yield f"{name} must be in", replace(request, include=request.include - {name})
    for name in sorted(request.exclude):
        yield f"{name} must not be in", replace(request, exclude=request.exclude - {name})
    for topic, seats in request.seats.items():
        if seats:
            fewer = {other: count for other, count in request.seats.items() if other != topic}
            yield f"{seats} seats for {topic}", replace(request, seats=fewer)


def _why_none(candidates: Candidates, request: Request) -> str:
    if request.size > len(candidates.ids):
        return f"no committee of {request.size}: there are {len(candidates.ids)} candidates"
    works = [text for text, looser in _relaxed(request) if _in_time(candidates, looser) is not None]
    if not works:
        return "no committee keeps every constraint, and leaving out a single one does not help"
    return f"no committee keeps every constraint; there is one without: {'; or '.join(works)}"


def _member(candidates: Candidates, request: Request, found: _Found, at: int) -> Member:
    expertise = candidates.expertise[found.members]
    place = int(np.searchsorted(found.members, at))
    ranks = (expertise > expertise[place]).sum(axis=0)
    counted = (ranks < request.redundancy) & (expertise[place] > 0)
    covers = tuple(topic for topic, yes in zip(candidates.topics, counted.tolist(), strict=True) if yes)
    seat = candidates.topics[found.seats[at]] if at in found.seats else None
    name = candidates.ids[at]
    alternates = () if name in request.include else tuple(_alternates(candidates, request, found, at))
    return Member(name, seat, covers, alternates)


def _alternates(candidates: Candidates, request: Request, found: _Found, at: int) -> list[Alternate]:
    """Who could sit in this place with all other members staying: those who keep every rule, best coverage first."""
    others = found.members[found.members != at]
    worth = _worth(candidates, request, found.members)
    outside = np.setdiff1d(np.arange(len(candidates.ids)), found.members)
    losses = []
    for candidate in outside.tolist():
        members = np.sort(np.append(others, candidate))
        seats = {candidate if member == at else member: topic for member, topic in found.seats.items()}
        if not broken_rules(candidates, request, members, seats):
            losses.append((worth - _worth(candidates, request, members), candidate))
    best = sorted(losses)[: request.alternates]
    return [Alternate(candidates.ids[candidate], loss) for loss, candidate in best]
