"""``scholarcore generations``: the builds there are, and which of them answers."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import count, emit_json, note, table

__all__ = ["app"]

app = typer.Typer(help="List builds, go back to one, drop old ones.", no_args_is_help=True, rich_markup_mode=None)


@app.command("list")
def list_(context: typer.Context, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List complete generations, newest first."""
    from cli.opening import open_store

    store = open_store(settings_of(context, data))
    current, found = store.current(), store.generations()
    if as_json:
        import msgspec

        emit_json([{**msgspec.to_builtins(info), "current": info.id == current} for info in found])
        return
    rows = [
        ("*" if i.id == current else "", i.id, i.created, count(i.papers), count(i.authors), count(i.vectors))
        for i in found
    ]
    table(("", "id", "created", "papers", "authors", "vectors"), rows, right=(3, 4, 5))


@app.command("switch")
def switch(
    context: typer.Context,
    generation: Annotated[str, typer.Argument(help="Its id.")],
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Answer from another generation, from the next request on."""
    from cli.opening import open_store

    open_store(settings_of(context, data)).switch(generation)
    if as_json:
        emit_json({"current": generation})
    else:
        note(f"{generation} is current")


@app.command("prune")
def prune(
    context: typer.Context,
    keep: Annotated[int | None, typer.Option(min=1, help="How many of the newest to keep.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Drop all but the newest generations; never the current one."""
    from cli.opening import open_store

    settings = settings_of(context, data)
    dropped = open_store(settings).prune(keep if keep is not None else settings.keep_generations)
    if as_json:
        emit_json({"dropped": dropped})
    else:
        note(f"dropped {', '.join(dropped) or 'none'}")


@app.command("verify")
def verify(
    context: typer.Context,
    generation: Annotated[str | None, typer.Argument(help="Its id; the current one by default.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Compare every file of a generation with its checksum; reads all of it."""
    from cli.opening import open_store

    info = open_store(settings_of(context, data)).verify(generation)
    if as_json:
        emit_json({"verified": info.id})
    else:
        note(f"{info.id} is whole: {count(info.papers, 'papers')}")
