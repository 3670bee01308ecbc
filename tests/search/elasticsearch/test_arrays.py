"""Arrays on the readers' disks: shared, bounded, and honest about what is missing, damaged or has no room."""

from __future__ import annotations

import json
import os
import resource
import time
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pytest

from records.errors import EngineUnavailableError, GenerationError
from search.elasticsearch import ElasticsearchStore
from search.elasticsearch import arrays as module
from search.elasticsearch.arrays import CachedArrays, array_items
from search.elasticsearch.registry import ArrayEntry
from tests.elasticsearch_server.stores import make_store

ARRAYS: Mapping[str, npt.NDArray[Any]] = {
    "long": np.arange(3_000, dtype=np.int64),
    "short": np.array([1.5, 2.5], dtype=np.float32),
    "exact": np.arange((1_024 - 128) // 4, dtype=np.int32),  # a file of one chunk, to the byte
    "empty": np.empty((0, 3), dtype=np.int16),
    **{f"small.{number}": np.full(number, number) for number in range(20)},
}


class Server:
    """Stands in for the client: keeps chunks, and counts what was asked for at once."""

    def __init__(self, arrays: Mapping[str, npt.NDArray[Any]] = ARRAYS, group: str = "g") -> None:
        self.entries: dict[str, ArrayEntry] = {}
        self.chunks: dict[str, bytes] = {}
        self.asked: list[int] = []
        for name, array in arrays.items():
            self.entries[name], items = array_items("index", group, name, array)
            self.chunks.update((item.id, item.source) for item in items)
        self.answer: Callable[[str], dict[str, Any]] = self.found

    def found(self, identifier: str) -> dict[str, Any]:
        if identifier not in self.chunks:
            return {"_id": identifier, "found": False}
        return {"_id": identifier, "found": True, "_source": json.loads(self.chunks[identifier])}

    def mget(self, *, index: str, ids: list[str]) -> dict[str, Any]:
        assert index == "index"
        self.asked.append(len(ids))
        return {"docs": [self.answer(identifier) for identifier in ids]}

    def opened(self, folder: Path) -> CachedArrays:
        return CachedArrays(self, "index", "g", self.entries, folder)  # type: ignore[arg-type] # all that is used of it


@pytest.fixture(autouse=True)
def _small_chunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_CHUNK", 1_024)
    monkeypatch.setattr(module, "_ANSWER", 2_048)


def _same(found: Mapping[str, npt.NDArray[Any]]) -> None:
    assert list(found) == list(ARRAYS)
    for name, array in ARRAYS.items():
        np.testing.assert_array_equal(found[name], array)
        assert found[name].dtype == array.dtype


def test_a_group_comes_in_few_answers_of_bounded_size(tmp_path: Path) -> None:
    server = Server()
    arrays = server.opened(tmp_path / "g")
    assert len(arrays) == len(ARRAYS)
    assert server.asked == []
    _same(arrays)
    size = sum(entry.size for entry in server.entries.values())
    assert size / 2_048 <= len(server.asked) < size / 1_024
    asked = len(server.asked)
    _same(server.opened(tmp_path / "g"))
    assert len(server.asked) == asked
    assert sorted(path.name for path in (tmp_path / "g").iterdir()) == sorted(f"{name}.npy" for name in ARRAYS)


def test_only_what_is_not_there_is_fetched(tmp_path: Path) -> None:
    server = Server()
    _same(server.opened(tmp_path))
    (tmp_path / "short.npy").unlink()
    (tmp_path / "long.npy").write_bytes(b"cut off")
    server.asked.clear()
    _same(server.opened(tmp_path))
    assert sum(server.asked) == server.entries["long"].chunks + 1


def test_a_copy_that_is_no_array_any_more_is_fetched_again(tmp_path: Path) -> None:
    server = Server()
    _same(server.opened(tmp_path))
    (tmp_path / "short.npy").write_bytes(b"?" * server.entries["short"].size)
    _same(server.opened(tmp_path))


def test_many_readers_share_a_folder(tmp_path: Path) -> None:
    server = Server()
    readers = [server.opened(tmp_path) for _ in range(4)]
    with ThreadPoolExecutor(8) as pool:
        for future in [pool.submit(_same, reader) for reader in readers * 2]:
            future.result()
    assert not list(tmp_path.glob(".*"))


def test_what_is_wrong_with_a_part_is_told(tmp_path: Path) -> None:
    server = Server()
    arrays = server.opened(tmp_path / "g")
    lost = server.chunks.pop("g/long/2")
    for attempt in (arrays.verify, lambda: arrays["long"], lambda: arrays["short"]):
        with pytest.raises(GenerationError, match=r"'long' is missing.*build again"):
            attempt()
    server.chunks["g/long/2"] = server.chunks["g/long/1"]
    with pytest.raises(GenerationError, match="checksum; build again"):
        server.opened(tmp_path / "g")["long"]
    assert not [path for path in (tmp_path / "g").iterdir() if path.name != "empty.npy"]
    server.chunks["g/long/2"] = lost
    _same(arrays)

    def damaged(identifier: str) -> dict[str, Any]:
        return {"_id": identifier, "found": True, "_source": {"data": "?!"}}

    server.answer = damaged
    with pytest.raises(GenerationError, match="damaged; build again"):
        arrays.verify()


@pytest.mark.parametrize(
    ("kind", "error", "message"),
    [
        ("index_not_found_exception", GenerationError, "was dropped; refresh"),
        ("no_shard_available_action_exception", EngineUnavailableError, "why it failed.*try again"),
    ],
)
def test_a_server_that_cannot_give_a_part(tmp_path: Path, kind: str, error: type[Exception], message: str) -> None:
    server = Server()
    server.answer = lambda identifier: {"_id": identifier, "error": {"type": kind, "reason": "why it failed"}}
    with pytest.raises(error, match=message):
        server.opened(tmp_path)["short"]
    assert not list(tmp_path.iterdir())


@contextmanager
def _largest_file(size: int) -> Iterator[None]:
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_disk_without_room(tmp_path: Path) -> None:
    server = Server()
    arrays = server.opened(tmp_path)
    with _largest_file(2_000), pytest.raises(GenerationError, match=r"cannot be kept in .*make room"):
        arrays["long"]
    assert not list(tmp_path.iterdir())
    _same(arrays)


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    with pytest.raises(GenerationError, match=r"\(Not a directory\).*can be written to"):
        Server().opened(tmp_path / "file" / "g")["long"]


def test_what_a_killed_process_left_goes_after_a_day(tmp_path: Path) -> None:
    for name, age in ((".old", 100_000), (".new", 10)):
        (tmp_path / name).mkdir()
        (tmp_path / name / "half").write_bytes(b"")
        then = time.time() - age
        os.utime(tmp_path / name, (then, then))
    _same(Server().opened(tmp_path))
    assert [path.name for path in tmp_path.glob(".*")] == [".new"]


def _build(store: ElasticsearchStore, number: int) -> str:
    writer = store.writer()
    writer.add_arrays("g", {"a": np.full(1_000, number)})
    return writer.commit().id


def test_copies_of_generations_that_are_no_more_are_cleared_away(tmp_path: Path) -> None:
    store = make_store(tmp_path, drop_grace=0)
    first = _build(store, 1)
    server = make_store(tmp_path)
    server._copies = tmp_path / "another machine"
    reader = server.reader()
    before = reader.arrays("g")["a"]
    second = _build(store, 2)
    store.prune(keep=1)
    with pytest.raises(GenerationError, match=r"(gone: it was|was) dropped; refresh"):
        make_store(tmp_path / "elsewhere")._known(first)
    assert [path.name for path in server._copies.iterdir()] == [first]
    assert reader.refresh()
    assert reader.arrays("g")["a"].tolist() == [2] * 1_000
    assert [path.name for path in server._copies.iterdir()] == [second]
    assert before.tolist() == [1] * 1_000  # what is mapped stays readable
    reader.close()


def test_arrays_cost_no_request_once_they_are_there(tmp_path: Path) -> None:
    store = make_store(tmp_path)
    _build(store, 1)
    reader = store.reader()
    assert reader.arrays("g")["a"].tolist() == [1] * 1_000
    store.client.close()
    assert reader.arrays("g")["a"].tolist() == [1] * 1_000
    assert not reader.arrays("unknown")
