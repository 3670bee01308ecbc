"""Loading against a server that fails in every way: nothing lost, nothing for ever, memory bounded."""

from __future__ import annotations

import itertools
import random
import threading
from pathlib import Path
from typing import Any

import msgspec
import pytest
from elastic_transport import ConnectionError as NoConnection
from elastic_transport import ConnectionTimeout, TlsError

from records.errors import EngineError, EngineUnavailableError, GenerationError, RefusedDocumentsError
from search.elasticsearch.bulk import BulkSender, Item
from search.elasticsearch.errors import typed_errors
from search.elasticsearch.patience import Pause, patiently
from search.elasticsearch.refused import Refused
from tests.search.elasticsearch.scripted import Answer, Script, bulk_answer


class Clock:
    """Time that passes only while one sleeps."""

    def __init__(self) -> None:
        self.now = 0.0
        self.slept: list[float] = []

    def pause(self, draw: Any = lambda low, high: high) -> Pause:
        return Pause(self.sleep, lambda: self.now, draw)

    def sleep(self, seconds: float) -> None:
        self.now += seconds
        self.slept.append(seconds)


def sender(script: Script, path: Path, clock: Clock, **changed: Any) -> BulkSender:
    options = {"max_bytes": 400, "in_flight": 1, "patience": 100.0, **changed}
    return BulkSender(script.client(), Refused(path / "refused.jsonl"), pause=clock.pause(), **options)


def items(count: int) -> list[Item]:
    return [Item("target", f"d{n:03}", 1, b'{"n":%d}' % n) for n in range(count)]


def stored(script: Script) -> dict[str, Any]:
    return dict(itertools.chain.from_iterable(request.items() for request in script.requests))


def test_all_documents_arrive_in_bounded_requests(tmp_path: Path) -> None:
    script = Script(lambda documents: bulk_answer([*documents]))
    bulk = sender(script, tmp_path, Clock())
    for item in items(50):
        bulk.add(item)
    bulk.flush()
    assert stored(script) == {f"d{n:03}": {"n": n} for n in range(50)}
    assert sum(map(len, script.requests)) == 50
    assert max(map(len, script.requests)) <= 4
    bulk.close()


@pytest.mark.parametrize(
    "failure",
    [
        (429, {"error": "busy"}),
        (502, "bad gateway"),
        (503, {"error": "no master"}),
        (504, "gateway timeout"),
        (500, {"error": "node closed"}),
        NoConnection("refused"),
        ConnectionTimeout("late"),
    ],
    ids=str,
)
def test_requests_that_fail_are_repeated(failure: Answer, tmp_path: Path) -> None:
    turns = itertools.count()
    script = Script(lambda documents: failure if next(turns) < 3 else bulk_answer([*documents]))
    clock = Clock()
    bulk = sender(script, tmp_path, clock)
    for item in items(3):
        bulk.add(item)
    bulk.flush()
    assert script.requests == [script.requests[0]] * 4
    assert clock.slept == [0.25, 0.5, 1.0]
    bulk.close()


def test_of_an_answered_request_only_what_was_rejected_is_repeated(tmp_path: Path) -> None:
    turns = itertools.count()

    def answer(documents: dict[str, Any]) -> Answer:
        statuses = {"d001": 429, "d002": 503} if next(turns) == 0 else {}
        return bulk_answer([*documents], statuses)

    script = Script(answer)
    bulk = sender(script, tmp_path, Clock())
    for item in items(3):
        bulk.add(item)
    bulk.flush()
    assert [[*request] for request in script.requests] == [["d000", "d001", "d002"], ["d001", "d002"]]
    bulk.close()


def test_a_later_version_is_as_good(tmp_path: Path) -> None:
    script = Script(lambda documents: bulk_answer([*documents], {"d000": 409}))
    bulk = sender(script, tmp_path, Clock())
    bulk.add(items(1)[0])
    bulk.flush()
    assert len(script.requests) == 1
    bulk.close()


def test_patience_ends(tmp_path: Path) -> None:
    clock = Clock()
    script = Script(lambda _: (503, {"error": "no master"}))
    bulk = sender(script, tmp_path, clock)
    bulk.add(items(1)[0])
    with pytest.raises(EngineUnavailableError, match="took none of 1 documents for 100 seconds"):
        bulk.flush()
    assert 100 < clock.now < 150
    with pytest.raises(EngineUnavailableError):
        bulk.flush()  # the failure stays
    bulk.close()


def test_progress_renews_patience(tmp_path: Path) -> None:
    """One document more is taken every ninety seconds or so: slow, but not stuck."""
    clock = Clock()
    taken: list[str] = []
    turns = itertools.count()

    def answer(documents: dict[str, Any]) -> Answer:
        if next(turns) % 8 == 7:
            taken.append(next(iter(documents)))
            return bulk_answer([*documents], dict.fromkeys([*documents][1:], 429))
        return bulk_answer([*documents], dict.fromkeys(documents, 429))

    bulk = sender(Script(answer), tmp_path, clock, patience=100.0)
    for item in items(3):
        bulk.add(item)
    bulk.flush()
    assert taken == ["d000", "d001", "d002"]
    assert clock.now > 150
    bulk.close()


