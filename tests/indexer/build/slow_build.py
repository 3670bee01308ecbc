"""Builds a catalog into an embedded engine with an embedder that takes its time, in a process that a test can kill.

Run as ``python -m tests.indexer.build.slow_build FOLDER``; prints a line for every chunk of texts embedded.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from pathlib import Path

from indexer.build import build
from indexer.catalog import Catalog
from search.embedded import EmbeddedStore
from search.embedding import HashingEmbedder
from search.engine import Vectors


class SlowEmbedder(HashingEmbedder):
    """Says after each call how many texts it got."""

    def embed(self, texts: Sequence[str]) -> Vectors:
        made = super().embed(texts)
        time.sleep(0.05)
        sys.stdout.write(f"{len(texts)}\n")
        sys.stdout.flush()
        return made


if __name__ == "__main__":
    folder = Path(sys.argv[1])
    with Catalog.open(folder / "c.duckdb") as opened:
        build(opened, EmbeddedStore(folder / "engine"), SlowEmbedder(32), folder / "vectors")
