"""A client of a server that answers as a test says: the real client, with a transport that goes nowhere."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

import msgspec
from elastic_transport import ApiResponseMeta, BaseNode, HttpHeaders
from elastic_transport._node import NodeApiResponse  # what a node of one's own must return
from elasticsearch import Elasticsearch

__all__ = ["Answer", "Script", "bulk_answer"]

Answer: TypeAlias = "tuple[int, Any] | Exception"
"""A status with a JSON body, or what the transport raises instead."""


class Script:
    """Answers request after request by ``answer``, which is given the documents of a bulk request by id."""

    def __init__(self, answer: Callable[[dict[str, Any]], Answer]) -> None:
        self.requests: list[dict[str, Any]] = []
        self.at_once = self.most_at_once = 0
        self._answer = answer
        self._lock = threading.Lock()

    def client(self) -> Elasticsearch:
        script = self

        class Node(BaseNode):
            def perform_request(
                self,
                method: str,
                target: str,
                body: bytes | None = None,
                headers: Any = None,
                request_timeout: Any = None,
            ) -> NodeApiResponse:
                return script.respond(self.config, body or b"")

            def close(self) -> None:
                pass

        return Elasticsearch("http://127.0.0.1:1", node_class=Node)

    def respond(self, node: Any, body: bytes) -> NodeApiResponse:
        documents = documents_of(body)
        with self._lock:
            self.requests.append(documents)
            self.at_once += 1
            self.most_at_once = max(self.most_at_once, self.at_once)
        try:
            told = self._answer(documents)
        finally:
            with self._lock:
                self.at_once -= 1
        if isinstance(told, Exception):
            raise told
        headers = HttpHeaders({"content-type": "application/json", "x-elastic-product": "Elasticsearch"})
        meta = ApiResponseMeta(status=told[0], headers=headers, http_version="1.1", duration=0.0, node=node)
        return NodeApiResponse(meta, msgspec.json.encode(told[1]))


def documents_of(body: bytes) -> dict[str, Any]:
    lines = [msgspec.json.decode(line) for line in body.splitlines() if line]
    return {action["index"]["_id"]: source for action, source in zip(lines[::2], lines[1::2], strict=True)}


def bulk_answer(ids: Sequence[str], statuses: dict[str, int] | None = None) -> Answer:
    """What a server answers to a bulk request: created, but for the ``statuses`` of some."""
    items = []
    for identifier in ids:
        status = (statuses or {}).get(identifier, 201)
        told: dict[str, Any] = {"_id": identifier, "status": status}
        if status >= 300:
            told["error"] = {"type": "some_exception", "reason": f"refused with {status}"}
        items.append({"index": told})
    return 200, {"took": 1, "errors": any(item["index"]["status"] >= 300 for item in items), "items": items}
