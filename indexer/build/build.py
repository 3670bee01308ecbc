"""One build, stage by stage."""

from __future__ import annotations

import hashlib
import resource
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

import numpy as np
import numpy.typing as npt

from indexer.build.corpus import corpus_of
from indexer.build.people import PeopleMaker
from indexer.build.topics import own_topics, topics_wanted
from indexer.build.vectors import PaperVectors, VectorSpool
from indexer.catalog import Catalog, CatalogArrays
from indexer.topics import PaperTexts, Topics
from indexer.vector_cache import VectorCache
from ranking.corpus import Corpus
from ranking.registry import Entity, Metric, metrics
from records.errors import BuildError, EngineUnavailableError
from records.progress import NO_PROGRESS, Progress
from search.collaborators import COLLABORATORS, TextsMaker, pack_collaborators, words_of
from search.embedding import Embedder
from search.engine import AuthorDocument, EngineStore, GenerationInfo, GenerationWriter, PaperDocument
from search.people import GROUP, NAMES, NamesMaker

__all__ = ["BUILD_VERSION", "BuildReport", "build", "build_digest"]

BUILD_VERSION = 7
"""Raised when the same catalog would be built into something else."""

_BATCH = 2048

_Columns = dict[str, npt.NDArray[np.float64]]


@dataclass(frozen=True, slots=True)
class BuildReport:
    """What a build did. ``built`` is False when the current generation was of this very state already.

    ``seconds`` by stage ("derive", "arrays", "metric h_index", "vectors", "papers", ...), ``embedded`` texts that were
    not in the cache, ``peak_mib`` the most memory the process held so far.
    """

    generation: GenerationInfo
    built: bool
    seconds: dict[str, float]
    embedded: int = 0
    peak_mib: float = 0.0


def build(
    catalog: Catalog,
    store: EngineStore,
    embedder: Embedder | None,
    cache: Path | None = None,
    progress: Progress = NO_PROGRESS,
    *,
    topics: int | None = None,
    force: bool = False,
) -> BuildReport:
    """Build the catalog into a new generation of ``store`` and make it current.

    Vectors are looked for in the folder ``cache`` first and kept there, in steps of a few hundred, so a build that was
    interrupted embeds the rest only. Without ``embedder`` the generation has no vectors. Where no source names topics,
    papers get some of our own (:mod:`indexer.topics`): ``topics`` of them, 0 for none, None for as many as fit. Nothing
    is written when the current generation is of the same catalog, model and metrics, unless ``force``. On any error the
    generation at work is thrown away and the current one stays.

    :raises BuildError: when the catalog is empty, a metric is broken, or the cache cannot be used.
    :raises EngineError: when the engine refuses.
    """
    run = _Build(catalog, store, embedder, progress, topics)
    with run.stage("derive"):
        catalog.derive(progress)
        digest = build_digest(catalog, topics)
    current = _current(store)
    if not force and current is not None and _same(current, digest, embedder):
        return BuildReport(current, built=False, seconds=run.seconds, peak_mib=_peak_mib())
    store.check_writable()  # before hours of embedding
    with ExitStack() as stack:
        if embedder is not None and cache is not None:
            run.keep_vectors(stack.enter_context(VectorCache(cache, embedder.name, embedder.dimension)))
        if embedder is not None:
            run.spool = stack.enter_context(VectorSpool(embedder.dimension, cache))
        generation = run.run(digest)
    return BuildReport(generation, built=True, seconds=run.seconds, embedded=run.embedded, peak_mib=_peak_mib())


def build_digest(catalog: Catalog, topics: int | None = None) -> str:
    """The fingerprint a generation of the catalog's present state carries as ``source_digest``."""
    names = [metric.name for entity in (Entity.PAPER, Entity.AUTHOR) for metric in metrics(entity)]
    return hashlib.blake2b(f"{BUILD_VERSION} {names} {topics} {catalog.digest()}".encode(), digest_size=16).hexdigest()


def _metrics(entity: Entity, corpus: Corpus) -> tuple[Metric, ...]:
    return tuple(metric for metric in metrics(entity) if metric.wanted(corpus))


def _current(store: EngineStore) -> GenerationInfo | None:
    current = store.current()
    return next((info for info in store.generations() if info.id == current), None)


def _same(info: GenerationInfo, digest: str, embedder: Embedder | None) -> bool:
    model = "" if embedder is None else embedder.name
    return (info.source_digest, info.model) == (digest, model)


