"""What every reader needs: digests, snippets, decompression, and archives read without touching the disk."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from hashlib import blake2b
from pathlib import Path
from typing import IO

from indexer.sources.base import SNIPPET_LENGTH, Rejection
from records.errors import SourceError

__all__ = [
    "DECOMPRESSION_ERRORS",
    "MAX_MEMBER_BYTES",
    "digest_of",
    "file_digest",
    "iter_archive",
    "open_binary",
    "reject",
    "snippet",
    "utf8_trouble",
]

MAX_MEMBER_BYTES = 1 << 28
"""256 MiB: a larger member of an archive is refused, so that a few bytes on disk cannot fill the memory."""

DECOMPRESSION_ERRORS = (OSError, EOFError, lzma.LZMAError, zlib.error)
"""What a broken or truncated compressed file raises on reading."""

_MAGIC: tuple[tuple[bytes, Callable[[Path], gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File]], ...] = (
    (b"\x1f\x8b", gzip.GzipFile),
    (b"\xfd7zXZ\x00", lzma.LZMAFile),
    (b"BZh", bz2.BZ2File),
)


def digest_of(*chunks: bytes) -> str:
    """A short content hash (BLAKE2b, 128 bits); the borders between the chunks count."""
    hasher = blake2b(digest_size=16)
    for chunk in chunks:
        hasher.update(len(chunk).to_bytes(8, "big"))
        hasher.update(chunk)
    return hasher.hexdigest()


def file_digest(path: Path, salt: str) -> str:
    """:func:`digest_of` for a whole file, read in pieces. ``salt`` is the reader's name, version and options.

    :raises SourceError: when the file cannot be read.
    """
    hasher = blake2b(salt.encode(), digest_size=16)
    try:
        with path.open("rb") as stream:
            while block := stream.read(1 << 20):
                hasher.update(block)
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None
    return hasher.hexdigest()


def snippet(raw: bytes | str) -> str:
    """The beginning of a raw record, safe to store and show: undecodable bytes and NUL become U+FFFD."""
    if isinstance(raw, bytes):
        raw = raw[: SNIPPET_LENGTH * 4].decode("utf-8", "replace")
    cut = raw[:SNIPPET_LENGTH].replace("\x00", "\N{REPLACEMENT CHARACTER}").strip()
    return cut.encode("utf-8", "replace").decode("utf-8")


def reject(
    part: str, reason: str, *, line: int | None = None, record: str = "", raw: bytes | str = b"", partial: bool = False
) -> Rejection:
    """A rejection with its raw text cut to size."""
    return Rejection(part, reason, line, snippet(record), snippet(raw), partial)


def utf8_trouble(raw: bytes, offset: int = 0) -> str | None:
    """Why ``raw``, which begins at byte ``offset`` of its file, is not UTF-8; None when it is."""
    try:
        raw.decode("utf-8")
    except UnicodeDecodeError as error:
        at = offset + error.start
        return f"not UTF-8: byte 0x{raw[error.start]:02x} at offset {at:,}; convert the file to UTF-8 first"
    return None


def open_binary(path: Path) -> IO[bytes] | gzip.GzipFile | lzma.LZMAFile | bz2.BZ2File:
    """Open a file for reading, decompressed when it is gzip, xz or bzip2 by its first bytes.

    :raises SourceError: when there is no file to read at ``path``.
    """
    if not path.is_file():
        raise SourceError(f"no file at {path}")
    try:
        with path.open("rb") as stream:
            head = stream.read(6)
        for magic, opener in _MAGIC:
            if head.startswith(magic):
                return opener(path)
        return path.open("rb")
    except OSError as error:
        raise SourceError(f"cannot read {path}: {error.strerror or error}") from None


def iter_archive(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | Rejection]]:
    """Members of a tar archive (compressed or not) whose name is ``wanted``, in the order of the stream.

    A member that is too large, and a break in the middle of the archive, come as a rejection in place of the bytes.
    Nothing is unpacked to disk; links and devices are passed over.

    :raises SourceError: when ``path`` is no tar archive at all.
    """
    seen = False
    try:
        with open_binary(path) as unpacked, tarfile.open(fileobj=unpacked, mode="r|") as archive:
            for member in archive:
                seen = True
                if member.isfile() and wanted(member.name):
                    yield member.name, _member(archive, member)
            while unpacked.read(1 << 20):  # a compressed stream that was cut short says so only at its end
                pass
        if not _ends_with_zeros(path):
            raise tarfile.ReadError("the end mark is missing")
    except (tarfile.TarError, *DECOMPRESSION_ERRORS) as error:
        if not seen:
            raise SourceError(f"{path} is not a tar archive that can be read: {error}") from None
        yield path.name, reject(path.name, f"the archive breaks off or is damaged: {error}; get the file again")


def _member(archive: tarfile.TarFile, member: tarfile.TarInfo) -> bytes | Rejection:
    if member.size > MAX_MEMBER_BYTES:
        reason = f"larger than {MAX_MEMBER_BYTES >> 20} MiB ({member.size:,} bytes); split it"
        return reject(member.name, reason)
    stream = archive.extractfile(member)
    return stream.read() if stream else b""


def _ends_with_zeros(path: Path) -> bool:
    """Whether a plain tar archive has its closing zeros; true of a compressed one, which has a checksum instead."""
    with path.open("rb") as stream:
        if stream.read(6).startswith(tuple(magic for magic, _ in _MAGIC)):
            return True
        stream.seek(max(path.stat().st_size - 1024, 0))
        return not stream.read().strip(b"\0")
