from __future__ import annotations

import os
import shutil
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from threadpoolctl import threadpool_info  # type: ignore[import-untyped]  # it has no stubs

from records.errors import SettingsError
from search.bert import BertEncoder
from search.embedding import HashingEmbedder, SentenceTransformerEmbedder, _folder, make_embedder, paper_text

ROOT = Path(__file__).resolve().parents[2]
PARSING = "Dependency parsing of sentences with graph neural networks"
PARSERS = "Parsers for syntactic structure that use neural methods"
COOKING = "How to bake sourdough bread with rye flour at home"


@pytest.fixture(scope="module")
def bundled() -> SentenceTransformerEmbedder:
    return SentenceTransformerEmbedder("bundled", max_tokens=64, batch_size=4)


def test_paper_text_joins_title_and_abstract() -> None:
    assert paper_text("A title", "") == "A title"
    assert paper_text(" A title ", " An abstract. ") == "A title. An abstract."
    assert paper_text("A question?", "Yes.") == "A question? Yes."


def test_bundled_model_knows_meaning(bundled: SentenceTransformerEmbedder) -> None:
    assert bundled.name == "all-MiniLM-L6-v2@64"
    assert bundled.dimension == 384
    vectors = bundled.embed([PARSING, PARSERS, COOKING])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, 384)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    assert vectors[0] @ vectors[1] > 0.5
    assert vectors[0] @ vectors[2] < 0.3


def test_bundled_model_agrees_with_the_library(bundled: SentenceTransformerEmbedder) -> None:
    texts = [PARSING, COOKING, "x", "", PARSERS + " " + COOKING * 20]
    library = bundled._library()[1].encode(texts, normalize_embeddings=True, show_progress_bar=False)
    np.testing.assert_allclose(bundled.embed(texts), library, atol=1e-5)


def test_order_and_batches_do_not_matter(bundled: SentenceTransformerEmbedder) -> None:
    texts = [f"{PARSING} {'and so on ' * n}" for n in (5, 0, 3, 9, 1, 7, 2)]
    together = bundled.embed(texts)
    for text, vector in zip(texts, together, strict=True):
        np.testing.assert_allclose(bundled.embed_query(text), vector, atol=1e-5)
    assert bundled.embed([]).shape == (0, 384)


def test_token_limit_cuts(bundled: SentenceTransformerEmbedder) -> None:
    long = "word " * 62
    np.testing.assert_allclose(bundled.embed_query(long + "tail"), bundled.embed_query(long + "other"), atol=1e-6)
    assert not np.allclose(bundled.embed_query("word tail"), bundled.embed_query("word other"), atol=1e-2)


def test_queries_are_remembered_and_read_only(bundled: SentenceTransformerEmbedder) -> None:
    first = bundled.embed_query("named entities")
    assert bundled.embed_query("named entities") is first
    with pytest.raises(ValueError, match="read-only"):
        first[0] = 1.0


def test_queries_from_many_threads(bundled: SentenceTransformerEmbedder) -> None:
    texts = [f"query number {n} about parsing" for n in range(24)]
    expected = bundled.embed(texts)
    found: dict[str, np.ndarray] = {}

    def ask(mine: list[str]) -> None:
        for text in mine:
            found[text] = bundled.embed_query(text)

    threads = [threading.Thread(target=ask, args=(texts[n::6],)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for text, vector in zip(texts, expected, strict=True):
        np.testing.assert_allclose(found[text], vector, atol=1e-5)


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=200))
def test_queries_agree_with_the_library(bundled: SentenceTransformerEmbedder, text: str) -> None:
    np.testing.assert_allclose(bundled.embed_query(text), bundled._forward([text], 1)[0], atol=2e-6)


