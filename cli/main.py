"""Where the command starts, and how it ends: one clear message and an exit code, never a traceback for our own errors.

Exit codes: 0 done, 1 it could not be done, 2 it was asked wrongly (usage, query, cursor, settings), 130 interrupted.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence

from cli.app import app
from cli.context import State
from cli.interrupts import INTERRUPTED, watching
from records.errors import CursorError, QueryError, ScholarCoreError, SettingsError

__all__ = ["main", "run"]

_ASKED_WRONGLY = (CursorError, QueryError, SettingsError)


def run() -> None:
    """The console script."""
    raise SystemExit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code. ``arguments`` default to those of the process."""
    state = State()
    try:
        with watching():
            app(arguments, prog_name="scholarcore", obj=state)
    except SystemExit as end:  # how typer ends, well or not
        code = end.code if isinstance(end.code, int) else int(end.code is not None)
        if code == INTERRUPTED:
            sys.stderr.write("interrupted\n")
        return _flush(code)
    except ScholarCoreError as error:
        if state.debug:
            raise
        sys.stderr.write(f"error: {_message(error)}\n")
        return _flush(2 if isinstance(error, _ASKED_WRONGLY) else 1)
    except BrokenPipeError:
        return _hang_up()
    except OSError as error:
        if state.debug:
            raise
        sys.stderr.write(f"error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}\n")
        return _flush(1)
    return _flush(0)


def _message(error: ScholarCoreError) -> str:
    return error.pointer() if isinstance(error, QueryError) and error.text else str(error)


def _flush(code: int) -> int:
    """Output is part of the work: a full disk is an error, a reader that went away (``| head``) is not."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        return _hang_up()
    return code


def _hang_up() -> int:
    """Nobody reads any more: keep the interpreter from trying to flush once again."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    return 0
