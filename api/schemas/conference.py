"""Submissions, people, rules: what assignments, committees and conflicts are asked with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from records.errors import AssignmentError
from search.assignment.inputs import ReviewerRecord, SubmissionRecord, reviewers_of, submissions_of
from search.conflicts import PRESETS, Policy

__all__ = [
    "AssignmentBody",
    "CommitteeBody",
    "ConflictBody",
    "Strict",
    "check_pairs",
    "reviewer_records",
    "submission_records",
]

MAX_PEOPLE, MAX_SUBMISSIONS, MAX_PAPERS, MAX_TOPICS, MAX_PAIRS = 20_000, 20_000, 1000, 200, 500_000
Id = Annotated[str, Field(min_length=1, max_length=500)]
Line = Annotated[str, Field(max_length=2000)]
Text = Annotated[str, Field(max_length=50_000)]
Year = Annotated[int, Field(ge=1000, le=2999)]
Count = Annotated[int, Field(ge=0, le=100_000)]
Ids = Annotated[list[Id], Field(max_length=MAX_PAIRS)]


class Strict(BaseModel):
    """Refuses fields that are not known and values of another type."""

    model_config = ConfigDict(extra="forbid", strict=True)


class StayBody(Strict):
    """Time at an institution; open where a year is missing."""

    institution: Id
    start: Year | None = None
    end: Year | None = None


class AuthorBody(Strict):
    """An author of a submission. The more is known, the surer the conflicts."""

    id: Id | None = Field(default=None, description="What the author is called here.")
    name: Line | None = None
    email: Line | None = None
    author: Id | None = Field(default=None, description="Id in the collection.")
    history: list[StayBody] = Field(default_factory=list, max_length=100, description="Declared workplaces.")


class PaperBody(Strict):
    """A paper that a person wrote."""

    id: Id | None = None
    title: Line = Field(min_length=1)
    abstract: Text = ""
    year: Year | None = None


class ReviewerBody(Strict):
    """A reviewer, or a candidate for a committee."""

    id: Id
    name: Line | None = None
    emails: list[Line] = Field(default_factory=list, max_length=20)
    author: Id | None = Field(
        default=None, description="Id in the collection: papers, co-authors, places come from it."
    )
    papers: list[PaperBody | Id] = Field(
        default_factory=list, max_length=MAX_PAPERS, description="Papers, or ids of papers of the collection."
    )
    load: Count | None = Field(default=None, description="Highest load of this reviewer.")
    min_load: Count | None = Field(default=None, description="Least load of this reviewer.")
    senior: bool = False
    history: list[StayBody] = Field(default_factory=list, max_length=100, description="Declared workplaces.")
    advisors: Ids = Field(default_factory=list, description="Ids or e-mail addresses of people.")
    relations: Ids = Field(default_factory=list, description="Others who are close: ids or e-mail addresses.")
    conflicts: Ids = Field(default_factory=list, description="Ids of submissions.")
    country: Line | None = None
    institution: Line | None = None
    seniority: Line | None = None
    attributes: dict[Id, Line] = Field(default_factory=dict, max_length=50, description="Anything to limit by.")


class SubmissionBody(Strict):
    """A submission."""

    id: Id
    title: Line = Field(min_length=1)
    abstract: Text = ""
    year: Year | None = Field(default=None, description="Conflicts count back from it; the latest year if not given.")
    authors: list[AuthorBody] = Field(default_factory=list, max_length=MAX_PAPERS)
    collection_id: Id | None = Field(default=None, description="Its own id in the collection.")
    demand: Count | None = Field(default=None, description="Reviewers of this submission.")
    conflicts: Ids = Field(default_factory=list, description="Ids or e-mail addresses of people.")


class PairBody(Strict):
    """A submission and a reviewer."""

    submission: Id
    reviewer: Id


class ScoreBody(PairBody):
    """A number for a pair."""

    value: float = Field(ge=-1e9, le=1e9)


class BidBody(PairBody):
    """A bid: -1 (not at all) to 1 (very much)."""

    value: float = Field(ge=-1, le=1)


class PolicyBody(Strict):
    """Which ties are conflicts."""

    policy: Literal["default", "strict"] = Field(default="default", description="See docs/conflicts.md.")
    years: Annotated[int, Field(ge=1, le=1000)] | None = Field(
        default=None, description="Years that joint papers and workplaces count; those of the policy if not given."
    )
    guesses: bool = Field(default=True, description="Whether advisors guessed from bylines are (uncertain) conflicts.")

    def value(self) -> Policy:
        """As the finder takes it."""
        preset = PRESETS[self.policy]
        return replace(preset, years=preset.years if self.years is None else self.years, guessed=self.guesses)


_SUBMISSION: Any = {
    "id": "s1",
    "title": "Parsing with graphs",
    "abstract": "We parse.",
    "authors": [{"name": "Jane Roe", "email": "jane@uni.edu"}],
}
_REVIEWER: Any = {"id": "r1", "name": "John Doe", "papers": [{"title": "Graph parsing", "year": 2020}], "load": 4}


class ConflictBody(PolicyBody):
    """Submissions and reviewers between whom to look for conflicts."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"submissions": [_SUBMISSION], "reviewers": [_REVIEWER]}]}
    )

    submissions: list[SubmissionBody] = Field(min_length=1, max_length=MAX_SUBMISSIONS)
    reviewers: list[ReviewerBody] = Field(min_length=1, max_length=MAX_PEOPLE)
    conflicts: list[PairBody] = Field(default_factory=list, max_length=MAX_PAIRS, description="Further declared ones.")


