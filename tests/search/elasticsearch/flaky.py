"""A proxy that fails: connections that break before or after a request reached the server, and refusals of gateways."""

from __future__ import annotations

import http.client
import random
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

__all__ = ["Faults", "flaky_proxy"]


class Faults:
    """What goes wrong with bulk requests, drawn by a seeded generator; ``seen`` counts each kind."""

    KINDS = ("lost request", "lost answer", "429", "502", "503", "504")

    def __init__(self, share: float, seed: int = 0) -> None:
        self.share = share
        self.seen: dict[str, int] = {}
        self._random = random.Random(seed)
        self._lock = threading.Lock()

    def draw(self, path: str) -> str | None:
        with self._lock:
            if not path.startswith("/_bulk") or self._random.random() >= self.share:
                return None
            kind = self._random.choice(self.KINDS)
            self.seen[kind] = self.seen.get(kind, 0) + 1
            return kind


@contextmanager
def flaky_proxy(url: str, faults: Faults) -> Iterator[str]:
    """The address of a proxy before the server at ``url``."""
    target = urlsplit(url)
    stopped = threading.Event()  # connections that were kept open outlive the server's own shutdown

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def _forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("content-length") or 0))
            fault = faults.draw(self.path)
            if fault == "lost request" or stopped.is_set():
                self.close_connection = True
                return
            if fault is not None and fault.isdigit():
                self._answer(int(fault), b"{}", {"content-type": "application/json"})
                return
            connection = http.client.HTTPConnection(str(target.hostname), target.port, timeout=60)
            try:
                kept = {k: v for k, v in self.headers.items() if k.lower() not in ("host", "connection")}
                connection.request(self.command, self.path, body, kept)
                answer = connection.getresponse()
                content = answer.read()
            finally:
                connection.close()
            if fault == "lost answer":
                self.close_connection = True
                return
            kept = {k: v for k, v in answer.getheaders() if k.lower() not in ("content-length", "transfer-encoding")}
            self._answer(answer.status, content, kept)

        def _answer(self, status: int, content: bytes, headers: dict[str, str]) -> None:
            self.send_response_only(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.send_header("content-length", str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)

        do_GET = do_PUT = do_POST = do_DELETE = do_HEAD = _forward  # noqa: N815 - names of the base class's

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class's name
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        stopped.set()
        server.shutdown()
        thread.join()
        server.server_close()
