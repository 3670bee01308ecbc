"""Text analysis that every engine and every rule on top of engines must agree on.

An engine analyses in its own native code; this module states the same analysis for everything done outside engines
(highlights, title keys, rare-word guards) and is what the contract suite compares engines with.
"""

from __future__ import annotations

import re
import unicodedata

from anyascii import anyascii

__all__ = ["STOPWORDS", "WORD_PATTERN", "title_key"]

WORD_PATTERN = r"[\p{Han}\p{Hiragana}\p{Katakana}]|[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}]]+"
"""Rust-regex tokenizer of analysed fields: a Han or kana character is a token of its own, other scripts run on."""

STOPWORDS: tuple[str, ...] = (
    "a",
    "an",
    "and",
    "are",
    "as",
    "at",
    "be",
    "but",
    "by",
    "for",
    "if",
    "in",
    "into",
    "is",
    "it",
    "no",
    "not",
    "of",
    "on",
    "or",
    "such",
    "that",
    "the",
    "their",
    "then",
    "there",
    "these",
    "they",
    "this",
    "to",
    "was",
    "will",
    "with",
)
"""Words too common to search in title and abstract (Lucene's English list). Phrases keep their positions."""

_NOT_ALPHANUMERIC = re.compile(r"[^0-9a-z]+")


def title_key(title: str) -> str:
    """Fold a title to letters and digits so that two printings of one title compare equal.

    Case, accents, punctuation, spacing and markup differences vanish; scripts are romanised by ``anyascii``.
    """
    return _NOT_ALPHANUMERIC.sub("", anyascii(unicodedata.normalize("NFKC", title)).lower())
