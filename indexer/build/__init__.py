"""The build: catalog -> arrays -> metrics -> vectors -> a generation of an engine."""

from indexer.build.build import BUILD_VERSION, BuildReport, build, build_digest
from indexer.build.corpus import corpus_of

__all__ = ["BUILD_VERSION", "BuildReport", "build", "build_digest", "corpus_of"]
