"""How long work reports progress without knowing who listens (a terminal, a job record, nobody)."""

from __future__ import annotations

from typing import Protocol

__all__ = ["NO_PROGRESS", "NoProgress", "Progress"]


class Progress(Protocol):
    """A listener. Calls come from one thread; ``total`` is None when it cannot be known beforehand."""

    def start(self, stage: str, total: int | None = None) -> None:
        """A stage begins; the one before it, if any, has ended."""

    def advance(self, count: int = 1) -> None:
        """``count`` more units of the current stage are done."""

    def finish(self) -> None:
        """The current stage has ended."""


class NoProgress:
    """Listens to nothing."""

    def start(self, stage: str, total: int | None = None) -> None:
        """Ignore."""

    def advance(self, count: int = 1) -> None:
        """Ignore."""

    def finish(self) -> None:
        """Ignore."""


NO_PROGRESS = NoProgress()
