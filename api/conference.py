"""What jobs about assignments and committees do."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

import numpy as np

from api.job import Job, JobLimits
from api.schemas.conference import AssignmentBody, CommitteeBody, LimitBody, reviewer_records, submission_records
from api.schemas.conference_results import AssignmentResult, CommitteeResult
from api.serving import Session
from records.errors import AssignmentError
from search.affinity import Vectorize
from search.assignment import Objective, SolveOptions
from search.assignment.conference import Rules, assign_all, prepare, reasons
from search.assignment.report import as_csv, as_html
from search.assignment.scorers import scorer_of
from search.committees import Limit, Request, Target, compose
from search.committees.request import candidates_of
from search.embedding import paper_text
from search.engine import Vectors

__all__ = ["assign_job", "committee_job"]

Work = Callable[[Session, Job], dict[str, str]]
_BATCH = 32  # texts embedded between two looks whether to go on


def assign_job(body: AssignmentBody, limits: JobLimits) -> Work:
    """The work of an assignment; names and ids are read at once, so that what cannot be read is refused at once.

    :raises AssignmentError: when a record cannot be read.
    """
    submissions, reviewers = submission_records(body.submissions), reviewer_records(body.reviewers)
    declared = [(pair.submission, pair.reviewer) for pair in body.conflicts]
    scores = None if body.scores is None else {(one.submission, one.reviewer): one.value for one in body.scores}
    bids = {(one.submission, one.reviewer): one.value for one in body.bids}
    rules = Rules(
        demand=body.demand,
        most=body.load,
        least=body.min_load,
        seniors=body.seniors,
        apart=body.apart,
        cap=body.cap,
        policy=body.value(),
        uncertain=not body.certain_only,
        recent=body.recent,
        seed=body.seed,
    )
    objective, top, seconds = Objective(body.objective), body.top, body.time_limit
    words_only = body.words_only

    def work(session: Session, job: Job) -> dict[str, str]:
        conference = prepare(
            submissions,
            reviewers,
            people=session.people,
            vectorize=None if words_only or scores is not None else _vectorize(session, job),
            stored=True,
            most_papers=limits.papers,
            scores=scores,
            bids=bids or None,
            conflicts=declared,
            rules=rules,
            progress=job,
        )
        left = job.left()
        limit = left if seconds is None else min(left, seconds)
        solution = assign_all(
            conference, SolveOptions(objective=objective, top=top, time_limit=limit, watch=job), progress=job
        )
        job.best(solution.value, solution.bound)
        pairs = reasons(conference, solution, progress=job)
        result = AssignmentResult.of(conference, solution, pairs, session.engine.generation.id)
        csv, page = as_csv(pairs), as_html(conference, solution, pairs)
        return {"json": result.model_dump_json(), "csv": csv, "html": page}

    return work


def committee_job(body: CommitteeBody, limits: JobLimits) -> Work:
    """The work of a committee.

    :raises AssignmentError: when a record cannot be read, or there is nothing to cover.
    """
    people = reviewer_records(body.candidates, "candidates")
    topics = {text: text for text in body.topics}
    for record in submission_records(body.submissions):
        topics[record.submission.id] = paper_text(record.title, record.abstract)
    if not topics:
        raise AssignmentError("a committee needs topics to cover: give `topics` or `submissions`")
    request = Request(
        size=body.size,
        redundancy=body.redundancy,
        weights=dict(body.weights),
        seats=dict(body.seats),
        limits=tuple(map(_limit, body.limits)),
        targets=tuple(Target(_limit(one), one.penalty) for one in body.targets),
        include=frozenset(body.include),
        exclude=frozenset(body.exclude),
        alternates=body.alternates,
    )
    # Each constraint is solved without once more, and time is for all of it.
    solves = 1 + len(body.limits) + len(body.targets) + len(body.include) + len(body.exclude) + len(body.seats)
    names, texts, recent, seconds = list(topics), list(topics.values()), body.recent, body.time_limit
    words_only = body.words_only

    def work(session: Session, job: Job) -> dict[str, str]:
        job.start("affinities", len(texts))
        vectorize = None if words_only else _vectorize(session, job)
        scorer = scorer_of(people, session.people, vectorize, recent, stored=True, most_papers=limits.papers)
        affinity = scorer.table(texts, None if vectorize is None else vectorize(texts))
        left = job.left()
        limit = (left if seconds is None else min(left, seconds)) / solves
        from_topics = candidates_of(people, names, affinity)
        found = compose(from_topics, replace(request, time_limit=limit), progress=job, watch=job)
        job.best(found.value - found.penalty, found.bound)
        return {"json": CommitteeResult.of(found, session.engine.generation.id).model_dump_json()}

    return work


def _limit(body: LimitBody) -> Limit:
    return Limit(body.attribute, body.value, body.least, body.most)


def _vectorize(session: Session, job: Job) -> Vectorize | None:
    """Embeds by the model of the generation, a few texts at a time; None when the generation has no vectors."""
    embedder = session.people.embedder
    if embedder is None:
        return None

    def embed(texts: Sequence[str]) -> Vectors:
        made = []
        job.start("embed", len(texts))
        for begin in range(0, len(texts), _BATCH):
            made.append(embedder.embed(texts[begin : begin + _BATCH]))
            job.advance(len(made[-1]))
        return np.concatenate(made) if made else np.zeros((0, embedder.dimension), dtype=np.float32)

    return embed
