"""Every error ScholarCore raises on purpose.

::

    ScholarCoreError
    ├── RecordError            a value that cannot be a record (also a ValueError)
    │   ├── ExternalIdError    an identifier that does not validate
    │   └── PersonalNameError  a personal name that cannot be read
    ├── SourceError            a source file that cannot be read at all
    ├── CatalogError           the catalog refuses an operation
    │   └── CatalogLockedError another process holds the catalog
    ├── BuildError             a build cannot go on
    ├── EngineError            a search engine refuses or fails
    │   ├── GenerationError    a generation is missing, corrupt or still being written
    │   │   └── RefusedDocumentsError  the engine refused documents of a build; a file has them
    │   ├── CursorError        a cursor is malformed or belongs to another generation
    │   └── EngineUnavailableError  the engine cannot answer now; try again later
    ├── QueryError             a query that cannot be parsed; points at the column
    │   └── FilterError        a filter expression that cannot be parsed
    ├── NotFoundError          an id that names nothing (also a LookupError)
    ├── SettingsError          a setting that is missing or out of range
    ├── EvaluationError        a data folder that lacks what a task needs
    ├── AssignmentError        reviewers, loads or scores that make no assignment problem (also a ValueError)
    │   └── InfeasibleError    no assignment keeps every rule; says which rules clash
    ├── BusyError              a server has as much to do as it may; try again later
    ├── JobError               a job that has no result, or not yet
    └── GraphError             arrays that do not describe a graph

A message says what was wrong, where, and what to do about it. Code outside catches these types, never ``Exception``.
"""

from __future__ import annotations

__all__ = [
    "AssignmentError",
    "BuildError",
    "BusyError",
    "CatalogError",
    "CatalogLockedError",
    "CursorError",
    "EngineError",
    "EngineUnavailableError",
    "EvaluationError",
    "ExternalIdError",
    "FilterError",
    "GenerationError",
    "GraphError",
    "InfeasibleError",
    "JobElsewhereError",
    "JobError",
    "JobLostError",
    "NotFoundError",
    "PersonalNameError",
    "QueryError",
    "RecordError",
    "RefusedDocumentsError",
    "ScholarCoreError",
    "SettingsError",
    "SourceError",
]


class ScholarCoreError(Exception):
    """Root of all errors raised on purpose."""


class RecordError(ScholarCoreError, ValueError):
    """A value that cannot become a record."""


class ExternalIdError(RecordError):
    """An identifier that does not validate under its scheme."""


class PersonalNameError(RecordError):
    """A personal name that cannot be read."""


class SourceError(ScholarCoreError):
    """A source that cannot be read at all (missing, not the promised format, unreadable encoding)."""


class CatalogError(ScholarCoreError):
    """The catalog refuses an operation."""


class CatalogLockedError(CatalogError):
    """Another process holds the catalog open for writing."""


class BuildError(ScholarCoreError):
    """A build cannot go on."""


class EngineError(ScholarCoreError):
    """A search engine refuses or fails."""


class GenerationError(EngineError):
    """A generation is missing, corrupt or still being written."""


class RefusedDocumentsError(GenerationError):
    """The engine refused documents of a build, which therefore cannot be finished.

    ``count`` of them are in the file ``path``, each with the reason.
    """

    def __init__(self, message: str, *, path: str, count: int) -> None:
        super().__init__(message)
        self.path = path
        self.count = count


class CursorError(EngineError):
    """A cursor is malformed or belongs to another generation."""


class EngineUnavailableError(EngineError):
    """The engine cannot answer now.

    ``retry_after`` is the number of seconds to wait before trying again.
    """

    def __init__(self, message: str, *, retry_after: float = 1.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class QueryError(ScholarCoreError, ValueError):
    """A query that cannot be parsed.

    ``text`` is the query as given, ``column`` the 0-based offset (in code points) where the trouble starts and
    ``hint`` what to write instead, if that is known.
    """

    def __init__(self, message: str, *, text: str = "", column: int = 0, hint: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.text = text
        self.column = column
        self.hint = hint

    def pointer(self, width: int = 100) -> str:
        """The message with the query (a window of ``width`` code points) and a caret under the faulty column."""
        start = max(0, min(self.column - width // 2, len(self.text) - width))
        window = "".join(
            c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in self.text[start : start + width]
        )
        lines = [f"{self.message} (column {self.column + 1})", f"  {window}", f"  {' ' * (self.column - start)}^"]
        if self.hint:
            lines.append(f"  hint: {self.hint}")
        return "\n".join(lines)


class FilterError(QueryError):
    """A filter expression that cannot be parsed."""


class NotFoundError(ScholarCoreError, LookupError):
    """An id that names nothing. ``kind`` is "paper", "author" and so on; ``identifier`` is what was asked for."""

    def __init__(self, kind: str, identifier: str) -> None:
        super().__init__(f"no {kind} with id {identifier!r}")
        self.kind = kind
        self.identifier = identifier


class SettingsError(ScholarCoreError, ValueError):
    """A setting that is missing or out of range."""


class EvaluationError(ScholarCoreError):
    """A data folder that lacks what a task needs."""


class AssignmentError(ScholarCoreError, ValueError):
    """Reviewers, loads, scores or rules that do not make an assignment problem."""


class InfeasibleError(AssignmentError):
    """No assignment keeps every rule. ``diagnosis`` says which rules clash and what would work instead."""

    def __init__(self, message: str, diagnosis: object = None) -> None:
        super().__init__(message)
        self.diagnosis = diagnosis


class BusyError(ScholarCoreError):
    """A server has as much to do as it may. ``retry_after`` is the number of seconds to wait before trying again."""

    def __init__(self, message: str, *, retry_after: float = 10.0) -> None:
        super().__init__(message)
        self.retry_after = retry_after


class JobError(ScholarCoreError):
    """A job has no result: not yet, or it was cancelled or failed."""


class JobElsewhereError(JobError):
    """Another process has the job, and no folder is shared with it."""


class JobLostError(JobError):
    """The process that worked on the job has ended, and the job with it."""


class GraphError(ScholarCoreError, ValueError):
    """Arrays that do not describe a graph."""
