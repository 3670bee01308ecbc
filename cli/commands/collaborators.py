"""``scholarcore collaborators``."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_model, note, plain
from records.errors import QueryError

if TYPE_CHECKING:
    from search.collaborators import Collaborator, CollaboratorRequest, CollaboratorResult
    from search.people import People

__all__ = ["collaborators"]

_SHOWN_TITLES = 2


def collaborators(
    context: typer.Context,
    author: Annotated[str, typer.Argument(metavar="[AUTHOR]", help="Our id, or orcid:...")] = "",
    *,
    file: Annotated[
        Path | None, typer.Option("--file", metavar="FILE", help="A profile instead of an author; - is stdin.")
    ] = None,
    not_met_within: Annotated[
        int | None, typer.Option(metavar="YEARS", min=0, help="List former co-authors again after so many years.")
    ] = None,
    other_country: Annotated[bool, typer.Option("--other-country", help="Only people in another country.")] = False,
    other_institution: Annotated[
        bool, typer.Option("--other-institution", help="Only people at another institution.")
    ] = False,
    career_from: Annotated[
        int | None, typer.Option(metavar="YEARS", min=0, help="Least years since the first paper.")
    ] = None,
    career_to: Annotated[
        int | None, typer.Option(metavar="YEARS", min=0, help="Most years since the first paper.")
    ] = None,
    active_since: Annotated[
        int | None, typer.Option(metavar="YEAR", help="Only people with a paper in or after it.")
    ] = None,
    interdisciplinary: Annotated[
        bool, typer.Option("--interdisciplinary", help="Only people whose main topic is another.")
    ] = False,
    constraint: Annotated[
        str, typer.Option("--filter", "-f", metavar="FILTER", help="Who is listed: country:DE,h_index:5-30.")
    ] = "",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="ID", help="A person not to list; again for more.")
    ] = None,
    min_papers: Annotated[int, typer.Option(min=1, help="Papers they have at least.")] = 3,
    limit: LimitOption = 10,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Find people an author has not written with yet, each with what speaks for working with them."""
    from cli.opening import open_people
    from search.collaborators import CollaboratorRequest

    request = CollaboratorRequest(
        author=author,
        text=_read(file) if file else "",
        not_met_within=not_met_within,
        other_country=other_country,
        other_institution=other_institution,
        career=(career_from, career_to),
        active_since=active_since,
        interdisciplinary=interdisciplinary,
        filter=constraint,
        exclude=tuple(exclude or ()),
        min_papers=min_papers,
        limit=limit,
        cursor=cursor,
    )
    with open_people(settings_of(context, data), vectors=False) as people:
        result = _found(people, request)
    if as_json:
        from api.schemas.collaborators import CollaboratorResponse

        emit_model(CollaboratorResponse.of(result))
    else:
        _show(result)


def _found(people: People, request: CollaboratorRequest) -> CollaboratorResult:
    from dataclasses import replace

    from api.resolve import author_id
    from cli.progress import showing_progress
    from search.collaborators import find_collaborators

    if request.author:
        live = author_id(people.engine, request.author, people)
        if live != request.author:
            note(f"note: {request.author} is {live}")
        request = replace(request, author=live)
    with showing_progress() as progress:
        return find_collaborators(people, request, progress)


def _read(path: Path) -> str:
    try:
        return sys.stdin.read() if str(path) == "-" else path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise QueryError(f"{path} cannot be read: {error}") from error


def _show(result: CollaboratorResult) -> None:
    out = console()
    how = f"learned from {count(result.learned_from, 'people')}" if result.learned_from else "as shipped"
    out.print(
        f"{count(result.total, 'candidates')}, seen from {result.until}, ranking {how}, {result.took_ms:.0f} ms",
        style="dim",
    )
    for warning in result.warnings:
        note(f"note: {warning.message}")
    for found in result.collaborators:
        _show_one(found)
    if result.next:
        out.print(f"\nmore: --cursor {result.next}", style="dim")


def _show_one(found: Collaborator) -> None:
    from rich.text import Text

    out = console()
    out.print(Text(f"\n{found.rank:>3}. ").append(plain(found.name), "bold").append(f"  {found.id}", "dim"))
    years = f"{found.first_year or '?'}-{found.last_year or '?'}"
    state = "active" if found.active else "not active lately"
    where = "; ".join(plain(text) for text in (*found.institutions, *found.countries))
    facts = [count(found.papers, "papers"), years, f"{count(found.recent_papers)} in three years", state, where]
    out.print("     " + " · ".join(fact for fact in facts if fact), style="dim")
    for step in found.path:
        titles = "; ".join(plain(paper.title) for paper in step.examples[:_SHOWN_TITLES])
        out.print(f"     {plain(step.one.name)} - {plain(step.other.name)}: {count(step.papers, 'papers')}: {titles}")
    if found.met[0]:
        out.print(f"     met before: {count(found.met[0], 'papers')}, last {found.met[1] or 'in no known year'}")
    shared = [*(topic.topic for topic in found.shared_topics), *found.shared_words]
    only = [*(topic.topic for topic in found.complementary_topics), *found.complementary_words]
    cites = found.citations
    lines = {
        "both": ", ".join(map(plain, shared)),
        "theirs": ", ".join(map(plain, only)),
        "venues": ", ".join(map(plain, found.shared_venues)),
        "citations": f"{cites.theirs_of_yours} of you, {cites.yours_of_theirs} by you"
        if cites.theirs_of_yours or cites.yours_of_theirs
        else "",
        "score": f"{found.score:.2f}: " + "  ".join(_parts(found.parts)),
    }
    for name, line in lines.items():
        if line:
            out.print(f"     {name}: {line}", style="dim" if name == "score" else None)


def _parts(parts: Mapping[str, float]) -> Iterator[str]:
    """Those parts of a score that two decimals show."""
    return (f"{name} {part:+.2f}" for name, part in parts.items() if abs(part) >= 0.005)
