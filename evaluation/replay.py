"""What our layer costs on top of a client that sends the same requests and does nothing else."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple

import numpy as np
from elastic_transport import Transport
from elasticsearch import Elasticsearch

__all__ = ["overhead"]


class _Request(NamedTuple):
    method: str
    target: str
    headers: Mapping[str, str]
    body: Any


def overhead(transport: Transport, bare: Elasticsearch, calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Time every call, and its requests sent by ``bare``, a client with the library's defaults.

    ``requests`` are those of one call (mean), ``raw_p50_ms`` the time of the other client, ``overhead`` = ours / raw
    (both p50). ``transport`` is what our layer sends through. Each call is made once before, unmeasured, to see its
    requests: whatever the server keeps of them, it keeps for both; and who comes first changes with every call.
    """
    ours: list[float] = []
    raw: list[float] = []
    counts: list[int] = []
    for number, call in enumerate(calls):
        with _recorded(transport) as requests:
            call()
        counts.append(len(requests))
        resend = partial(_send, bare, requests)
        if not number:
            resend()  # opens its connection
        turns: list[tuple[list[float], Callable[[], object]]] = [(ours, call), (raw, resend)]
        for spent, action in turns if number % 2 else reversed(turns):
            started = time.perf_counter()
            action()
            spent.append(time.perf_counter() - started)
    raw_p50 = float(np.median(raw)) * 1000
    return {
        "requests": float(np.mean(counts)),
        "raw_p50_ms": raw_p50,
        "overhead": float(np.median(ours)) * 1000 / raw_p50,
    }


def _send(bare: Elasticsearch, requests: Sequence[_Request]) -> None:
    for request in requests:
        bare.perform_request(request.method, request.target, headers=request.headers, body=request.body)


@contextmanager
def _recorded(transport: Transport) -> Iterator[list[_Request]]:
    """The requests that go through ``transport`` meanwhile."""
    requests: list[_Request] = []
    plain = transport.perform_request

    def perform(method: str, target: str, **named: Any) -> Any:
        kept = {name: named["headers"][name] for name in ("accept", "content-type") if name in named["headers"]}
        requests.append(_Request(method, target, kept, _readable(named.get("body"), kept.get("content-type", ""))))
        return plain(method, target, **named)

    transport.perform_request = perform  # type: ignore[method-assign]
    try:
        yield requests
    finally:
        del transport.perform_request


def _readable(body: Any, kind: str) -> Any:
    """A body as the other client has to encode it: objects, also where our layer had encoded it already."""
    if isinstance(body, list | tuple):
        return [_readable(part, "") for part in body]
    if not isinstance(body, bytes | str):
        return body
    text = body.decode() if isinstance(body, bytes) else body
    if "ndjson" in kind:
        return [json.loads(line) for line in text.splitlines() if line]
    return json.loads(text)
