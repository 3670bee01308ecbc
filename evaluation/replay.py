"""What our layer costs on top of a client that sends the same requests and does nothing else."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import numpy as np
from elastic_transport import Transport

__all__ = ["overhead"]

_Request = tuple[tuple[Any, ...], dict[str, Any]]


def overhead(transport: Transport, calls: Sequence[Callable[[], object]]) -> dict[str, float]:
    """Time every call, and its requests sent again as they were: ``raw_p50_ms``, and ``overhead`` = ours / raw (p50).

    Each call is made once before, so that the server's caches are as warm for us as they are for the client after us.
    """
    ours, raw = [], []
    for call in calls:
        call()
        with _recorded(transport) as requests:
            ours.append(_seconds(call))
        raw.append(_seconds(lambda sent=tuple(requests): _again(transport, sent)))  # type: ignore[misc]
    raw_p50 = float(np.median(raw)) * 1000
    return {"raw_p50_ms": raw_p50, "overhead": float(np.median(ours)) * 1000 / raw_p50}


def _seconds(call: Callable[[], object]) -> float:
    started = time.perf_counter()
    call()
    return time.perf_counter() - started


def _again(transport: Transport, requests: Sequence[_Request]) -> None:
    for positional, named in requests:
        transport.perform_request(*positional, **named)


@contextmanager
def _recorded(transport: Transport) -> Iterator[list[_Request]]:
    """The requests that go through ``transport`` meanwhile."""
    requests: list[_Request] = []
    plain = transport.perform_request

    def perform(*positional: Any, **named: Any) -> Any:
        requests.append((positional, named))
        return plain(*positional, **named)

    transport.perform_request = perform  # type: ignore[method-assign]
    try:
        yield requests
    finally:
        del transport.perform_request
