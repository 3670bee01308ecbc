from __future__ import annotations

import logging
from http import HTTPStatus
from pathlib import Path
from typing import Any, NoReturn

import pytest
from fastapi.testclient import TestClient

import records.errors
from api.app import create_app
from api.errors import ERROR_TABLE, problem_for
from api.serving import Serving
from records.errors import (
    BuildError,
    EngineUnavailableError,
    FilterError,
    GenerationError,
    QueryError,
    ScholarCoreError,
)
from search.embedded import EmbeddedStore


def _problem(answer: Any, status: int, code: str) -> Any:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status
    assert problem["type"] == f"urn:scholarcore:problem:{code}"
    assert problem["detail"]
    assert problem["instance"].startswith("/")
    return problem


def test_a_wrong_query_points_at_the_column(client: TestClient) -> None:
    problem = _problem(client.get("/papers", params={"q": 'graph "neural'}), 400, "query")
    assert problem["column"] == 6
    assert problem["query"] == 'graph "neural'


def test_a_wrong_filter_points_at_the_column(client: TestClient) -> None:
    problem = _problem(client.get("/papers", params={"filter": "year:2000,yaer:2001"}), 400, "filter")
    assert problem["column"] == 10


@pytest.mark.parametrize("cursor", ["nonsense", "\N{SNOWMAN}", "a" * 2000])
def test_a_wrong_cursor(client: TestClient, cursor: str) -> None:
    _problem(client.get("/papers", params={"cursor": cursor}), 400, "cursor")
    _problem(client.get("/authors/toy:ada/papers", params={"cursor": cursor}), 400, "cursor")


def test_a_cursor_of_another_query(client: TestClient) -> None:
    cursor = client.get("/papers", params={"q": "parsing", "limit": 1}).json()["next_cursor"]
    _problem(client.get("/papers", params={"q": "graph", "limit": 1, "cursor": cursor}), 400, "cursor")


@pytest.mark.parametrize(
    "path",
    [
        "/papers/nothing",
        "/papers/doi:10.1/none",
        "/papers/nothing/citations",
        "/papers/nothing/references",
        "/authors/nobody",
        "/authors/nobody/papers",
        "/authors/nobody/profile",
        "/authors/orcid:0000-0001-5109-3700",
    ],
)
def test_unknown_ids(client: TestClient, path: str) -> None:
    _problem(client.get(path), 404, "not-found")


@pytest.mark.parametrize(
    ("path", "wrong", "valid"),
    [
        ("/papers?querry=x", "querry", "q"),
        ("/papers/toy:p01?x=1", "x", "select"),
        ("/authors?nam=a&name=b", "nam", "name"),
        ("/health?verbose=1", "verbose", None),
        ("/suggest?q=a&size=3", "size", "limit"),
    ],
)
def test_unknown_parameters_list_the_valid_ones(client: TestClient, path: str, wrong: str, valid: str | None) -> None:
    problem = _problem(client.get(path), 400, "parameter")
    assert wrong in problem["detail"]
    if valid:
        assert valid in problem["valid"]


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/papers?limit=0", "limit"),
        ("/papers?limit=many", "limit"),
        ("/papers?mode=psychic", "mode"),
        ("/papers?select=id,tittle", "tittle"),
        ("/papers/toy:p01/citations?sort=fame", "sort"),
        ("/authors?name=" + "x" * 301, "name"),
        ("/authors?limit=0", "limit"),
        ("/authors?limit=1000000", "limit"),
        ("/authors/toy:ada/profile?limit=0", "limit"),
        ("/authors/toy:ada/profile?limit=101", "limit"),
        ("/authors/toy:ada/profile?network=9999999999", "network"),
        ("/authors/toy:ada/profile?select=totals,fame", "fame"),
        ("/papers?format=docx", "format"),
    ],
)
def test_wrong_values_are_named(client: TestClient, path: str, named: str) -> None:
    assert named in _problem(client.get(path), 400, "parameter")["detail"]


@pytest.mark.parametrize("path", ["/papers?sort=fame", "/papers?facets=colour", "/papers?facets=year:many"])
def test_unknown_sorts_and_facets(client: TestClient, path: str) -> None:
    answer = client.get(path)
    assert answer.status_code == 400
    assert answer.headers["content-type"] == "application/problem+json"


