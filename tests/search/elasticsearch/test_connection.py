"""How a cluster is reached: what is refused, and that credentials show nowhere."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import Any

import pytest

from records.errors import EngineError, SettingsError
from search.elasticsearch import Connection, ElasticsearchStore, Layout


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"urls": ()}, "no server"),
        ({"urls": ("https://me:hunter2@a:9200",)}, "no credentials"),
        ({"urls": ("a:9200",)}, "scheme, host and port"),
        ({"urls": ("http://a",)}, "scheme, host and port"),
        ({"urls": ("ftp://a:21",)}, "scheme, host and port"),
        ({"urls": ("http://a:hunter2",)}, "cannot be read"),
        ({"api_key": "hunter2", "username": "u", "password": "p"}, "not both"),
        ({"username": "u"}, "belong together"),
        ({"password": "hunter2"}, "belong together"),
        ({"ca_file": Path("nowhere.pem")}, "nowhere.pem"),
        ({"ca_file": Path(__file__)}, "begins with http:"),
    ],
)
def test_what_does_not_fit_is_refused(given: dict[str, Any], says: str) -> None:
    with pytest.raises(SettingsError, match=says) as caught:
        Connection(**given)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    "prefix", ["", "Capital", "-x", "a b", "x" * 62, "x/y", "papers", "x-arrays", "x-papers-y", "a*"]
)
def test_prefixes_that_cannot_be(prefix: str) -> None:
    with pytest.raises(SettingsError, match=r"elasticsearch\.prefix"):
        Layout(prefix=prefix)
    assert Layout(prefix="x.y_z-1").prefix == "x.y_z-1"


def test_vector_indexes_that_cannot_be() -> None:
    with pytest.raises(SettingsError, match="int8_hnsw"):
        Layout(vector_index="magic")


def test_credentials_show_nowhere(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    nobody = ("http://127.0.0.1:9",)  # nothing answers on the discard port
    for connection in (
        Connection(nobody, username="me", password="hunter2", timeout=1),  # noqa: S106 - what the test looks for
        Connection(nobody, api_key="aHVudGVyMg==", timeout=1),
    ):
        store = ElasticsearchStore(connection, Layout(), tmp_path)
        with pytest.raises(EngineError) as caught:
            store.current()
        told = repr(connection) + str(caught.value) + repr(caught.value.__cause__) + caplog.text + repr(store.client)
        for secret in ("hunter2", "aHVudGVyMg", "bWU6aHVudGVyMg"):
            assert secret not in told
        store.close()
