"""The settings table. Precedence: command line, ``SCHOLARCORE_*`` environment, ``scholarcore.toml``, defaults.

Only ``cli`` and ``evaluation`` and the API's composition root read settings; every other room takes plain parameters.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from pydantic_settings import (
    SettingsError as SourceReadError,
)

from records.errors import SettingsError
from settings.describe import SettingRow

__all__ = ["ApiSettings", "ElasticsearchSettings", "EmbeddingSettings", "Settings", "describe", "load"]

_PREFIX = "SCHOLARCORE_"
_NESTED = "__"
_TOML = "scholarcore.toml"

VectorIndex: TypeAlias = Literal[
    "int8_hnsw", "int4_hnsw", "bbq_hnsw", "hnsw", "int8_flat", "int4_flat", "bbq_flat", "flat"
]


class EmbeddingSettings(BaseModel, extra="forbid"):
    """How texts become vectors."""

    model: str = Field(
        default="bundled",
        description="'bundled' (all-MiniLM-L6-v2 from its package), a folder, or a "
        "sentence-transformers model name to fetch from a hub; 'hashing' needs no model, 'none' makes no vectors.",
    )
    device: str = Field(default="cpu", description="torch device: cpu, cuda, mps.")
    max_tokens: int = Field(default=64, ge=8, le=8192, description="Tokens of title and abstract that are embedded.")
    batch_size: int = Field(default=64, ge=1, le=4096, description="Texts embedded at a time.")


class ElasticsearchSettings(BaseModel, extra="forbid", hide_input_in_errors=True):
    """The cluster, when ``engine`` is "elasticsearch"."""

    urls: tuple[str, ...] = Field(
        default=("http://127.0.0.1:9200",), description="Addresses of nodes, each with scheme and port; a JSON list."
    )
    api_key: SecretStr = Field(default=SecretStr(""), description="API key, in the encoded form the server gives it.")
    api_key_file: Path | None = Field(default=None, description="A file that holds the API key instead.")
    username: str = Field(default="", description="User, where there is no API key.")
    password: SecretStr = Field(default=SecretStr(""), description="The user's password.")
    ca_file: Path | None = Field(default=None, description="Certificate authority of the nodes, if the system has not.")
    timeout: float = Field(default=30.0, gt=0, le=3600, description="Seconds to wait for an answer.")
    prefix: str = Field(default="scholarcore", description="Begins the name of every index, alias and template.")
    shards: int = Field(default=1, ge=1, le=1024, description="Shards of an index of papers, and of one of people.")
    replicas: int = Field(default=1, ge=0, le=16, description="Copies of each shard while serving.")
    load_replicas: int = Field(
        default=1, ge=0, le=16, description="Copies while loading: 0 loads faster, and is lost with its node."
    )
    vector_index: VectorIndex = Field(
        default="int8_hnsw",
        description="How vectors are indexed: hnsw or flat, as they are or in 8, 4 or 1 bits (bbq).",
    )
    merge_segments: int = Field(
        default=1, ge=0, le=100, description="Segments a shard is merged to before it serves; 0 leaves them."
    )
    allocation: dict[str, str] = Field(
        default={}, description="index.routing.allocation.* of all indices ('include.zone': 'a'); a JSON object."
    )
    bulk_bytes: int = Field(default=5_000_000, ge=10_000, le=90_000_000, description="Size of a bulk request.")
    in_flight: int = Field(default=2, ge=1, le=64, description="Bulk requests under way at a time.")
    patience: float = Field(
        default=300.0, ge=0, le=86_400, description="Seconds for which an overloaded or absent cluster is asked again."
    )
    lease: float = Field(
        default=60.0, ge=1, le=3600, description="Seconds without a sign of life after which a build counts as dead."
    )
    drop_grace: float = Field(
        default=60.0, ge=0, le=86_400, description="Seconds that indices of dropped generations live on for readers."
    )

    @field_validator("urls")
    @classmethod
    def _no_secrets(cls, urls: tuple[str, ...]) -> tuple[str, ...]:
        """Addresses are shown in listings, whichever engine is used; what is wrong is said without them."""
        if any("@" in url or "?" in url or "#" in url for url in urls):
            raise ValueError("addresses hold no credentials; use elasticsearch.username and .password, or .api_key")
        return urls


class JobSettings(BaseModel, extra="forbid"):
    """Bounds of the jobs of one server: assignments and committees; and of conflicts, which are answered at once."""

    at_work: int = Field(default=1, ge=1, le=64, description="Jobs at work at a time.")
    kept: int = Field(default=20, ge=1, le=10_000, description="Jobs kept in all, waiting and ended ones included.")
    keep_seconds: float = Field(default=3600.0, gt=0, description="Seconds after which an ended job is forgotten.")
    seconds: float = Field(default=600.0, gt=0, description="Seconds of one job; then the best so far is the answer.")
    pairs: int = Field(
        default=2_000_000, ge=1, description="Submissions times reviewers, or ten times topics times candidates."
    )
    papers: int = Field(default=100_000, ge=1, description="Papers of all reviewers of a job together.")
    result_bytes: int = Field(default=16_777_216, ge=1024, description="Largest result, compressed.")
    conflict_pairs: int = Field(default=500_000, ge=1, description="Submissions times reviewers of POST /conflicts.")


class ApiSettings(BaseModel, extra="forbid"):
    """How the API behaves."""

    cors_origins: tuple[str, ...] = Field(
        default=(),
        description="Web origins whose pages may read the API from a browser ('https://example.org'; '*' for all); "
        "none by default.",
    )
    max_request_bytes: int = Field(
        default=1_048_576, ge=1024, description="Largest request body, and largest path with query, that is read."
    )
    max_job_bytes: int = Field(
        default=16_777_216, ge=1024, description="The same for assignments, committees and conflicts."
    )
    jobs: JobSettings = Field(default=JobSettings(), description="Bounds of jobs.")
    jobs_folder: Path | None = Field(
        default=None, description="A folder in which servers behind one address tell each other of their jobs."
    )
    instance: str = Field(
        default="",
        pattern="^[a-z0-9-]{0,32}$",
        description="Name of this server, with which ids of its jobs begin; a new one at each start by default.",
    )
    refresh_seconds: float = Field(
        default=1.0, ge=0, le=3600, description="How often, at most, to look for a newer generation between requests."
    )


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        env_prefix=_PREFIX, env_nested_delimiter=_NESTED, extra="forbid", toml_file=_TOML, hide_input_in_errors=True
    )

    data: Path = Field(default=Path("data"), description="The data folder: catalog, vector cache, generations.")
    engine: Literal["embedded", "elasticsearch"] = Field(
        default="embedded", description="Where papers are indexed and searched."
    )
    keep_generations: int = Field(default=2, ge=1, description="Complete generations kept after a build.")
    embedding: EmbeddingSettings = Field(default=EmbeddingSettings(), description="How texts become vectors.")
    topics: Annotated[int, Field(ge=0, le=1000)] | Literal["auto"] = Field(
        default="auto",
        description="Topics made of papers when no source names any: a number, 0 for none, auto for as many as fit.",
    )
    elasticsearch: ElasticsearchSettings = Field(
        default=ElasticsearchSettings(), description="The cluster, when the engine is one."
    )
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port the API listens on; 0 picks a free one.")
    api: ApiSettings = Field(default=ApiSettings(), description="How the API behaves.")

    @property
    def catalog_path(self) -> Path:
        """The catalog's DuckDB file."""
        return self.data / "catalog.duckdb"

    @property
    def topics_asked(self) -> int | None:
        """``topics`` as a build takes it."""
        return None if self.topics == "auto" else self.topics

    @property
    def engine_path(self) -> Path:
        """The embedded engine's folder of generations."""
        return self.data / "engine"

    @property
    def elasticsearch_path(self) -> Path:
        """What this machine keeps of a cluster's generations: arrays, and documents that it refused."""
        return self.data / "elasticsearch"

    @property
    def vector_cache_path(self) -> Path:
        """The content-addressed cache of vectors."""
        return self.data / "vectors"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        """Command line, environment, TOML file, in this order."""
        del dotenv_settings, file_secret_settings
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)


