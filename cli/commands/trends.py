"""``scholarcore trends``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.rank import CsvOption, QueryOption, scope_line
from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_csv, emit_model, note, table

if TYPE_CHECKING:
    from ranking.growth import Growth
    from search.rankings import TopicTrends, Trends

__all__ = ["trends"]

_BAR = 30  # characters of the busiest year's bar


def trends(
    context: typer.Context,
    topic: Annotated[str, typer.Argument(help="A topic's name or a query; nothing for the whole collection.")] = "",
    *,
    query: QueryOption = "",
    years: Annotated[str, typer.Option(metavar="YEARS", help="Years to list: 2000-2020.")] = "",
    topics: Annotated[bool, typer.Option("--topics", help="All topics instead, the surest growing first.")] = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show papers, citations and people of a topic by year, its share of the collection, and how fast it grows."""
    from api.schemas.rankings import TrendsResponse, TrendYearModel
    from cli.opening import open_people
    from search.rankings import TrendRequest, parse_years, topic_trends
    from search.rankings import trends as compute

    if topics and (topic or query or years or as_csv):
        raise typer.BadParameter("--topics lists all topics over all years; it goes with --json only")
    request = TrendRequest(topic=topic, query=query, years=parse_years(years, "years"))
    with open_people(settings_of(context, data), vectors=False) as people:
        if topics:
            _show_topics(topic_trends(people), as_json=as_json)
            return
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


def _show_topics(found: TopicTrends, *, as_json: bool) -> None:
    from api.schemas.rankings import TopicTrendsResponse
    from search.rankings import write_years

    if as_json:
        emit_model(TopicTrendsResponse.of(found))
        return
    if not found.topics:
        note("note: the papers of this collection have no topics")
        return
    years = write_years(found.growth_years)
    rows = [
        (
            one.topic,
            count(one.papers),
            count(one.recent),
            f"{100 * one.share:.2f}%",
            "" if one.share_growth is None else _growth(one.share_growth),
        )
        for one in found.topics
    ]
    table(("topic", "papers", years, "share", "growth of the share a year"), rows, right=(1, 2, 3))


def _growth(growth: Growth) -> str:
    return f"{100 * growth.rate:+.1f}% (95% interval {100 * growth.low:+.1f}% to {100 * growth.high:+.1f}%)"
