"""The Anthology's inline markup as plain text: ``<fixed-case>``, ``<i>``, ``<b>``, ``<url>``, ``<tex-math>``."""

from __future__ import annotations

from lxml import etree  # type: ignore[import-untyped]

from indexer.sources.latex import math_to_text
from records.errors import RecordError
from records.text import clean_text

__all__ = ["plain_text"]

_PLAIN = frozenset({"fixed-case", "i", "b", "url"})
_BLOCKS = frozenset({"p", "br"})


def plain_text(element: etree._Element) -> str:
    """The cleaned text of a title or an abstract; mathematics becomes Unicode as far as Unicode goes.

    :raises RecordError: when the text holds an entity reference (they are not resolved, on purpose).
    """
    pieces = [element.text or ""]
    for child in element:
        if child.tag not in _PLAIN or len(child):
            return clean_text("".join(_pieces(element)))
        pieces += (child.text or "", child.tail or "")
    return clean_text("".join(pieces))


def _pieces(root: etree._Element) -> list[str]:
    # Iterative: a hostile file may nest deeper than Python's stack.
    for entity in root.iter(etree.Entity):
        raise RecordError(f"the entity {entity.text} is not resolved; write the character itself")
    pieces: list[str] = []
    math: etree._Element | None = None
    for event, node in etree.iterwalk(root, events=("start", "end", "comment", "pi")):
        if event == "start" and math is None:
            math, text = _start(node)
            pieces.append(text)
        elif event != "start":
            math = None if math is node else math
            if math is None and node is not root:
                pieces.append(node.tail or "")
    return pieces


def _start(node: etree._Element) -> tuple[etree._Element | None, str]:
    """(the formula that begins here or None, the text before the first child)."""
    if node.tag == "tex-math":
        return node, math_to_text("".join(str(text) for text in node.itertext(etree.Element)))
    return None, (" " if node.tag in _BLOCKS else "") + (node.text or "")
