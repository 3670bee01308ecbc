"""Text files a line at a time: decompressed, counted, in constant memory, with encoding trouble as rejections."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path
from typing import IO, cast

from indexer.sources.base import Item, Part, Rejection
from indexer.sources.common import DECOMPRESSION_ERRORS, file_digest, open_binary, reject, utf8_trouble
from records.errors import SourceError

__all__ = ["MAX_LINE_BYTES", "data_files", "file_parts", "iter_lines"]

MAX_LINE_BYTES = 1 << 24
"""16 MiB; no paper is longer. A longer line is passed over and reported, so that one line cannot fill the memory."""

_BOM = b"\xef\xbb\xbf"
_UTF16 = (b"\xff\xfe", b"\xfe\xff")
_COMPRESSED = ("", ".gz", ".xz", ".bz2")


def data_files(path: Path, *suffixes: str) -> list[Path]:
    """``path`` itself, or the files of a folder with one of ``suffixes`` (also compressed), by name.

    :raises SourceError: when there is none.
    """
    if path.is_dir():
        endings = tuple(suffix + packed for suffix in suffixes for packed in _COMPRESSED)
        files = sorted(file for file in path.iterdir() if file.is_file() and file.name.endswith(endings))
        if not files:
            raise SourceError(f"no file in {path} ends in one of {', '.join(endings)}")
        return files
    if not path.is_file():
        raise SourceError(f"no file at {path}")
    return [path]


def file_parts(
    path: Path, suffixes: tuple[str, ...], salt: str, read: Callable[[Path], Iterator[Item]]
) -> Iterator[Part]:
    """One part a file of :func:`data_files`. ``salt`` changes when files would be read differently.

    :raises SourceError: when there is no such file, or a folder without one.
    """
    for file in data_files(path, *suffixes):
        yield Part(file.name, file_digest(file, salt), partial(read, file))


def iter_lines(path: Path, part: str) -> Iterator[tuple[int, bytes] | Rejection]:
    """(line number from 1, UTF-8 bytes without the line end) of every line that is not blank.

    A byte order mark is accepted. A line that is too long or not UTF-8, a file in UTF-16, and the place where a
    compressed file breaks off, come as rejections.

    :raises SourceError: when the file cannot be opened.
    """
    number = offset = 0
    with closing(open_binary(path)) as raw:
        # A GzipFile reads a line in small steps; the buffer makes them large.
        stream: IO[bytes] = io.BufferedReader(cast(io.RawIOBase, raw), 1 << 20)
        while True:
            try:
                line = stream.readline(MAX_LINE_BYTES + 1)
                size = (
                    len(line) if len(line) <= MAX_LINE_BYTES or line.endswith(b"\n") else _skip_rest(stream, len(line))
                )
            except DECOMPRESSION_ERRORS as error:
                reason = f"the file breaks off or is damaged here: {error}; what follows was not read"
                yield reject(part, reason, line=number + 1)
                return
            if not line:
                return
            number += 1
            if number == 1:
                if line.startswith(_UTF16):
                    yield reject(part, "the file is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", line=1)
                    return
                line = line.removeprefix(_BOM)
            if size > MAX_LINE_BYTES + 1:
                reason = f"the line is {size:,} bytes long; at most {MAX_LINE_BYTES:,} are read"
                yield reject(part, reason, line=number, raw=line[:2000])
            elif stripped := line.strip():
                trouble = None if stripped.isascii() else utf8_trouble(line, offset)
                yield reject(part, trouble, line=number, raw=stripped) if trouble else (number, stripped)
            offset += size


def _skip_rest(stream: IO[bytes], size: int) -> int:
    while rest := stream.readline(1 << 20):
        size += len(rest)
        if rest.endswith(b"\n"):
            break
    return size
