"""What every command knows: global options, settings, where progress goes."""

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from settings import Settings

__all__ = ["DataOption", "EngineOption", "JsonOption", "LimitOption", "State", "settings_of", "with_engine"]


@dataclass(slots=True)
class State:
    """Options given before the command."""

    data: Path | None = None
    engine: str | None = None
    debug: bool = False


DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="The data folder.", show_default="setting 'data'")
]
EngineOption = Annotated[
    str | None,
    typer.Option(
        "--engine",
        metavar="ENGINE",
        help="Where papers are indexed and searched: embedded or elasticsearch.",
        show_default="setting 'engine'",
    ),
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many to show.")]


def settings_of(context: typer.Context, data: Path | None = None, **overrides: object) -> Settings:
    """The settings in force; a ``--data`` behind the command beats one before it.

    :raises SettingsError: when a setting is wrong.
    """
    from settings import load

    state = context.find_object(State) or State()
    return load(data=data or state.data, engine=state.engine, **overrides)


def with_engine(command: Callable[..., None]) -> Callable[..., None]:
    """``command``, behind which ``--engine`` may stand, too; as it is where it has one of its own, or no settings."""
    told = inspect.signature(command, eval_str=True)
    if "engine" in told.parameters or "context" not in told.parameters:
        return command

    @functools.wraps(command)
    def run(*, engine: str | None, context: typer.Context, **options: Any) -> None:
        state = context.find_object(State)
        if engine is not None and state is not None:
            state.engine = engine
        command(context=context, **options)

    added = inspect.Parameter("engine", inspect.Parameter.KEYWORD_ONLY, default=None, annotation=EngineOption)
    run.__signature__ = told.replace(parameters=[*told.parameters.values(), added])  # type: ignore[attr-defined]
    return run
