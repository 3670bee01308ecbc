"""Stores as settings name them."""

from __future__ import annotations

import traceback
from contextlib import closing
from pathlib import Path

import pytest
from pydantic import SecretStr

from evaluation.stores import StoreName, remove
from records.errors import SettingsError
from search.elasticsearch import open_store
from settings.model import ElasticsearchSettings
from tests.elasticsearch_server.stores import server


def test_a_store_is_laid_out_as_told(tmp_path: Path) -> None:
    told = ElasticsearchSettings(prefix="mine", shards=3, replicas=0, in_flight=5, vector_index="bbq_hnsw")
    with closing(open_store(told, tmp_path)) as store:
        layout = store._layout
    assert (layout.prefix, layout.shards, layout.replicas, layout.in_flight) == ("mine", 3, 0, 5)
    assert layout.vector_index == "bbq_hnsw"
    with closing(open_store(told, tmp_path, below="bench")) as store:
        assert store._layout.prefix == "mine-bench"


def test_a_key_may_lie_in_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("c2VjcmV0OmtleQ==\n", "ascii")
    with closing(open_store(ElasticsearchSettings(api_key_file=file), tmp_path)) as store:
        assert store.client._headers["authorization"] == "ApiKey c2VjcmV0OmtleQ=="


def test_keys_that_cannot_be_had(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="cannot be read: FileNotFoundError"):
        open_store(ElasticsearchSettings(api_key_file=tmp_path / "none"), tmp_path)
    (tmp_path / "key").write_text("schlüssel", "utf-8")
    with pytest.raises(SettingsError, match="cannot be read: UnicodeDecodeError"):
        open_store(ElasticsearchSettings(api_key_file=tmp_path / "key"), tmp_path)
    with pytest.raises(SettingsError, match="not both"):
        open_store(ElasticsearchSettings(api_key=SecretStr("k"), api_key_file=tmp_path / "key"), tmp_path)


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("api_key", ElasticsearchSettings(api_key=SecretStr("c2VjcmV0\nx"))),
        ("password", ElasticsearchSettings(username="u", password=SecretStr("c2VjcmV0€"))),
    ],
)
def test_what_cannot_be_sent_is_refused_unshown(name: str, told: ElasticsearchSettings, tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match=f"elasticsearch.{name} cannot be sent") as raised:
        open_store(told, tmp_path)
    assert "c2VjcmV0" not in "".join(traceback.format_exception(raised.value))


def test_an_empty_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "key").write_text("\n", "ascii")
    with pytest.raises(SettingsError, match="is empty"):
        open_store(ElasticsearchSettings(api_key_file=tmp_path / "key"), tmp_path)


def test_removing_what_was_never_built(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", f'["{server().url}"]')
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__PREFIX", server().prefix)
    remove(StoreName("elasticsearch", str(tmp_path), "bench-none"))
