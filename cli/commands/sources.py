"""``scholarcore sources``."""

from __future__ import annotations

from cli.context import JsonOption
from cli.output import emit_json, table

__all__ = ["sources"]


def sources(as_json: JsonOption = False) -> None:
    """List the formats that can be imported."""
    from indexer.sources.registry import SOURCES

    if as_json:
        emit_json(
            [
                {"name": entry.name, "description": entry.description, "options": dict(entry.options)}
                for entry in SOURCES.values()
            ]
        )
        return
    rows = [
        (entry.name, entry.description, "; ".join(f"-o {name}={what}" for name, what in entry.options))
        for entry in SOURCES.values()
    ]
    table(("format", "what", "options"), rows)
