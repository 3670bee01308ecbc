"""One small module a metric. Importing this package registers them all."""

from ranking.metrics import citations

__all__ = ["citations"]
