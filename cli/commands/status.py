"""``scholarcore status``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import typer

from cli.context import DataOption, JsonOption, settings_of
from cli.output import console, count, emit_json, note, table
from records.errors import EngineError, GenerationError

if TYPE_CHECKING:
    from indexer.catalog.report import CatalogStatus
    from search.engine import GenerationInfo
    from settings import Settings

__all__ = ["status"]


def status(context: typer.Context, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Say what is in the catalog and in the generation that answers."""
    settings = settings_of(context, data)
    catalog, digest = _catalog(settings)
    generation, away = _generation_or_why(settings)
    stale = generation is not None and digest is not None and generation.source_digest != digest
    if as_json:
        emit_json(
            {
                "data": str(settings.data),
                "catalog": catalog,
                "generation": generation,
                "generation_is_stale": stale,
                "unavailable": None if away is None else str(away),
            }
        )
        if away is not None:
            raise away
        return
    out = console()
    out.print(f"data folder {settings.data}", style="bold")
    if catalog is None:
        out.print("no catalog yet: scholarcore import FORMAT PATH makes one (or scholarcore demo)")
    else:
        _show_catalog(catalog)
    if away is not None:
        raise away
    if generation is None:
        out.print("\nnothing to search yet: run scholarcore build")
    else:
        _show_generation(generation)
    if stale:
        note("note: the catalog has changed since; scholarcore build brings searches up to date")


def _catalog(settings: Settings) -> tuple[CatalogStatus | None, str | None]:
    from indexer.build import build_digest
    from indexer.catalog import Catalog

    if not settings.catalog_path.exists():
        return None, None
    with Catalog.open(settings.catalog_path, read_only=True) as catalog:
        return catalog.status(), build_digest(catalog, settings.topics_asked)


def _generation_or_why(settings: Settings) -> tuple[GenerationInfo | None, EngineError | None]:
    """When the engine cannot say, what is known is told first."""
    try:
        return _generation(settings), None
    except EngineError as error:
        return None, error


def _generation(settings: Settings) -> GenerationInfo | None:
    from cli.opening import open_store

    store = open_store(settings)
    current = store.current()
    if current is None:
        return None
    found = next((info for info in store.generations() if info.id == current), None)
    if found is None:
        raise GenerationError(
            f"generation {current} is current, but parts of it are missing, or it is of another version: build again "
            "(scholarcore build), or go back to one that scholarcore generations list shows"
        )
    return found


def _show_catalog(catalog: CatalogStatus) -> None:
    out = console()
    out.print(f"\ncatalog {catalog.path}, {catalog.bytes / 1e6:,.1f} MB", style="bold")
    rows = [
        (
            one.source,
            count(one.papers),
            count(one.people),
            count(one.links),
            count(one.rejections),
            (one.last_import or "")[:16].replace("T", " "),
            "unfinished: import again" if one.unfinished else "",
        )
        for one in catalog.sources
    ]
    table(("source", "papers", "people", "links", "rejected", "last import", ""), rows, right=(1, 2, 3, 4))
    if catalog.papers is None:
        out.print("not merged yet, or out of date: scholarcore build does it")
        return
    figures: dict[str, Any] = {
        "papers": catalog.papers,
        "of them merged from several records": catalog.merged,
        "with an abstract": catalog.with_abstract,
        "with a DOI": catalog.with_doi,
        "people": catalog.authors,
        "citations": catalog.citations,
        "citations of themselves, dropped": catalog.self_citations,
        "references to nothing here": catalog.unresolved_citations,
    }
    out.print()
    table(("merged", ""), [(name, count(value)) for name, value in figures.items() if value is not None], right=(1,))
    if catalog.first_year is not None:
        out.print(f"years {catalog.first_year} to {catalog.last_year}")


def _show_generation(generation: GenerationInfo) -> None:
    out = console()
    out.print(f"\ngeneration {generation.id}, built {generation.created}", style="bold")
    vectors = f"{count(generation.vectors)} with vectors of {generation.model}" if generation.vectors else "no vectors"
    out.print(f"{count(generation.papers, 'papers')}, {count(generation.authors)} people, {vectors}")
