"""One XML file of the Anthology: a collection of volumes of papers.

The file is parsed as a stream. Where it stops being well-formed, the break is reported and parsing goes on at the next
paper or volume, with the collection and volume around it put back; so one stray tag costs one paper.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from io import BytesIO
from xml.sax.saxutils import quoteattr

from lxml import etree  # type: ignore[import-untyped]

from indexer.sources.acl_paper import Volume, paper_of, volume_of
from indexer.sources.acl_people import People
from indexer.sources.base import Item
from indexer.sources.common import reject, utf8_trouble
from records.errors import RecordError
from records.paper import Venue

__all__ = ["AclContext", "read_collection"]

_NEXT = re.compile(rb"<(?:(paper)|volume)[\s>]")
_MAX_BREAKS = 1000
"""Breaks after which a file is given up: going on costs a copy of the rest each time."""

_TAGS = ("collection", "volume", "meta", "paper")


@dataclass
class AclContext:
    """What the YAML files say and every XML file needs."""

    people: People = field(default_factory=People)
    venues: dict[str, Venue] = field(default_factory=dict)


def read_collection(data: bytes, part: str, context: AclContext) -> Iterator[Item]:
    """Papers and rejections of one file, in its order. Front matter and the volumes themselves are no papers."""
    reading = _Reading(data, part, context)
    while not reading.done:
        yield from reading.stretch()


class _Reading:
    """One pass over a file in stretches of well-formed XML."""

    def __init__(self, data: bytes, part: str, context: AclContext) -> None:
        self.data = data
        self.part = part
        self.context = context
        self.done = False
        self.start = 0  # byte offset of the stretch
        self.collection = ""
        self.volume = Volume()
        self.breaks = 0
        self.told: set[str] = set()  # volumes whose meta was complained of; a break reads the meta again
        self.line = 1  # of the last tag seen; a break is never before it
        self.head = b""  # the open volume's tag and meta on one line, to put before a later stretch
        self.seen: set[str] = set()

    def stretch(self) -> Iterator[Item]:
        """Read until the end or the next break; sets ``done`` or moves ``start`` behind the break."""
        lines_before = self.data.count(b"\n", 0, self.start)
        # Entities stay unresolved and nothing is fetched, so the tree cannot outgrow the file; the limits huge_tree
        # lifts would let one over-long title take the rest of its volume with it.
        events = etree.iterparse(
            BytesIO(self._wrapped()),
            events=("start", "end"),
            tag=_TAGS,
            resolve_entities=False,
            load_dtd=False,
            no_network=True,
            huge_tree=True,
        )
        try:
            for event, element in events:
                self.line = max(self.line, (element.sourceline or 1) + lines_before)
                if event == "start":
                    self._open(element)
                else:
                    yield from self._close(element, lines_before)
        except etree.XMLSyntaxError as error:
            # The exception of an undefined entity carries no place; the parser's log does.
            logged = events.error_log.filter_from_errors()
            found = logged[0] if len(logged) else None
            line, column, message = (found.line, found.column, found.message) if found else (*error.position, error.msg)
            at = self._offset(line, column)
            yield from self._break(message, max(line + lines_before, self.line), at)
        else:
            self.done = True
            if not self.collection:
                yield reject(self.part, "not an Anthology file: no <collection> in it", line=1, raw=self.data)

    def _wrapped(self) -> bytes:
        return self._prefix() + memoryview(self.data)[self.start :]

    def _prefix(self) -> bytes:
        """What stands around the stretch, on one line; nothing around the first."""
        if self.start == 0:
            return b""
        inside = b"" if self.data.startswith(b"<volume", self.start) else self.head
        return f"<collection id={quoteattr(self.collection)}>".encode() + inside

    def _offset(self, line: int, column: int) -> int:
        """The byte offset in the file of a place the parser gives in the stretch."""
        if line <= 1:
            return self.start + max(column - 1 - len(self._prefix()), 0)
        at = self.start
        for _ in range(line - 1):
            found = self.data.find(b"\n", at)
            if found < 0:
                break
            at = found + 1
        return at + max(column - 1, 0)

    def _open(self, element: etree._Element) -> None:
        if element.tag == "collection":
            self.collection = element.get("id", "")
        elif element.tag == "volume":
            self.volume = Volume(collection=self.collection, id=element.get("id", ""), type=element.get("type", ""))
            self.head = _start_tag(element)

    def _close(self, element: etree._Element, lines_before: int) -> Iterator[Item]:
        if element.tag == "meta":
            parent = element.getparent()
            if parent is None or parent.tag != "volume":  # an <event> has a meta of its own
                return
            self.head = self.head.partition(b">")[0] + b">" + _one_line(element)
            self.volume, trouble = volume_of(element, self.volume, self.context.venues)
            for reason in trouble if self.volume.prefix not in self.told else ():
                self.told.add(self.volume.prefix)
                yield self._reject(element, reason, lines_before, self.volume.prefix, partial=True)
        elif element.tag == "paper":
            yield from self._paper(element, lines_before)
            _forget(element)

    def _paper(self, element: etree._Element, lines_before: int) -> Iterator[Item]:
        record = f"{self.volume.prefix}#{element.get('id', '')}"
        left_out: list[str] = []
        try:
            paper = paper_of(element, self.volume, self.context.people, left_out)
        except RecordError as error:
            yield self._reject(element, str(error), lines_before, record)
            return
        if paper.id in self.seen:
            reason = f"a second paper with the id {paper.id} in one file; the first was kept"
            yield self._reject(element, reason, lines_before, paper.id)
            return
        self.seen.add(paper.id)
        yield paper
        for reason in left_out:
            yield self._reject(element, f"left out: {reason}", lines_before, paper.id, partial=True)

    def _reject(
        self, element: etree._Element, reason: str, lines_before: int, record: str, *, partial: bool = False
    ) -> Item:
        line = (element.sourceline or 1) + lines_before
        raw = etree.tostring(element, encoding="utf-8", with_tail=False)
        return reject(self.part, reason, line=line, record=record, raw=raw, partial=partial)

    def _break(self, message: str, line: int, at: int) -> Iterator[Item]:
        here = _NEXT.search(self.data, max(at, self.start + 1))
        while here and here[1] and not self.head:  # papers need the volume around them
            here = _NEXT.search(self.data, here.end())
        is_encoding = "encoding" in message or "UTF-8" in message
        line_start = self.data.rfind(b"\n", 0, at) + 1
        utf8 = utf8_trouble(self.data[line_start : line_start + (1 << 16)], line_start) if is_encoding else None
        reason = utf8 or f"not well-formed XML: {message}"
        self.breaks += 1
        if self.breaks >= _MAX_BREAKS:
            here = None
            reason += f"; the {_MAX_BREAKS}th break of the file"
        if here:
            next_line = self.data.count(b"\n", 0, here.start()) + 1
            reason += f"; reading goes on at line {next_line}"
            self.start = here.start()
        else:
            reason += "; nothing more could be read of this file"
            self.done = True
        yield reject(self.part, reason, line=line, raw=self.data[line_start : at + 2000])


def _start_tag(element: etree._Element) -> bytes:
    attributes = "".join(f" {name}={quoteattr(value)}" for name, value in element.attrib.items())
    return f"<volume{attributes}>".encode()


def _one_line(element: etree._Element) -> bytes:
    raw: bytes = etree.tostring(element, encoding="utf-8", with_tail=False)
    return raw.replace(b"\n", b" ")


def _forget(element: etree._Element) -> None:
    """Free a paper that was read, and what stands before it, so that a file costs no more memory than a paper."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]
