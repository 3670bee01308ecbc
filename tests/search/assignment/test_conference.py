"""From records to an assignment with reasons, and its files."""

from __future__ import annotations

import csv
import io

import numpy as np
import pytest

from records.errors import AssignmentError, InfeasibleError
from records.name import Name
from records.paper import Paper
from search.affinity import read_scores
from search.assignment import Objective, SolveOptions, check
from search.assignment.conference import Conference, Rules, assign_all, prepare, reasons
from search.assignment.inputs import ReviewerRecord, SubmissionRecord
from search.assignment.report import as_csv, as_html, as_values
from search.conflicts import Kind, Person, Submission
from search.embedding import HashingEmbedder

SUBJECTS = ("graph cuts", "speech models", "protein folding", "query planning")
EMBED = HashingEmbedder(64).embed


def _submissions() -> list[SubmissionRecord]:
    authors = [(Person(f"w{i}", Name(f"Writer{i}")),) for i in range(4)]
    return [
        SubmissionRecord(Submission(f"s{i}", authors[i], 2024), f"New {subject} <fast>", f"About {subject}.")
        for i, subject in enumerate(SUBJECTS)
    ]


def _reviewers() -> list[ReviewerRecord]:
    made = []
    for number in range(8):
        subject = SUBJECTS[number % 4]
        papers = tuple(Paper(f"r{number}p{i}", f"{subject} part {i}", f"We do {subject}.", year=2020) for i in range(3))
        made.append(ReviewerRecord(Person(f"r{number}", Name(f"Reader{number}")), papers, senior=number < 4))
    return made


def _conference(rules: Rules, **given: object) -> Conference:
    return prepare(_submissions(), _reviewers(), vectorize=EMBED, rules=rules, **given)  # type: ignore[arg-type]


def test_experts_review_what_they_know_and_the_reason_is_given() -> None:
    conference = _conference(Rules(demand=2, most=1))
    solution = assign_all(conference, SolveOptions())
    pairs = reasons(conference, solution)
    assert {(pair.submission, pair.reviewer) for pair in pairs} == {(f"s{i % 4}", f"r{i}") for i in range(8)}
    for pair in pairs:
        assert pair.rank <= 2
        assert pair.explanation is not None
        assert pair.explanation.affinity == pytest.approx(pair.affinity, abs=1e-4)
        assert all(paper.paper.startswith(pair.reviewer) for paper in pair.explanation.papers)


def test_conflicts_loads_and_seniors_are_kept() -> None:
    reviewers = _reviewers()
    reviewers[0] = ReviewerRecord(Person("r0", Name("Writer0")), reviewers[0].papers, senior=True, most=2)
    conference = prepare(
        _submissions(),
        reviewers,
        vectorize=EMBED,
        conflicts=[("s1", "r1")],
        rules=Rules(demand=2, most=1, seniors=1),
    )
    kinds = {(c.submission, c.reviewer): c.kind for c in conference.report.conflicts}
    assert kinds == {("s0", "r0"): Kind.SELF, ("s1", "r1"): Kind.DECLARED}
    solution = assign_all(conference, SolveOptions())
    assert check(conference.problem, solution.pairs).passed
    assert not {(0, 0), (1, 1)} & set(solution.pairs)
    allowed = prepare(_submissions(), reviewers, vectorize=EMBED, rules=Rules(uncertain=False))
    assert not allowed.problem.conflicts.any()


def test_scores_and_bids_from_outside() -> None:
    scores = {(f"s{s}", f"r{r}"): float(s == r) for s in range(4) for r in range(8)}
    conference = _conference(Rules(demand=1, most=1), scores=scores)
    solution = assign_all(conference, SolveOptions())
    assert solution.total == pytest.approx(4)
    assert reasons(conference, solution)[0].explanation is None
    liked = _conference(Rules(demand=1, most=1, bid_weight=2.0), scores=scores, bids={("s0", "r7"): 1.0})
    pairs = reasons(liked, assign_all(liked, SolveOptions()))
    assert (pairs[0].reviewer, pairs[0].bid, pairs[0].affinity) == ("r7", 1.0, 0.0)


def test_lotteries_and_what_they_do_not_do() -> None:
    conference = _conference(Rules(demand=2, most=2, cap=0.5, seed=1))
    solution = assign_all(conference, SolveOptions())
    assert check(conference.problem, solution.pairs).passed
    assert solution.total <= solution.bound
    with pytest.raises(AssignmentError, match="take the cap off"):
        assign_all(conference, SolveOptions(objective=Objective.FAIR))


def test_what_is_infeasible_is_said_with_names() -> None:
    crowded = _conference(Rules(demand=2), conflicts=[("s2", f"r{i}") for i in range(7)])
    with pytest.raises(InfeasibleError, match="paper s2 needs 2 reviewers"):
        assign_all(crowded, SolveOptions())
    with pytest.raises(AssignmentError, match="not both there"):
        _conference(Rules(), conflicts=[("s9", "r0")])
    with pytest.raises(AssignmentError, match="no reviewer has papers"):
        prepare(_submissions(), [ReviewerRecord(Person("r0"))])


def test_files_say_the_same(tmp_path_factory: pytest.TempPathFactory) -> None:
    conference = _conference(Rules(demand=2, most=1))
    solution = assign_all(conference, SolveOptions())
    pairs = reasons(conference, solution)
    rows = list(csv.DictReader(io.StringIO(as_csv(pairs))))
    assert [(row["submission"], row["reviewer"]) for row in rows] == [(p.submission, p.reviewer) for p in pairs]
    path = tmp_path_factory.mktemp("out") / "pairs.csv"
    path.write_text(as_csv(pairs))
    read = read_scores(path)
    assert read[pairs[0].submission, pairs[0].reviewer] == pytest.approx(pairs[0].affinity, abs=1e-6)
    values = as_values(conference, solution, pairs)
    assert values["total"] == solution.total
    assert sum(values["loads"].values()) == len(pairs) == 8
    assert set(values["checked"].values()) == {0}
    page = as_html(conference, solution, pairs)
    assert "&lt;fast&gt;" in page
    assert "<fast>" not in page
    assert "<script" not in page
    assert "http" not in page
    assert all(f"<small>{pair.reviewer}</small>" in page for pair in pairs)
    assert "People without a profile" in page


def test_one_paper_from_two_places_counts_once() -> None:
    paper = Paper("a", "Graph Cuts!", "Text.", year=2020)
    twice = ReviewerRecord(Person("r0"), (paper, Paper("b", "Graph cuts", "", year=2020)))
    conference = prepare(_submissions(), [twice], rules=Rules(demand=1))
    assert conference._scorer is not None
    assert conference._scorer.profiles.paper_ids == ("a",)
    assert np.isfinite(conference.affinity).all()
