"""``scholarcore metrics``."""

from __future__ import annotations

from cli.context import JsonOption
from cli.output import emit_json, table

__all__ = ["metrics"]


def metrics(as_json: JsonOption = False) -> None:
    """List what can be measured: names, units, meanings and references."""
    from ranking.registry import metrics as declared

    if as_json:
        fields = ("name", "title", "unit", "description", "reference", "higher_is_better")
        emit_json([{"entity": m.entity.value, **{name: getattr(m, name) for name in fields}} for m in declared()])
        return
    table(("name", "of", "unit", "meaning"), [(m.name, m.entity.value, m.unit, m.description) for m in declared()])
