"""Watching a solve: whether to go on, and how good the best so far is."""

from __future__ import annotations

from typing import Protocol

__all__ = ["NO_WATCH", "NoWatch", "Watch"]


class Watch(Protocol):
    """Asked and told between the steps of a solve, by the thread that solves."""

    def check(self) -> None:
        """Raise to stop: what is raised comes out of the solve."""

    def best(self, value: float, bound: float) -> None:
        """There is an assignment (or committee) of ``value``, and none is better than ``bound``."""


class NoWatch:
    """Never stops and listens to nothing."""

    def check(self) -> None:
        """Go on."""

    def best(self, value: float, bound: float) -> None:
        """Ignore."""


NO_WATCH = NoWatch()
