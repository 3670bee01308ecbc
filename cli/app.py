"""The table of commands. Each is one small module under :mod:`cli.commands`."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated

import typer

from cli.commands import (
    assign,
    author,
    bench,
    build,
    collaborators,
    committee,
    countries,
    demo,
    evaluate,
    experts,
    generations,
    import_,
    metrics,
    paper,
    pin,
    rank,
    search,
    serve,
    settings,
    sources,
    status,
    trends,
)
from cli.context import EngineOption, State, with_engine

__all__ = ["app"]

app = typer.Typer(
    help="Search papers and the people who wrote them, in your own collection.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
    context_settings={"help_option_names": ["--help", "-h"]},
)


def _print_version(wanted: bool) -> None:
    if wanted:
        from importlib.metadata import version

        typer.echo(version("scholarcore"))
        raise typer.Exit


@app.callback()
def _globals(
    context: typer.Context,
    data: Annotated[Path | None, typer.Option(metavar="FOLDER", help="The data folder.")] = None,
    engine: EngineOption = None,
    debug: Annotated[bool, typer.Option("--debug", help="Show where in the code an error comes from.")] = False,
    _version: Annotated[
        bool, typer.Option("--version", callback=_print_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    state = context.ensure_object(State)
    state.data = data
    state.engine = engine
    state.debug = debug


_COMMANDS: tuple[Callable[..., None], ...] = (
    assign.assign,
    committee.committee,
    search.search,
    paper.paper,
    author.author,
    experts.experts,
    collaborators.collaborators,
    pin.pin,
    rank.rank,
    trends.trends,
    countries.countries,
    countries.institutions,
    import_.import_,
    build.build,
    serve.serve,
    status.status,
    demo.demo,
    evaluate.evaluate,
    bench.bench,
    sources.sources,
    metrics.metrics,
    settings.settings,
)
for _command in _COMMANDS:
    app.command(_command.__name__.rstrip("_"))(with_engine(_command))
app.add_typer(generations.app, name="generations")
