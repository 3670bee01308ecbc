"""A build with everything the settings name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from cli.opening import open_store

if TYPE_CHECKING:
    from indexer.build import BuildReport
    from records.progress import Progress
    from settings import Settings

__all__ = ["build_generation"]


def build_generation(
    settings: Settings, progress: Progress, *, vectors: bool = True, force: bool = False
) -> tuple[BuildReport, list[str]]:
    """Build the catalog into a new generation; the report, and the ids of old generations that were dropped.

    :raises BuildError: when there is nothing to build.
    """
    from indexer.build import build
    from indexer.catalog import Catalog
    from records.errors import BuildError
    from search.embedding import make_embedder

    if not settings.catalog_path.exists():
        raise BuildError(f"there is no catalog in {settings.data} yet; import something first: scholarcore import")
    store = open_store(settings)
    chosen = settings.embedding
    embedder = make_embedder(chosen.model, chosen.device, chosen.max_tokens, chosen.batch_size) if vectors else None
    with Catalog.open(settings.catalog_path) as catalog:
        cache, topics = settings.vector_cache_path, settings.topics_asked
        report = build(catalog, store, embedder, cache, progress, topics=topics, force=force)
    return report, store.prune(settings.keep_generations)
