"""A store as settings name it, whichever program read them."""

from __future__ import annotations

from dataclasses import fields
from pathlib import Path
from typing import Any, Protocol

from records.errors import SettingsError
from search.elasticsearch.connection import Connection, Layout
from search.elasticsearch.store import ElasticsearchStore

__all__ = ["Secret", "Told", "connection_to", "open_store"]


class Secret(Protocol):
    """A value that no ``repr`` shows."""

    def get_secret_value(self) -> str:
        """The value."""


class Told(Protocol):
    """How to reach a cluster. It also has every field of :class:`~search.elasticsearch.connection.Layout`."""

    @property
    def urls(self) -> tuple[str, ...]:
        """Addresses of nodes."""

    @property
    def api_key(self) -> Secret:
        """The API key, empty for none."""

    @property
    def api_key_file(self) -> Path | None:
        """A file that holds it instead."""

    @property
    def username(self) -> str:
        """The user, where there is no API key."""

    @property
    def password(self) -> Secret:
        """The user's password."""

    @property
    def ca_file(self) -> Path | None:
        """The certificate authority of the nodes."""

    @property
    def timeout(self) -> float:
        """Seconds to wait for an answer."""

    @property
    def prefix(self) -> str:
        """Begins the name of every index."""


def connection_to(told: Told) -> Connection:
    """How to reach the cluster that ``told`` describes.

    :raises SettingsError: as :func:`open_store` does.
    """
    api_key, password = _api_key(told), told.password.get_secret_value()
    for name, value in (("api_key", api_key), ("username", told.username), ("password", password)):
        if not (value.isascii() and value.isprintable()):  # the client would say so, and show it
            raise SettingsError(f"elasticsearch.{name} cannot be sent: only letters of ASCII in one line can")
    return Connection(
        urls=told.urls,
        api_key=api_key,
        username=told.username,
        password=password,
        ca_file=told.ca_file,
        timeout=told.timeout,
    )


def open_store(told: Told, folder: Path, *, below: str = "") -> ElasticsearchStore:
    """The store that ``told`` describes, with its files in ``folder``.

    ``below``: a store beside it, with ``<prefix>-<below>`` for a prefix.

    :raises SettingsError: when what is told does not fit together, or the file of the API key cannot be read.
    """
    laid_out: dict[str, Any] = {field.name: getattr(told, field.name) for field in fields(Layout)}
    if below:
        laid_out["prefix"] = f"{told.prefix}-{below}"
    return ElasticsearchStore(connection_to(told), Layout(**laid_out), folder)


def _api_key(told: Told) -> str:
    given = told.api_key.get_secret_value()
    if told.api_key_file is None:
        return given
    if given:
        raise SettingsError("give elasticsearch.api_key or elasticsearch.api_key_file, not both")
    try:
        key = told.api_key_file.read_text("ascii").strip()
    except OSError as error:
        raise SettingsError(f"elasticsearch.api_key_file cannot be read: {type(error).__name__}") from error
    except UnicodeDecodeError:  # which holds all that was read
        raise SettingsError("elasticsearch.api_key_file cannot be read: UnicodeDecodeError") from None
    if not key:
        raise SettingsError("elasticsearch.api_key_file is empty")
    return key
