"""Running the server in this process."""

from __future__ import annotations

import logging
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

import uvicorn

from api.app import create_app
from api.job import JobLimits
from api.serving import Serving
from cli.opening import embedder_for, open_store
from cli.output import note
from records.errors import EngineUnavailableError, GenerationError
from search.request import SearchRequest

if TYPE_CHECKING:
    from settings import Settings

__all__ = ["listening", "serve_until_stopped"]


class _Server(uvicorn.Server):
    """Says where it listens once it does."""

    def __init__(self, config: uvicorn.Config, url: str) -> None:
        super().__init__(config)
        self._url = url

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Start, then say so."""
        await super().startup(sockets)
        if self.started:
            sys.stdout.write(f"ScholarCore is ready: {self._url}\n")
            sys.stdout.flush()
            note("Press Ctrl-C to stop.")


@contextmanager
def listening(settings: Settings) -> Iterator[socket.socket]:
    """The socket the settings name, taken before anything slow happens, so that a taken port is told at once.

    :raises EngineUnavailableError: when the address cannot be listened on.
    """
    with _listen(settings.host, settings.port) as listener:
        yield listener


def serve_until_stopped(settings: Settings, listener: socket.socket) -> None:
    """Serve what is current in the data folder, and what becomes current later, until SIGINT or SIGTERM."""
    logging.basicConfig(format="%(asctime)s %(levelname)s %(message)s")  # of warnings and worse, to stderr
    serving = _warm(settings)
    told = settings.api
    app = create_app(
        serving,
        cors_origins=told.cors_origins,
        max_request_bytes=told.max_request_bytes,
        max_job_bytes=told.max_job_bytes,
        job_limits=JobLimits(**told.jobs.model_dump()),
        job_folder=told.jobs_folder,
        instance=told.instance,
    )
    config = uvicorn.Config(app, log_level="warning", access_log=False, server_header=False, lifespan="on")
    # Once shut down in order, uvicorn hands the signal on; for a server, Ctrl-C is how it ends.
    with suppress(KeyboardInterrupt):
        _Server(config, _url(listener)).run(sockets=[listener])


def _warm(settings: Settings) -> Serving:
    """Open everything, and search once, so that the first visitor does not wait for it."""
    serving = Serving(
        open_store(settings),
        lambda engine: embedder_for(settings, engine),
        refresh_seconds=settings.api.refresh_seconds,
    )
    try:
        with serving.session() as session:
            session.search.search(SearchRequest(text="warm up"))
    except (GenerationError, EngineUnavailableError) as error:
        note(f"warning: {error}; serving anyway; searches answer 503 until that changes")
    return serving


def _listen(host: str, port: int) -> socket.socket:
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        listener = socket.socket(family, kind, protocol)
    except OSError as error:
        raise EngineUnavailableError(f"cannot listen on {host}: {error.strerror}") from error
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(address)
        listener.listen(2048)
    except OSError as error:
        listener.close()
        raise EngineUnavailableError(
            f"cannot listen on {host}:{port}: {error.strerror}; choose another with --port (0 takes a free one)"
        ) from error
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104 - what a browser opens
    return f"http://{shown}:{port}/"
