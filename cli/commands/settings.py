"""``scholarcore settings``."""

from __future__ import annotations

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import emit_json, table

__all__ = ["settings"]


def settings(context: typer.Context, as_json: JsonOption = False, data: DataOption = None) -> None:
    """List every setting: its value in force, its environment variable and what it does."""
    from settings import describe

    rows = describe(settings_of(context, data))
    if as_json:
        emit_json(rows)
        return
    table(
        ("setting", "value", "variable", "meaning"),
        [(row.name, _shown(row.value), row.variable, row.description) for row in rows],
    )


def _shown(value: object) -> str:
    return ", ".join(map(str, value)) if isinstance(value, list) else str(value)
