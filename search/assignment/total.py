"""The assignment of the highest total worth: flows over candidate pairs, more of them where prices ask for it, and
reviewers kept apart by arcs that are added where they met."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from search.assignment.columns import Remainder, Worth, best_pairs, missing_pairs
from search.assignment.network import Flow, Network, solve_network
from search.assignment.watch import NO_WATCH, Watch

__all__ = ["Best", "Deadline", "Lottery", "best_total"]

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
_ROUNDS = 200
_NEW_PAIRS = 200_000


@dataclass(frozen=True, slots=True)
class Deadline:
    """Until when to go on; ``None``: no limit. ``clock`` counts seconds. ``watch`` is asked whenever the time is."""

    at: float | None = None
    clock: Callable[[], float] = time.monotonic
    watch: Watch = NO_WATCH

    @classmethod
    def after(cls, seconds: float | None, watch: Watch = NO_WATCH) -> Deadline:
        """The time ``seconds`` from now."""
        return cls(None if seconds is None else time.monotonic() + seconds, watch=watch)

    @property
    def over(self) -> bool:
        """Whether the time has come."""
        self.watch.check()
        return self.at is not None and self.clock() >= self.at


@dataclass(frozen=True, slots=True)
class Best:
    """Pairs (fixed ones aside), an upper ``bound`` of the worth of any assignment, and what could not be met.

    ``amount``: units of each pair; ``hub``: -1, or the arc of capacity 1 it shares with others of its paper.
    ``unmet`` and ``idle`` are those of :class:`Flow`; ``proven`` says that, if something is missing, no assignment over
    all allowed pairs would have it. ``finished`` is False when time ran out first.
    """

    paper: Int32s
    reviewer: Int32s
    amount: Ints
    hub: Int32s
    bound: float
    unmet: Ints
    idle: Ints
    proven: bool
    finished: bool
    rounds: int

    @property
    def complete(self) -> bool:
        """Whether every demand and every least load is met."""
        return not (self.unmet.any() or self.idle.any())


@dataclass(frozen=True, slots=True)
class Lottery:
    """What a solution may be made of: pairs take at most ``most`` of ``unit``. The default is plain pairs."""

    unit: int = 1
    most: int = 1


PLAIN = Lottery()


def best_total(
    worth: Worth,
    remainder: Remainder,
    top: int,
    deadline: Deadline,
    *,
    lottery: Lottery = PLAIN,
    steps: int = 1_000_000,
    found: Callable[[float, float], None] | None = None,
) -> Best:
    """The best assignment of what ``remainder`` leaves to do, by worth, starting from ``top`` candidates a paper.

    Without reviewers to keep apart it is optimal over all allowed pairs, unless time runs out. With them it is when
    arcs could express every meeting that came up; ``bound`` says how far off it can be otherwise. ``found`` is told the
    worth and the bound of every assignment on the way that keeps all rules.
    """
    search = _Search(worth, remainder, top, lottery, steps)
    bound, rounds, proven, late = np.inf, 0, False, False
    while True:
        rounds += 1
        flow = search.solve()
        late = late or deadline.over or rounds >= _ROUNDS
        new_paper, new_reviewer, missed = search.missing(flow)
        if not search.dropped:
            bound = min(bound, flow.value + missed)
            proven = proven or not len(new_paper)
        incomplete = flow.unmet.any() or flow.idle.any()  # time is over only for what can do without
        if found is not None and not incomplete and not search.meetings(flow):
            found(flow.value, float(bound))
        if len(new_paper) and (incomplete or not late):
            search.extend(new_paper, new_reviewer)
            continue
        met = search.meetings(flow)
        if not met:
            break
        for where, one, other in met:
            if late or not search.join(where, one, other):
                search.drop(where, one, other)
    some = flow.chosen
    chosen = search.paper[some], search.reviewer[some], flow.amount[some], search.hub[some]
    proven = proven and not search.dropped
    return Best(*chosen, float(bound), flow.unmet, flow.idle, proven, not late, rounds)


class _Search:
    """Candidate pairs so far, with the hub of each; ``dropped`` counts pairs given up to keep reviewers apart."""

    def __init__(self, worth: Worth, remainder: Remainder, top: int, lottery: Lottery, steps: int) -> None:
        self.lottery = lottery
        self.steps = steps
        self.worth = worth
        self.remainder = remainder
        self.paper, self.reviewer = best_pairs(worth, remainder.blocked, top)
        self.hub = np.full(len(self.paper), -1, dtype=np.int32)
        self.hubs = 0
        self.dropped = 0
        self.partners: dict[int, set[int]] = {}
        for one, other in worth.problem.apart.tolist():
            self.partners.setdefault(one, set()).add(other)
            self.partners.setdefault(other, set()).add(one)

    def solve(self) -> Flow:
        values = self.worth.of(self.paper, self.reviewer)
        pairs = self.paper, self.reviewer, values, self.hub
        return solve_network(
            Network(self.remainder.rules, *pairs, self.lottery.unit, self.lottery.most, steps=self.steps)
        )

    def missing(self, flow: Flow) -> tuple[Int32s, Int32s, float]:
        cap = self.lottery.most / self.lottery.unit
        return missing_pairs(self.worth, self.remainder, flow, self.paper, self.reviewer, cap=cap)

    def extend(self, paper: Int32s, reviewer: Int32s) -> None:
        """Take up new pairs; when there are very many, those worth most."""
        if len(paper) > _NEW_PAIRS:
            best = np.argsort(-self.worth.of(paper, reviewer), kind="stable")[:_NEW_PAIRS]
            paper, reviewer = paper[best], reviewer[best]
        paper, reviewer = np.concatenate((self.paper, paper)), np.concatenate((self.reviewer, reviewer))
        hub = np.concatenate((self.hub, np.full(len(paper) - len(self.hub), -1, dtype=np.int32)))
        order = np.lexsort((reviewer, paper))
        self.paper, self.reviewer, self.hub = paper[order], reviewer[order], hub[order]

    def meetings(self, flow: Flow) -> list[tuple[int, int, int]]:
        """(paper, reviewer, reviewer) of all who were put together and must be apart."""
        if not self.partners:
            return []
        met = []
        paper, reviewer = self.paper[flow.chosen], self.reviewer[flow.chosen].tolist()
        starts = np.searchsorted(paper, np.arange(len(flow.unmet) + 1)).tolist()
        for where, (begin, end) in enumerate(pairwise(starts)):
            together = reviewer[begin:end]
            met += [
                (where, one, other)
                for place, one in enumerate(together)
                for other in together[place + 1 :]
                if other in self.partners.get(one, ())
            ]
        return met

    def join(self, where: int, one: int, other: int) -> bool:
        """Put an arc of capacity 1 before the two at this paper, and before all who must meet none of them.

        False when an arc cannot say it: arcs of one paper must not overlap.
        """
        first, second = self._at(where, one), self._at(where, other)
        if min(first, second) < 0:
            return True  # one of them was given up already
        if not self._same_side(where, one, other):
            return False
        hubs = {int(self.hub[first]), int(self.hub[second])} - {-1}
        if len(hubs) == 2:
            return False
        begin, end = np.searchsorted(self.paper, (where, where + 1))
        rows = range(int(begin), int(end))
        hub = hubs.pop() if hubs else self.hubs
        members = [int(self.reviewer[row]) for row in rows if self.hub[row] == hub]
        if not all(member in self.partners[new] for new in {one, other} - set(members) for member in members):
            return False
        self.hubs = max(self.hubs, hub + 1)
        self.hub[[first, second]] = hub
        members = list({*members, one, other})
        for row in rows:
            reviewer = int(self.reviewer[row])
            near = self.partners.get(reviewer, set())
            if self.hub[row] == -1 and near.issuperset(members) and self._same_side(where, reviewer, one):
                self.hub[row] = hub
                members.append(reviewer)
        return True

    def drop(self, where: int, one: int, other: int) -> None:
        """Give up the pair of the two that is worth less."""
        pair = self._at(where, one), self._at(where, other)
        if min(pair) < 0:
            return  # one of them went already
        values = self.worth.of(self.paper[list(pair)], self.reviewer[list(pair)])
        gone = pair[int(values[1] <= values[0])]
        if not self.dropped:
            self.remainder = Remainder(self.remainder.rules, self.remainder.blocked.copy())
        self.dropped += 1
        self.remainder.blocked[where, self.reviewer[gone]] = True
        keep = np.ones(len(self.paper), dtype=np.bool_)
        keep[gone] = False
        self.paper, self.reviewer, self.hub = self.paper[keep], self.reviewer[keep], self.hub[keep]

    def _at(self, where: int, reviewer: int) -> int:
        begin, end = np.searchsorted(self.paper, (where, where + 1))
        row = int(begin + np.searchsorted(self.reviewer[begin:end], reviewer))
        return row if row < end and self.reviewer[row] == reviewer else -1

    def _same_side(self, where: int, one: int, other: int) -> bool:
        rules = self.remainder.rules
        free = rules.juniors[where] >= rules.demand[where]
        return bool(free or rules.senior[one] == rules.senior[other])
