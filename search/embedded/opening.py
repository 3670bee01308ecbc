"""Opening a tantivy index for reading, also where nothing may be written."""

from __future__ import annotations

import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tantivy

from search.embedded.analysis import register

__all__ = ["open_index"]

_ATTEMPTS = 20
_PAUSE = 0.05  # seconds


def open_index(folder: Path) -> tuple[tantivy.Schema, tantivy.Searcher]:
    """The schema and a searcher of the index in ``folder``, which never reloads: a generation does not change.

    :raises ValueError: when it cannot be read.
    """
    with _lockable(folder) as place:
        index = tantivy.Index.open(str(place))
        register(index)
        index.config_reader("manual")
        index.reload()
        return index.schema, index.searcher()


@contextmanager
def _lockable(folder: Path) -> Iterator[Path]:
    """A place to open the index from: tantivy creates a lock file there, which a read-only volume does not allow.

    There, links to the files in a temporary folder do; once they are open the links are not needed any more.
    """
    if os.access(folder, os.W_OK):
        yield folder
        return
    mirror = Path(tempfile.mkdtemp(prefix="scholarcore-"))
    try:
        for file in folder.iterdir():
            if not file.name.endswith(".lock"):
                (mirror / file.name).symlink_to(file.resolve())
        yield mirror
    finally:
        _remove(mirror)


def _remove(mirror: Path) -> None:
    # A thread of tantivy's may still be putting a lock file there; what is left after that is not worth an error.
    for _ in range(_ATTEMPTS):
        shutil.rmtree(mirror, ignore_errors=True)
        if not mirror.exists():
            return
        time.sleep(_PAUSE)
