"""An assignment as a flow of least cost: papers send their demand through candidate pairs to reviewers and a sink.

Rules become arcs, so that an optimal flow is whole numbers by itself: "at least s senior" is "at most demand - s
junior", one arc before the junior reviewers of a paper; reviewers who must not meet share an arc of capacity 1; a least
load is what a reviewer's node keeps. Arcs at a penalty take what cannot be met, so that there always is a flow and what
it costs says what is missing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.graph.python import min_cost_flow  # type: ignore[import-untyped]

from records.errors import AssignmentError
from search.assignment import kernels

__all__ = ["Flow", "Network", "Rules", "solve_network"]

Ints = npt.NDArray[np.int64]
Int32s = npt.NDArray[np.int32]
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Rules:
    """What is left to fill once fixed pairs are taken out.

    ``juniors``: how many reviewers of a paper may be junior (its demand where there is no rule), shape (papers,).
    """

    demand: Ints
    juniors: Ints
    least: Ints
    most: Ints
    senior: npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Network:
    """Candidate pairs with what they are worth, and the hubs: ``hub`` is -1, or which hub of capacity 1 (numbered over
    all papers) a pair goes through, shape (pairs,).

    One reviewer on one paper is ``unit`` units of flow; a pair takes ``most`` of them (less than ``unit``: a
    probability below 1). ``steps``: worths are rounded to so many steps of the largest.
    """

    rules: Rules
    paper: Int32s
    reviewer: Int32s
    worth: Floats
    hub: Int32s
    unit: int = 1
    most: int = 1
    steps: int = 1_000_000


@dataclass(frozen=True, slots=True)
class Flow:
    """An optimal flow: the ``amount`` of each pair in units, what is missing, and prices.

    ``unmet``: units a paper lacks. ``idle``: units a reviewer lacks to the least load. ``value``: worth of the pairs,
    rounded as in the flow. A further pair would gain ``scale`` * worth - (price of its tail -> reviewer).
    """

    amount: Ints
    unmet: Ints
    idle: Ints
    value: float
    scale: float
    paper_price: Ints
    junior_price: Ints
    reviewer_price: Ints

    @property
    def chosen(self) -> npt.NDArray[np.bool_]:
        """The pairs with any flow, shape (pairs,)."""
        return self.amount > 0


def solve_network(network: Network) -> Flow:
    """The flow of least cost.

    :raises AssignmentError: when the solver gives up, which numbers within the bounds of a problem never make it do.
    """
    arcs = _Arcs(network)
    solver = min_cost_flow.SimpleMinCostFlow()
    ids = solver.add_arcs_with_capacity_and_unit_cost(arcs.tail, arcs.head, arcs.capacity, arcs.cost)
    solver.set_nodes_supplies(np.arange(arcs.nodes, dtype=np.int32), arcs.supply)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise AssignmentError(f"the flow solver ended with {status.name}")
    flow = np.asarray(solver.flows(ids), dtype=np.int64)
    price = kernels.potentials(arcs.nodes, arcs.tail, arcs.head, arcs.capacity - flow, flow, arcs.cost)
    pairs = len(network.paper)
    rules = network.rules
    papers, reviewers = len(rules.demand), len(rules.most)
    idle = np.zeros(reviewers, dtype=np.int64)
    idle[arcs.idle_of] = flow[arcs.idle_at]
    value = -float((flow[:pairs] * arcs.cost[:pairs]).sum()) / (arcs.scale * network.unit)
    return Flow(
        flow[:pairs],
        flow[arcs.unmet_at],
        idle,
        value,
        arcs.scale,
        price[:papers],
        price[arcs.junior_node],
        price[papers : papers + reviewers],
    )


class _Arcs:
    """Nodes: papers, reviewers, a hub for the juniors of each paper with such a rule, other hubs, sink, spare."""

    def __init__(self, network: Network) -> None:
        rules, unit = network.rules, network.unit
        papers, reviewers = len(rules.demand), len(rules.most)
        self._parts: list[tuple[Ints, Ints, Ints, Ints]] = []
        self._number(network)
        self._add_pairs(network)
        ruled = np.flatnonzero(rules.juniors < rules.demand)
        self._add(ruled, self.junior_node[ruled], rules.juniors[ruled] * unit, 0)
        columns = papers + np.arange(reviewers)
        self._add(columns, np.full(reviewers, self.sink), (rules.most - rules.least) * unit, 0)
        # Worth more than any chain of exchanges, each of which passes a reviewer once.
        penalty = 2 * network.steps * (reviewers + 2)
        self.unmet_at = self._add(np.arange(papers), np.full(papers, self.spare), rules.demand * unit, penalty)
        self.idle_of = at = np.flatnonzero(rules.least)
        self.idle_at = self._add(np.full(len(at), self.spare), columns[at], rules.least[at] * unit, penalty)
        everything = unit * max(int(rules.demand.sum()), int(rules.least.sum()))
        both = np.array([self.spare, self.sink])
        self._add(both, both[::-1], everything, 0)
        self.tail, self.head = (np.concatenate([part[i] for part in self._parts]).astype(np.int32) for i in (0, 1))
        self.capacity, self.cost = (np.concatenate([part[i] for part in self._parts]) for i in (2, 3))
        self.supply = np.zeros(self.nodes, dtype=np.int64)
        self.supply[:papers] = rules.demand * unit
        self.supply[papers : papers + reviewers] = -rules.least * unit
        self.supply[self.sink] = (rules.least.sum() - rules.demand.sum()) * unit

    def _number(self, network: Network) -> None:
        """Numbers for the nodes behind papers and reviewers."""
        rules = network.rules
        papers, reviewers = len(rules.demand), len(rules.most)
        ruled = np.flatnonzero(rules.juniors < rules.demand)
        self.junior_node = np.arange(papers, dtype=np.int64)
        self.junior_node[ruled] = papers + reviewers + np.arange(len(ruled))
        self.first_hub = papers + reviewers + len(ruled)
        self.sink = self.first_hub + int(network.hub.max(initial=-1)) + 1
        self.spare = self.sink + 1
        self.nodes = self.sink + 2

    def _add_pairs(self, network: Network) -> None:
        rules, hub = network.rules, network.hub.astype(np.int64)
        paper, reviewer = network.paper.astype(np.int64), network.reviewer.astype(np.int64)
        parent = np.where(rules.senior[reviewer], paper, self.junior_node[paper])
        inside = hub >= 0
        tail = np.where(inside, self.first_hub + hub, parent)
        largest = float(np.abs(network.worth).max(initial=0.0))
        self.scale = network.steps / largest if largest > 0 else 1.0
        cost = -np.rint(network.worth * self.scale).astype(np.int64)
        self._add(tail, len(rules.demand) + reviewer, network.most, cost)
        numbers, where = np.unique(hub[inside], return_index=True)
        self._add(parent[inside][where], self.first_hub + numbers, network.unit, 0)

    def _add(self, tail: Ints, head: Ints, capacity: int | Ints, cost: int | Ints) -> Ints:
        """Add arcs; their numbers."""
        begin = sum(len(part[0]) for part in self._parts)
        shape = (len(tail),)
        wide = [np.broadcast_to(np.asarray(x, dtype=np.int64), shape) for x in (capacity, cost)]
        self._parts.append((tail, head, wide[0], wide[1]))
        return np.arange(begin, begin + len(tail))