def test_nothing_built_yet(empty_client: TestClient) -> None:
    for path in ("/papers", "/papers/x", "/authors?name=a", "/suggest?q=a"):
        answer = empty_client.get(path)
        _problem(answer, 503, "no-generation")
        assert int(answer.headers["retry-after"]) > 0
    health = empty_client.get("/health")
    assert (health.status_code, health.json()["status"]) == (503, "empty")
    assert empty_client.get("/metrics").status_code == 200
    page = empty_client.get("/")
    assert page.status_code == 503
    assert page.headers["content-type"].startswith("text/html")


def test_unknown_paths_and_methods(client: TestClient) -> None:
    _problem(client.get("/nowhere"), 404, "not-found")
    _problem(client.post("/papers"), 405, "method-not-allowed")


def test_too_long_requests(store: EmbeddedStore) -> None:
    with TestClient(create_app(Serving(store), max_request_bytes=2000)) as client:
        assert client.get("/papers", params={"q": "a" * 1900}).status_code == 200
        _problem(client.get("/papers", params={"q": "a" * 2000}), 414, "too-large")
        _problem(client.post("/papers", content=b"a" * 2001), 413, "too-large")
        _problem(client.post("/papers", content=b"a" * 1999), 405, "method-not-allowed")


def test_every_answer_has_security_headers(client: TestClient) -> None:
    for path in ("/papers", "/nowhere", "/", "/papers?limit=0"):
        headers = client.get(path).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"
        assert "server" not in headers


def test_cors_is_off_unless_asked_for(store: EmbeddedStore, client: TestClient) -> None:
    origin = {"Origin": "https://example.org"}
    assert "access-control-allow-origin" not in client.get("/papers", headers=origin).headers
    app = create_app(Serving(store), cors_origins=["https://example.org"])
    with TestClient(app) as open_client:
        assert open_client.get("/papers", headers=origin).headers["access-control-allow-origin"] == origin["Origin"]
        other = open_client.get("/papers", headers={"Origin": "https://example.com"})
        assert "access-control-allow-origin" not in other.headers


class _Broken(EmbeddedStore):
    def __init__(self, folder: Path, error: Exception) -> None:
        super().__init__(folder)
        self._error = error

    def reader(self) -> NoReturn:
        raise self._error


def _over(error: Exception, folder: Path) -> TestClient:
    return TestClient(create_app(Serving(_Broken(folder, error))), raise_server_exceptions=False)


def test_engine_that_is_away(tmp_path: Path) -> None:
    client = _over(EngineUnavailableError("the cluster does not answer", retry_after=7), tmp_path)
    answer = client.get("/papers")
    _problem(answer, 503, "unavailable")
    assert answer.headers["retry-after"] == "7"
    assert client.get("/health").json()["status"] == "unavailable"


@pytest.mark.parametrize("error", [RuntimeError("secret inside"), BuildError("secret inside")])
def test_defects_tell_nothing(tmp_path: Path, error: Exception, caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.ERROR):
        answer = _over(error, tmp_path).get("/papers")
    problem = _problem(answer, 500, "defect")
    assert "secret" not in answer.text
    assert problem["title"] == "Internal Server Error"
    assert "secret inside" in caplog.text


def test_subclasses_come_before_their_bases_in_the_table() -> None:
    for position, rule in enumerate(ERROR_TABLE):
        assert not any(issubclass(rule.error, before.error) for before in ERROR_TABLE[:position])


@pytest.mark.parametrize(
    "error",
    [FilterError("m", text="t", column=3), QueryError("m"), GenerationError("m")],
    ids=lambda e: type(e).__name__,
)
def test_problem_for(error: ScholarCoreError) -> None:
    problem, headers = problem_for(error, "/here")
    assert problem.instance == "/here"
    assert ("Retry-After" in headers) == (problem.status == HTTPStatus.SERVICE_UNAVAILABLE)


def test_every_error_that_serving_can_raise_is_in_the_table() -> None:
    never = {
        "ScholarCoreError",
        "SourceError",
        "CatalogError",
        "CatalogLockedError",
        "BuildError",
        "SettingsError",
        "EvaluationError",
        "GraphError",
    }
    errors = [getattr(records.errors, name) for name in records.errors.__all__ if name not in never]
    assert all(any(issubclass(error, rule.error) for rule in ERROR_TABLE) for error in errors)
