from __future__ import annotations

from collections.abc import Iterator

import pytest

from search.people import People
from tests.search.experts import shelf
from tests.search.library import ConceptEmbedder


@pytest.fixture(scope="session", params=["brute", "embedded"])
def people(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The shelf on each engine in turn."""
    engine = shelf.brute() if request.param == "brute" else shelf.embedded(tmp_path_factory.mktemp("shelf") / "store")
    yield People(engine, ConceptEmbedder())
    engine.close()


@pytest.fixture(scope="session")
def stored(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The shelf on the embedded engine, which also stores people."""
    engine = shelf.embedded(tmp_path_factory.mktemp("stored") / "store")
    yield People(engine, ConceptEmbedder())
    engine.close()


@pytest.fixture(scope="session")
def wordy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[People]:
    """The shelf without vectors."""
    engine = shelf.embedded(tmp_path_factory.mktemp("wordy") / "store", vectors=False)
    yield People(engine)
    engine.close()
