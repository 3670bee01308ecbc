"""The build into the embedded engine, whole and killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

from indexer.build import build, build_digest
from indexer.catalog import Catalog
from indexer.vector_cache import FLUSH_EVERY, VectorCache
from search.embedded import EmbeddedStore
from search.embedding import HashingEmbedder
from search.engine import PaperQuery
from search.query.ast import Everything
from tests.indexer.build.fakes import CountingEmbedder
from tests.indexer.catalog.fakes import FakeReader, author, paper

ROOT = Path(__file__).resolve().parents[3]
SIZE = 1400


def _import(folder: Path, size: int) -> None:
    with Catalog.open(folder / "c.duckdb") as catalog:
        papers = [
            paper(
                f"{n:05d}",
                f"Paper number {n} about parsing",
                author(f"Ann{n % 50} Ames", f"a{n % 50}"),
                references=[f"{n // 2:05d}"],
                ids=[f"10.1000/{n}"],
            )
            for n in range(size)
        ]
        catalog.import_source(FakeReader("p", {"all": papers}), folder)
        copy = paper("copy", "A copy of the first paper", "Ann0 Ames", ids=["10.1000/0"])
        catalog.import_source(FakeReader("q", {"all": [copy]}), folder)


def test_engine_answers_from_what_the_catalog_holds(tmp_path: Path) -> None:
    _import(tmp_path, 40)
    store = EmbeddedStore(tmp_path / "engine")
    embedder = HashingEmbedder(32)
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        report = build(catalog, store, embedder, tmp_path / "vectors")
        assert report.generation.source_digest == build_digest(catalog)
        assert not build(catalog, store, embedder, tmp_path / "vectors").built
    engine = store.reader()
    try:
        assert (engine.generation.papers, engine.generation.authors, engine.generation.vectors) == (40, 40, 40)
        assert engine.search(PaperQuery(Everything())).total == 40
        (first,) = engine.papers(["p:00001"])
        assert first is not None
        assert first.paper.references == ("p:00000",)
        assert first.metrics["citations"] == 2.0
        assert engine.resolve("paper", "q:copy") == "p:00000"
        (ann,) = engine.authors(["p:a1"])
        assert ann is not None
        assert (ann.author.papers, ann.author.name.full) == (1, "Ann1 Ames")
        hits = engine.nearest(embedder.embed_query("Paper number 7 about parsing"), 1)
        assert hits[0].id == "p:00007"
    finally:
        engine.close()


def test_killed_build_leaves_the_old_generation_and_its_vectors(tmp_path: Path) -> None:
    _import(tmp_path, 40)
    store = EmbeddedStore(tmp_path / "engine")
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        old = build(catalog, store, None).generation
    _import(tmp_path, SIZE)
    with subprocess.Popen(
        [sys.executable, "-m", "tests.indexer.build.slow_build", str(tmp_path)], cwd=ROOT, stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        embedded = sum(int(process.stdout.readline()) for _ in range(4))
        os.kill(process.pid, signal.SIGKILL)
        embedded += sum(int(line) for line in process.stdout.readlines())
    assert process.returncode == -signal.SIGKILL
    assert store.current() == old.id
    with VectorCache(tmp_path / "vectors", "hashing-32", 32) as cache:
        assert embedded - FLUSH_EVERY <= len(cache) <= embedded < SIZE
        kept = len(cache)
    rest = CountingEmbedder(HashingEmbedder(32))
    with Catalog.open(tmp_path / "c.duckdb") as catalog:
        report = build(catalog, store, rest, tmp_path / "vectors")
    assert len(rest.texts) == SIZE - kept
    assert (report.generation.papers, report.generation.vectors) == (SIZE, SIZE)
    assert store.current() == report.generation.id
