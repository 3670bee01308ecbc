"""``scholarcore experts``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_model, note, plain, table
from records.errors import QueryError

if TYPE_CHECKING:
    from search.experts import Expert, ExpertResult

__all__ = ["experts"]

_METRICS = ("h_index", "author_citations")


def experts(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="The need, in the query language.")] = "",
    *,
    paper: Annotated[list[str] | None, typer.Option("--paper", metavar="ID", help="A paper; again for more.")] = None,
    file: Annotated[
        list[Path] | None,
        typer.Option("--file", metavar="FILE", help="A text, such as a call for papers; - is stdin; again for more."),
    ] = None,
    constraint: Annotated[
        str, typer.Option("--filter", "-f", metavar="FILTER", help="Who is listed: country:DE,last_year:2020-.")
    ] = "",
    paper_filter: Annotated[
        str, typer.Option("--paper-filter", metavar="FILTER", help="Which papers count: year:2015-.")
    ] = "",
    exclude: Annotated[
        list[str] | None, typer.Option("--exclude", metavar="ID", help="A person not to list; again for more.")
    ] = None,
    exclude_authors: Annotated[
        bool, typer.Option("--exclude-authors", help="Leave out the authors of the papers given.")
    ] = False,
    half_life: Annotated[
        float | None, typer.Option(metavar="YEARS", help="Years after which a paper counts half.")
    ] = None,
    sort: Annotated[str, typer.Option(help="relevance, or a metric to put the most relevant in order.")] = "relevance",
    evidence: Annotated[int, typer.Option(min=0, max=50, help="Papers to show with each person.")] = 3,
    coverage: Annotated[bool, typer.Option("--coverage", help="Say who covers which aspect of the need.")] = False,
    limit: LimitOption = 10,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Find experts for a query, a text or papers, each with the papers that speak for them."""
    from cli.opening import open_people
    from search.experts import ExpertRequest, find_experts

    request = ExpertRequest(
        query=query,
        texts=tuple(_read(path) for path in file or ()),
        papers=tuple(paper or ()),
        filter=constraint,
        paper_filter=paper_filter,
        exclude=tuple(exclude or ()),
        exclude_authors=exclude_authors,
        half_life=half_life,
        sort=sort,
        evidence=evidence,
        coverage=coverage,
        limit=limit,
        cursor=cursor,
    )
    with open_people(settings_of(context, data)) as people:
        result = find_experts(people, request)
    if as_json:
        from api.schemas.experts import ExpertResponse

        emit_model(ExpertResponse.of(result))
    else:
        _show(result)


def _read(path: Path) -> str:
    """A text file, or stdin.

    :raises QueryError: when it cannot be read as text.
    """
    try:
        content = sys.stdin.buffer.read() if str(path) == "-" else path.read_bytes()
        return content.decode("utf-8-sig")
    except OSError as error:
        raise QueryError(f"{path} cannot be read: {error.strerror or error}") from error
    except UnicodeDecodeError as error:
        raise QueryError(f"{path} is not UTF-8 text; convert it (a PDF: extract its text first)") from error


def _show(result: ExpertResult) -> None:
    out = console()
    found = f"{count(result.total, 'people')} by {count(result.relevant)} relevant of {count(result.pool, 'papers')}"
    out.print(f"{found}, {result.took_ms:.0f} ms", style="dim")
    for warning in result.warnings:
        note(f"note: {warning.message}")
    for expert in result.experts:
        _show_expert(expert, result)
    if result.coverage is not None:
        out.print(f"\ncovered: {result.coverage.covered:.0%} of {count(len(result.coverage.aspects), 'aspects')}")
        names = {expert.id: expert.name for expert in result.experts}
        rows = [
            (number, aspect.text, ", ".join(names[one] for one in aspect.experts) or "nobody listed")
            for number, aspect in enumerate(result.coverage.aspects)
        ]
        table(("", "aspect", "covered by"), rows, right=(0,))
    if result.next:
        out.print(f"\nmore: --cursor {result.next}", style="dim")


def _show_expert(expert: Expert, result: ExpertResult) -> None:
    from rich.text import Text

    out = console()
    head = Text(f"\n{expert.rank:>3}. ").append(plain(expert.name), "bold").append(f"  {expert.score:.4f}", "dim")
    out.print(head.append("  wrote a paper asked with", "yellow") if expert.query_author else head)
    years = "" if expert.first_year is None else f"{expert.first_year}-{expert.last_year}"
    where = ", ".join(part for part in (expert.place.affiliation, expert.place.country) if part)
    seen = f"{where} ({expert.place.year})" if where and expert.place.year else where
    numbers = [_metric(expert, name) for name in _METRICS if name in expert.metrics]
    about = [f"{count(expert.relevant)} of {count(expert.papers, 'papers')} relevant", years, plain(seen), *numbers]
    out.print("     " + " · ".join(part for part in [*about, expert.id] if part), style="dim")
    if expert.topics:
        topics = ", ".join(f"{plain(name)} {share:.0%}" for name, share in expert.topics.items())
        out.print(f"     {topics}", style="dim")
    for paper in expert.evidence:
        out.print(f"     {paper.share:>4.0%}  {plain(paper.title)} ({paper.year or 'no year'})  {paper.id}")
    if expert.covers and result.coverage is not None:
        covered = "; ".join(f"{one.aspect} ({one.strength:.0%})" for one in expert.covers)
        out.print(f"     covers aspects {covered}", style="dim")


def _metric(expert: Expert, name: str) -> str:
    percentile = expert.percentiles.get(name)
    standing = "" if percentile is None else f" (percentile {percentile:.0f})"
    return f"{name} {count(expert.metrics[name])}{standing}"
