"""A conference's assignment from end to end: affinities and conflicts first, then the problem, then who and why."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import numpy.typing as npt

from ranking.corpus import NO_YEAR
from records.errors import AssignmentError
from records.progress import NO_PROGRESS, Progress
from search.affinity import Affinity, Explanation, Vectorize, score_table, with_bids
from search.assignment.inputs import ReviewerRecord, SubmissionRecord
from search.assignment.lottery import chances, draw
from search.assignment.problem import Problem
from search.assignment.scorers import scorer_of
from search.assignment.solve import Objective, Solution, SolveOptions, solve
from search.assignment.ties import conflicts_between
from search.conflicts import DEFAULT, Person, Policy, Report
from search.conflicts.identify import Identities
from search.embedding import paper_text
from search.people import People

__all__ = ["Conference", "Pair", "Rules", "assign_all", "prepare", "reasons"]

Table = npt.NDArray[np.float32]
Scores = Mapping[tuple[str, str], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """What the assignment must keep, where a submission or reviewer does not say otherwise.

    ``uncertain``: whether uncertain conflicts forbid a pair too. ``apart``: whether reviewers with joint papers in the
    policy's years may not share a submission. ``cap``: highest probability of a pair (a randomised assignment).
    """

    demand: int = 3
    most: int = 6
    least: int = 0
    seniors: int = 0
    uncertain: bool = True
    apart: bool = False
    policy: Policy = DEFAULT
    bid_weight: float = 0.25
    recent: int | None = None
    cap: float | None = None
    seed: int = 0


@dataclass(frozen=True, slots=True, eq=False)
class Conference:
    """Everything a solve needs, and what explains it. ``bids`` and ``affinity``: shape (submissions, reviewers)."""

    submissions: Sequence[SubmissionRecord]
    reviewers: Sequence[ReviewerRecord]
    problem: Problem
    affinity: Table
    bids: Table
    report: Report
    rules: Rules
    _scorer: Affinity | None = field(default=None)
    _vectors: Any = field(default=None)


@dataclass(frozen=True, slots=True)
class Pair:
    """One assigned pair and why. ``rank``: place of the reviewer among those allowed for the submission, from 1."""

    submission: str
    reviewer: str
    affinity: float
    bid: float | None
    rank: int
    explanation: Explanation | None


def prepare(
    submissions: Sequence[SubmissionRecord],
    reviewers: Sequence[ReviewerRecord],
    *,
    people: People | None = None,
    vectorize: Vectorize | None = None,
    stored: bool = False,
    most_papers: int | None = None,
    scores: Scores | None = None,
    bids: Scores | None = None,
    conflicts: Sequence[tuple[str, str]] = (),
    rules: Rules | None = None,
    progress: Progress = NO_PROGRESS,
) -> Conference:
    """Affinities, conflicts and the problem. ``scores`` are taken as affinities when given, and nothing is computed.

    ``conflicts``: further declared ones, (submission, reviewer). Papers of a reviewer come with the record or, for
    those with an id in the collection, from there. ``stored``, ``most_papers``: see :func:`scorer_of`.

    :raises AssignmentError: when ids clash, or no reviewer has papers and there are no scores.
    """
    rules = rules or Rules()
    names = [record.submission.id for record in submissions], [record.person.id for record in reviewers]
    report = conflicts_between(
        submissions, reviewers, people=people, policy=rules.policy, conflicts=conflicts, progress=progress
    )
    scorer, vectors = None, None
    if scores is not None:
        affinity = np.nan_to_num(score_table(scores, *names))
    else:
        texts = [paper_text(record.title, record.abstract) for record in submissions]
        progress.start("affinities", len(texts))
        scorer = scorer_of(reviewers, people, vectorize, rules.recent, stored=stored, most_papers=most_papers)
        vectors = None if vectorize is None else vectorize(texts)
        affinity = scorer.table(texts, vectors)
        progress.finish()
    table = score_table(bids or {}, *names)
    worth = with_bids(affinity, table, rules.bid_weight) if bids else affinity
    never = report.mask(*names, uncertain=rules.uncertain)
    apart = _apart([record.person for record in reviewers], people, rules) if rules.apart else []
    problem = _problem(submissions, reviewers, rules, affinity=worth, conflicts=never, apart=apart)
    return Conference(submissions, reviewers, problem, affinity, table, report, rules, scorer, vectors)


def assign_all(conference: Conference, options: SolveOptions, progress: Progress = NO_PROGRESS) -> Solution:
    """Solve: by chance under the cap of the rules when there is one, otherwise for the objective.

    :raises InfeasibleError: when no assignment keeps every rule.
    """
    rules = conference.rules
    if rules.cap is None:
        return solve(conference.problem, options, progress)
    if options.objective is not Objective.TOTAL:
        raise AssignmentError("a randomised assignment maximises the total; take the cap off for the fair objective")
    made = chances(conference.problem, rules.cap, top=options.top, time_limit=options.time_limit, watch=options.watch)
    return draw(made, rules.seed)


def reasons(
    conference: Conference, solution: Solution, *, papers: int = 3, progress: Progress = NO_PROGRESS
) -> list[Pair]:
    """Why each pair: affinity, rank, bid, and the reviewer's papers that made the affinity."""
    worth = np.where(conference.problem.conflicts, -np.inf, conference.problem.affinity)
    made = []
    progress.start("reasons", len(solution.pairs))
    for row_, column in solution.pairs:
        record = conference.submissions[row_]
        explanation = None
        if conference._scorer is not None:
            vector = None if conference._vectors is None else conference._vectors[row_]
            text = paper_text(record.title, record.abstract)
            explanation = conference._scorer.explain(text, column, vector, papers)
        bid = float(conference.bids[row_, column])
        made.append(
            Pair(
                record.submission.id,
                conference.reviewers[column].person.id,
                float(conference.affinity[row_, column]),
                None if np.isnan(bid) else bid,
                int((worth[row_] > worth[row_, column]).sum()) + 1,
                explanation,
            )
        )
        progress.advance()
    progress.finish()
    return made


