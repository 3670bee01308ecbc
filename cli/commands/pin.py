"""``scholarcore pin``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_json, note

__all__ = ["pin"]


def pin(
    context: typer.Context,
    person: Annotated[str, typer.Argument(metavar="AUTHOR", help="Our id of the person.")],
    papers: Annotated[
        list[str] | None, typer.Argument(metavar="[PAPER]...", help="Our ids, in the order to show them; none unpins.")
    ] = None,
    *,
    who: Annotated[str, typer.Option(metavar="NAME", help="Who chooses.")],
    why: Annotated[str, typer.Option(help="Why.")] = "",
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Choose which papers a person's profile shows first. The list replaces the one before; nothing is lost."""
    from indexer.catalog import Catalog
    from records.errors import CatalogError

    settings = settings_of(context, data)
    if not settings.catalog_path.exists():
        raise CatalogError(f"there is no catalog in {settings.data} yet; import something first: scholarcore import")
    chosen = papers or []
    with Catalog.open(settings.catalog_path) as catalog:
        number = catalog.pin(person, chosen, who=who, why=why)
    if as_json:
        emit_json({"number": number, "author": person, "papers": chosen})
    else:
        console().print(f"list {number}: {count(len(chosen), 'papers')} pinned for {person}", soft_wrap=True)
        note("the next build shows it: scholarcore build")
