"""The shape of every error."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict, Field

__all__ = ["PROBLEM_RESPONSES", "Problem"]


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
    valid: list[str] | None = Field(default=None, description="The parameters or fields that can be used here.")


def _response(description: str) -> dict[str, object]:
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"description": description, "content": {"application/problem+json": {"schema": schema}}}


PROBLEM_RESPONSES: dict[int | str, dict[str, object]] = {
    400: _response("A parameter, query, filter or cursor is wrong."),
    404: _response("There is nothing with this id."),
    503: _response("Nothing was built yet, or the engine cannot answer now; try again after Retry-After seconds."),
}
"""For ``responses=`` of routes: the errors each can answer with."""
