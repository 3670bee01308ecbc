"""LaTeX to Unicode text, through pylatexenc; whatever it cannot read stays as it was written."""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pylatexenc.latex2text import LatexNodes2Text

__all__ = ["latex_to_text", "math_to_text"]

_MARKED = re.compile(r"[\\{}$~%^_&]|``|''|--")
_BARE_PERCENT = re.compile(r"(?<!\\)%")

_DOCUMENT_MACROS = ("title", "author", "date", "maketitle", "input", "include")
_LIBRARY_ERRORS = (AttributeError, IndexError, KeyError, TypeError, ValueError, RecursionError)
"""What the converter trips over when its tolerant parser left a hole, such as a macro without its argument."""

_MAX_MATH = 2_000
"""Code points of one formula that are converted; a longer one is a table or a hostile file and stays as it is."""

_MAX_DEPTH = 50
"""Braces within braces; the parser calls itself for each."""


@cache
def _converter() -> LatexNodes2Text:
    from pylatexenc import latex2text  # noqa: PLC0415 - slow to import, needed by some records only

    # A text is no document: these macros would read files, or keep one record's text for the next.
    documents = [latex2text.MacroTextSpec(name, simplify_repl="") for name in _DOCUMENT_MACROS]
    context = latex2text.get_default_latex_context_db()
    context.add_context_category("no-documents", macros=documents, prepend=True)
    return latex2text.LatexNodes2Text(context, math_mode="text", strict_latex_spaces=False)


def math_to_text(tex: str) -> str:
    r"""A formula as one reads it: "\alpha \neq x^2" becomes "α≠x^2"."""
    return latex_to_text(tex) if len(tex) <= _MAX_MATH else tex


@lru_cache(maxsize=1 << 14)
def latex_to_text(tex: str) -> str:
    """Text with macros, accents and braces resolved. Text without any comes back as it is.

    A conversion that would leave nothing of the text gives the text itself.
    """
    if not _MARKED.search(tex) or _depth(tex) > _MAX_DEPTH:
        return tex
    # A bare percent sign begins a comment in LaTeX; in a title or an abstract it is a percent sign.
    try:
        converted: str = _converter().latex_to_text(_BARE_PERCENT.sub(r"\\%", tex))
    except _LIBRARY_ERRORS:
        return tex
    return converted if converted.strip() else tex


def _depth(tex: str) -> int:
    depth = deepest = 0
    for char in tex:
        depth += (char == "{") - (char == "}")
        deepest = max(deepest, depth)
    return deepest