def _problem(
    submissions: Sequence[SubmissionRecord], reviewers: Sequence[ReviewerRecord], rules: Rules, **given: Any
) -> Problem:
    demand = [rules.demand if record.demand is None else record.demand for record in submissions]
    most = [rules.most if record.most is None else record.most for record in reviewers]
    least = [rules.least if record.least is None else record.least for record in reviewers]
    papers, people = [r.submission.id for r in submissions], [r.person.id for r in reviewers]
    return Problem.of(
        names=(papers, people),
        demand=demand,
        most=most,
        # A load of one's own below the general least is what somebody asked for.
        least=[min(one, other) for one, other in zip(least, most, strict=True)],
        senior=[record.senior for record in reviewers],
        seniors=[min(rules.seniors, need) for need in demand],
        **given,
    )


def _apart(persons: Sequence[Person], people: People | None, rules: Rules) -> list[tuple[int, int]]:
    """Pairs of reviewers with a joint paper in the years that count, by number."""
    if people is None:
        return []
    arrays, identities = people.arrays, Identities(people)
    identities.prepare(persons)
    places = {identities.of(person).position: number for number, person in enumerate(persons)}
    years = arrays.corpus.years
    latest = int(years.max()) if len(years) else NO_YEAR
    first, _ = rules.policy.window(latest)
    pairs = []
    for position, number in places.items():
        if position is None:
            continue
        begin, end = arrays.coauthors.links.offsets[position : position + 2].tolist()
        for link in range(begin, end):
            other = places.get(int(arrays.coauthors.links.indices[link]))
            if other is not None and number < other and arrays.coauthors.last[link] >= first:
                pairs.append((number, other))
    return pairs
