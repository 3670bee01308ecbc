"""The settings table. Precedence: command line, ``SCHOLARCORE_*`` environment, ``scholarcore.toml``, defaults.

Only ``cli`` and ``evaluation`` and the API's composition root read settings; every other room takes plain parameters.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from records.errors import SettingsError

__all__ = ["EmbeddingSettings", "Settings", "load"]


class EmbeddingSettings(BaseModel):
    """How texts become vectors."""

    model: str = Field(
        default="bundled",
        description="'bundled' (all-MiniLM-L6-v2 from its package), a folder, or a "
        "sentence-transformers model name to fetch from a hub.",
    )
    device: str = Field(default="cpu", description="torch device: cpu, cuda, mps.")
    max_tokens: int = Field(default=64, ge=8, le=8192, description="Tokens of title and abstract that are embedded.")
    batch_size: int = Field(default=64, ge=1, le=4096, description="Texts embedded at a time.")


class Settings(BaseSettings):
    """All settings of one installation."""

    model_config = SettingsConfigDict(
        env_prefix="SCHOLARCORE_", env_nested_delimiter="__", extra="forbid", toml_file="scholarcore.toml"
    )

    data: Path = Field(default=Path("data"), description="The data folder: catalog, vector cache, generations.")
    engine: Literal["embedded"] = Field(default="embedded", description="Where papers are indexed and searched.")
    keep_generations: int = Field(default=2, ge=1, description="Complete generations kept after a build.")
    embedding: EmbeddingSettings = Field(default=EmbeddingSettings(), description="How texts become vectors.")
    host: str = Field(default="127.0.0.1", description="Address the API listens on.")
    port: int = Field(default=8080, ge=0, le=65535, description="Port the API listens on; 0 picks a free one.")

    @property
    def catalog_path(self) -> Path:
        """The catalog's DuckDB file."""
        return self.data / "catalog.duckdb"

    @property
    def engine_path(self) -> Path:
        """The embedded engine's folder of generations."""
        return self.data / "engine"

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
    """Read the settings.

    :raises SettingsError: with every offending setting named.
    """
    given = {key: value for key, value in overrides.items() if value is not None}
    try:
        return Settings(**given)
    except ValidationError as error:
        lines = [f"{'.'.join(str(part) for part in e['loc'])}: {e['msg']}" for e in error.errors()]
        raise SettingsError("settings are wrong:\n  " + "\n  ".join(lines)) from error
