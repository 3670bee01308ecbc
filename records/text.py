"""Cleaning of text that comes from outside, and the folding that makes writings comparable."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache

from anyascii import anyascii

from records.errors import RecordError

__all__ = ["check_text", "clean_text", "fold", "fold_tokens"]

# Control characters without meaning in a title or an abstract; they act as spaces.
_CONTROL = re.compile("[\x01-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]")
# Invisible and of no weight: byte order mark, soft hyphen, zero-width space, and the bidirectional overrides that make
# a text show as something it is not. Joiners (U+200C, U+200D) stay: Persian and Indic scripts need them.
_INVISIBLE = re.compile("[\ufeff\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060\u2066-\u2069]")
_APOSTROPHES = re.compile("['`\u2018\u2019\u02bb\u02bc\u00b4]")
_NOT_WORD = re.compile(r"[\W_]+")


def clean_text(text: str) -> str:
    """Text with NFC letters, control characters as spaces, invisible ones gone, runs of white space as one space.

    NUL and lone surrogates stay, so that the record's own check (:func:`check_text`) can refuse them.
    """
    if text.isascii():
        return " ".join(_CONTROL.sub(" ", text).split()) if not text.isprintable() else " ".join(text.split())
    text = _INVISIBLE.sub("", _CONTROL.sub(" ", text))
    # NFC of a string with white space collapsed is again collapsed; the other order is not always.
    return " ".join(unicodedata.normalize("NFC", text).split())


def check_text(what: str, text: str, limit: int) -> None:
    """Refuse text that no reader should let through.

    :raises RecordError: when ``text`` is longer than ``limit`` code points or holds NUL or a lone surrogate.
    """
    if len(text) > limit:
        raise RecordError(f"{what} is too long: {len(text):,} code points, at most {limit:,} are taken")
    # NUL and lone surrogates never stand in real text: they say that the bytes were something else.
    if "\x00" in text:
        at = text.index("\x00")
        raise RecordError(f"{what} holds a null character at offset {at}; the source is damaged or not text")
    if not text.isascii():
        try:
            text.encode("utf-8")
        except UnicodeEncodeError as error:
            raise RecordError(
                f"{what} holds the lone surrogate U+{ord(text[error.start]):04X} at offset {error.start}; "
                "the source is damaged or not text"
            ) from None


@lru_cache(maxsize=1 << 16)
def fold(text: str) -> str:
    """Lower-case ASCII transliteration ("Łukasz" -> "lukasz", "丁佳玙" -> "dingjiayu"); keeps spaces and marks."""
    return (text if text.isascii() else anyascii(text)).lower()


def fold_tokens(text: str) -> tuple[str, ...]:
    """Folded words: apostrophes vanish inside a word ("O'Brien" -> "obrien"), all other marks part words."""
    return tuple(_NOT_WORD.sub(" ", _APOSTROPHES.sub("", fold(text))).split())
