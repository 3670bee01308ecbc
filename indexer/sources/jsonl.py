"""JSON Lines in our documented schema (docs/sources.md): one paper, person or citation a line.

Reads a file (.jsonl, also gzip, xz or bzip2) or a folder of such files, one part a file, in constant memory but for the
set of ids already used in the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from indexer.sources.base import CitationLink, Item, Part, Person, Rejection
from indexer.sources.common import reject
from indexer.sources.jsonl_convert import link_of, paper_of, person_of
from indexer.sources.jsonl_schema import CitationLine, PaperLine, PersonLine, explain
from indexer.sources.lines import file_parts, iter_lines
from indexer.sources.seen import SeenIds
from records.errors import RecordError
from records.paper import Paper

__all__ = ["JsonlReader"]

_VERSION = "jsonl-1"
_ARRAY = "a JSON array; write one object a line"
_OTHER = re.compile(rb'\s*\{\s*"(?:(person)|citation)"\s*:')

_paper_line = msgspec.json.Decoder(PaperLine).decode
_person_line = msgspec.json.Decoder(PersonLine).decode
_citation_line = msgspec.json.Decoder(CitationLine).decode


class JsonlReader:
    """Reader of our own JSON Lines. ``source`` names the collection in the catalog and prefixes its paper ids."""

    def __init__(self, source: str = "jsonl") -> None:
        self.source = source

    def parts(self, path: Path) -> Iterator[Part]:
        """One part a file, by name.

        :raises SourceError: when there is no such file, or a folder without one.
        """
        return file_parts(path, (".jsonl", ".ndjson"), _VERSION, _read)


def _read(file: Path) -> Iterator[Item]:
    seen = SeenIds()
    for found in iter_lines(file, file.name):
        if isinstance(found, Rejection):
            yield found
        else:
            yield from _line(*found, file.name, seen)


def _line(number: int, raw: bytes, part: str, seen: SeenIds) -> Iterator[Item]:
    left_out: list[str] = []
    try:
        item = _item(raw, left_out)
    except msgspec.ValidationError as error:
        reason = _ARRAY if raw.startswith(b"[") else explain(error, _kind(raw))
        yield reject(part, reason, line=number, record=_record_id(raw), raw=raw)
        return
    except RecordError as error:
        yield reject(part, str(error), line=number, record=_record_id(raw), raw=raw)
        return
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        yield reject(part, _syntax(error, raw), line=number, record=_record_id(raw), raw=raw)
        return
    record = "" if isinstance(item, CitationLink) else item.id
    if record and not seen.add(f"{type(item).__name__} {record}"):
        kind = type(item).__name__.lower()
        reason = f"a second {kind} with the id {record[:80]!r} in one file; the first was kept"
        yield reject(part, reason, line=number, record=record, raw=raw)
        return
    yield item
    for reason in left_out:
        yield reject(part, f"left out: {reason}", line=number, record=record, raw=raw, partial=True)


def _item(raw: bytes, left_out: list[str]) -> Paper | Person | CitationLink:
    if rb"\u0000" in raw:
        raise RecordError("the line holds a null character (\\u0000); the source is damaged or not text")
    other = _OTHER.match(raw)
    if other is None:
        return paper_of(_paper_line(raw), left_out)
    if other[1]:
        return person_of(_person_line(raw).person, left_out)
    return link_of(_citation_line(raw).citation)


def _kind(raw: bytes) -> type[msgspec.Struct]:
    other = _OTHER.match(raw)
    return PaperLine if other is None else PersonLine if other[1] else CitationLine


def _syntax(error: Exception, raw: bytes) -> str:
    if isinstance(error, RecursionError):
        return "not JSON that can be read: nested too deeply"
    if isinstance(error, UnicodeDecodeError) or rb"\ud" in raw.lower():
        return f"not valid JSON, maybe a lone surrogate escape (\\ud800): {error}"
    if raw.startswith(b"["):
        return _ARRAY
    return f"not valid JSON: {error}; each line must be one whole object"


def _record_id(raw: bytes) -> str:
    """The id of a line that could not be read, where a plain look finds one."""
    found = re.search(rb'"id"\s*:\s*"([^"\\]{1,200})"', raw[:4096])
    return found[1].decode("utf-8", "replace") if found else ""
