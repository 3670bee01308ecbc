"""Ctrl-C, heard even where Python loses it.

A ``KeyboardInterrupt`` raised inside a weak reference's callback or a destructor is printed and forgotten, which a long
import of modules gives plenty of chance for. So the signal is remembered, and work asks at every step of progress. A
second Ctrl-C ends the process at once: everything on disk is made to survive that.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

__all__ = ["INTERRUPTED", "check", "watching"]

INTERRUPTED = 130
"""The exit code of an interrupted command."""

_heard = threading.Event()


def check() -> None:
    """Stop here when Ctrl-C was pressed.

    :raises KeyboardInterrupt: when it was.
    """
    if _heard.is_set():
        raise KeyboardInterrupt


@contextmanager
def watching() -> Iterator[None]:
    """Remember Ctrl-C while this lasts. Only the main thread can watch signals; in another one this does nothing."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _heard.clear()
    before = signal.signal(signal.SIGINT, _hear)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)
        _heard.clear()


def _hear(_number: int, _frame: FrameType | None) -> None:
    if _heard.is_set():
        os._exit(INTERRUPTED)
    _heard.set()
    raise KeyboardInterrupt
