"""Several questions that do not wait for each other's answers, asked side by side: a network is waited for once."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

__all__ = ["at_once"]

Answer = TypeVar("Answer")

_AT_ONCE = 16  # of all callers together: what comes on top waits, so that no server is flooded

_threads = ThreadPoolExecutor(_AT_ONCE, thread_name_prefix="at-once")


def at_once(calls: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The results of ``calls``, in order. They must be thread-safe, and must not call :func:`at_once` themselves.

    What the first of them raises is raised, when none of them runs any more.
    """
    # One runs here: a single one needs no thread, and two callers at the limit cannot starve each other.
    futures = [_threads.submit(call) for call in calls[1:]]
    try:
        results = [call() for call in calls[:1]]
        results.extend(future.result() for future in futures)
    finally:
        for future in futures:
            future.cancel()
        for future in futures:
            if not future.cancelled():
                future.exception()
    return results
