"""``scholarcore author``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.commands.paper import metric_rows
from cli.context import DataOption, JsonOption, LimitOption, settings_of
from cli.output import console, count, emit_model, note, plain, table
from records.errors import NotFoundError

if TYPE_CHECKING:
    from search.engine import AuthorDocument, Engine, SearchPage

__all__ = ["author"]


def author(
    context: typer.Context,
    identifier: Annotated[str, typer.Argument(metavar="ID|NAME", help="Our id, orcid:..., or words of a name.")],
    limit: LimitOption = 10,
    as_json: JsonOption = False,
    data: DataOption = None,
) -> None:
    """Show one person by id, or the people with a name. With --json a name gives a list, an id one person."""
    from cli.opening import open_engine

    with open_engine(settings_of(context, data)) as engine:
        document = _by_id(engine, identifier)
        if document is None:
            _show_found(engine.find_authors(identifier, limit), identifier, as_json=as_json)
        elif as_json:
            from api.schemas.author import AuthorModel

            emit_model(AuthorModel.of(document))
        else:
            _show(document, _latest(engine, document.author.id, limit))


def _by_id(engine: Engine, identifier: str) -> AuthorDocument | None:
    from api.resolve import author_document, author_id

    try:
        live = author_id(engine, identifier)
    except NotFoundError:
        return None
    if live != identifier:
        note(f"note: {identifier} is {live}")
    return author_document(engine, live)


def _latest(engine: Engine, live: str, limit: int) -> SearchPage:
    from search.engine import PaperQuery, Sort
    from search.query.ast import Everything, Keyword, KeywordField

    return engine.search(PaperQuery(Everything(), Keyword(KeywordField.AUTHOR_ID, (live,)), Sort("date"), limit))


def _show_found(found: list[AuthorDocument], name: str, *, as_json: bool) -> None:
    if not found:
        raise NotFoundError("author or author name", name)
    if as_json:
        from api.schemas.author import AuthorList, AuthorModel

        emit_model(AuthorList(results=[AuthorModel.of(document) for document in found]))
        return
    rows = [
        (a.id, a.name.full, count(a.papers), _years(a.first_year, a.last_year), a.basis.value)
        for a in (document.author for document in found)
    ]
    table(("id", "name", "papers", "years", "identity rests on"), rows, right=(2,))


def _show(document: AuthorDocument, page: SearchPage) -> None:
    person, out = document.author, console()
    out.print(plain(person.name.full), style="bold")
    out.print("  ".join([person.id, *map(str, person.ids)]), style="dim")
    if person.variants:
        out.print("also " + "; ".join(plain(name.full) for name in person.variants))
    out.print(
        f"{count(person.papers, 'papers')}, {_years(person.first_year, person.last_year)}; "
        f"identity rests on {person.basis.value}"
    )
    if person.affiliations:
        out.print()
        rows = [(a.text, _years(a.first_year, a.last_year), count(a.papers)) for a in person.affiliations]
        table(("affiliation as printed", "years", "papers"), rows, right=(2,))
    metrics = metric_rows(document.metrics)
    if metrics:
        out.print()
        table(("metric", "value", "unit"), metrics, right=(1,))
    papers = [hit.document.paper for hit in page.hits if hit.document]
    if papers:
        out.print()
        table(("year", "paper", "id"), [(p.year or "", p.title, p.id) for p in papers])
    if page.total > len(papers):
        out.print(f"and {count(page.total - len(papers), 'papers')} more", style="dim")


def _years(first: int | None, last: int | None) -> str:
    if first is None or last is None:
        return "no years"
    return str(first) if first == last else f"{first}-{last}"