def test_pauses_have_jitter_and_an_end(tmp_path: Path) -> None:
    clock = Clock()
    turns = itertools.count()
    script = Script(lambda documents: (429, "busy") if next(turns) < 12 else bulk_answer([*documents]))
    bulk = BulkSender(
        script.client(),
        Refused(tmp_path / "x"),
        max_bytes=400,
        in_flight=1,
        patience=1e6,
        pause=clock.pause(random.Random(1).uniform),
    )
    bulk.add(items(1)[0])
    bulk.flush()
    assert all(0 <= slept <= min(30, 0.25 * 2**n) for n, slept in enumerate(clock.slept))
    assert len(set(clock.slept)) == 12
    bulk.close()


@pytest.mark.parametrize(
    ("answer", "error", "says"),
    [
        ((401, {"error": "who"}), EngineError, "credentials"),
        ((403, {"error": "no"}), EngineError, "credentials"),
        ((400, {"error": {"reason": "malformed"}}), EngineError, "malformed"),
        (TlsError("unknown authority"), EngineUnavailableError, "certificate"),
        (bulk_answer(["d000"], {"d000": 404}), GenerationError, "gone"),
        (bulk_answer(["d000"], {"d000": 403}), EngineError, "does not allow writing"),
    ],
    ids=["401", "403", "400", "tls", "item 404", "item 403"],
)
def test_what_will_not_pass_is_not_repeated(answer: Answer, error: type[Exception], says: str, tmp_path: Path) -> None:
    script = Script(lambda _: answer)
    bulk = sender(script, tmp_path, Clock())
    bulk.add(items(1)[0])
    with pytest.raises(error, match=says):
        bulk.flush()
    assert len(script.requests) == 1
    bulk.close()


def test_refused_documents_are_kept_with_the_reason(tmp_path: Path) -> None:
    script = Script(lambda documents: bulk_answer([*documents], {"d001": 400, "d003": 400}))
    refused = Refused(tmp_path / "deep" / "refused.jsonl")
    bulk = BulkSender(script.client(), refused, max_bytes=400, in_flight=1, patience=1, pause=Clock().pause())
    for item in items(5):
        bulk.add(item)
    bulk.flush()
    bulk.close()
    with pytest.raises(RefusedDocumentsError, match="refused 2 documents, the first 'd001'") as caught:
        refused.check(final=True)
    assert str(refused.path) in str(caught.value)
    assert (caught.value.path, caught.value.count) == (str(refused.path), 2)
    lines = [msgspec.json.decode(line) for line in refused.path.read_bytes().splitlines()]
    assert [line["document"] for line in lines] == [{"n": 1}, {"n": 3}]
    assert lines[0] == {
        "index": "target",
        "id": "d001",
        "status": 400,
        "reason": "refused with 400",
        "document": {"n": 1},
    }


def test_too_many_refused_end_the_load(tmp_path: Path) -> None:
    script = Script(lambda documents: bulk_answer([*documents], dict.fromkeys(documents, 400)))
    bulk = sender(script, tmp_path, Clock())

    def load() -> None:
        for item in items(2000):
            bulk.add(item)
        bulk.flush()

    with pytest.raises(RefusedDocumentsError, match="refused 1000 documents"):
        load()
    bulk.close()


def test_a_request_that_is_too_large_is_halved(tmp_path: Path) -> None:
    script = Script(
        lambda documents: (
            (413, {"error": "large"}) if len(documents) > 1 or "d003" in documents else bulk_answer([*documents])
        )
    )
    refused = Refused(tmp_path / "refused.jsonl")
    bulk = BulkSender(script.client(), refused, max_bytes=10_000, in_flight=1, patience=1, pause=Clock().pause())
    for item in items(7):
        bulk.add(item)
    bulk.flush()
    bulk.close()
    taken = {next(iter(request)) for request in script.requests if len(request) == 1}
    assert taken == {f"d{n:03}" for n in range(7)}
    assert refused.count == 1


def test_a_slow_server_holds_the_build_back(tmp_path: Path) -> None:
    answered = threading.Event()

    def answer(documents: dict[str, Any]) -> Answer:
        assert answered.wait(30)
        return bulk_answer([*documents])

    script = Script(answer)
    bulk = sender(script, tmp_path, Clock(), in_flight=2)
    added: list[str] = []

    def add() -> None:
        for item in items(40):
            bulk.add(item)
            added.append(item.id)

    adding = threading.Thread(target=add)
    adding.start()
    adding.join(0.5)
    assert adding.is_alive()
    assert len(added) < 12  # two requests under way, a third waiting
    answered.set()
    adding.join(30)
    bulk.flush()
    assert len(stored(script)) == 40
    assert script.most_at_once == 2
    bulk.close()


def test_what_surrounds_a_load_is_asked_again_too() -> None:
    clock = Clock()
    answers: list[Answer] = [(429, "busy"), NoConnection("refused"), (503, "no master"), (200, {"acknowledged": True})]
    script = Script(lambda _: answers.pop(0))
    client = script.client().options(max_retries=0)

    def ask() -> Any:
        with typed_errors():
            return client.indices.refresh(index="x").body

    assert patiently(ask, 10, clock.pause()) == {"acknowledged": True}
    assert clock.slept == [0.25, 0.5, 1.0]
    answers[:] = [(403, "no"), (200, {})]
    with pytest.raises(EngineUnavailableError, match="credentials"):
        patiently(ask, 10, clock.pause())
    answers[:] = [(429, "busy")] * 1000
    with pytest.raises(EngineUnavailableError, match="overloaded"):
        patiently(ask, 10, clock.pause())
    assert clock.now < 60
