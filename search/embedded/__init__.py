"""The embedded engine: tantivy text, flat vectors and metric arrays in a generation folder; no server."""

from search.embedded.reader import EmbeddedEngine
from search.embedded.store import EmbeddedStore
from search.embedded.writer import EmbeddedWriter

__all__ = ["EmbeddedEngine", "EmbeddedStore", "EmbeddedWriter"]
