from __future__ import annotations

from typing import Any

import pytest
import schemathesis
from fastapi.testclient import TestClient
from hypothesis import HealthCheck, given, settings
from schemathesis.specs.openapi.checks import positive_data_acceptance

from api.app import create_app
from api.serving import Serving
from search.embedded import EmbeddedStore
from tests.api.toy import ToyEmbedder

PATHS = (
    "/papers",
    "/papers/{paper}",
    "/papers/{paper}/citations",
    "/papers/{paper}/references",
    "/authors",
    "/authors/{author}",
    "/authors/{author}/papers",
    "/authors/{author}/profile",
    "/authors/{author}/collaborators",
    "/experts",
    "/jobs/{job}",
    "/jobs/{job}/result",
    "/rankings/{entity}",
    "/trends",
    "/trends/topics",
    "/collaborations/{kind}",
    "/suggest",
    "/metrics",
    "/health",
)
POSTED = ("/experts", "/collaborators", "/assignments", "/committees", "/conflicts")


@pytest.fixture(scope="module")
def schema(store: EmbeddedStore) -> Any:
    return schemathesis.openapi.from_asgi("/openapi.json", create_app(Serving(store, lambda _: ToyEmbedder())))


def test_no_route_is_left_out(client: TestClient) -> None:
    assert set(client.get("/openapi.json").json()["paths"]) == {*PATHS, *POSTED}


@pytest.mark.parametrize("path", PATHS)
def test_every_route_keeps_its_promises(schema: Any, path: str) -> None:
    """Generated requests, right and wrong: no 500, answers of the described status, type and shape."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=schema[path]["GET"].as_strategy())
    def check(case: Any) -> None:
        # A schema cannot say what the query language, filters and field lists take, so a 400 is always allowed.
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    check()


def test_the_description_has_examples_and_errors(client: TestClient) -> None:
    document = client.get("/openapi.json").json()
    schemas = document["components"]["schemas"]
    for name in ("PaperModel", "AuthorModel", "Problem"):
        assert schemas[name]["examples"]
    assert "HTTPValidationError" not in schemas  # errors are problem documents, and their status is 400
    for path, methods in document["paths"].items():
        for operation in methods.values():
            assert operation["summary"], path
            assert "application/problem+json" in operation["responses"]["400"]["content"], path
        assert "422" not in operation["responses"], path
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "query":
                assert parameter.get("description") or parameter["schema"].get("description"), (path, parameter["name"])


@pytest.mark.parametrize("path", POSTED)
def test_posted_needs_keep_their_promises(schema: Any, path: str) -> None:
    """The same for bodies."""

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True, database=None)
    @given(case=schema[path]["POST"].as_strategy())
    def check(case: Any) -> None:
        case.call_and_validate(excluded_checks=[positive_data_acceptance])

    check()
