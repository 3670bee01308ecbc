"""One small module a metric. Importing this package registers them all."""

from ranking.metrics import citations, core_number, h_index, pagerank

__all__ = ["citations", "core_number", "h_index", "pagerank"]
