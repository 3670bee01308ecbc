"""BibTeX, parsed by bibtexparser, decoded from LaTeX by pylatexenc.

Reads a .bib file (also gzip, xz or bzip2) or a folder of them, one part a file. A file is held in memory, because
``crossref`` points forward. Entries that do not parse, repeat a key or hold bytes that are not UTF-8 are rejected with
their line; the rest is read.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateBlockKeyBlock, DuplicateFieldKeyBlock, Entry, ParsingFailedBlock, String

from indexer.sources.base import Item, Part, Rejection
from indexer.sources.bibtex_entry import Fields, inherit, paper_of
from indexer.sources.bibtex_values import resolve
from indexer.sources.common import DECOMPRESSION_ERRORS, MAX_MEMBER_BYTES, open_binary, reject
from indexer.sources.lines import file_parts
from records.errors import RecordError

__all__ = ["BibtexReader"]

_VERSION = "bibtex-1"

# The library tells its log about every block it cannot read; we tell the import report, with the line.
logging.getLogger("bibtexparser").setLevel(logging.CRITICAL)


class BibtexReader:
    """Reader of BibTeX. The entry's key is the paper's id."""

    def __init__(self, source: str = "bibtex") -> None:
        self.source = source

    def parts(self, path: Path) -> Iterator[Part]:
        """One part a file, by name.

        :raises SourceError: when there is no such file, or a folder without one.
        """
        return file_parts(path, (".bib", ".bibtex"), _VERSION, _read)


def _read(file: Path) -> Iterator[Item]:
    text = _text(file)
    if isinstance(text, Rejection):
        yield text
        return
    blocks = parse_string(text, parse_stack=[]).blocks
    macros: dict[str, str] = {}
    entries: list[Entry] = []
    rejections: list[tuple[int, Rejection]] = []
    for block in blocks:
        if isinstance(block, String):
            macros[block.key.lower()] = resolve(str(block.value), macros)[0]
        elif isinstance(block, Entry):
            entries.append(block)
        elif isinstance(block, DuplicateFieldKeyBlock) and isinstance(block.ignore_error_block, Entry):
            entries.append(block.ignore_error_block)
            rejections.append(_failed(block, file.name, partial=True))
        elif isinstance(block, ParsingFailedBlock):
            rejections.append(_failed(block, file.name))
    if not entries and not rejections and text.strip():
        yield reject(file.name, "no BibTeX entry in the file", line=1, raw=text)
    yield from _in_order(_papers(entries, macros, file.name), rejections)


def _text(file: Path) -> str | Rejection:
    try:
        with closing(open_binary(file)) as stream:
            data = stream.read(MAX_MEMBER_BYTES + 1)
    except DECOMPRESSION_ERRORS as error:
        return reject(file.name, f"the file is damaged: {error}; nothing of it was read")
    if len(data) > MAX_MEMBER_BYTES:
        return reject(file.name, f"larger than {MAX_MEMBER_BYTES >> 20} MiB; split the file")
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return reject(file.name, "the file is UTF-16; convert it to UTF-8 (iconv -f UTF-16 -t UTF-8)", line=1)
    # Bytes that are not UTF-8 become lone surrogates, so that they cost their own entry and not the file.
    text = data.decode("utf-8-sig", "surrogateescape")
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _failed(block: ParsingFailedBlock, part: str, *, partial: bool = False) -> tuple[int, Rejection]:
    line = (block.start_line or 0) + 1
    raw = str(block.raw or "")
    if isinstance(block, DuplicateBlockKeyBlock):
        reason = f"a second entry with the key {block.key[:80]!r} in one file; the first was kept"
        return line, reject(part, reason, line=line, record=block.key, raw=raw)
    if isinstance(block, DuplicateFieldKeyBlock):
        names = ", ".join(sorted(block.duplicate_keys))
        reason = f"left out: the second value of {names}; an entry has a field once"
        return line, reject(part, reason, line=line, record=_key(block), raw=raw, partial=partial)
    abort = str(getattr(block.error, "abort_reason", block.error)).strip()
    reason = f"not BibTeX that can be read, most likely unbalanced braces or quotes: {abort}"
    return line, reject(part, reason, line=line, raw=raw)


def _key(block: DuplicateFieldKeyBlock) -> str:
    entry = block.ignore_error_block
    return str(entry.key) if isinstance(entry, Entry) else ""


def _papers(entries: list[Entry], macros: dict[str, str], part: str) -> Iterator[tuple[int, Item]]:
    by_key = {entry.key.lower(): entry for entry in entries}
    for entry in entries:
        line = (entry.start_line or 0) + 1
        raw = str(entry.raw or "")
        left_out: list[str] = []
        try:
            _check_bytes(raw)
            paper = paper_of(entry.entry_type.lower(), entry.key, _fields(entry, macros, by_key, left_out), left_out)
        except RecordError as error:
            yield line, reject(part, str(error), line=line, record=entry.key, raw=raw)
            continue
        yield line, paper
        for reason in left_out:
            yield line, reject(part, f"left out: {reason}", line=line, record=paper.id, raw=raw, partial=True)


def _check_bytes(raw: str) -> None:
    if "\x00" in raw:
        raise RecordError("the entry holds a null character; the source is damaged or not text")
    try:
        raw.encode("utf-8")
    except UnicodeEncodeError as error:
        byte, line = ord(raw[error.start]) - 0xDC00, raw.count("\n", 0, error.start) + 1
        where = f"byte 0x{byte:02x} on line {line} of the entry"
        raise RecordError(f"not UTF-8: {where}; convert the file to UTF-8 first") from None


def _fields(entry: Entry, macros: dict[str, str], by_key: dict[str, Entry], left_out: list[str]) -> Fields:
    fields: Fields = {}
    for field in entry.fields:
        value, unknown = resolve(str(field.value), macros)
        fields.setdefault(field.key.lower(), value)
        left_out.extend(f"the undefined macro {name[:40]!r} in {field.key}" for name in unknown)
    parent_key = fields.get("crossref", "").strip().lower()
    if not parent_key:
        return fields
    parent = by_key.get(parent_key)
    if parent is None or parent is entry:
        left_out.append(f"crossref to {parent_key[:80]!r}, which is no other entry of the file")
        return fields
    parent_fields = {field.key.lower(): resolve(str(field.value), macros)[0] for field in parent.fields}
    return inherit(fields, parent_fields)


def _in_order(items: Iterator[tuple[int, Item]], rejections: list[tuple[int, Rejection]]) -> Iterator[Item]:
    """Papers and what could not be parsed, in the order of the file."""
    waiting = sorted(rejections, key=lambda item: item[0], reverse=True)
    for line, item in items:
        while waiting and waiting[-1][0] < line:
            yield waiting.pop()[1]
        yield item
    while waiting:
        yield waiting.pop()[1]
