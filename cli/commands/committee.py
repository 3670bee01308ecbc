"""``scholarcore committee``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.assign import affinities_of
from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, emit_model, table
from cli.progress import showing_progress

if TYPE_CHECKING:
    from search.committees import Committee

__all__ = ["committee"]


def committee(
    context: typer.Context,
    candidates: Annotated[Path, typer.Argument(metavar="CANDIDATES", help="As the reviewers of assign.")],
    *,
    topic: Annotated[list[str] | None, typer.Option("--topic", "-t", help="A topic to cover. Again for more.")] = None,
    submissions: Annotated[Path | None, typer.Option(help="Cover these submissions, each a topic.")] = None,
    size: Annotated[int, typer.Option(min=1, help="Members.")] = 10,
    redundancy: Annotated[int, typer.Option(min=1, help="Each topic counts its so many best members.")] = 2,
    seats: Annotated[list[str] | None, typer.Option(help="Seats for a topic: TOPIC=2, or its number.")] = None,
    limit: Annotated[list[str] | None, typer.Option(help="country<=2, country:DE>=1, seniority:junior=2.")] = None,
    target: Annotated[
        list[str] | None, typer.Option(help="A limit that may be missed, at a penalty: seniority:junior>=2@0.1.")
    ] = None,
    include: Annotated[list[str] | None, typer.Option(help="Id of somebody who must be in.")] = None,
    exclude: Annotated[list[str] | None, typer.Option(help="Id of somebody who must not be in.")] = None,
    alternates: Annotated[int, typer.Option(min=0, help="Alternates for each seat.")] = 3,
    words_only: Annotated[bool, typer.Option("--words-only", help="Compare by words, without vectors.")] = False,
    time_limit: Annotated[float | None, typer.Option(help="Seconds for each solve.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Compose a committee that covers topics, with alternates and what each constraint costs."""
    from records.errors import AssignmentError
    from search.assignment.inputs import read_reviewers, read_submissions
    from search.committees import Request, compose
    from search.committees.request import candidates_of, parse_limit, parse_seats, parse_target
    from search.embedding import paper_text

    topics = {text: text for text in topic or ()}
    for record in read_submissions(submissions) if submissions else ():
        topics[record.submission.id] = paper_text(record.title, record.abstract)
    if not topics or not all(text.strip() for text in topics.values()):
        raise AssignmentError("a committee needs topics to cover, each with words: give --topic or --submissions")
    names = list(topics)
    request = Request(
        size=size,
        redundancy=redundancy,
        seats=dict(parse_seats(text, names) for text in seats or ()),
        limits=tuple(parse_limit(text) for text in limit or ()),
        targets=tuple(parse_target(text) for text in target or ()),
        include=frozenset(include or ()),
        exclude=frozenset(exclude or ()),
        alternates=alternates,
        time_limit=time_limit,
    )
    people = read_reviewers(candidates)
    settings = settings_of(context, data)
    with showing_progress() as progress:
        affinity = affinities_of(settings, people, list(topics.values()), words_only=words_only)
        found = compose(candidates_of(people, names, affinity), request, progress)
    if as_json:
        from api.schemas.conference_results import CommitteeResult

        emit_model(CommitteeResult.of(found))
    else:
        _show(found, {one.person.id: one.person.name.full for one in people if one.person.name})


def _show(found: Committee, names: Mapping[str, str]) -> None:
    rows = [
        (
            member.candidate,
            names.get(member.candidate, ""),
            member.seat or "",
            ", ".join(member.covers),
            ", ".join(
                f"{names.get(other.candidate, other.candidate)} ({_signed(-other.loss)})" for other in member.alternates
            ),
        )
        for member in found.members
    ]
    table(("member", "name", "seat", "covers", "alternates (change of coverage)"), rows)
    console().print()
    table(("topic", "coverage"), [(name, f"{value:.3f}") for name, value in found.coverage.items()], right=(1,))
    if found.costs or found.targets:
        console().print()
        table(("constraint", "costs"), _costs(found), right=(1,))
    less = f" less {found.penalty:.4f} for targets" if found.targets else ""
    console().print(f"coverage {found.value:.4f}{less} of at most {found.bound:.4f}", style="dim")


def _signed(value: float) -> str:
    return f"{round(value, 3) + 0.0:+.3f}"


def _costs(found: Committee) -> list[tuple[str, str]]:
    rows = list(found.costs.items()) + [(f"{one.target}: {one.off} off", one.cost) for one in found.targets]
    return [(text, "not known" if cost is None else f"{cost:.4f}") for text, cost in rows]
