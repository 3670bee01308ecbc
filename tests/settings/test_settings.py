from __future__ import annotations

import traceback
from pathlib import Path

import pytest

from records.errors import SettingsError
from settings import Settings, describe, load


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_defaults_need_nothing() -> None:
    settings = load()
    assert settings.data == Path("data")
    assert settings.catalog_path == Path("data/catalog.duckdb")
    assert settings.engine_path.parent == settings.vector_cache_path.parent == settings.data
    assert settings.api.cors_origins == ()


def test_command_line_beats_environment_beats_file(monkeypatch: pytest.MonkeyPatch) -> None:
    Path("scholarcore.toml").write_text("port = 1\nhost = '0.0.0.0'\n[embedding]\nmax_tokens = 128\n", "utf-8")
    assert (load().port, load().host, load().embedding.max_tokens) == (1, "0.0.0.0", 128)  # noqa: S104 - only parsed
    monkeypatch.setenv("SCHOLARCORE_PORT", "2")
    monkeypatch.setenv("SCHOLARCORE_EMBEDDING__MAX_TOKENS", "256")
    assert (load().port, load().embedding.max_tokens) == (2, 256)
    assert load(port=3).port == 3
    assert load(port=None).port == 2


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("port = 70000\nhots = 'x'\n", ["port", "hots"]),
        ("[embedding]\nmodle = 'x'\n", ["embedding.modle"]),
        ("port = \n", ["scholarcore.toml"]),
        ("[api]\nmax_request_bytes = -1\n", ["api.max_request_bytes"]),
    ],
)
def test_wrong_file_names_every_setting(text: str, names: list[str]) -> None:
    Path("scholarcore.toml").write_text(text, "utf-8")
    with pytest.raises(SettingsError) as caught:
        load()
    for name in names:
        assert name in str(caught.value)


def test_file_that_is_not_text() -> None:
    Path("scholarcore.toml").write_bytes(b"\xff\xfe\x00port")
    with pytest.raises(SettingsError, match="not TOML"):
        load()


def test_misspelt_variable_is_not_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_PROT", "1")
    with pytest.raises(SettingsError, match=r"SCHOLARCORE_PROT.*SCHOLARCORE_PORT"):
        load()


def test_variable_of_the_wrong_type(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_API__REFRESH_SECONDS", "soon")
    with pytest.raises(SettingsError, match="refresh_seconds"):
        load()
    monkeypatch.delenv("SCHOLARCORE_API__REFRESH_SECONDS")
    monkeypatch.setenv("SCHOLARCORE_API__CORS_ORIGINS", "not json")
    with pytest.raises(SettingsError, match=r"JSON.*SCHOLARCORE_API__CORS_ORIGINS"):
        load()


def test_description_covers_every_leaf(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = {row.name: row for row in describe(load(port=99))}
    assert rows["port"].value == 99
    assert rows["port"].default == 8080
    assert rows["embedding.max_tokens"].variable == "SCHOLARCORE_EMBEDDING__MAX_TOKENS"
    assert all(row.description for row in rows.values())
    assert {name.split(".")[0] for name in rows} == set(Settings.model_fields)
    for row in rows.values():  # each variable named is one that is read
        monkeypatch.setenv(row.variable, "definitely wrong" if isinstance(row.default, int | float) else "[]")
        if isinstance(row.default, int | float):
            with pytest.raises(SettingsError):
                load()
        monkeypatch.delenv(row.variable)


def test_secrets_are_never_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__API_KEY", "c2VjcmV0")
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__PASSWORD", "hunter2")
    settings = load()
    shown = repr(settings) + str(settings) + repr(describe(settings))
    assert "c2VjcmV0" not in shown
    assert "hunter2" not in shown
    assert settings.elasticsearch.api_key.get_secret_value() == "c2VjcmV0"
    assert {row.value for row in describe(settings) if row.name.endswith(("api_key", "password"))} == {"********"}


def test_a_cluster_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCHOLARCORE_ENGINE", "elasticsearch")
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__URLS", '["https://a:9200", "https://b:9200"]')
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__ALLOCATION", '{"include.zone": "a"}')
    told = load().elasticsearch
    assert told.urls == ("https://a:9200", "https://b:9200")
    assert told.allocation == {"include.zone": "a"}
    monkeypatch.setenv("SCHOLARCORE_ELASTICSEARCH__VECTOR_INDEX", "magic")
    with pytest.raises(SettingsError, match=r"elasticsearch\.vector_index"):
        load()


_TABLE = "SCHOLARCORE_ELASTICSEARCH"


@pytest.mark.parametrize(
    ("variable", "value"),
    [
        (f"{_TABLE}__URLS", '["https://elastic:hunter2@es1:9200"]'),
        (f"{_TABLE}__URLS", '["https://elastic:hunter2@es1:x"]'),
        (f"{_TABLE}__URLS", '["elastic:hunter2@es1:9200"]'),
        (f"{_TABLE}__URLS", '["https://es1:9200/?api_key=hunter2"]'),
        (f"{_TABLE}__URLS", "https://elastic:hunter2@es1:9200"),
        (f"{_TABLE}__URL", "https://elastic:hunter2@es1:9200"),
        (_TABLE, '{"password": ["hunter2"]}'),
        (_TABLE, '{"passwort": "hunter2"}'),
        (_TABLE, '{"password": "hunter2", "timeout": "soon"}'),
        (_TABLE, '{"password": "hunter2"'),
    ],
)
def test_settings_that_are_wrong_show_no_secret(monkeypatch: pytest.MonkeyPatch, variable: str, value: str) -> None:
    monkeypatch.setenv(variable, value)
    with pytest.raises(SettingsError) as raised:
        load()
    assert "hunter2" not in str(raised.value)
    # With --debug causes are shown, too.
    shown = "".join(traceback.format_exception(raised.value))
    assert "hunter2" not in shown
