"""``scholarcore paper``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_model, note, plain, table

if TYPE_CHECKING:
    from collections.abc import Mapping

    from search.engine import PaperDocument
    from search.people.standing import PaperStanding

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
    from cli.opening import open_people
    from search.people.standing import paper_standing
    from search.query.ast import Keyword, KeywordField

    with open_people(settings_of(context, data), vectors=False) as people:
        engine = people.engine
        live = paper_id(engine, identifier)
        document = paper_document(engine, live)
        standing = paper_standing(people, live)
        citing = engine.count(Keyword(KeywordField.REFERENCE, (live,)))
    if live != identifier:
        note(f"note: {identifier} is {live}")
    if bibtex:
        from api.formats.bibtex import bibtex as write

        typer.echo(write([document.paper]), nl=False)
    elif as_json:
        from api.schemas.paper import PaperDetail

        emit_model(PaperDetail.standing(document, standing))
    else:
        _show(document, citing, standing)


def _show(document: PaperDocument, citing: int, standing: PaperStanding) -> None:
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
    if shown.topics:
        out.print("topics: " + ", ".join(plain(topic.name) for topic in shown.topics), style="dim")
    out.print(f"cited by {count(citing, 'papers')} here, cites {count(len(shown.references), 'papers')} here")
    if standing.citations_by_year:
        by_year = ", ".join(f"{year}: {citations}" for year, citations in standing.citations_by_year if citations)
        out.print(f"citations by year: {by_year}", style="dim")
    rows = metric_rows(document.metrics)
    if rows:
        out.print()
        names = sorted(document.metrics)
        shares = [f"{standing.percentiles[name]:.1f}" if name in standing.percentiles else "" for name in names]
        columns = ("metric", "value", "unit", "percentile")
        table(columns, [(*cells, share) for cells, share in zip(rows, shares, strict=True)], right=(1, 3))


def metric_rows(metrics: Mapping[str, float]) -> list[tuple[str, str, str]]:
    """Metrics for people: title, value, unit, as the registry declares them."""
    from ranking.registry import metrics as declared

    known = {metric.name: metric for metric in declared()}
    return [
        (known[name].title if name in known else name, count(value), known[name].unit if name in known else "")
        for name, value in sorted(metrics.items())
    ]
