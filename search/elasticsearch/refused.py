"""The dead-letter file: documents that the server refuses, each with the reason, as JSON Lines."""

from __future__ import annotations

import threading
from pathlib import Path

import msgspec

from records.errors import GenerationError, RefusedDocumentsError

__all__ = ["Refused"]

_MOST = 1_000
"""After so many the build ends: the rest has the same trouble, most likely."""


class _Letter(msgspec.Struct):
    index: str
    id: str
    status: int
    reason: str
    document: msgspec.Raw


class Refused:
    """Collects refused documents in the file ``path``, which is made with the first one. Thread-safe."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.count = 0
        self._first = ""
        self._lock = threading.Lock()

    def add(self, index: str, identifier: str, status: int, reason: str, source: bytes) -> None:
        """Keep a document.

        :raises GenerationError: when the file cannot be written.
        """
        line = msgspec.json.encode(_Letter(index, identifier, status, reason, msgspec.Raw(source)))
        with self._lock:
            try:
                self.path.parent.mkdir(parents=True, exist_ok=True)
                with self.path.open("ab" if self.count else "wb") as file:
                    file.write(line + b"\n")
            except OSError as error:
                raise GenerationError(f"refused documents cannot be kept in {self.path}: {error}") from error
            self._first = self._first or f"{identifier!r}: {reason}"
            self.count += 1

    def check(self, *, final: bool) -> None:
        """End the build if documents were refused: at once when they are many, else at the end (``final``).

        :raises RefusedDocumentsError: naming the file.
        """
        if self.count and (final or self.count >= _MOST):
            raise RefusedDocumentsError(
                f"the search server refused {self.count} documents, the first {self._first}; they are in {self.path} "
                "with the reasons; correct these records and build again",
                path=str(self.path),
                count=self.count,
            )
