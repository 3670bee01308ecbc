from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.serving import Serving
from records.errors import EngineUnavailableError, GenerationError
from search.embedded import EmbeddedStore
from search.embedded.reader import EmbeddedEngine
from search.engine import Engine, PaperQuery, SearchPage
from search.query.ast import Everything
from tests.api.toy import build


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def _papers(serving: Serving) -> int:
    with serving.session() as session:
        return session.engine.count(Everything())


def test_a_new_generation_answers_after_the_next_look(tmp_path: Path) -> None:
    clock = Clock()
    serving = Serving(build(tmp_path, 5), refresh_seconds=1, clock=clock)
    assert _papers(serving) == 5
    build(tmp_path, 7)
    assert _papers(serving) == 5
    clock.now = 1.5
    assert _papers(serving) == 7
    serving.close()


def test_a_request_stays_on_its_generation(tmp_path: Path) -> None:
    serving = Serving(build(tmp_path, 5), refresh_seconds=0)
    with serving.session() as old:
        build(tmp_path, 7)
        assert _papers(serving) == 7
        assert old.engine.count(Everything()) == 5  # not closed under the request that still reads it
    serving.close()


def test_going_back_is_followed(tmp_path: Path) -> None:
    store = build(tmp_path, 5)
    first = store.current()
    build(tmp_path, 7)
    serving = Serving(store, refresh_seconds=0)
    assert _papers(serving) == 7
    assert first is not None
    store.switch(first)
    assert _papers(serving) == 5
    serving.close()


def test_nothing_yet_and_then_something(tmp_path: Path) -> None:
    serving = Serving(EmbeddedStore(tmp_path), refresh_seconds=0)
    with pytest.raises(GenerationError):
        _papers(serving)
    build(tmp_path, 5)
    assert _papers(serving) == 5
    serving.close()
    serving.close()


def test_a_broken_new_generation_does_not_take_the_service_down(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = build(tmp_path, 5)
    serving = Serving(store, refresh_seconds=0)
    assert _papers(serving) == 5

    def broken() -> Engine:
        raise GenerationError("checksum of vectors differs")

    build(tmp_path, 7)
    monkeypatch.setattr(store, "reader", broken)
    assert _papers(serving) == 5
    assert "checksum of vectors differs" in caplog.text
    serving.close()


def test_old_readers_are_closed_once_and_only_when_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build(tmp_path, 5)
    closed: list[str] = []
    opened = store.reader

    def spying() -> Engine:
        engine = opened()
        inner = engine.close

        def close() -> None:
            closed.append(engine.generation.id)
            inner()

        monkeypatch.setattr(engine, "close", close)
        return engine

    monkeypatch.setattr(store, "reader", spying)
    serving = Serving(store, refresh_seconds=0)
    with serving.session() as old:
        first = old.engine.generation.id
        build(tmp_path, 7)
        _papers(serving)
        assert closed == []
    assert closed == [first]
    serving.close()
    assert len(closed) == 2


def test_many_threads_while_generations_change(tmp_path: Path) -> None:
    serving = Serving(build(tmp_path, 3), refresh_seconds=0)
    stop, wrong = threading.Event(), list[object]()

    def read() -> None:
        while not stop.is_set():
            with serving.session() as session:
                said, counted = session.engine.generation.papers, session.engine.count(Everything())
                if said != counted:
                    wrong.append((said, counted))

    threads = [threading.Thread(target=read) for _ in range(4)]
    for thread in threads:
        thread.start()
    for count in (4, 5, 6):
        build(tmp_path, count)
    stop.set()
    for thread in threads:
        thread.join(timeout=60)
    assert not any(thread.is_alive() for thread in threads)
    assert wrong == []
    assert _papers(serving) == 6
    serving.close()


class Moody(EmbeddedStore):
    """A store that cannot be asked while ``away``."""

    away = False
    asked = 0

    def current(self) -> str | None:
        self.asked += 1
        if self.away:
            raise EngineUnavailableError("the cluster is away")
        return super().current()

    def reader(self) -> EmbeddedEngine:
        if self.away:
            self.asked += 1
            time.sleep(0.2)
            raise EngineUnavailableError("the cluster is away")
        return super().reader()


def test_a_store_that_is_away_is_not_asked_by_every_request(tmp_path: Path) -> None:
    build(tmp_path, 3)
    store, clock = Moody(tmp_path), Clock()
    serving = Serving(store, refresh_seconds=0, clock=clock)
    with serving.session():
        pass
    store.away, store.asked = True, 0
    for clock.now in (1.0, 2.0, 10.9):
        with serving.session() as session:
            assert session.engine.generation.papers == 3
    assert store.asked == 1
    store.away = False
    build(tmp_path, 5)
    clock.now = 11.1
    with serving.session() as session:
        assert session.engine.generation.papers == 5
    serving.close()


def test_who_waits_for_a_cluster_in_vain_does_not_wait_again(tmp_path: Path) -> None:
    build(tmp_path, 3)
    store = Moody(tmp_path)
    store.away = True
    serving = Serving(store)

    def ask(_: int) -> bool:
        with pytest.raises(EngineUnavailableError), serving.session():
            pass
        return True

    with ThreadPoolExecutor(8) as pool:
        assert all(pool.map(ask, range(8)))
    assert store.asked < 8
    store.away = False
    with serving.session() as session:
        assert session.engine.generation.papers == 3
    serving.close()


class Ailing:
    """An engine whose cluster is in a bad state."""

    def __init__(self, engine: Engine, state: list[Any]) -> None:
        self._engine, self._state = engine, state

    def __getattr__(self, name: str) -> Any:
        return getattr(self._engine, name)

    def search(self, query: PaperQuery) -> SearchPage:
        page = self._engine.search(query)
        if isinstance(self._state[0], Exception):
            raise self._state[0]
        return replace(page, partial=self._state[0])


def test_health_asks_the_engine(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = build(tmp_path, 3)
    state: list[Any] = [None]
    whole = store.reader
    monkeypatch.setattr(store, "reader", lambda: Ailing(whole(), state))
    with TestClient(create_app(Serving(store))) as client:
        for state[0], status, said in (
            (None, 200, "ready"),
            ("1 of 3 shards failed", 200, "partial"),
            (EngineUnavailableError("the cluster is away"), 503, "unavailable"),
            (GenerationError("an index is gone"), 503, "empty"),
            (None, 200, "ready"),
        ):
            answer = client.get("/health")
            assert (answer.status_code, answer.json()["status"]) == (status, said)
            assert answer.json()["detail"] == (None if state[0] is None else str(state[0]))
            assert ("retry-after" in answer.headers) == (status == 503)