def load(**overrides: Any) -> Settings:
    """Read the settings; ``overrides`` come from the command line and None means "not given".

    :raises SettingsError: with every offending setting named.
    """
    _refuse_unknown_variables(os.environ)
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise SettingsError("settings are wrong:\n  " + "\n  ".join(lines)) from error
    except SourceReadError as error:
        given_variables = sorted(name for name in os.environ if name.upper().startswith(_PREFIX))
        raise SettingsError(
            f"settings cannot be read from the environment: {error} (lists and whole tables are written as JSON; "
            f"set now: {', '.join(given_variables)})"
        ) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{_TOML} is not TOML: {error}") from error


def describe(settings: Settings) -> list[SettingRow]:
    """Every setting with its value, default, environment variable and meaning, in the order of the table."""
    return [
        SettingRow(
            name=".".join(path),
            value=_plain(_value_at(settings, path)),
            default=_plain(info.get_default(call_default_factory=True)),
            variable=_PREFIX + _NESTED.join(path).upper(),
            description=info.description or "",
        )
        for path, info in _fields(Settings)
    ]


def _fields(model: type[BaseModel], above: tuple[str, ...] = ()) -> Iterator[tuple[tuple[str, ...], FieldInfo]]:
    for name, info in model.model_fields.items():
        path = (*above, name)
        if isinstance(info.annotation, type) and issubclass(info.annotation, BaseModel):
            yield from _fields(info.annotation, path)
        else:
            yield path, info


def _value_at(settings: Settings, path: tuple[str, ...]) -> Any:
    value: Any = settings
    for name in path:
        value = getattr(value, name)
    return value


def _plain(value: Any) -> Any:
    if isinstance(value, SecretStr):
        return "********" if value.get_secret_value() else ""
    if isinstance(value, Path):
        return str(value)
    return list(value) if isinstance(value, tuple) else value


def _refuse_unknown_variables(environment: Mapping[str, str]) -> None:
    """A misspelt variable would otherwise be ignored without a word."""
    known = {_PREFIX + _NESTED.join(path).upper() for path, _ in _fields(Settings)}
    known |= {_PREFIX + path[0].upper() for path, _ in _fields(Settings)}  # a whole table as JSON
    unknown = sorted(name for name in environment if name.upper().startswith(_PREFIX) and name.upper() not in known)
    if unknown:
        raise SettingsError(
            f"unknown environment variables: {', '.join(unknown)}; valid are {', '.join(sorted(known))}"
        )