def test_query_threads_are_given_back() -> None:
    folder = _folder("bundled")
    assert folder is not None
    encoder = BertEncoder.load(folder, 64)
    assert encoder is not None
    before = [pool["num_threads"] for pool in threadpool_info()]
    workers = [threading.Thread(target=encoder.encode, args=(PARSING,)) for _ in range(8)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join()
    assert [pool["num_threads"] for pool in threadpool_info()] == before


def test_other_models_are_left_to_the_library(bundled: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    folder = _folder("bundled")
    assert folder is not None
    assert BertEncoder.load(tmp_path, 64) is None
    for file, old, new in (
        ("config.json", '"gelu"', '"relu"'),
        ("config.json", '"bert"', '"roberta"'),
        ("1_Pooling/config.json", '"pooling_mode_mean_tokens": true', '"pooling_mode_mean_tokens": false'),
        ("modules.json", "Normalize", "Dense"),
    ):
        copy = tmp_path / new.strip('"')[-8:].strip()
        shutil.copytree(folder, copy, copy_function=os.symlink)
        text = (folder / file).read_text()
        assert old in text
        (copy / file).unlink()
        (copy / file).write_text(text.replace(old, new))
        assert BertEncoder.load(copy, 64) is None


def test_a_query_does_not_import_torch() -> None:
    code = (
        "import sys; from search.embedding import make_embedder; e = make_embedder(); "
        "assert abs(float(e.embed_query('graphs') @ e.embed_query('graphs')) - 1) < 1e-5; "
        "assert (e.name, e.dimension) == ('all-MiniLM-L6-v2@64', 384); "
        "sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-W", "error", "-c", code], cwd=ROOT, check=False).returncode == 0


def test_importing_the_module_does_not_import_torch() -> None:
    code = "import sys, search.embedding; sys.exit('torch' in sys.modules or 'transformers' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], cwd=ROOT, check=False).returncode == 0


def test_models_that_are_not_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(SettingsError, match="there is none"):
        make_embedder(str(tmp_path / "absent"))
    with pytest.raises(SettingsError, match="cannot be loaded"):
        make_embedder(str(tmp_path))
    monkeypatch.setattr("huggingface_hub.constants.HF_HUB_OFFLINE", True)
    with pytest.raises(SettingsError, match="'bundled'"):
        make_embedder("nobody/no-such-model-anywhere")


def test_device_that_is_not_there() -> None:
    with pytest.raises(SettingsError, match=r"embedding\.device"):
        make_embedder("bundled", device="abacus")


def test_make_embedder_without_a_model() -> None:
    assert make_embedder("none") is None
    hashing = make_embedder("hashing")
    assert hashing is not None
    assert (hashing.name, hashing.dimension) == ("hashing-256", 256)


def test_folder_model_is_named_by_its_weights(bundled: SentenceTransformerEmbedder, tmp_path: Path) -> None:
    bundled._library()[1].save(str(tmp_path / "mine"))
    own = SentenceTransformerEmbedder(str(tmp_path / "mine"), max_tokens=32)
    assert own.name.startswith("mine-")
    assert own.name.endswith("@32")
    np.testing.assert_allclose(own.embed_query(PARSING), bundled.embed_query(PARSING), atol=1e-5)


def test_hashing_puts_like_texts_near() -> None:
    vectors = HashingEmbedder().embed([PARSING, "parsing dependencies: a graph network", COOKING])
    assert vectors[0] @ vectors[1] > 0.4
    assert vectors[0] @ vectors[2] < 0.2


@given(st.lists(st.text(max_size=60), max_size=5))
def test_hashing_makes_unit_vectors_that_do_not_change(texts: list[str]) -> None:
    vectors = HashingEmbedder(64).embed(texts)
    assert vectors.shape == (len(texts), 64)
    np.testing.assert_allclose(np.linalg.norm(vectors, axis=1), 1.0, atol=1e-5)
    for text, vector in zip(texts, vectors, strict=True):
        np.testing.assert_array_equal(HashingEmbedder(64).embed_query(text), vector)


def test_hashing_is_the_same_everywhere() -> None:
    vector = HashingEmbedder(16).embed_query("graph")
    assert np.flatnonzero(vector).tolist() == np.flatnonzero(HashingEmbedder(16).embed_query("GRAPH")).tolist()
    assert vector.tolist() == HashingEmbedder(16).embed(["graph"])[0].tolist()