class AssignmentBody(ConflictBody):
    """An assignment problem."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"submissions": [_SUBMISSION], "reviewers": [_REVIEWER], "demand": 1}]}
    )

    scores: list[ScoreBody] | None = Field(
        default=None, max_length=MAX_PAIRS, description="Affinities; nothing is compared when they are given."
    )
    bids: list[BidBody] = Field(default_factory=list, max_length=MAX_PAIRS)
    demand: Annotated[int, Field(ge=0, le=1000)] = Field(default=3, description="Reviewers of a submission.")
    load: Count = Field(default=6, description="Highest load of a reviewer.")
    min_load: Count = Field(default=0, description="Least load of a reviewer.")
    seniors: Annotated[int, Field(ge=0, le=1000)] = Field(default=0, description="Senior reviewers of a submission.")
    apart: bool = Field(default=False, description="Recent co-authors do not share a submission.")
    certain_only: bool = Field(default=False, description="Uncertain conflicts are listed but forbid nothing.")
    objective: Literal["total", "fair"] = Field(default="total", description="The sum, or the lowest submission.")
    cap: Annotated[float, Field(gt=0, le=1)] | None = Field(
        default=None, description="Randomise: highest probability of a pair."
    )
    seed: Annotated[int, Field(ge=0, le=2**63 - 1)] = Field(default=0, description="Of the randomised assignment.")
    recent: Annotated[int, Field(ge=1, le=MAX_PAPERS)] | None = Field(
        default=None, description="Only so many latest papers of a reviewer."
    )
    words_only: bool = Field(default=False, description="Compare by words, without vectors.")
    top: Annotated[int, Field(ge=1, le=1000)] = Field(default=100, description="Candidates of a submission at first.")
    time_limit: Annotated[float, Field(gt=0, le=86_400)] | None = Field(
        default=None, description="Seconds after which the best so far is taken; the server has a limit of its own."
    )


class LimitBody(Strict):
    """How many members may, or must, have a value of an attribute; without `value`, each value for itself."""

    attribute: Id
    value: Line | None = None
    least: Count = 0
    most: Count | None = None


class TargetBody(LimitBody):
    """A limit that may be missed."""

    penalty: Annotated[float, Field(ge=0, le=1000)] = Field(default=0.05, description="Coverage, for each member off.")


class CommitteeBody(Strict):
    """Topics to cover (`topics`, `submissions` or both), candidates, and what the committee must keep."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "topics": ["graph parsing"],
                    "candidates": [_REVIEWER, {**_REVIEWER, "id": "r2", "country": "DE"}],
                    "size": 1,
                    "targets": [{"attribute": "country", "value": "DE", "least": 1, "penalty": 0.1}],
                }
            ]
        }
    )

    candidates: list[ReviewerBody] = Field(min_length=1, max_length=MAX_PEOPLE)
    topics: list[Annotated[str, Field(min_length=1, max_length=10_000)]] = Field(
        default_factory=list, max_length=MAX_TOPICS
    )
    submissions: list[SubmissionBody] = Field(
        default_factory=list, max_length=MAX_TOPICS, description="Each is a topic by the name of its id."
    )
    size: Annotated[int, Field(ge=1, le=1000)] = Field(default=10, description="Members.")
    redundancy: Annotated[int, Field(ge=1, le=100)] = Field(
        default=2, description="Each topic counts its so many best members."
    )
    weights: dict[str, Annotated[float, Field(ge=0, le=1e6)]] = Field(
        default_factory=dict, max_length=2 * MAX_TOPICS, description="Of topics; 1 if not given."
    )
    seats: dict[str, Annotated[int, Field(ge=0, le=1000)]] = Field(
        default_factory=dict, max_length=2 * MAX_TOPICS, description="Topic: members who sit for it and no other."
    )
    limits: list[LimitBody] = Field(default_factory=list, max_length=50)
    targets: list[TargetBody] = Field(default_factory=list, max_length=50)
    include: list[Id] = Field(default_factory=list, max_length=1000, description="Who must be a member.")
    exclude: list[Id] = Field(default_factory=list, max_length=1000, description="Who must not be a member.")
    alternates: Annotated[int, Field(ge=0, le=20)] = Field(default=3, description="Alternates for each seat.")
    recent: Annotated[int, Field(ge=1, le=MAX_PAPERS)] | None = Field(
        default=None, description="Only so many latest papers of a candidate."
    )
    words_only: bool = Field(default=False, description="Compare by words, without vectors.")
    time_limit: Annotated[float, Field(gt=0, le=86_400)] | None = Field(
        default=None, description="Seconds for all of it; the server has a limit of its own."
    )


def _plain(name: str, models: Sequence[BaseModel]) -> list[tuple[str, dict[str, Any]]]:
    return [(f"{name}.{at}", model.model_dump(exclude_none=True)) for at, model in enumerate(models)]


def submission_records(models: Sequence[SubmissionBody]) -> list[SubmissionRecord]:
    """As the solver takes them.

    :raises AssignmentError: when a name cannot be read, or an id comes twice.
    """
    if len({model.id for model in models}) != len(models):
        raise AssignmentError("two submissions have the same id")
    return submissions_of(_plain("submissions", models))


def reviewer_records(models: Sequence[ReviewerBody], name: str = "reviewers") -> list[ReviewerRecord]:
    """As the solver takes them.

    :raises AssignmentError: when a name cannot be read, or an id comes twice.
    """
    return reviewers_of(_plain(name, models))


def check_pairs(rows: int, columns: int, most: int, setting: str) -> None:
    """Refuse more than ``most`` pairs.

    :raises AssignmentError: when there are more.
    """
    if rows * columns > most:
        raise AssignmentError(
            f"{rows} x {columns} pairs are more than this server takes at once ({most}, its setting {setting}); "
            "the command line has no such limit"
        )
