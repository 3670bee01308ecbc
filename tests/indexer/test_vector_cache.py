from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from indexer.vector_cache import FLUSH_EVERY, VectorCache
from records.errors import BuildError
from search.embedding import HashingEmbedder

EMBEDDER = HashingEmbedder(32)
TEXTS = [f"text number {n}" for n in range(700)]


def _fill(folder: Path, texts: list[str]) -> Path:
    with VectorCache(folder, "m@64", 32) as cache:
        cache.put(texts, EMBEDDER.embed(texts))
        return cache.folder


def test_vectors_come_back_after_reopening(tmp_path: Path) -> None:
    _fill(tmp_path, TEXTS)
    with VectorCache(tmp_path, "m@64", 32) as cache:
        assert len(cache) == len(TEXTS)
        vectors, mask = cache.get(["unknown", *TEXTS[::-1]])
    assert not mask[0]
    assert mask[1:].all()
    assert not vectors[0].any()
    made = EMBEDDER.embed(TEXTS[::-1])
    np.testing.assert_allclose(vectors[1:], made, atol=1e-3)
    np.testing.assert_allclose((vectors[1:] * made).sum(axis=1), 1.0, atol=1e-6)
    np.testing.assert_allclose(np.linalg.norm(vectors[1:], axis=1), 1.0, atol=1e-6)


def test_pending_vectors_are_found(tmp_path: Path) -> None:
    with VectorCache(tmp_path, "m@64", 32) as cache:
        cache.put(["a"], EMBEDDER.embed(["a"]))
        assert len(cache) == 1
        assert cache.get(["a"])[1].all()
        cache.put(["b", "b"], EMBEDDER.embed(["b", "b"]))
        assert len(cache) == 2
    with VectorCache(tmp_path, "m@64", 32) as cache:
        assert len(cache) == 2
        assert cache.get(["b", "a", "c"])[1].tolist() == [True, True, False]
        assert cache.get([])[0].shape == (0, 32)


def test_embedders_do_not_mix(tmp_path: Path) -> None:
    _fill(tmp_path, ["a"])
    for name, dimension in (("m@32", 32), ("m@64", 16), ("org/m@64", 32)):
        with VectorCache(tmp_path, name, dimension) as cache:
            assert len(cache) == 0
    with VectorCache(tmp_path, "m@64", 32) as cache, pytest.raises(BuildError, match="do not fit"):
        cache.put(["a"], EMBEDDER.embed(["a", "b"]))


@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_a_torn_tail_is_cut(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    folder = _fill(tmp_path_factory.mktemp("cache"), TEXTS[:40])
    file = folder / data.draw(st.sampled_from(["vectors.bin", "keys.bin"]))
    size = file.stat().st_size
    kept = data.draw(st.integers(0, size))
    with file.open("r+b") as stream:
        stream.truncate(kept)
    width = size // 40
    with VectorCache(folder.parent, "m@64", 32) as cache:
        assert len(cache) == kept // width
        assert cache.get(TEXTS[:40])[1].tolist() == [row < kept // width for row in range(40)]
        cache.put(TEXTS[:40], EMBEDDER.embed(TEXTS[:40]))
        vectors, mask = cache.get(TEXTS[:40])
    assert mask.all()
    np.testing.assert_allclose(vectors, EMBEDDER.embed(TEXTS[:40]), atol=1e-3)


def test_damaged_bytes_are_missing_not_wrong(tmp_path: Path) -> None:
    folder = _fill(tmp_path, TEXTS[:40])
    with (folder / "vectors.bin").open("r+b") as stream:
        stream.seek(64 * 7 + 5)
        stream.write(b"\xff")
    with (folder / "keys.bin").open("r+b") as stream:
        stream.seek(24 * 30 + 1)
        stream.write(b"\xff\xff")
    with VectorCache(tmp_path, "m@64", 32) as cache:
        _, mask = cache.get(TEXTS[:40])
        assert np.flatnonzero(~mask).tolist() == [7, *range(30, 40)]
        cache.put(TEXTS[:40], EMBEDDER.embed(TEXTS[:40]))
    with VectorCache(tmp_path, "m@64", 32) as cache:
        vectors, mask = cache.get(TEXTS[:40])
        assert mask.all()
    np.testing.assert_allclose(vectors, EMBEDDER.embed(TEXTS[:40]), atol=1e-3)


def test_one_process_at_a_time(tmp_path: Path) -> None:
    with VectorCache(tmp_path, "m@64", 32), pytest.raises(BuildError, match="in use"):
        VectorCache(tmp_path, "m@64", 32)
    VectorCache(tmp_path, "m@64", 32).close()


def test_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(BuildError, match="cannot be opened"):
        VectorCache(tmp_path / "file", "m@64", 32)


_WRITER = """
import sys, time
from pathlib import Path
from indexer.vector_cache import VectorCache
from search.embedding import HashingEmbedder
embedder = HashingEmbedder(32)
with VectorCache(Path(sys.argv[1]), "m@64", 32) as cache:
    for start in range(0, 100000, 50):
        texts = [f"text number {n}" for n in range(start, start + 50)]
        cache.put(texts, embedder.embed(texts))
        print(start, flush=True)
"""


def test_killed_writer_loses_less_than_a_flush(tmp_path: Path) -> None:
    root = Path(__file__).resolve().parents[2]
    with subprocess.Popen(
        [sys.executable, "-c", _WRITER, str(tmp_path)], cwd=root, stdout=subprocess.PIPE, text=True
    ) as writer:
        assert writer.stdout is not None
        while int(writer.stdout.readline()) < 1500:
            pass
        time.sleep(0.01)
        os.kill(writer.pid, signal.SIGKILL)
        told = 1500 + 50 * len(writer.stdout.readlines())
    assert writer.returncode == -signal.SIGKILL
    with VectorCache(tmp_path, "m@64", 32) as cache:
        texts = [f"text number {n}" for n in range(len(cache))]
        assert len(cache) > told - FLUSH_EVERY
        vectors, mask = cache.get(texts)
    assert mask.all()
    np.testing.assert_allclose(vectors, EMBEDDER.embed(texts), atol=1e-3)
