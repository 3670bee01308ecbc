"""``scholarcore paper``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_model, note, plain, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.engine import PaperDocument

__all__ = ["metric_rows", "paper"]


def paper(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID", help="Our id, or an external one: doi:10.1000/1.")],
    bibtex: Annotated[bool, typer.Option("--bibtex", help="Print the BibTeX entry.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show one paper: who, where, its numbers. An id that was merged away leads to the one that lives on."""
    from api.resolve import paper_document, paper_id
    from cli.opening import open_engine
    from search.query.ast import Keyword, KeywordField

    with open_engine(settings_of(context, data)) as engine:
        live = paper_id(engine, identifier)
        document = paper_document(engine, live)
        citing = engine.count(Keyword(KeywordField.REFERENCE, (live,)))
    if live != identifier:
        note(f"note: {identifier} is {live}")
    if bibtex:
        from api.formats.bibtex import bibtex as write

        typer.echo(write([document.paper]), nl=False)
    elif as_json:
        from api.schemas.paper import PaperModel

        emit_model(PaperModel.of(document))
    else:
        _show(document, citing)


def _show(document: PaperDocument, citing: int) -> None:
    shown, out = document.paper, console()
    out.print(plain(shown.title), style="bold")
    if shown.retracted:
        out.print("RETRACTED", style="bold red")
    for authorship in shown.authorships:
        where = "; ".join(plain(affiliation.text) for affiliation in authorship.affiliations)
        known = f"  [{authorship.author_id}]" if authorship.author_id else ""
        out.print(f"  {plain(authorship.name.full)}{known}{f'  {where}' if where else ''}")
    place = [plain(shown.venue.name) if shown.venue else "", shown.date or str(shown.year or "")]
    out.print(", ".join(part for part in place if part), style="dim")
    out.print("  ".join([shown.id, *map(str, shown.ids)]), style="dim")
    if shown.abstract:
        out.print("\n" + plain(shown.abstract) + "\n")
    out.print(f"cited by {count(citing, 'papers')} here, cites {count(len(shown.references), 'papers')} here")
    rows = metric_rows(document.metrics)
    if rows:
        out.print()
        table(("metric", "value", "unit"), rows, right=(1,))


def metric_rows(metrics: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """Metrics for people: title, value, unit, as the registry declares them."""
    from ranking.registry import metrics as declared

    known = {metric.name: metric for metric in declared()}
    return [
        (known[name].title if name in known else name, count(value), known[name].unit if name in known else "")
        for name, value in sorted(metrics.items())
    ]
