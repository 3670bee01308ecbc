"""``scholarcore trends``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.rank import CsvOption, QueryOption, scope_line
from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_csv, emit_model, note, table

if TYPE_CHECKING:
    from ranking.growth import Growth
    from search.rankings import Trends

__all__ = ["trends"]

_BAR = 30  # characters of the busiest year's bar


def trends(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="A topic's name or a query; nothing for the whole collection.")] = "",
    *,
    query: QueryOption = "",
    years: Annotated[str, typer.Option(metavar="YEARS", help="Years to list: 2000-2020.")] = "",
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show papers, citations and people of a topic by year, its share of the collection, and how fast it grows."""
    from api.schemas.rankings import TrendsResponse, TrendYearModel
    from cli.opening import open_people
    from search.rankings import TrendRequest, parse_years
    from search.rankings import trends as compute

    request = TrendRequest(topic=topic, query=query, years=parse_years(years, "years"))
    with open_people(settings_of(context, data), vectors=False) as people:
        found = compute(people, request)
    answer = TrendsResponse.of(found)
    if as_csv:
        emit_csv(answer.results, TrendYearModel)
    elif as_json:
        emit_model(answer)
    else:
        _show(found)


def _show(found: Trends) -> None:
    from search.rankings import write_years

    out = console()
    out.print(
        f"{scope_line(found.scope) or 'the whole collection'}: {count(found.scope.count, 'papers')}", style="bold"
    )
    if found.undated:
        out.print(f"{count(found.undated, 'papers')} without a year", style="dim")
    for name, growth in (("papers", found.growth), ("share of the collection", found.share_growth)):
        if growth is not None:
            out.print(f"{name}: {_growth(growth)} a year over {write_years(found.growth_years)}")
    for warning in found.warnings:
        note(f"note: {warning.message}")
    if not found.years:
        return
    out.print()
    most = max((year.papers for year in found.years), default=1) or 1
    limited = found.scope.papers is not None  # of the whole collection the share is all
    rows = [
        (
            f"{year.year}{'' if year.complete else ' *'}",
            count(year.papers),
            *((f"{100 * year.share:.2f}%",) if limited else ()),
            "" if year.citations is None else count(year.citations),
            count(year.people),
            count(year.new_people),
            "\N{BLACK VERTICAL RECTANGLE}" * round(_BAR * year.papers / most),
        )
        for year in found.years
    ]
    names = ("year", "papers", *(("share",) if limited else ()), "citations", "people", "new people", "")
    table(names, rows, right=tuple(range(1, len(names) - 1)))


def _growth(growth: Growth) -> str:
    return f"{100 * growth.rate:+.1f}% (95% interval {100 * growth.low:+.1f}% to {100 * growth.high:+.1f}%)"
