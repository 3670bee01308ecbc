"""What is missing, cut, changed, foreign or of another version is told, with what to do about it."""

from __future__ import annotations

import json
import os
import tempfile
from pathlib import Path

import pytest

from records.errors import GenerationError
from search.embedded import EmbeddedStore
from search.engine import PaperQuery
from search.query.ast import Match
from tests.contract.corpus import build


def current_folder(store: EmbeddedStore, path: Path) -> Path:
    current = store.current()
    assert current is not None
    return path / "generations" / current


def test_an_untouched_store_verifies(store: EmbeddedStore) -> None:
    for info in store.generations():
        assert store.verify(info.id) == info
    assert store.verify() == store.generations()[0]


def test_every_file_is_needed(store: EmbeddedStore, path: Path) -> None:
    folder = current_folder(store, path)
    names = sorted(json.loads((folder / "manifest.json").read_text())["files"])
    assert len(names) > 15
    for name in names:
        file = folder / name
        content = file.read_bytes()
        file.unlink()
        with pytest.raises(GenerationError, match="lacks its file") as told:
            store.reader()
        assert name in str(told.value)
        assert "build again" in str(told.value)
        file.write_bytes(content)
    store.reader().close()


@pytest.mark.parametrize("name", ["vectors.f16", "vectors.sq8", "documents.rows", "ids.offsets", "venues.msgpack"])
def test_cut_files(store: EmbeddedStore, path: Path, name: str) -> None:
    file = current_folder(store, path) / name
    file.write_bytes(file.read_bytes()[:-1])
    for attempt in (store.reader, store.verify):
        with pytest.raises(GenerationError, match=f"{name}.* bytes instead of"):
            attempt()


@pytest.mark.parametrize("name", ["vectors.f16", "documents.rows", "text/meta.json"])
def test_changed_files_are_found_by_verify(store: EmbeddedStore, path: Path, name: str) -> None:
    file = current_folder(store, path) / name
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 0x01
    file.write_bytes(content)
    with pytest.raises(GenerationError, match="differs from its checksum"):
        store.verify()


@pytest.mark.parametrize(
    "name", ["text/meta.json", "vectors.sq8", "venues.msgpack", "documents.offsets", "ids.offsets"]
)
def test_files_full_of_zeros_do_not_open(store: EmbeddedStore, path: Path, name: str) -> None:
    file = current_folder(store, path) / name
    file.write_bytes(bytes(file.stat().st_size))
    with pytest.raises(GenerationError, match=r"cannot be opened.*build again"):
        store.reader()


def test_foreign_files_are_found_by_verify(store: EmbeddedStore, path: Path) -> None:
    (current_folder(store, path) / "notes.txt").write_text("mine")
    store.reader().close()
    with pytest.raises(GenerationError, match=r"notes\.txt does not belong"):
        store.verify()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"null", b"{}", b"\xff\xfe", b'{"info": {"schema_version": 1}}'])
def test_damaged_manifests(store: EmbeddedStore, path: Path, content: bytes) -> None:
    (current_folder(store, path) / "manifest.json").write_bytes(content)
    with pytest.raises(GenerationError, match=r"manifest\.json.*damaged.*build again"):
        store.reader()
    assert len(store.generations()) == 1, "a damaged generation is not a complete one"


def test_a_missing_manifest(store: EmbeddedStore, path: Path) -> None:
    (current_folder(store, path) / "manifest.json").unlink()
    with pytest.raises(GenerationError, match="incomplete"):
        store.reader()


def test_another_schema_version(store: EmbeddedStore, path: Path) -> None:
    manifest = current_folder(store, path) / "manifest.json"
    content = json.loads(manifest.read_text())
    content["info"]["schema_version"] = 99
    manifest.write_text(json.dumps(content))
    with pytest.raises(GenerationError, match="schema version 99"):
        store.reader()


def test_a_manifest_that_promises_more(store: EmbeddedStore, path: Path) -> None:
    manifest = current_folder(store, path) / "manifest.json"
    content = json.loads(manifest.read_text())
    content["info"]["papers"] += 1
    manifest.write_text(json.dumps(content))
    with pytest.raises(GenerationError, match="cannot be opened"):
        store.reader()


def test_a_broken_current_generation_can_be_left_for_an_older_one(store: EmbeddedStore, path: Path) -> None:
    (current_folder(store, path) / "vectors.f16").unlink()
    (older,) = store.generations()
    store.switch(older.id)
    engine = store.reader()
    assert engine.generation == older
    engine.close()


def test_switching_to_a_damaged_generation_is_refused(store: EmbeddedStore, path: Path) -> None:
    newer, older = store.generations()
    (path / "generations" / older.id / "ids.rows").unlink()
    with pytest.raises(GenerationError, match="lacks"):
        store.switch(older.id)
    assert store.current() == newer.id


def test_the_pointer_is_missing(store: EmbeddedStore, path: Path) -> None:
    (path / "CURRENT").unlink()
    assert store.current() is None
    with pytest.raises(GenerationError, match=f"switch to a generation, such as {store.generations()[0].id}"):
        store.reader()


@pytest.mark.parametrize("content", [b"", b"nothing", b"../..", b"\xff"])
def test_the_pointer_points_nowhere(store: EmbeddedStore, path: Path, content: bytes) -> None:
    (path / "CURRENT").write_bytes(content)
    with pytest.raises(GenerationError):
        store.reader()
    build(store)
    store.reader().close()


def test_a_folder_of_something_else_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "thesis.tex").write_text("precious")
    store = EmbeddedStore(tmp_path)
    with pytest.raises(GenerationError, match=r"thesis\.tex.*empty folder"):
        store.writer()
    assert [entry.name for entry in tmp_path.iterdir()] == ["thesis.tex"]


def test_a_file_instead_of_a_folder(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(GenerationError, match="not an index folder"):
        EmbeddedStore(tmp_path / "file").writer()


def test_strangers_among_the_generations_are_ignored(store: EmbeddedStore, path: Path) -> None:
    (path / "generations" / "lost+found").mkdir()
    (path / "generations" / "readme.txt").write_text("hello")
    assert len(store.generations()) == 2
    build(store)
    assert len(store.prune(keep=1)) == 2
    assert (path / "generations" / "lost+found").exists()


def test_a_read_only_volume_is_served(
    store: EmbeddedStore, path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(temporary))
    monkeypatch.setattr(os, "access", lambda *_args, **_options: False)
    for lock in path.rglob("*/.tantivy-*.lock"):
        lock.unlink()
    engine = store.reader()
    assert engine.search(PaperQuery(Match("graph"))).total == 4
    assert engine.find_authors("plato")
    assert not list(path.rglob("*/.tantivy-*.lock"))
    assert not list(temporary.iterdir())
    engine.close()
