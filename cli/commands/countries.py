"""``scholarcore countries`` and ``scholarcore institutions``: who publishes with whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cli.commands.rank import CsvOption, QueryOption, TopicOption, scope_line
from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_csv, emit_model, note, plain, table

if TYPE_CHECKING:
    from search.people import People
    from search.rankings import PartnerRequest, Partners
    from settings import Settings

__all__ = ["countries", "institutions"]

CountingName: TypeAlias = Literal["full", "fractional"]
PublishedOption = Annotated[str, typer.Option(metavar="YEARS", help="Papers that count: 2015-2020, 2015-, 2018.")]
ByYearOption = Annotated[bool, typer.Option("--by-year", help="One row for each year of a pair.")]
CountingOption = Annotated[CountingName, typer.Option(help="What orders pairs.")]
MinPapersOption = Annotated[int, typer.Option(min=1, help="Joint papers that a pair must have.")]
CursorOption = Annotated[str | None, typer.Option(help="Go on where a page ended.")]
AllOption = Annotated[bool, typer.Option("--all", help="Every pair, as JSON lines or with --csv.")]

_PAGE_OF_ALL = 1000


@dataclass(frozen=True, slots=True)
class _Scope:
    of: str
    topic: str
    query: str
    published: str
    by_year: bool
    counting: CountingName
    min_papers: int
    limit: int
    cursor: str | None


@dataclass(frozen=True, slots=True)
class _Output:
    every: bool
    as_csv: bool
    as_json: bool


def countries(
    context: typer.Context,
    of: Annotated[str, typer.Argument(metavar="[CODE]", help="Only pairs with this country.")] = "",
    *,
    topic: TopicOption = "",
    query: QueryOption = "",
    published: PublishedOption = "",
    by_year: ByYearOption = False,
    counting: CountingOption = "full",
    min_papers: MinPapersOption = 1,
    limit: LimitOption = 20,
    cursor: CursorOption = None,
    every: AllOption = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show which countries publish together, by year if wanted, counted fully and fractionally."""
    scope = _Scope(of, topic, query, published, by_year, counting, min_papers, limit, cursor)
    _answer(settings_of(context, data), "countries", scope, _Output(every, as_csv, as_json))


def institutions(
    context: typer.Context,
    of: Annotated[str, typer.Argument(metavar="[ID]", help="Only pairs with this institution.")] = "",
    *,
    topic: TopicOption = "",
    query: QueryOption = "",
    published: PublishedOption = "",
    by_year: ByYearOption = False,
    counting: CountingOption = "full",
    min_papers: MinPapersOption = 1,
    limit: LimitOption = 20,
    cursor: CursorOption = None,
    every: AllOption = False,
    as_csv: CsvOption = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show which institutions publish together, by year if wanted, counted fully and fractionally."""
    scope = _Scope(of, topic, query, published, by_year, counting, min_papers, limit, cursor)
    _answer(settings_of(context, data), "institutions", scope, _Output(every, as_csv, as_json))


def _answer(settings: Settings, kind: str, scope: _Scope, output: _Output) -> None:
    from cli.opening import open_people
    from search.rankings import PartnerRequest, parse_years
    from search.rankings.partners import Counting, PartnerKind

    request = PartnerRequest(
        kind=PartnerKind(kind),
        of=scope.of,
        topic=scope.topic,
        query=scope.query,
        published=parse_years(scope.published, "published"),
        by_year=scope.by_year,
        counting=Counting(scope.counting),
        min_papers=scope.min_papers,
        limit=scope.limit,
        cursor=scope.cursor,
    )
    with open_people(settings, vectors=False) as people:
        _print(people, request, output)


def _print(people: People, request: PartnerRequest, output: _Output) -> None:
    from api.schemas.rankings import Collaborations, PairModel
    from search.rankings import partners

    if output.every:
        for number, page in enumerate(_pages(people, replace(request, limit=_PAGE_OF_ALL))):
            rows = [PairModel.of(pair) for pair in page.pairs]
            if output.as_csv:
                emit_csv(rows, PairModel, header=number == 0)
            else:
                for row in rows:
                    emit_model(row)
        return
    found = partners(people, request)
    if output.as_csv:
        emit_csv([PairModel.of(pair) for pair in found.pairs], PairModel)
    elif output.as_json:
        emit_model(Collaborations.of(found))
    else:
        _show(found)


def _pages(people: People, request: PartnerRequest) -> Iterator[Partners]:
    from search.rankings import partners

    while True:
        page = partners(people, request)
        yield page
        if page.next is None:
            return
        request = replace(request, cursor=page.next)


def _show(found: Partners) -> None:
    from search.rankings import write_years

    out, kind, years = console(), found.request.kind.value, write_years(found.request.published)
    parts = [scope_line(found.scope), f"published {years}" if years else ""]
    out.print(
        f"{count(found.total, 'pairs')} of {kind}; {count(found.papers, 'papers')}"
        f"{''.join(f', {part}' for part in parts if part)}: {count(found.placed)} name {kind}, "
        f"{count(found.joint)} several",
        style="dim",
    )
    for warning in found.warnings:
        note(f"note: {warning.message}")
    if not found.pairs:
        return
    rows = [
        (
            plain(pair.first_label),
            plain(pair.second_label),
            *((str(pair.year or "no year"),) if found.request.by_year else ()),
            count(pair.papers),
            f"{pair.fractional:.2f}",
            f"{pair.salton:.3f}",
        )
        for pair in found.pairs
    ]
    names = ("", "with", *(("year",) if found.request.by_year else ()), "papers", "fractional", "Salton")
    table(names, rows, right=tuple(range(len(names) - 3, len(names))))
    out.print()
    members = [
        (plain(one.label), count(one.papers), f"{one.fractional:.1f}", f"{100 * one.joint / one.papers:.1f}%")
        for one in found.members
    ]
    table((kind, "papers", "fractional", "with others"), members, right=(1, 2, 3))
    if found.next:
        out.print(f"\nmore: --cursor {found.next}", style="dim")
