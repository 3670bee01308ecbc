"""Texts to unit vectors, by any sentence-transformers model; the bundled one needs no network.

The same embedder serves builds and queries: a generation records ``Embedder.name`` and a query is only compared with
vectors of the same name.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from search.engine import Vectors

__all__ = ["Embedder"]


class Embedder(Protocol):
    """Makes vectors. ``name`` identifies model and token limit; vectors of different names never mix."""

    name: str
    dimension: int

    def embed(self, texts: Sequence[str]) -> Vectors:
        """Unit vectors of documents, shape (len(texts), dimension)."""

    def embed_query(self, text: str) -> Vectors:
        """The unit vector of a query, shape (dimension,)."""
