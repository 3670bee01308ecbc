from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeAlias

import pytest

from search.engine import Engine
from search.service import PaperSearch
from tests.search.library import ConceptEmbedder, Library, crowd, shelf

Opener: TypeAlias = Callable[[Library], Engine]


@pytest.fixture(scope="session", params=["brute", "embedded"])
def opener(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Opener]:
    """Puts a library into each engine in turn."""
    opened: list[Engine] = []

    def open_library(library: Library) -> Engine:
        folder: Path = tmp_path_factory.mktemp("library")
        opened.append(library.brute() if request.param == "brute" else library.embedded(folder / "store"))
        return opened[-1]

    yield open_library
    for engine in opened:
        engine.close()


@pytest.fixture(scope="session")
def papers(opener: Opener) -> PaperSearch:
    """A search over the shelf."""
    return PaperSearch(opener(shelf()), ConceptEmbedder())


@pytest.fixture(scope="session")
def masses(opener: Opener) -> PaperSearch:
    """A search over the crowd."""
    return PaperSearch(opener(crowd()), ConceptEmbedder())
