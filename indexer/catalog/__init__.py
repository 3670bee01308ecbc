"""The catalog: everything sources said, and the papers, citations and people derived from it."""

from indexer.catalog.catalog import Catalog
from indexer.catalog.reading import CatalogArrays
from indexer.catalog.report import CatalogStatus, DeriveReport, ImportReport, SourceStatus, StoredRejection

__all__ = [
    "Catalog",
    "CatalogArrays",
    "CatalogStatus",
    "DeriveReport",
    "ImportReport",
    "SourceStatus",
    "StoredRejection",
]
