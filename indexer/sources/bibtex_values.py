"""Values of BibTeX fields: ``{braces}``, ``"quotes"``, numbers, macros, and ``#`` between them."""

from __future__ import annotations

from collections.abc import Mapping

__all__ = ["resolve"]

_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]


def resolve(raw: str, macros: Mapping[str, str]) -> tuple[str, list[str]]:
    """The text of a raw value, and the macros in it that are not defined (those stay as their name).

    ``macros`` has lower-case keys; the twelve months are always defined, as themselves.
    """
    text: list[str] = []
    unknown: list[str] = []
    for piece in _pieces(raw):
        if len(piece) > 1 and (piece[0], piece[-1]) in {("{", "}"), ('"', '"')}:
            text.append(piece[1:-1])
        elif piece.isdigit() or piece.lower() in _MONTHS or not piece:
            text.append(piece)
        elif piece.lower() in macros:
            text.append(macros[piece.lower()])
        else:
            text.append(piece)
            unknown.append(piece)
    return "".join(text).strip(), unknown


def _pieces(raw: str) -> list[str]:
    """The parts of a concatenation: cut at "#" outside of braces and quotes."""
    if "#" not in raw:
        return [raw.strip()]
    pieces: list[str] = []
    depth, quoted, start = 0, False, 0
    for at, char in enumerate(raw):
        if char == '"' and depth == 0:
            quoted = not quoted
        elif char in "{}" and (at == 0 or raw[at - 1] != "\\"):
            depth += 1 if char == "{" else -1
        elif char == "#" and depth == 0 and not quoted:
            pieces.append(raw[start:at].strip())
            start = at + 1
    return [*pieces, raw[start:].strip()]
