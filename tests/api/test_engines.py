"""The routes about people, and jobs, over a cluster: the same answers as over the embedded engine."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import create_app
from api.serving import Serving
from tests.api.toy import ToyEmbedder, fill
from tests.elasticsearch_server.stores import make_store

_CHANCE = frozenset(("generation", "took_ms", "next_cursor", "seconds", "job"))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    """The whole application over the toy collection on a cluster."""
    store = make_store(tmp_path_factory.mktemp("cluster"))
    fill(store)
    app = create_app(Serving(store, lambda _: ToyEmbedder(), refresh_seconds=0))
    with TestClient(app, follow_redirects=False, raise_server_exceptions=False) as client:
        yield client
    store.close()


def _same(found: Any, expected: Any, where: str = "answer") -> None:
    """Equal but for what differs between two builds or moments; numbers to three digits."""
    if isinstance(expected, dict):
        assert sorted(found) == sorted(expected), where
        for name in expected.keys() - _CHANCE:
            _same(found[name], expected[name], f"{where}.{name}")
    elif isinstance(expected, list):
        assert len(found) == len(expected), where
        for place, (one, other) in enumerate(zip(found, expected, strict=True)):
            _same(one, other, f"{where}[{place}]")
    elif isinstance(expected, float):
        assert found == pytest.approx(expected, rel=1e-3, abs=1e-3), where
    else:
        assert found == expected, where


@pytest.mark.parametrize(
    "path",
    [
        "/authors/toy:ada",
        "/authors/toy:ada/profile",
        "/authors/toy:ada/papers?limit=100",
        "/authors?name=moreau",
        "/suggest?q=mor",
        "/experts?q=graph parsing&limit=5",
        "/experts?paper=toy:old&exclude_authors=true",
        "/experts?paper=doi:10.5555/toy.7",
        "/rankings/authors?metric=papers",
        "/rankings/papers?q=speech",
        "/collaborations/institutions",
        "/trends?q=graph",
        "/trends/topics",
        "/papers/toy:p03/citations",
        "/experts?q=graph&sort=nothing",
        "/authors/nobody",
    ],
)
def test_questions(client: TestClient, cluster: TestClient, path: str) -> None:
    expected, found = client.get(path), cluster.get(path)
    assert found.status_code == expected.status_code
    _same(found.json(), expected.json())


def _job(client: TestClient, path: str, body: Any) -> Any:
    answer = client.post(path, json=body)
    assert answer.status_code == 202, answer.text
    until = time.monotonic() + 30
    while (job := client.get(answer.headers["Location"]).json())["state"] not in {"done", "failed"}:
        assert time.monotonic() < until, job
        time.sleep(0.02)
    return client.get(f"{answer.headers['Location']}/result").json()


_PEOPLE = [
    {"id": "ada", "author": "toy:a.moreau"},
    {"id": "toy:bo", "name": "Bo Chen"},
    {"id": "chen", "name": "B. Chen"},
    {"id": "new", "papers": [{"title": "Speech and translation", "year": 2020}, "toy:p02"]},
    {"id": "guest", "name": "Nobody Known"},
]
_SUBMISSIONS = [
    {"id": "s1", "title": "On graph things", "authors": [{"id": "x", "name": "Ada Moreau"}]},
    {"id": "s2", "title": "Speech", "abstract": "Translation of speech.", "authors": [{"id": "y"}], "year": 2015},
    {"id": "s3", "title": "Retrieval", "authors": [{"id": "toy:ada"}, {"id": "guest", "name": "Nobody Known"}]},
]


@pytest.mark.parametrize("given", [{}, {"words_only": True}, {"objective": "fair", "recent": 3}])
def test_assignments(client: TestClient, cluster: TestClient, given: dict[str, Any]) -> None:
    body = {"submissions": _SUBMISSIONS, "reviewers": _PEOPLE, "demand": 1, "load": 2, **given}
    expected = _job(client, "/assignments", body)
    assert len(expected["pairs"]) == 3, expected
    assert expected["conflicts"]
    _same(_job(cluster, "/assignments", body), expected)


def test_an_assignment_that_cannot_be(client: TestClient, cluster: TestClient) -> None:
    body = {"submissions": _SUBMISSIONS, "reviewers": _PEOPLE, "demand": 5, "load": 1}
    expected, found = (_job(one, "/assignments", body) for one in (client, cluster))
    assert expected["type"].endswith(":infeasible")
    _same(found["diagnosis"], expected["diagnosis"])


def test_committees(client: TestClient, cluster: TestClient) -> None:
    body = {"topics": ["graph parsing", "speech"], "candidates": _PEOPLE[:2] + _PEOPLE[3:4], "size": 2}
    expected = _job(client, "/committees", body)
    assert len(expected["members"]) == 2, expected
    _same(_job(cluster, "/committees", body), expected)


def test_conflicts(client: TestClient, cluster: TestClient) -> None:
    body = {"submissions": _SUBMISSIONS, "reviewers": _PEOPLE}
    expected, found = client.post("/conflicts", json=body), cluster.post("/conflicts", json=body)
    assert found.status_code == expected.status_code == 200, expected.text
    assert {conflict["kind"] for conflict in expected.json()["conflicts"]} >= {"self", "coauthor"}
    _same(found.json(), expected.json())
