"""A store with two toy generations."""

from __future__ import annotations

from pathlib import Path

import pytest

from search.embedded import EmbeddedStore
from tests.contract.corpus import PAPERS, build


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Where the store of :func:`store` lies."""
    return tmp_path / "store"


@pytest.fixture
def store(path: Path) -> EmbeddedStore:
    """Two generations; the newer is current."""
    made = EmbeddedStore(path)
    build(made, PAPERS[:6])
    build(made)
    return made
