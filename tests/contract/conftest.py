"""The engines under contract: to add one, add a way to make its store."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from search.embedded import EmbeddedStore
from search.engine import Engine, EngineStore
from tests.contract.corpus import build
from tests.elasticsearch_server.stores import make_store

StoreFactory: TypeAlias = Callable[[Path], EngineStore]
"""A store of its own for each folder it is given (an engine without folders may take the path as a name)."""

FACTORIES: dict[str, StoreFactory] = {
    "embedded": EmbeddedStore,
    "embedded in segments": lambda path: EmbeddedStore(path, flush_every=6),
    "elasticsearch": make_store,
}


@pytest.fixture(scope="session", params=sorted(FACTORIES))
def factory(request: pytest.FixtureRequest) -> StoreFactory:
    """How to make a store of the engine under test."""
    return FACTORIES[request.param]


@pytest.fixture
def store(factory: StoreFactory, tmp_path: Path) -> EngineStore:
    """A store in which nothing was built yet."""
    return factory(tmp_path / "store")


@pytest.fixture(scope="session")
def engine(factory: StoreFactory, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Engine]:
    """A reader of the toy corpus, shared by all tests that only read."""
    toy_store = factory(tmp_path_factory.mktemp("toy") / "store")
    build(toy_store)
    reader = toy_store.reader()
    yield reader
    reader.close()
