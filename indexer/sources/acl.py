"""The ACL Anthology's own data: XML collections, curated people and venues.

Reads a folder that holds ``xml/`` and ``yaml/`` (or ``data/`` with both), a tar archive of one in any compression, or a
single XML file. The volumes themselves (``<frontmatter>``, editors) are left out: a volume is where papers appeared,
which each paper says by its venue, and to edit is not to author; as papers they would put editors' names into
citation counts and co-authorships.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from pathlib import Path

import msgspec
import yaml

from indexer.sources.acl_people import read_people
from indexer.sources.acl_xml import AclContext, read_collection
from indexer.sources.base import Item, Part, Rejection
from indexer.sources.common import (
    DECOMPRESSION_ERRORS,
    MAX_MEMBER_BYTES,
    digest_of,
    iter_archive,
    open_binary,
    reject,
    utf8_trouble,
)
from records.errors import SourceError
from records.paper import Venue
from records.text import clean_text

__all__ = ["AclReader"]

_VERSION = b"acl-1"
"""Part of every digest: raised when a file would be read differently, so that a new import reads it again."""

_XML = re.compile(r"(?:.*/)?xml/[^/]+\.xml")
_PEOPLE = re.compile(r"(?:.*/)?yaml/(?:name_variants|people)\.yaml")
_VENUE = re.compile(r"(?:.*/)?yaml/venues/[^/]+\.yaml")


class _VenueFile(msgspec.Struct):
    name: str
    acronym: str = ""
    type: str = ""


class AclReader:
    """Reader of the ACL Anthology. The folder's YAML is the first part, each XML file one more."""

    def __init__(self, source: str = "acl") -> None:
        self.source = source

    def parts(self, path: Path) -> Iterator[Part]:
        """The parts in the order of the file names (a folder) or of the stream (an archive, which is read twice).

        :raises SourceError: when there is no Anthology at ``path``.
        """
        context, context_files = AclContext(), b""
        rejections: list[Rejection] = []
        if path.suffix != ".xml":
            files = sorted(_files(path, _is_context), key=lambda item: item[0])
            context, rejections = _context(files)
            context_files = digest_of(
                *(part for name, data in files if isinstance(data, bytes) for part in (name.encode(), data))
            ).encode()
            yield Part("yaml", digest_of(_VERSION, context_files), lambda: iter([*context.people.persons, *rejections]))
        found = False
        for name, data in _files(path, lambda name: bool(_XML.fullmatch(name))):
            found = True
            yield _part(name, data, context, context_files)
        if not found:
            raise SourceError(
                f"no Anthology at {path}: expected a folder or tar archive with xml/*.xml, or one .xml file"
            )


def _part(name: str, data: bytes | Rejection, context: AclContext, context_files: bytes) -> Part:
    if isinstance(data, Rejection):
        rejection = data
        return Part(name, digest_of(_VERSION, rejection.reason.encode()), lambda: iter([rejection]))
    raw = data

    def read() -> Iterator[Item]:
        return read_collection(raw, name, context)

    return Part(name, digest_of(_VERSION, context_files, raw), read)


def _is_context(name: str) -> bool:
    return bool(_PEOPLE.fullmatch(name) or _VENUE.fullmatch(name))


def _files(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | Rejection]]:
    if path.is_dir():
        yield from _files_of_folder(path, wanted)
    elif path.suffix == ".xml":
        yield path.name, _single(path)
    elif path.is_file():
        yield from iter_archive(path, wanted)
    else:
        raise SourceError(f"nothing at {path}")


def _single(path: Path) -> bytes | Rejection:
    try:
        with open_binary(path) as stream:
            data: bytes = stream.read(MAX_MEMBER_BYTES + 1)
    except DECOMPRESSION_ERRORS as error:
        return reject(path.name, f"the file is damaged: {error}; nothing of it was read")
    if len(data) > MAX_MEMBER_BYTES:
        return reject(path.name, f"larger than {MAX_MEMBER_BYTES >> 20} MiB; split the file")
    return data


def _files_of_folder(path: Path, wanted: Callable[[str], bool]) -> Iterator[tuple[str, bytes | Rejection]]:
    root = path / "data" if not (path / "xml").is_dir() else path
    for file in sorted([*root.glob("xml/*.xml"), *root.glob("yaml/*.yaml"), *root.glob("yaml/venues/*.yaml")]):
        name = file.relative_to(root).as_posix()
        if not wanted(name):
            continue
        try:
            yield name, file.read_bytes()
        except OSError as error:
            yield name, reject(name, f"cannot be read: {error.strerror or error}")


def _context(files: list[tuple[str, bytes | Rejection]]) -> tuple[AclContext, list[Rejection]]:
    context = AclContext()
    rejections: list[Rejection] = []
    for name, data in files:
        if isinstance(data, Rejection):
            rejections.append(data)
        elif _PEOPLE.fullmatch(name):
            context.people = read_people(data, name)
            rejections += context.people.rejections
        else:
            venue = _venue(name, data)
            if isinstance(venue, Rejection):
                rejections.append(venue)
            else:
                context.venues[Path(name).stem] = venue
    return context, rejections


def _venue(name: str, data: bytes) -> Venue | Rejection:
    try:
        # The base loader keeps every scalar as text: an acronym "NO" is no boolean.
        found = msgspec.convert(yaml.load(data, Loader=yaml.CBaseLoader), _VenueFile)  # noqa: S506 - builds text only
    except (yaml.YAMLError, msgspec.ValidationError) as error:
        return reject(name, utf8_trouble(data) or f"a venue that cannot be read: {error}", line=1, raw=data)
    title = clean_text(found.name)
    kind = "journal" if found.type == "journal" else "workshop" if "workshop" in title.lower() else "conference"
    return Venue(title, Path(name).stem, clean_text(found.acronym), kind)
