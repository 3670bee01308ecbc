"""What every command knows: global options, settings, where progress goes."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from settings import Settings

__all__ = ["DataOption", "JsonOption", "LimitOption", "State", "settings_of"]


@dataclass(slots=True)
class State:
    """Options given before the command."""

    data: Path | None = None
    debug: bool = False


DataOption = Annotated[
    Path | None, typer.Option("--data", metavar="FOLDER", help="The data folder.", show_default="setting 'data'")
]
JsonOption = Annotated[bool, typer.Option("--json", help="Print one JSON document instead of text.")]
LimitOption = Annotated[int, typer.Option("--limit", "-n", min=1, max=1000, help="How many to show.")]


def settings_of(context: typer.Context, data: Path | None = None, **overrides: object) -> Settings:
    """The settings in force; a ``--data`` behind the command beats one before it.

    :raises SettingsError: when a setting is wrong.
    """
    from settings import load

    state = context.find_object(State) or State()
    return load(data=data or state.data, **overrides)
