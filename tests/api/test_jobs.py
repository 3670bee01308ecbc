"""Assignments and committees as jobs, conflicts at once."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.jobs import Job, JobLimits, Jobs, State
from api.serving import Serving, Session
from records.errors import AssignmentError, BusyError, JobError, NotFoundError
from search.embedded import EmbeddedStore
from tests.api.toy import ToyEmbedder, build

SUBJECTS = ("graph cuts", "speech models", "protein folding")
PATIENCE = 30.0


def _body(**given: Any) -> dict[str, Any]:
    submissions = [
        {
            "id": f"s{i}",
            "title": f"New {subject}",
            "abstract": f"On {subject}.",
            "authors": [{"name": f"Author {name}"}],
        }
        for i, (subject, name) in enumerate(zip(SUBJECTS, ("Ant", "Bee", "Cat"), strict=True))
    ]
    reviewers = [
        {"id": f"r{i}", "papers": [{"title": f"{SUBJECTS[i % 3]} {i}", "abstract": "Text.", "year": 2020}]}
        for i in range(6)
    ]
    return {"submissions": submissions, "reviewers": reviewers, "demand": 2, "load": 1, **given}


def _ended(client: TestClient, location: str) -> Any:
    until = time.monotonic() + PATIENCE
    while True:
        job = client.get(location).json()
        if job["state"] not in {"waiting", "running", "cancelling"}:
            return job
        assert time.monotonic() < until, job
        time.sleep(0.02)


def _posted(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    assert answer.headers["Location"] == f"/jobs/{answer.json()['id']}"
    return _ended(client, answer.headers["Location"])


@pytest.mark.parametrize("given", [{}, {"words_only": True}, {"objective": "fair"}, {"cap": 0.9, "seed": 3}])
def test_an_assignment_with_its_reasons(client: TestClient, given: dict[str, Any]) -> None:
    job = _posted(client, "/assignments", _body(**given))
    assert job["state"] == "done", job
    assert job["best"]["gap"] is not None
    found = client.get(job["result"]).json()
    assert found["generation"] == job["generation"] != ""
    counts = [sum(pair["submission"] == f"s{i}" for pair in found["pairs"]) for i in range(3)]
    assert counts == [2, 2, 2]
    assert all(pair["explanation"]["papers"] for pair in found["pairs"])
    assert found["bound"] >= found["total" if found["objective"] == "total" else "lowest"] - 1e-9
    csv = client.get(job["result"], params={"format": "csv"})
    assert csv.headers["content-type"].startswith("text/csv")
    assert len(csv.text.splitlines()) == 7
    page = client.get(job["result"], params={"format": "html"})
    assert "Reviewer assignment" in page.text
    assert "attachment" in page.headers["content-disposition"]


def test_people_of_the_collection_scores_bids_and_conflicts(client: TestClient) -> None:
    reviewers = [{"id": "ada", "author": "toy:ada"}, {"id": "bo", "author": "toy:bo"}, {"id": "new"}]
    submission = {"id": "s", "title": "On graph things", "authors": [{"id": "x", "name": "Ada Moreau"}]}
    body = {"submissions": [submission], "reviewers": reviewers, "demand": 1}
    job = _posted(client, "/assignments", body)
    found = client.get(job["result"]).json()
    assert [(pair["submission"], pair["reviewer"]) for pair in found["pairs"]] != [("s", "ada")]
    kinds = {(c["reviewer"], c["kind"], c["certainty"]) for c in found["conflicts"]}
    assert ("ada", "self", "uncertain") in kinds
    scores = [{"submission": "s", "reviewer": name, "value": value} for name, value in (("bo", 0.5), ("new", 0.4))]
    never = [{"submission": "s", "reviewer": "bo"}]
    body = {**body, "scores": scores, "conflicts": never, "submissions": [{**submission, "authors": []}]}
    found = client.get(_posted(client, "/assignments", body)["result"]).json()
    assert [pair["reviewer"] for pair in found["pairs"]] == ["new"]
    assert found["pairs"][0]["explanation"] is None


def test_what_cannot_be_has_a_diagnosis(client: TestClient) -> None:
    job = _posted(client, "/assignments", _body(demand=3))
    assert job["state"] == "failed"
    answer = client.get(f"/jobs/{job['id']}/result")
    assert answer.status_code == 409
    for problem in (answer.json(), job["problem"]):
        assert problem["type"].endswith(":infeasible")
        assert "9 reviews" in problem["diagnosis"]["clash"]
        assert problem["diagnosis"]["submissions"] == ["s0", "s1", "s2"]
        assert {one["rule"] for one in problem["diagnosis"]["relaxations"]} >= {"highest load", "demand"}


def test_a_committee(client: TestClient) -> None:
    people = [{**one, "country": "DE" if i < 4 else "FR"} for i, one in enumerate(_body()["reviewers"])]
    body = {
        "topics": list(SUBJECTS),
        "candidates": people,
        "size": 3,
        "redundancy": 1,
        "limits": [{"attribute": "country", "most": 2}],
        "targets": [{"attribute": "country", "value": "FR", "least": 2, "penalty": 0.5}],
    }
    job = _posted(client, "/committees", body)
    assert job["state"] == "done", job
    found = client.get(job["result"]).json()
    assert sum(member["candidate"] in {"r4", "r5"} for member in found["members"]) == 2
    assert found["penalty"] == 0
    assert set(found["coverage"]) == set(SUBJECTS)
    assert client.get(job["result"], params={"format": "csv"}).status_code == 409
    none = _posted(client, "/committees", {**body, "limits": [{"attribute": "country", "most": 1}]})
    assert none["problem"]["status"] == 409
    assert client.post("/committees", json={**body, "topics": []}).status_code == 400


def test_conflicts_at_once(client: TestClient) -> None:
    body = {
        "submissions": [{"id": "s", "title": "T", "authors": [{"id": "a", "author": "toy:ada"}], "year": 2014}],
        "reviewers": [{"id": "bo", "author": "toy:bo"}, {"id": "who", "name": "Ada Moreau"}],
        "conflicts": [{"submission": "s", "reviewer": "who"}],
    }
    found = client.post("/conflicts", json=body).json()
    kinds = {(one["reviewer"], one["kind"], one["certainty"]) for one in found["conflicts"]}
    assert kinds >= {("bo", "coauthor", "certain"), ("who", "self", "uncertain"), ("who", "declared", "certain")}
    assert [one["person"] for one in found["unresolved"]] == ["who"]
    assert found["generation"]


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ({"nonsense": 1}, "nonsense"),
        ({"demand": "2"}, "demand"),
        ({"submissions": []}, "submissions"),
        ({"cap": 0}, "cap"),
        ({"scores": [{"submission": "s0", "reviewer": "r0", "value": 1e300}]}, "value"),
        ({"reviewers": [{"id": "r"}, {"id": "r"}]}, "twice"),
        ({"submissions": [{"id": "s", "title": "x"}, {"id": "s", "title": "y"}]}, "same id"),
        ({"submissions": [{"id": "s", "title": "x", "authors": [{"name": ","}]}]}, "name"),
    ],
)
def test_bodies_are_checked_at_once(client: TestClient, change: dict[str, Any], told: str) -> None:
    answer = client.post("/assignments", json=_body(**change))
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"
    assert told in answer.text


def test_unknown_jobs_and_parameters(client: TestClient) -> None:
    for answer in (client.get("/jobs/x"), client.get("/jobs/x/result"), client.delete("/jobs/x")):
        assert answer.status_code == 404
        assert answer.json()["type"].endswith(":not-found")
    assert client.get("/jobs/x/result?format=pdf").status_code == 400


def test_an_ended_job_is_forgotten_when_deleted(client: TestClient) -> None:
    job = _posted(client, "/assignments", _body(words_only=True))
    assert client.delete(f"/jobs/{job['id']}").json()["state"] == "done"
    assert client.get(f"/jobs/{job['id']}").status_code == 404


def test_sizes_are_bounded(store: EmbeddedStore) -> None:
    limits = JobLimits(pairs=17, conflict_pairs=17)
    with TestClient(
        create_app(Serving(store), job_limits=limits, max_job_bytes=5000, max_request_bytes=1000)
    ) as client:
        assert "api.jobs.pairs" in client.post("/assignments", json=_body()).json()["detail"]
        body = {name: _body()[name] for name in ("submissions", "reviewers")}
        assert "api.jobs.conflict_pairs" in client.post("/conflicts", json=body).json()["detail"]
        long = json.dumps(_body(bids=[{"submission": "s0", "reviewer": "r0", "value": 0.0}] * 200)).encode()
        headers = {"content-type": "application/json"}
        announced = client.post("/assignments", content=long, headers=headers)

        def parts() -> Iterator[bytes]:
            for begin in range(0, len(long), 1000):
                yield long[begin : begin + 1000]

        unannounced = client.post("/assignments", content=parts(), headers=headers)
        for answer in (announced, unannounced):
            assert answer.status_code == 413
            assert answer.json()["type"].endswith(":too-large")


def test_before_the_first_build_there_are_no_jobs(empty_client: TestClient) -> None:
    assert empty_client.post("/assignments", json=_body()).status_code == 503


class _Held:
    """Work that goes on until it is let go or told to stop."""

    def __init__(self) -> None:
        self.begun, self.go = threading.Event(), threading.Event()

    def __call__(self, session: Session, job: Job) -> dict[str, str]:
        job.start("held", 10)
        self.begun.set()
        while not self.go.wait(0.005):
            job.check()
        return {"json": session.engine.generation.id}


@pytest.fixture
def jobs(tmp_path: Path) -> Iterator[Jobs]:
    made = Jobs(Serving(build(tmp_path, 3), lambda _: ToyEmbedder(), refresh_seconds=0), JobLimits(kept=2))
    yield made
    made.close()


def _wait(job: Job) -> State:
    assert job.over.wait(PATIENCE)
    return job.state


def test_cancelled_while_at_work_and_while_waiting(jobs: Jobs) -> None:
    first, second = _Held(), _Held()
    one, other = jobs.submit("x", first), jobs.submit("x", second)
    assert first.begun.wait(PATIENCE)
    assert other.state is State.WAITING  # one at a time
    assert jobs.cancel(other.id).state is State.CANCELLED
    jobs.cancel(one.id)
    assert _wait(one) is State.CANCELLED
    assert not second.begun.is_set()
    with pytest.raises(JobError, match="cancelled"):
        one.result("json")


def test_as_many_as_are_kept_and_no_more(jobs: Jobs) -> None:
    held = [_Held(), _Held(), _Held()]
    one, other = jobs.submit("x", held[0]), jobs.submit("x", held[1])
    with pytest.raises(BusyError):
        jobs.submit("x", held[2])
    for work in held:
        work.go.set()
    assert _wait(one) is State.DONE
    assert _wait(other) is State.DONE
    third = jobs.submit("x", held[2])  # the oldest that ended makes room
    assert _wait(third) is State.DONE
    with pytest.raises(NotFoundError):
        jobs.get(one.id)
    assert jobs.get(other.id) is other


def test_a_job_stays_on_the_build_it_began_with(tmp_path: Path, jobs: Jobs) -> None:
    held = _Held()
    job = jobs.submit("x", held)
    assert held.begun.wait(PATIENCE)
    before = job.generation
    build(tmp_path, 5)
    held.go.set()
    assert _wait(job) is State.DONE
    assert job.result("json") == before
    later = _Held()
    later.go.set()
    assert _wait(again := jobs.submit("x", later)) is State.DONE
    assert again.generation != before


def test_ended_jobs_are_forgotten_and_time_is_limited(tmp_path: Path) -> None:
    now = [0.0]
    limits = JobLimits(keep_seconds=100, seconds=50, result_bytes=20)
    jobs = Jobs(Serving(build(tmp_path, 3)), limits, clock=lambda: now[0])
    held = _Held()
    job = jobs.submit("x", held)
    assert held.begun.wait(PATIENCE)
    now[0] = 51
    assert _wait(job) is State.FAILED
    with pytest.raises(AssignmentError, match="time ran out"):
        job.result("json")
    now[0] = 150
    assert jobs.get(job.id) is job
    now[0] = 152
    with pytest.raises(NotFoundError):
        jobs.get(job.id)
    large = jobs.submit("x", lambda *_: {"json": "".join(map(str, range(1000)))})
    assert _wait(large) is State.FAILED
    assert "are kept at most" in str(large.error)
    jobs.close()


def test_jobs_stop_with_the_server(store: EmbeddedStore) -> None:
    app = create_app(Serving(store, lambda _: ToyEmbedder()), job_limits=JobLimits(kept=5))
    held, waiting = _Held(), _Held()
    with TestClient(app) as client:
        job = app.state.jobs.submit("x", held)
        other = app.state.jobs.submit("x", waiting)
        assert held.begun.wait(PATIENCE)
        assert client.get(f"/jobs/{job.id}").json()["progress"] == {"stage": "held", "done": 0, "total": 10}
        assert client.get(f"/jobs/{job.id}/result").status_code == 409
    assert job.state is other.state is State.CANCELLED
    with pytest.raises(BusyError):
        app.state.jobs.submit("x", held)


def test_a_solve_is_stopped_between_steps_and_tells_the_best(client: TestClient, store: EmbeddedStore) -> None:
    from api.conference import assign_job
    from api.schemas.conference import AssignmentBody

    seen: list[tuple[float, float]] = []

    class Watching(Job):
        def best(self, value: float, bound: float) -> None:
            super().best(value, bound)
            seen.append((value, bound))
            self.stop.set()

    work = assign_job(AssignmentBody(**_body(objective="fair")), JobLimits())
    job = Watching("x", work, 100.0, time.monotonic, "x")
    job.begin("g")
    serving = Serving(store, lambda _: ToyEmbedder())
    with serving.session() as session, pytest.raises(Exception, match=r"^$") as raised:
        work(session, job)
    serving.close()
    assert type(raised.value).__name__ == "JobStoppedError"
    assert len(seen) == 1
    assert seen[0][1] >= seen[0][0] > 0
