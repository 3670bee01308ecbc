"""Data on stdout: one JSON document, JSON lines, or text for people."""

from __future__ import annotations

import html
import re
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pydantic import BaseModel
    from rich.console import Console

__all__ = ["console", "count", "emit_csv", "emit_json", "emit_model", "marked", "note", "plain", "table"]

_UNBROKEN = 100_000
_MARK = re.compile(r"(</?mark>)")
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")


def emit_json(document: Any) -> None:
    """Print ``document`` (structs, dataclasses, plain values) as one line of JSON."""
    import msgspec

    sys.stdout.write(msgspec.json.encode(document).decode() + "\n")


def emit_model(model: BaseModel, include: set[str] | None = None) -> None:
    """Print a pydantic model as one line of JSON; with ``include`` these of its fields only."""
    sys.stdout.write(model.model_dump_json(include=include) + "\n")


def emit_csv(rows: Iterable[BaseModel], model: type[BaseModel], *, header: bool = True) -> None:
    """Print models of one kind as comma-separated values, as the API writes them."""
    from api.formats.table import as_csv

    sys.stdout.write(as_csv(rows, model, header=header))


def note(message: str) -> None:
    """Tell people something beside the data, on stderr."""
    sys.stderr.write(message + "\n")


@lru_cache(maxsize=1)
def console() -> Console:
    """Text for people on stdout. Lines are not broken when they go to a file or a pipe."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else _UNBROKEN
    return Console(highlight=False, markup=False, emoji=False, soft_wrap=True, width=width)


def plain(text: str) -> str:
    """``text`` without control characters, which could make a terminal do things."""
    return _CONTROL.sub(" ", text)


def marked(fragment: str) -> Any:
    """A highlight as rich text: what stands in ``<mark>`` becomes bold."""
    from rich.text import Text

    text = Text()
    bold = False
    for piece in _MARK.split(fragment):
        if piece in {"<mark>", "</mark>"}:
            bold = piece == "<mark>"
        else:
            text.append(plain(html.unescape(piece)), "bold yellow" if bold else "")
    return text


def count(number: float, unit: str = "") -> str:
    """A number for people: whole ones with thousands separated, others with four digits; the unit in one or many."""
    shown = f"{number:,.0f}" if float(number).is_integer() else f"{number:.4g}"
    if not unit:
        return shown
    return f"{shown} {unit[:-1] if number == 1 and unit.endswith('s') else unit}"


def table(columns: Sequence[str], rows: Iterable[Sequence[Any]], *, right: Sequence[int] = ()) -> None:
    """Print rows under column names; columns whose position is in ``right`` hold numbers."""
    from rich.table import Table
    from rich.text import Text

    made = Table(box=None, pad_edge=False, header_style="bold", padding=(0, 2, 0, 0))
    for position, name in enumerate(columns):
        made.add_column(name, justify="right" if position in right else "left", overflow="fold")
    for row in rows:
        made.add_row(*(Text(plain(str(cell))) for cell in row))
    console().print(made)
