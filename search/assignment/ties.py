"""The conflicts of submissions and reviewers as they come from files or over the wire."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from records.errors import AssignmentError
from records.progress import NO_PROGRESS, Progress
from search.assignment.inputs import ReviewerRecord, SubmissionRecord
from search.conflicts import DEFAULT, Policy, Relations, Report, find_conflicts, guessed_advisors
from search.people import People

__all__ = ["conflicts_between"]


def conflicts_between(
    submissions: Sequence[SubmissionRecord],
    reviewers: Sequence[ReviewerRecord],
    *,
    people: People | None = None,
    policy: Policy = DEFAULT,
    conflicts: Sequence[tuple[str, str]] = (),
    progress: Progress = NO_PROGRESS,
) -> Report:
    """All conflicts under ``policy``: what the records declare, ``conflicts`` (submission, reviewer), guessed advisors.

    :raises AssignmentError: when ``conflicts`` name what is not there.
    """
    authors = [author for record in submissions for author in record.submission.authors]
    persons = [record.person for record in reviewers]
    relations = _relations(submissions, reviewers, conflicts)
    if people is not None and policy.advisors and policy.guessed:
        relations = replace(relations, guessed=guessed_advisors(people, persons, authors))
    papers = [record.submission for record in submissions]
    return find_conflicts(papers, persons, people=people, policy=policy, relations=relations, progress=progress)


def _relations(
    submissions: Sequence[SubmissionRecord], reviewers: Sequence[ReviewerRecord], conflicts: Sequence[tuple[str, str]]
) -> Relations:
    known = {record.submission.id for record in submissions}, {record.person.id for record in reviewers}
    for paper, reviewer in conflicts:
        if paper not in known[0] or reviewer not in known[1]:
            raise AssignmentError(f"a conflict names {paper!r} and {reviewer!r}, which are not both there")
    declared = {(who, record.submission.id) for record in submissions for who in record.conflicts}
    declared |= {(record.person.id, paper) for record in reviewers for paper in record.conflicts}
    declared |= {(reviewer, paper) for paper, reviewer in conflicts}
    advisors = frozenset((record.person.id, who) for record in reviewers for who in record.advisors)
    related = frozenset((record.person.id, who) for record in reviewers for who in record.related)
    return Relations(advisors=advisors, people=related, submissions=frozenset(declared))
