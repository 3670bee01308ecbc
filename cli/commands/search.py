"""``scholarcore search``."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_model, marked, note, plain, table

if TYPE_CHECKING:
    from search.request import PaperHit, SearchRequest, SearchResult
    from search.service import PaperSearch

__all__ = ["ModeName", "search"]

ModeName: TypeAlias = Literal["hybrid", "lexical", "vector"]
"""The values of :class:`search.request.Mode`, which takes too long to import for a help text."""

_PAGE_OF_ALL = 200


def search(
    context: typer.Context,
    query: Annotated[str, typer.Argument(help="The query; nothing finds all papers.")] = "",
    *,
    constraint: Annotated[
        str, typer.Option("--filter", "-f", metavar="FILTER", help="Constraints: year:2005-2012,type:article.")
    ] = "",
    mode: Annotated[ModeName, typer.Option(help="By words, by nearness of vectors, or both.")] = "hybrid",
    sort: Annotated[str, typer.Option(help="relevance, citations, date or a metric; :asc or :desc.")] = "relevance",
    facet: Annotated[
        list[str] | None, typer.Option(help="Count a field's values: year, venue.name:20. Again for more.")
    ] = None,
    limit: LimitOption = 10,
    cursor: Annotated[str | None, typer.Option(help="Go on where a page ended.")] = None,
    every: Annotated[bool, typer.Option("--all", help="Every match, as JSON lines: one paper a line.")] = False,
    highlight: Annotated[bool, typer.Option("--highlight", help="Mark the matches.")] = False,
    explain: Annotated[bool, typer.Option("--explain", help="Say how each score came about.")] = False,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Search papers by words, by meaning or by both."""
    from cli.opening import open_search
    from search.request import Mode, SearchRequest

    request = SearchRequest(
        text=query,
        filter=constraint,
        mode=Mode(mode),
        sort=sort,
        limit=_PAGE_OF_ALL if every else limit,
        cursor=cursor,
        facets=tuple(facet or ()),
        highlight=highlight,
        explain=explain,
    )
    with open_search(settings_of(context, data), vectors=mode != "lexical" and bool(query)) as papers:
        if every:
            _stream(papers, request)
            return
        result = papers.search(request)
    if as_json:
        from api.schemas.search import SearchResponse

        emit_model(SearchResponse.of(result))
    else:
        _show(result)


def _stream(papers: PaperSearch, request: SearchRequest) -> None:
    from api.schemas.paper import PaperResult

    said: set[str] = set()
    for result in _pages(papers, request):
        for warning in result.warnings:
            if warning.code not in said:
                said.add(warning.code)
                note(f"note: {warning.message}")
        for hit in result.hits:
            emit_model(PaperResult.of_hit(hit))


def _pages(papers: PaperSearch, request: SearchRequest) -> Iterator[SearchResult]:
    while True:
        result = papers.search(request)
        yield result
        if result.next is None:
            return
        request = replace(request, cursor=result.next)


def _show(result: SearchResult) -> None:
    out = console()
    out.print(f"{count(result.total, 'papers')}, {result.mode.value}, {result.took_ms:.0f} ms", style="dim")
    for warning in result.warnings:
        note(f"note: {warning.message}")
    for hit in result.hits:
        _show_hit(hit)
    for facet in result.facets:
        out.print()
        rows = [(value.label or value.value, count(value.count)) for value in facet.values]
        if facet.other:
            rows.append(("(other)", count(facet.other)))
        table((facet.field, "papers"), rows, right=(1,))
    if result.next:
        out.print(f"\nmore: --cursor {result.next}", style="dim")


def _show_hit(hit: PaperHit) -> None:
    from rich.text import Text

    paper, out = hit.paper, console()
    titles = hit.highlights.get("title")
    title = marked(titles[0]) if titles else Text(plain(paper.title))
    out.print(Text(f"\n{hit.rank:>3}. ").append_text(title).append(f" ({paper.year or 'no year'})", "dim"))
    names = [plain(authorship.name.full) for authorship in paper.authorships]
    shown = ", ".join(names[:6]) + (f" and {len(names) - 6} more" if len(names) > 6 else "")
    details = [shown, plain(paper.venue.name) if paper.venue else ""]
    if "citations" in hit.metrics:
        details.append(count(hit.metrics["citations"], "citations"))
    out.print("     " + " · ".join(part for part in [*details, paper.id] if part), style="dim")
    for field, fragments in hit.highlights.items():
        if field != "title":
            for fragment in fragments:
                out.print(Text("     ").append_text(marked(fragment)))
    if hit.explanation:
        parts = "  ".join(f"{name} {value:.3f}" for name, value in hit.explanation.items())
        out.print(f"     score {hit.score:.3f}: {parts}", style="dim")
