"""Jobs of several servers behind one address: with a folder any of them answers, without they say whose a job is."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api import job_folder, jobs
from api.app import create_app
from api.job import Job, JobLimits
from api.job_folder import JobFolder, JobRecord, State
from api.serving import Serving, Session
from records.errors import InfeasibleError, SettingsError
from search.embedded import EmbeddedStore
from tests.api.toy import ToyEmbedder

PATIENCE = 30.0
BODY = {
    "submissions": [{"id": "s", "title": "Graph cuts"}],
    "reviewers": [{"id": "r", "papers": [{"title": "Graphs", "year": 2020}]}, {"id": "q"}],
    "demand": 1,
}

Start = Callable[..., TestClient]


@pytest.fixture
def start(store: EmbeddedStore, monkeypatch: pytest.MonkeyPatch) -> Iterator[Start]:
    monkeypatch.setattr(jobs, "BEAT", 0.01)
    with ExitStack() as stack:

        def make(**given: Any) -> TestClient:
            serving = Serving(store, lambda _: ToyEmbedder())
            return stack.enter_context(TestClient(create_app(serving, **given)))

        yield make


def post(client: TestClient, **given: Any) -> Any:
    answer = client.post("/assignments?wait=60", json={**BODY, **given})
    assert answer.status_code == 200, answer.text
    return answer.json()


def until(true: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def held(session: Session, job: Job) -> dict[str, str]:
    """Work that only ends when it is stopped."""
    job.start("held", 7)
    while True:
        job.check()
        time.sleep(0.002)


def submitted(client: TestClient, work: Callable[[Session, Job], dict[str, str]]) -> Job:
    found: jobs.Jobs = client.app.state.jobs  # type: ignore[attr-defined]
    return found.submit("assignment", work)


def test_waiting_for_the_end(start: Start) -> None:
    client = start()
    job = post(client)
    assert job["state"] == "done"
    assert client.get(job["result"]).json()["pairs"]
    at_once = client.post("/assignments", json=BODY)
    assert at_once.status_code == 202
    submitted(client, held)  # the only one at work
    waiting = client.post("/committees?wait=0.1", json={"topics": ["x"], "candidates": BODY["reviewers"], "size": 1})
    assert (waiting.status_code, waiting.json()["state"]) == (202, "waiting")
    assert client.post("/assignments?wait=61", json=BODY).status_code == 400


def test_without_a_folder_the_others_say_whose_a_job_is(start: Start) -> None:
    one, other = start(instance="one"), start(instance="other")
    job = post(one)
    assert job["id"].startswith("one.")
    assert one.get("/health").json()["instance"] == "one"
    for answer in (other.get(f"/jobs/{job['id']}"), other.get(job["result"]), other.delete(f"/jobs/{job['id']}")):
        assert answer.status_code == 421
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["type"].endswith(":job-elsewhere")
        assert "server one has this job" in answer.json()["detail"]
    anew = start(instance="one").get(job["result"])
    assert (anew.status_code, anew.json()["type"]) == (410, "urn:scholarcore:problem:job-lost")
    assert one.get(f"/jobs/{job['id'][:-20]}{'x' * 20}").status_code == 404  # of this very run: there was none
    assert other.get("/jobs/..%2F..%2Fetc").status_code == 404
    unnamed = start().get("/health").json()["instance"]
    assert unnamed not in {"", start().get("/health").json()["instance"]}


def test_with_a_folder_any_server_answers(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "jobs"
    one, other = start(job_folder=folder), start(job_folder=folder)
    job = post(one)
    for client in (one, other):
        assert client.get(f"/jobs/{job['id']}").json() == job
    for form in ("json", "csv", "html"):
        assert (
            one.get(job["result"], params={"format": form}).text
            == other.get(job["result"], params={"format": form}).text
        )
    # The first server goes; what is done stays.
    one.__exit__(None, None, None)
    assert other.get(job["result"]).json()["pairs"]
    assert other.delete(f"/jobs/{job['id']}").json()["state"] == "done"
    assert other.get(f"/jobs/{job['id']}").status_code == 404
    assert [path.name for path in folder.iterdir()] == []


def test_failures_are_the_same_everywhere(start: Start, tmp_path: Path) -> None:
    one, other = start(job_folder=tmp_path), start(job_folder=tmp_path)
    job = post(one, demand=3)
    assert job["state"] == "failed"
    assert job["problem"]["diagnosis"]["clash"]
    answers = [client.get(f"/jobs/{job['id']}/result") for client in (one, other)]
    assert [answer.status_code for answer in answers] == [409, 409]
    assert answers[0].json() == answers[1].json()
    assert answers[1].json()["instance"] == f"/jobs/{job['id']}/result"


def _defect(session: Session, job: Job) -> dict[str, str]:
    raise InfeasibleError("no diagnosis")


def test_a_failure_without_more(start: Start, tmp_path: Path) -> None:
    one, other = start(job_folder=tmp_path), start(job_folder=tmp_path)
    job = submitted(one, _defect)
    assert job.over.wait(PATIENCE)
    assert other.get(f"/jobs/{job.id}/result").json()["detail"] == "no diagnosis"


def test_progress_and_cancelling_from_another_server(start: Start, tmp_path: Path) -> None:
    one, other = start(job_folder=tmp_path), start(job_folder=tmp_path)
    job, waiting = submitted(one, held), submitted(one, held)
    until(lambda: other.get(f"/jobs/{job.id}").json()["progress"] == {"stage": "held", "done": 0, "total": 7})
    assert other.get(f"/jobs/{waiting.id}").json()["state"] == "waiting"
    assert other.get(f"/jobs/{job.id}/result").status_code == 409
    for each in (waiting, job):
        assert other.delete(f"/jobs/{each.id}").json()["state"] == "cancelling"
    until(lambda: all(other.get(f"/jobs/{each.id}").json()["state"] == "cancelled" for each in (job, waiting)))
    assert job.state is waiting.state is State.CANCELLED
    assert {path.suffix for path in tmp_path.glob("*.*.*")} == {".job"}


def test_jobs_end_with_their_server(start: Start, tmp_path: Path) -> None:
    one, other = start(job_folder=tmp_path), start(job_folder=tmp_path)
    job = submitted(one, held)
    one.__exit__(None, None, None)  # in order: it says so itself
    assert other.get(f"/jobs/{job.id}").json()["state"] == "cancelled"


def _aged(folder: Path, identifier: str, seconds: float) -> None:
    then = time.time() - seconds
    for path in folder.glob(f"{identifier}*"):
        os.utime(path, (then, then))


def test_a_server_that_died(start: Start, tmp_path: Path) -> None:
    client = start(job_folder=tmp_path)
    name = f"gone.{'0' * 8}.{'a' * 20}"
    folder = JobFolder(tmp_path)
    folder.put(JobRecord(id=name, kind="assignment", state=State.RUNNING, created=time.time()))
    assert client.get(f"/jobs/{name}").json()["state"] == "running"
    _aged(tmp_path, name, job_folder.LOST + 1)
    job = client.get(f"/jobs/{name}").json()
    assert (job["state"], job["problem"]["status"]) == ("failed", 410)
    answer = client.get(f"/jobs/{name}/result")
    assert (answer.status_code, answer.json()["type"]) == (410, "urn:scholarcore:problem:job-lost")
    assert client.delete(f"/jobs/{name}").status_code == 200
    assert client.get(f"/jobs/{name}").status_code == 404


def test_what_is_old_is_swept_and_nothing_else(tmp_path: Path) -> None:
    folder = JobFolder(tmp_path, keep_seconds=100)
    old, new = (f"one.{'0' * 8}.{letter * 20}" for letter in "ab")
    for name in (old, new):
        folder.put_results(name, {"json": b"x"})
        folder.put(JobRecord(id=name, kind="x", state=State.DONE, created=0.0, ended=1.0, formats=("json",)))
    (tmp_path / "catalog.duckdb").write_bytes(b"x")
    _aged(tmp_path, old, 101)
    _aged(tmp_path, "catalog", 1e6)
    folder.sweep()
    assert {path.name for path in tmp_path.iterdir()} == {f"{new}.job", f"{new}.json", "catalog.duckdb"}
    (tmp_path / f"{new}.job").write_bytes(b"of another version")
    assert folder.get(new) is None


def test_a_folder_is_private_and_must_be_writable(tmp_path: Path, start: Start) -> None:
    client = start(job_folder=tmp_path / "a" / "jobs")
    post(client)
    made = tmp_path / "a" / "jobs"
    assert made.stat().st_mode & 0o077 == 0
    assert {path.stat().st_mode & 0o777 for path in made.iterdir()} == {0o600}
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(SettingsError, match=r"api\.jobs_folder"):
        JobFolder(tmp_path / "file" / "jobs")


def test_a_folder_that_goes_away_does_not_take_jobs_along(start: Start, tmp_path: Path) -> None:
    folder = tmp_path / "jobs"
    client = start(job_folder=folder, job_limits=JobLimits(kept=1))
    folder.rmdir()
    job = post(client)
    assert client.get(job["result"]).json()["pairs"]
    again = post(client)  # the first makes room
    assert client.get(f"/jobs/{job['id']}").status_code == 404
    folder.mkdir()
    assert client.get(f"/jobs/{again['id']}").json()["state"] == "done"
