"""``scholarcore rank``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from textwrap import shorten
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_csv, emit_model, note, plain, table

if TYPE_CHECKING:
    from ranking.views import Window
    from records.progress import Progress
    from search.rankings import RankedRow, Ranking, RankingRequest, Rankings, Scope

__all__ = ["CsvOption", "QueryOption", "TopicOption", "rank", "scope_line", "years_of"]

EntityName: TypeAlias = Literal["papers", "authors", "venues", "institutions"]
TopicOption = Annotated[str, typer.Option(help="A topic's name; anything else is read as a query.")]
QueryOption = Annotated[
    str, typer.Option("--query", "-q", help="Only papers that match it, with all of its plain words.")
]
CsvOption = Annotated[bool, typer.Option("--csv", help="Print rows as comma-separated values.")]

_PAGE_OF_ALL = 1000
_SHOWN_AUTHORS = 3
_WIDE = 60


def rank(
    context: typer.Context,
    entity: Annotated[EntityName, typer.Argument(help="What to rank.")],
    *,
    metric: Annotated[str, typer.Option("--metric", "-m", help="See scholarcore metrics; h-index or citations.")] = "",
    published: Annotated[str, typer.Option(metavar="YEARS", help="Papers that count: 2015-2020, 2015-, 2018.")] = "",
    cited: Annotated[str, typer.Option(metavar="YEARS", help="Years in which citations count.")] = "",
    within: Annotated[int | None, typer.Option(min=0, help="Citations so many years after publication.")] = None,
    self_citations: Annotated[
        bool, typer.Option("--self-citations/--no-self-citations", help="Citations among papers of one author.")
    ] = True,
    topic: TopicOption = "",
    query: QueryOption = "",
    constraint: Annotated[
        str, typer.Option("--filter", "-f", metavar="FILTER", help="Who is listed: country:DE,h_index:>=10.")
    ] = "",
    min_papers: Annotated[int, typer.Option(min=1, help="Papers that one must have to be listed.")] = 1,
    parameter: Annotated[
        list[str] | None, typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="Of the metric; again for more.")
    ] = None,
    limit: LimitOption = 10,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every row, as JSON lines or with --csv.")] = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Rank papers, authors, venues or institutions by any metric, in a topic and a window of years."""
    from api.schemas.ranking_params import Ranked, make_window, read_parameters
    from api.schemas.rankings import RankedRowModel, RankingResponse
    from cli.opening import open_people
    from cli.progress import showing_progress
    from search.rankings import RankingRequest, rankings_of

    request = RankingRequest(
        entity=Ranked(entity).entity,
        metric=metric,
        window=make_window(published, cited, within, self_citations=self_citations),
        parameters=read_parameters(parameter or []),
        topic=topic,
        query=query,
        filter=constraint,
        min_papers=min_papers,
        limit=_PAGE_OF_ALL if every else limit,
        cursor=cursor,
        patient=True,
    )
    with open_people(settings_of(context, data), vectors=False) as people, showing_progress() as progress:
        rankings = rankings_of(people)
        if every:
            for number, page in enumerate(_pages(rankings, request, progress)):
                rows = [RankedRowModel.of(row) for row in page.rows]
                if as_csv:
                    emit_csv(rows, RankedRowModel, header=number == 0)
                else:
                    for row in rows:
                        emit_model(row)
            return
        found = rankings.rank(request, progress)
    if as_csv:
        emit_csv([RankedRowModel.of(row) for row in found.rows], RankedRowModel)
    elif as_json:
        emit_model(RankingResponse.of(found))
    else:
        _show(found, Ranked(entity).value)


def _pages(rankings: Rankings, request: RankingRequest, progress: Progress) -> Iterator[Ranking]:
    while True:
        page = rankings.rank(request, progress)
        yield page
        if page.next is None:
            return
        request = replace(request, cursor=page.next)


def scope_line(scope: Scope) -> str:
    """Which papers were looked at; "" for all of them."""
    parts = [f"topic {scope.topic!r}" if scope.topic else "", f"matching {scope.query}" if scope.query else ""]
    return " ".join(part for part in parts if part)


def years_of(first: int | None, last: int | None) -> str:
    """A span of years for people."""
    if first is None or last is None:
        return "no years"
    return str(first) if first == last else f"{first}-{last}"


def _show(found: Ranking, entity: str) -> None:
    out, metric, counted = console(), found.metric, found.counted
    parameters = ", ".join(f"{name}={value:g}" for name, value in found.parameters.items())
    out.print(f"{metric.title}{f' ({parameters})' if parameters else ''}: {metric.description}", style="bold")
    until = "none known" if counted.cited_until is None else f"known to {counted.cited_until}"
    looked_at = [scope_line(found.scope), *_window_parts(found.window)]
    out.print(
        f"{count(found.total)} {entity}; {count(counted.papers, 'papers')}, "
        f"{count(counted.citations, 'citations')} ({until}); "
        f"{', '.join(part for part in looked_at if part) or 'all papers, all years'}; {found.took_ms:.0f} ms",
        style="dim",
    )
    for warning in found.warnings:
        note(f"note: {warning.message}")
    if not found.rows:
        return
    out.print()
    names, right = _heads(found)
    table(names, [_cells(row, metric.entity) for row in found.rows], right=right)
    if found.next:
        out.print(f"\nmore: --cursor {found.next}", style="dim")


def _window_parts(window: Window) -> list[str]:
    from search.rankings import write_years

    return [
        f"published {write_years(window.published)}" if window.published != (None, None) else "",
        f"cited {write_years(window.cited)}" if window.cited != (None, None) else "",
        f"cited within {count(window.within, 'years')}" if window.within is not None else "",
        "" if window.self_citations else "without self-citations",
    ]


def _heads(found: Ranking) -> tuple[tuple[str, ...], tuple[int, ...]]:
    value = found.metric.unit if found.metric.unit not in ("papers", "citations") else found.metric.title
    numbers = ("#", value, "percentile", "peers", "citations")
    if found.metric.entity == "paper":
        return (*numbers, "year", "paper", "id"), (0, 1, 2, 3, 4)
    names = {"author": ("name", "last at", "id"), "institution": ("name", "id"), "venue": ("name",)}
    return (*numbers, "papers", "h", "years", *names[found.metric.entity]), (0, 1, 2, 3, 4, 5, 6)


def _cells(row: RankedRow, entity: str) -> list[str]:
    percentile = "" if row.percentile is None else f"{row.percentile:.1f}"
    numbers = [count(row.rank), count(row.value), percentile, count(row.peers), count(row.citations)]
    if row.papers is None:
        named = [plain(name) for name in row.authors[:_SHOWN_AUTHORS]]
        more = " et al." if len(row.authors) > _SHOWN_AUTHORS else ""
        by = f" ({', '.join(named)}{more})" if named else ""
        return [*numbers, str(row.first_year or ""), plain(row.label) + by, row.id]
    numbers += [count(row.papers), count(row.h_index or 0), years_of(row.first_year, row.last_year)]
    names = {"author": (row.label, shorten(row.where, _WIDE, placeholder="..."), row.id), "venue": (row.label,)}
    return [*numbers, *map(plain, names.get(entity, (row.label, row.id)))]