class _Build:
    """The stages, and what one hands to the next."""

    def __init__(
        self,
        catalog: Catalog,
        store: EngineStore,
        embedder: Embedder | None,
        progress: Progress,
        topics: int | None,
    ) -> None:
        self.seconds: dict[str, float] = {}
        self.spool: VectorSpool | None = None
        self._catalog = catalog
        self._store = store
        self._embedder = embedder
        self._progress = progress
        self._vectors = None if embedder is None else PaperVectors(embedder, None)
        self._asked = topics

    @property
    def embedded(self) -> int:
        """Texts that were embedded."""
        return 0 if self._vectors is None else self._vectors.embedded

    def keep_vectors(self, cache: VectorCache) -> None:
        """Use ``cache`` from now on."""
        assert self._embedder is not None  # noqa: S101 - the caller opened the cache for it
        self._vectors = PaperVectors(self._embedder, cache)

    @contextmanager
    def stage(self, name: str, total: int | None = None) -> Iterator[None]:
        """Time a stage and report it."""
        began = time.monotonic()
        self._progress.start(name, total)
        yield
        self._progress.finish()
        self.seconds[name] = round(time.monotonic() - began, 3)

    def run(self, digest: str) -> GenerationInfo:
        """All stages after the derivation."""
        with self.stage("arrays"):
            arrays = self._catalog.arrays()
        if not len(arrays.paper_ids):
            raise BuildError("the catalog holds no papers; import something first: scholarcore import SOURCE PATH")
        with self.stage("graph"):
            corpus = corpus_of(arrays)
        wanted = topics_wanted(arrays, self._asked)
        read = PaperTexts(len(arrays.paper_ids), openings=self.spool is None) if wanted else None
        if read is not None or self.spool is not None:
            with self.stage("texts" if self.spool is None else "vectors", len(arrays.paper_ids)):
                self._read(arrays, read)
        topics: Topics | None = None
        if read is not None:
            with self.stage("topics"):
                topics = own_topics(self._catalog, arrays, read, self.spool, wanted)
        if topics is not None:
            corpus = replace(corpus, fields=topics.labels, n_fields=len(topics.names))
        del read
        measured = self._measure(arrays, corpus)
        embedder = self._embedder
        writer = self._store.writer(
            model="" if embedder is None else embedder.name,
            dimension=0 if embedder is None else embedder.dimension,
            source_digest=digest,
            metrics=tuple(measured[0]),
        )
        try:
            with TextsMaker() as texts:
                return self._write(writer, arrays, PeopleMaker(arrays, corpus, topics), texts, measured)
        except (KeyboardInterrupt, EngineUnavailableError):
            writer.suspend()  # nothing is wrong with what was written: the same build may go on with it
            raise
        except BaseException:
            writer.abort()
            raise

    def _read(self, arrays: CatalogArrays, texts: PaperTexts | None) -> None:
        """Make the vectors of all papers, and see their texts."""
        for papers in self._catalog.papers(arrays, batch=_BATCH):
            if texts is not None:
                texts.add(papers)
            if self.spool is not None and self._vectors is not None:
                self.spool.add(self._vectors.of(papers, self._progress))
            else:
                self._progress.advance(len(papers))

    def _measure(self, arrays: CatalogArrays, corpus: Corpus) -> tuple[_Columns, _Columns]:
        found: dict[Entity, _Columns] = {Entity.PAPER: {}, Entity.AUTHOR: {}}
        sizes = {Entity.PAPER: len(arrays.paper_ids), Entity.AUTHOR: len(arrays.author_ids)}
        for entity, columns in found.items():
            for metric in _metrics(entity, corpus):
                with self.stage(f"metric {metric.name}"):
                    values = np.asarray(metric.compute(corpus), dtype=np.float64)
                if values.shape != (sizes[entity],):
                    raise BuildError(f"metric {metric.name} has shape {values.shape}, expected ({sizes[entity]},)")
                columns[metric.name] = values
        corpus.forget()
        return found[Entity.PAPER], found[Entity.AUTHOR]

    def _write(
        self,
        writer: GenerationWriter,
        arrays: CatalogArrays,
        people: PeopleMaker,
        texts: TextsMaker,
        measured: tuple[_Columns, _Columns],
    ) -> GenerationInfo:
        of_papers, of_authors = measured
        with self.stage("papers", len(arrays.paper_ids)):
            rows = _rows(of_papers, len(arrays.paper_ids))
            made = None if self.spool is None else self.spool.batches(_BATCH)
            for read in self._catalog.papers(arrays, batch=_BATCH):
                texts.add(map(words_of, read))
                papers = people.add(read)
                vectors = None if made is None else next(made)
                mask = None if vectors is None else np.ones(len(papers), dtype=np.bool_)
                documents = [
                    PaperDocument(paper, row) for paper, row in zip(papers, islice(rows, len(papers)), strict=True)
                ]
                writer.add_papers(documents, vectors, mask)
                self._progress.advance(len(papers))
        with self.stage("authors", len(arrays.author_ids)):
            rows, names = _rows(of_authors, len(arrays.author_ids)), NamesMaker()
            for authors in self._catalog.authors(batch=_BATCH):
                names.add(authors)
                writer.add_authors(
                    [AuthorDocument(one, row) for one, row in zip(authors, islice(rows, len(authors)), strict=True)]
                )
                self._progress.advance(len(authors))
        with self.stage("people"):
            made_of_people = people.make(of_papers, of_authors)
            writer.add_arrays(GROUP, made_of_people.pack())
            writer.add_arrays(NAMES, names.make().pack())
        with self.stage("collaborators"):
            writer.add_arrays(COLLABORATORS, pack_collaborators(made_of_people, texts.make()))
        with self.stage("commit"):
            for kind in ("paper", "author"):
                writer.add_redirects(kind, self._catalog.redirects(kind))
            info = writer.commit()
        if (info.papers, info.authors) != (len(arrays.paper_ids), len(arrays.author_ids)):
            raise BuildError(
                f"the engine holds {info.papers} papers and {info.authors} people, the catalog "
                f"{len(arrays.paper_ids)} and {len(arrays.author_ids)}; build again with force"
            )
        return info


def _rows(columns: _Columns, size: int) -> Iterator[dict[str, float]]:
    """The values of each entity by metric; a value that is not a number is left out."""
    names = tuple(columns)
    for start in range(0, size, _BATCH):
        part = [columns[name][start : start + _BATCH].tolist() for name in names]
        for values in zip(*part, strict=True) if names else ((),) * min(_BATCH, size - start):
            yield {name: value for name, value in zip(names, values, strict=True) if value == value}  # noqa: PLR0124


def _peak_mib() -> float:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return round(peak / (1 << 20 if sys.platform == "darwin" else 1 << 10), 1)
