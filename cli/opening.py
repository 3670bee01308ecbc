"""Opening what settings name: the engine's store, the embedder, a search over both."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from cli.output import note

if TYPE_CHECKING:
    from search.elasticsearch import ElasticsearchStore
    from search.embedded import EmbeddedStore
    from search.embedding import Embedder
    from search.engine import Engine
    from search.people import People
    from search.service import PaperSearch
    from settings import Settings

__all__ = ["embedder_for", "open_engine", "open_people", "open_search", "open_store"]


def open_store(settings: Settings) -> EmbeddedStore | ElasticsearchStore:
    """The store of the engine that the settings name.

    :raises SettingsError: when the settings of a cluster do not fit together.
    """
    if settings.engine == "elasticsearch":
        from search.elasticsearch import open_store as open_cluster

        return open_cluster(settings.elasticsearch, settings.elasticsearch_path)
    from search.embedded import EmbeddedStore

    return EmbeddedStore(settings.engine_path)


@contextmanager
def open_engine(settings: Settings) -> Iterator[Engine]:
    """A reader of the current generation, closed at the end.

    :raises GenerationError: when nothing was built yet.
    """
    engine = open_store(settings).reader()
    try:
        yield engine
    finally:
        engine.close()


def embedder_for(settings: Settings, engine: Engine) -> Embedder | None:
    """What embeds queries for this generation; None when it has no vectors, or has those of another model."""
    if not engine.generation.vectors:
        return None
    chosen = settings.embedding
    embedder = _embedder(chosen.model, chosen.device, chosen.max_tokens)
    name = embedder.name if embedder else "none"
    if embedder is None or name != engine.generation.model:
        note(
            f"warning: the vectors are of {engine.generation.model!r}, the settings say {name!r}: "
            "searching by words alone; build again, or set embedding.* as it was"
        )
        return None
    return embedder


@lru_cache(maxsize=1)
def _embedder(model: str, device: str, max_tokens: int) -> Embedder | None:
    """Loaded once a process: a server asks again for every new generation."""
    from search.embedding import make_embedder

    return make_embedder(model, device=device, max_tokens=max_tokens)


@contextmanager
def open_search(settings: Settings, *, vectors: bool = True) -> Iterator[PaperSearch]:
    """A paper search over the current generation. ``vectors``: whether queries may need an embedder."""
    from search.service import PaperSearch

    with open_engine(settings) as engine:
        yield PaperSearch(engine, embedder_for(settings, engine) if vectors else None)


@contextmanager
def open_people(settings: Settings, *, vectors: bool = True) -> Iterator[People]:
    """The people of the current generation. ``vectors``: whether texts may need an embedder."""
    from search.people import People

    with open_engine(settings) as engine:
        yield People(engine, embedder_for(settings, engine) if vectors else None)
