"""``scholarcore author``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import count, emit_model, note, table
from cli.profile import show_profile, span
from records.errors import NotFoundError

if TYPE_CHECKING:
    from search.people import People
    from search.people.find import AuthorRequest, AuthorResult

__all__ = ["author"]


def author(
    context: typer.Context,
    identifier: Annotated[
        str, typer.Argument(metavar="[ID|NAME]", help="Our id, an external one (orcid:...), or words of a name.")
    ] = "",
    *,
    affiliation: Annotated[str, typer.Option(help="Words of one affiliation, as printed.")] = "",
    constraint: Annotated[
        str, typer.Option("--filter", "-f", metavar="FILTER", help="Who is listed: country:DE,h_index:>=10.")
    ] = "",
    sort: Annotated[str, typer.Option(help="relevance, papers, citations or an author metric, :asc or :desc.")] = "",
    similar: Annotated[
        bool | None,
        typer.Option("--similar/--exact", help="Similar names, too, or never.", show_default="if needed"),
    ] = None,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    whole: Annotated[bool, typer.Option("--profile", help="With --json: the profile of a person.")] = False,
    select: Annotated[str, typer.Option(metavar="PARTS", help="Parts of the profile: totals,years,advisors.")] = "",
    network: Annotated[int, typer.Option(min=1, max=100, help="Co-authors in the network of a profile.")] = 30,
    limit: LimitOption = 10,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show the profile of one person by id, or list people by name, affiliation and filter.

    With --json an id gives one person (with --profile or --select the profile), anything else a list.
    """
    from cli.opening import open_people
    from search.people.find import AuthorRequest, find_people

    listing = bool(affiliation or constraint or sort or cursor or similar is not None)
    with open_people(settings_of(context, data), vectors=False) as people:
        live = None if listing or not identifier else _by_id(people, identifier)
        if live is None:
            asked = AuthorRequest(identifier, affiliation, "", constraint, sort or "relevance", limit, cursor, similar)
            _show_found(find_people(people, asked), asked, as_json=as_json)
        elif as_json and not (whole or select):
            from api.resolve import author_document
            from api.schemas.author import AuthorModel

            emit_model(AuthorModel.of(author_document(people.engine, live)))
        else:
            _show_profile(people, live, select, limit, network, as_json=as_json)


def _by_id(people: People, identifier: str) -> str | None:
    from api.resolve import author_id

    try:
        live = author_id(people.engine, identifier, people)
    except NotFoundError:
        return None
    if live != identifier:
        note(f"note: {identifier} is {live}")
    return live


def _show_profile(people: People, live: str, select: str, limit: int, network: int, *, as_json: bool) -> None:
    from search.profiles import ProfileOptions, profile
    from search.profiles.profile import LARGEST

    parts = tuple(part.strip() for part in select.split(",") if part.strip())
    found = profile(people, live, ProfileOptions(parts, min(limit, LARGEST), network))
    if not as_json:
        show_profile(found)
        return
    from api.schemas.profile import ProfileModel, parts_shown

    shown = parts_shown(parts)
    emit_model(ProfileModel.of(found), include=set(shown.split(",")) if shown else None)


def _show_found(result: AuthorResult, asked: AuthorRequest, *, as_json: bool) -> None:
    if as_json:
        from api.schemas.author import AuthorList

        emit_model(AuthorList.found(result))
        return
    for warning in result.warnings:
        note(f"warning: {warning.message}")
    if not result.total:
        if asked.name and not (asked.affiliation or asked.filter):
            raise NotFoundError("author or author name", asked.name)
        note("nobody was found")
        return
    rows = [
        (a.id, a.name.full, count(a.papers), span(a.first_year, a.last_year), a.basis.value)
        for a in (hit.document.author for hit in result.hits)
    ]
    table(("id", "name", "papers", "years", "identity rests on"), rows, right=(2,))
    if result.next:
        note(f"{count(result.total)} people in all; go on with --cursor {result.next}")
