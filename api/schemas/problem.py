"""The shape of every error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

from search.assignment import Diagnosis

__all__ = ["PROBLEM_RESPONSES", "DiagnosisModel", "Problem", "RelaxationModel", "response"]


class RelaxationModel(BaseModel):
    """A change of one kind of rule after which there is an assignment. It was tried."""

    rule: str = Field(description="`highest load`, `least load`, `demand`, `senior`, `conflict`, `apart` or `fixed`.")
    amount: int = Field(description="By how much.")
    text: str = Field(description="In words.")
    submissions: list[str] = Field(description="Those it is about.")
    pairs: list[tuple[str, str]] = Field(description="Submission and reviewer of conflicts to waive.")


class DiagnosisModel(BaseModel):
    """Rules that contradict each other, and the smallest change of each kind that works."""

    proven: bool = Field(description="False: none was found, though there may be one.")
    clash: str = Field(description="What contradicts what, in numbers that can be counted again.")
    submissions: list[str]
    reviewers: list[str]
    relaxations: list[RelaxationModel]

    @classmethod
    def of(cls, found: Diagnosis) -> DiagnosisModel:
        """From the solver's, with names instead of positions."""
        papers, people = found.names
        return cls(
            proven=found.proven,
            clash=found.clash,
            submissions=[papers[at] for at in found.papers],
            reviewers=[people[at] for at in found.reviewers],
            relaxations=[
                RelaxationModel(
                    rule=one.rule,
                    amount=one.amount,
                    text=one.text,
                    submissions=[papers[at] for at in one.papers],
                    pairs=[(papers[paper], people[reviewer]) for paper, reviewer in one.pairs],
                )
                for one in found.relaxations
            ],
        )


class Problem(BaseModel):
    """A problem document (RFC 9457). Members after ``instance`` are ours, where they say something."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "type": "urn:scholarcore:problem:query",
                    "title": "The query cannot be read",
                    "status": 400,
                    "detail": "this quote is never closed",
                    "instance": "/papers",
                    "query": 'graph "neural',
                    "column": 6,
                    "hint": 'close it: "neural"',
                }
            ]
        }
    )

    type: str = Field(description="A stable name for programs.")
    title: str = Field(description="What kind of problem it is, for people.")
    status: int = Field(description="The HTTP status.")
    detail: str = Field(description="What was wrong this time, and what to do about it.")
    instance: str = Field(description="The path that was asked for.")
    query: str | None = Field(default=None, description="The query or filter as it was given.")
    column: int | None = Field(default=None, description="Where in it the trouble starts: 0-based, in code points.")
    hint: str | None = Field(default=None, description="What to write instead, where that is known.")
    diagnosis: DiagnosisModel | None = Field(
        default=None, description="Why no assignment keeps every rule, and what would work."
    )
    valid: list[str] | None = Field(default=None, description="The parameters or fields that can be used here.")


def response(description: str) -> dict[str, object]:
    """A problem document as an answer, for ``responses=`` of routes."""
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, object]] = {
    400: response("A parameter, query, filter or cursor is wrong."),
    404: response("There is nothing with this id."),
    503: response("Nothing was built yet, or the engine cannot answer now; try again after Retry-After seconds."),
}
"""For ``responses=`` of routes: the errors each can answer with."""
