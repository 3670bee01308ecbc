"""One generated corpus for all tests that only look at it."""

from __future__ import annotations

import pytest

from indexer.demo import DemoCorpus, DemoSpec, generate
from records.paper import Paper


@pytest.fixture(scope="session")
def corpus() -> DemoCorpus:
    return generate(DemoSpec(4000, seed=3))


@pytest.fixture(scope="session")
def papers(corpus: DemoCorpus) -> list[Paper]:
    return list(corpus.papers())


@pytest.fixture(scope="session")
def large() -> DemoCorpus:
    return generate(DemoSpec(60_000, seed=5))
