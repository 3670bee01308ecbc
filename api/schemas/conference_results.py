"""Assignments, committees, conflicts and jobs as answers; the command line writes the same."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from pydantic import BaseModel, Field, field_validator

from api.job_folder import JobRecord
from api.schemas.problem import Problem
from search.assignment import Solution
from search.assignment.conference import Conference, Pair
from search.assignment.report import as_values
from search.committees import Committee
from search.conflicts import Report

__all__ = ["AssignmentResult", "CommitteeResult", "ConflictResult", "JobModel"]


class EvidencePaperModel(BaseModel):
    """A paper of the reviewer, with its cosines to the submission."""

    paper: str
    title: str
    year: int | None
    vectors: float | None = Field(description="Null when compared by words only.")
    words: float
    share: float = Field(description="Of the affinity.")

    @field_validator("year", mode="before")
    @classmethod
    def _known(cls, year: int | None) -> int | None:
        return year if year is not None and year > 0 else None


class AffinityModel(BaseModel):
    """Why an affinity is what it is."""

    affinity: float
    parts: dict[str, float]
    weights: dict[str, float]
    papers: list[EvidencePaperModel]


class AssignedModel(BaseModel):
    """An assigned pair and why."""

    submission: str
    reviewer: str
    affinity: float
    bid: float | None
    rank: int = Field(description="Place of the reviewer among those allowed for the submission.")
    explanation: AffinityModel | None = Field(description="Null when scores were given.")


class ConflictModel(BaseModel):
    """A reviewer is too close to an author of a submission."""

    submission: str
    reviewer: str
    kind: str = Field(description="`self`, `coauthor`, `institution`, `domain`, `advisor`, `cosubmission`, `declared`.")
    certainty: str = Field(description="`certain` or `uncertain`.")
    author: str = Field(description="Empty where the submission itself was declared.")
    papers: list[str] = Field(description="Joint papers.")
    first: int | None = Field(description="First year of the evidence.")
    last: int | None
    detail: str


class UnresolvedModel(BaseModel):
    """Somebody who could not be found for sure, and people of the collection with such a name."""

    person: str
    role: str = Field(description="`reviewer` or `author`.")
    submission: str | None
    candidates: list[str]


class ConflictResult(BaseModel):
    """All conflicts, and who could not be checked by id."""

    conflicts: list[ConflictModel]
    unresolved: list[UnresolvedModel]
    generation: str

    @classmethod
    def of(cls, report: Report, generation: str) -> ConflictResult:
        """From the finder's."""
        return cls(
            conflicts=[ConflictModel.model_validate(one, from_attributes=True) for one in report.conflicts],
            unresolved=[UnresolvedModel.model_validate(one, from_attributes=True) for one in report.unresolved],
            generation=generation,
        )


class AssignmentResult(BaseModel):
    """An assignment that was checked, with the reason for every pair."""

    objective: str
    total: float
    lowest: float = Field(description="Total affinity of the submission that has least.")
    bound: float | None = Field(description="No assignment has more.")
    gap: float | None = Field(description="Share of the bound by which it can be off; 0: proven best.")
    finished: bool = Field(description="False: time ran out.")
    seconds: float
    checked: dict[str, int] = Field(description="Rule: times broken, which is 0.")
    pairs: list[AssignedModel]
    loads: dict[str, int]
    conflicts: list[ConflictModel]
    unresolved: list[UnresolvedModel]
    generation: str = ""

    @classmethod
    def of(
        cls, conference: Conference, solution: Solution, pairs: Sequence[Pair], generation: str = ""
    ) -> AssignmentResult:
        """From the solver's."""
        values: dict[str, Any] = as_values(conference, solution, pairs)
        values.update({name: _finite(values[name]) for name in ("bound", "gap")})
        return cls(**values, generation=generation)


class AlternateModel(BaseModel):
    """Who could take the seat with everything kept, and what would be lost (negative: gained)."""

    candidate: str
    loss: float


class MemberModel(BaseModel):
    """A member, the topic of the seat, the topics it counts for, and alternates."""

    candidate: str
    seat: str | None
    covers: list[str]
    alternates: list[AlternateModel]


class MetModel(BaseModel):
    """How a target came out."""

    target: str
    off: int = Field(description="Members too few or too many.")
    penalty: float
    cost: float | None = Field(description="How much more coverage there could be without it; null: not known in time.")


class CommitteeResult(BaseModel):
    """A committee that was checked."""

    members: list[MemberModel]
    coverage: dict[str, float]
    value: float = Field(description="Mean coverage of the topics.")
    penalty: float = Field(description="For targets that are missed.")
    bound: float | None = Field(description="No committee has more value less penalty.")
    costs: dict[str, float | None] = Field(
        description="Constraint: how much more value less penalty there could be without it; null: not known in time."
    )
    targets: list[MetModel]
    finished: bool
    generation: str = ""

    @classmethod
    def of(cls, found: Committee, generation: str = "") -> CommitteeResult:
        """From the solver's."""
        made = cls.model_validate(found, from_attributes=True)
        return made.model_copy(update={"bound": _finite(found.bound), "generation": generation})


class JobProgress(BaseModel):
    """The stage at work."""

    stage: str
    done: int
    total: int | None


class BestModel(BaseModel):
    """The best solution so far."""

    value: float
    bound: float | None = Field(description="No solution is better.")
    gap: float | None = Field(description="Share of the bound by which it can be off.")


class JobModel(BaseModel):
    """A job."""

    id: str
    kind: str = Field(description="`assignment` or `committee`.")
    state: str = Field(description="`waiting`, `running`, `cancelling`, `cancelled`, `failed` or `done`.")
    created: datetime
    ended: datetime | None
    generation: str = Field(description="The build it works with; empty while it waits.")
    progress: JobProgress
    best: BestModel | None
    problem: Problem | None = Field(description="Why it failed.")
    result: str | None = Field(description="Where the result is, once there is one.")

    @classmethod
    def of(cls, job: JobRecord, problem: Problem | None) -> JobModel:
        """``problem``: why it failed, if that is known."""
        value, done = job.value, job.state == "done"
        return cls(
            id=job.id,
            kind=job.kind,
            state=job.state.value,
            created=datetime.fromtimestamp(job.created, UTC),
            ended=None if job.ended is None else datetime.fromtimestamp(job.ended, UTC),
            generation=job.generation,
            progress=JobProgress(stage=job.stage, done=job.amount, total=job.total),
            best=None if value is None else _best(*value),
            problem=problem,
            result=f"/jobs/{job.id}/result" if done else None,
        )


def _best(value: float, bound: float) -> BestModel:
    short = bound - value
    gap = 0.0 if short <= 1e-6 * max(1.0, abs(bound)) else short / max(abs(bound), 1e-12)
    return BestModel(value=value, bound=_finite(bound), gap=_finite(gap))


def _finite(value: float) -> float | None:
    return value if math.isfinite(value) else None
