from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.serving import Serving
from search.embedded import EmbeddedStore
from tests.api.toy import ToyEmbedder, build


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> EmbeddedStore:
    """The toy collection, for tests that only read."""
    return build(tmp_path_factory.mktemp("toy"))


@pytest.fixture(scope="session")
def client(store: EmbeddedStore) -> Iterator[TestClient]:
    """The whole application over the toy collection."""
    with _client(store) as client:
        yield client


@pytest.fixture
def empty_client(tmp_path: Path) -> Iterator[TestClient]:
    """The application before the first build."""
    with _client(EmbeddedStore(tmp_path / "engine")) as client:
        yield client


def _client(store: EmbeddedStore) -> TestClient:
    app = create_app(Serving(store, lambda _: ToyEmbedder(), refresh_seconds=0))
    return TestClient(app, follow_redirects=False, raise_server_exceptions=False)
