"""``scholarcore build``."""

from __future__ import annotations

from typing import Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_json, note, table
from cli.progress import showing_progress

__all__ = ["build"]


def build(
    context: typer.Context,
    *,
    without_vectors: Annotated[
        bool, typer.Option("--without-vectors", help="Build for search by words alone.")
    ] = False,
    force: Annotated[bool, typer.Option("--force", help="Build even when nothing changed.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Build the catalog into a new generation and answer from it. Interrupted, it loses no vector it made."""
    from cli.building import build_generation

    settings = settings_of(context, data)
    try:
        with showing_progress() as progress:
            report, dropped = build_generation(settings, progress, vectors=not without_vectors, force=force)
    except KeyboardInterrupt:
        sent = " and what the cluster took" if settings.engine == "elasticsearch" else ""
        note(f"the vectors made so far{sent} are kept: build again to go on; until then, what served goes on serving")
        raise
    if as_json:
        import msgspec

        emit_json({**msgspec.to_builtins(report), "dropped": dropped})
        return
    out, made = console(), report.generation
    if not report.built:
        out.print(f"generation {made.id} is of this very catalog already; --force builds it again")
        return
    out.print(f"generation {made.id}: {count(made.papers, 'papers')}, {count(made.authors)} people", style="bold")
    out.print(f"{count(made.vectors, 'vectors')}, {count(report.embedded)} of them made now; {report.peak_mib:.0f} MiB")
    table(("stage", "seconds"), [(name, f"{seconds:.2f}") for name, seconds in report.seconds.items()], right=(1,))
    if dropped:
        out.print(f"dropped {', '.join(dropped)}", style="dim")
