"""What makes a folder a generation: a manifest that names every file, written last."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import msgspec

from records.errors import GenerationError
from search.engine import GenerationInfo

__all__ = [
    "MANIFEST",
    "SCHEMA_VERSION",
    "FileEntry",
    "Manifest",
    "check_files",
    "describe",
    "read",
    "sync",
    "sync_folder",
    "verify",
]

MANIFEST = "manifest.json"
SCHEMA_VERSION = 1
"""Of the files in a generation folder and the fields of its index; a reader opens only its own."""

_REBUILD = "build again (scholarcore build), or switch to an older generation"
_BLOCK = 1 << 20


class FileEntry(msgspec.Struct, frozen=True):
    """A file of a generation: its size in bytes and SHA-256."""

    size: int
    sha256: str


class Manifest(msgspec.Struct, frozen=True):
    """The content of ``manifest.json``. ``files`` is keyed by path relative to the folder."""

    info: GenerationInfo
    files: dict[str, FileEntry]


class _Version(msgspec.Struct):
    schema_version: int = 1


class _VersionOnly(msgspec.Struct):
    info: _Version


def describe(folder: Path, info: GenerationInfo) -> Manifest:
    """A manifest of the files in ``folder`` as they are now."""
    files = {name: FileEntry(path.stat().st_size, _digest(path)) for name, path in _files(folder)}
    return Manifest(info, files)


def read(folder: Path) -> Manifest:
    """The manifest of a generation folder.

    :raises GenerationError: when it is missing, cannot be read, or is of another version.
    """
    try:
        content = (folder / MANIFEST).read_bytes()
        version = msgspec.json.decode(content, type=_VersionOnly).info.schema_version
        if version != SCHEMA_VERSION:
            raise GenerationError(
                f"generation {folder.name} has schema version {version}, but {SCHEMA_VERSION} is read here; {_REBUILD}"
            )
        return msgspec.json.decode(content, type=Manifest)
    except FileNotFoundError as error:
        raise GenerationError(f"generation {folder.name} has no {MANIFEST}: it is incomplete; {_REBUILD}") from error
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise GenerationError(f"the {MANIFEST} of generation {folder.name} is damaged ({error}); {_REBUILD}") from error


def check_files(folder: Path, manifest: Manifest) -> None:
    """Check that every file is there at its full size; quick enough for each opening.

    :raises GenerationError: naming the first file that is not.
    """
    for name, entry in manifest.files.items():
        path = folder / name
        if not path.is_file():
            raise GenerationError(f"generation {folder.name} lacks its file {name}; {_REBUILD}")
        size = path.stat().st_size
        if size != entry.size:
            raise GenerationError(
                f"{name} of generation {folder.name} has {size} bytes instead of {entry.size}; {_REBUILD}"
            )


def verify(folder: Path, manifest: Manifest) -> None:
    """Read every file and compare it with its checksum; also refuse files that do not belong.

    :raises GenerationError: naming the first file that differs.
    """
    check_files(folder, manifest)
    for name, path in _files(folder):
        entry = manifest.files.get(name)
        if entry is None:
            raise GenerationError(f"{name} does not belong to generation {folder.name}; move it elsewhere")
        if _digest(path) != entry.sha256:
            raise GenerationError(f"{name} of generation {folder.name} differs from its checksum; {_REBUILD}")


def sync(folder: Path) -> None:
    """Force a folder, its files and the folders in it to disk."""
    for path in folder.rglob("*"):
        sync_folder(path)
    sync_folder(folder)


def sync_folder(path: Path) -> None:
    """Force one file, or the entries of one folder, to disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _files(folder: Path) -> Iterator[tuple[str, Path]]:
    """Files that count: all but the manifest and tantivy's empty lock files, which come and go."""
    for path in sorted(folder.rglob("*")):
        if path.is_file() and path.name != MANIFEST and not path.name.endswith(".lock"):
            yield path.relative_to(folder).as_posix(), path


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    return digest.hexdigest()
