"""``scholarcore import``."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.commands.evaluate import OptionsOption, further_options
from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_json, note, plain, table
from cli.progress import showing_progress

if TYPE_CHECKING:
    from indexer.catalog.report import ImportReport, StoredRejection

__all__ = ["import_"]

_SHOWN_REASONS = 10
_SHOWN_REJECTIONS = 5


def import_(
    context: typer.Context,
    source_format: Annotated[str, typer.Argument(metavar="FORMAT", help="See `scholarcore sources`.")],
    path: Annotated[Path, typer.Argument(help="A file or a folder, as the format says.")],
    *,
    source: Annotated[
        str | None, typer.Option(metavar="NAME", help="What the catalog calls it; ids of its papers begin with it.")
    ] = None,
    option: OptionsOption = None,
    force: Annotated[bool, typer.Option("--force", help="Read parts again that did not change.")] = False,
    rejections: Annotated[bool, typer.Option("--rejections", help="List every record that was not kept.")] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Exit with 1 when a record was not kept whole.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Read papers into the catalog. Interrupted, it goes on where it was; run again, it changes what changed."""
    from indexer.catalog import Catalog
    from indexer.sources.registry import reader_for

    settings = settings_of(context, data)
    reader = reader_for(source_format, source, **further_options(option))
    with Catalog.open(settings.catalog_path) as catalog, showing_progress() as progress:
        report = catalog.import_source(reader, path, progress, force=force)
        here = str(path.resolve())
        refused = [one for one in catalog.rejections(report.source) if one.input == here]
    if as_json:
        emit_json(_document(report, refused, everything=rejections))
    else:
        _show(report, refused, everything=rejections)
    if strict and refused:
        raise typer.Exit(1)


def _reasons(refused: list[StoredRejection]) -> list[tuple[str, int]]:
    return sorted(Counter(one.reason for one in refused).items(), key=lambda pair: (-pair[1], pair[0]))


def _document(report: ImportReport, refused: list[StoredRejection], *, everything: bool) -> dict[str, Any]:
    import msgspec

    return {
        **msgspec.to_builtins(report),
        "papers": report.papers,
        "rejections": {
            "total": len(refused),
            "by_reason": [{"reason": reason, "count": number} for reason, number in _reasons(refused)],
            "records": refused if everything else refused[:_SHOWN_REJECTIONS],
        },
    }


def _show(report: ImportReport, refused: list[StoredRejection], *, everything: bool) -> None:
    out = console()
    out.print(
        f"{report.source}: {count(report.papers, 'papers')} read "
        f"({count(report.new)} new, {count(report.updated)} changed, {count(report.unchanged)} as before), "
        f"{count(report.people)} people, {count(report.links, 'links')}; {report.seconds:.1f} s"
    )
    if report.parts_skipped:
        out.print(f"{count(report.parts_skipped, 'parts')} did not change since the last import and were not read")
    if not refused:
        return
    whole = sum(not one.partial for one in refused)
    out.print(f"{count(whole, 'records')} not kept; {count(len(refused) - whole, 'records')} kept without a value")
    reasons = _reasons(refused)
    table(("records", "reason"), [(count(number), reason) for reason, number in reasons[:_SHOWN_REASONS]], right=(0,))
    if len(reasons) > _SHOWN_REASONS:
        out.print(f"and {count(len(reasons) - _SHOWN_REASONS, 'reasons')} more", style="dim")
    shown = refused if everything else refused[:_SHOWN_REJECTIONS]
    for one in shown:
        line = f":{one.line}" if one.line is not None else ""
        record = f" {one.record}" if one.record else ""
        out.print(plain(f"\n{one.part}{line}{record}: {one.reason}"))
        if one.snippet:
            out.print("  " + plain(one.snippet), style="dim")
    if len(shown) < len(refused):
        note(f"--rejections lists all {count(len(refused))}")
