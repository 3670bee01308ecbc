"""Text analysis that every engine and every rule on top of engines must agree on.

Analysis has two steps. :func:`prepare` is ours and runs before any engine sees a text, when indexing and when querying:
it unifies compatibility forms, takes accents off, cuts at :data:`WORD_PATTERN` and lowers the case. What follows is
simple enough for every engine's native code: split at spaces, and for English fields drop :data:`STOPWORDS` and stem
(Snowball English, "Porter2"). :func:`analyze` states both steps in Python for everything done outside engines
(highlights, rare-word guards) and is what the contract suite compares engines with.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Container
from functools import lru_cache
from typing import NamedTuple

import regex  # type: ignore[import-untyped]
import Stemmer
from anyascii import anyascii

__all__ = [
    "STOPWORDS",
    "WORD_PATTERN",
    "Token",
    "analyze",
    "fold",
    "occurrences",
    "prepare",
    "stem",
    "title_key",
    "words",
]

WORD_PATTERN = (
    r"[A-Za-z](?:\+\+|#)"
    r"|[\p{Han}\p{Hiragana}\p{Katakana}]"
    r"|[[\p{L}\p{M}\p{N}]--[\p{Han}\p{Hiragana}\p{Katakana}]]{1,64}"
)
"""What a word is, in folded text (syntax of the ``regex`` package and of Rust).

A Han or kana character is a token of its own; other scripts run on, cut at 64 characters so that no engine refuses or
drops an overlong term. A letter with ``++`` or ``#`` is a token: C++ is not C.
"""

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

_STOPPED = frozenset(STOPWORDS)
_WORD = regex.compile(WORD_PATTERN, regex.VERSION1)
_ASCII_WORD = re.compile(r"[A-Za-z](?:\+\+|#)|[A-Za-z0-9]{1,64}")
_NOT_ALPHANUMERIC = regex.compile(r"[^0-9a-z]+")
# A character that NFKC may change and all that can combine with it: marks, conjoining jamo, half-width voicing marks.
_CLUSTER = regex.compile(
    r"[\p{M}\u1160-\u11FF\uFF9E\uFF9F]+|.[\p{M}\u1160-\u11FF\uFF9E\uFF9F]+|[^\x00-\x7F]", regex.DOTALL
)
_LATIN = regex.compile(r"[\p{Latin}--[\x00-\x7F]]", regex.VERSION1)
_GREEK_CYRILLIC = regex.compile(r"[\p{Greek}\p{Cyrillic}]")
# Marks that Latin, Greek, Cyrillic, Arabic and Hebrew writing can do without. Marks of other scripts are vowels.
_OPTIONAL_MARK = regex.compile(
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670]+"
)
# Letters by category that are written as apostrophes, the sigma that ends a word, invisible joiners within words, and
# printers' punctuation (which is no word in any case, but as ASCII it lets most texts take the quick ways).
_REPLACED = str.maketrans(
    dict.fromkeys("ʹʺʻʼʽʾʿˈˊˋ‘’‚‛′", "'")
    | dict.fromkeys("“”„‟″", '"')
    | dict.fromkeys("‐‑‒–—―−", "-")
    | dict.fromkeys("•·…×", " ")
    | dict.fromkeys("\u00ad\u2060\ufeff", "")
    | {"ς": "σ"}
)


class Token(NamedTuple):
    """A term and where it stands: half-open code-point offsets into the text given, and the position among words.

    Stopwords leave gaps in the positions.
    """

    term: str
    start: int
    end: int
    position: int


def fold(text: str) -> str:
    """``text`` with compatibility forms unified and accents taken off; case stays.

    Latin letters become ASCII (``é`` e, ``ß`` ss, ``ﬁ`` fi), Greek and Cyrillic ones lose their accents, optional
    vowel marks of Hebrew and Arabic vanish, as do soft hyphens. Other scripts are only brought to NFKC.
    """
    if text.isascii():
        return text
    folded: str = _CLUSTER.sub(lambda match: _fold_cluster(match[0]), text)
    return folded


def prepare(text: str) -> str:
    """What engines index and search instead of ``text``: its folded words in lower case, one space between two."""
    if text.isascii():
        return " ".join(_ASCII_WORD.findall(text)).lower()
    folded = fold(text)
    if folded.isascii():
        return " ".join(_ASCII_WORD.findall(folded)).lower()
    return _lower(" ".join(_WORD.findall(folded)))


def words(text: str) -> list[Token]:
    """The words of ``text``, folded and in lower case, neither stemmed nor stopped: names, venues, raw vocabulary."""
    if text.isascii():
        return [
            Token(match[0].lower(), match.start(), match.end(), position)
            for position, match in enumerate(_ASCII_WORD.finditer(text))
        ]
    folded, origin = _fold_with_origin(text)
    return [
        Token(_lower(match[0]), origin[match.start()][0], origin[match.end() - 1][1], position)
        for position, match in enumerate(_WORD.finditer(folded))
    ]


def analyze(text: str, *, english: bool = True) -> list[Token]:
    """The terms of ``text`` as engines index them.

    ``english`` is the analysis of title and abstract (no stopwords, stemmed); without it that of names, venues and
    affiliations (:func:`words`).
    """
    found = words(text)
    if not english:
        return found
    return [
        Token(stem(token.term), token.start, token.end, token.position) for token in found if token.term not in _STOPPED
    ]


def occurrences(text: str, terms: Container[str]) -> list[Token]:
    """Those of the terms that :func:`analyze` finds in ``text`` (as English) that are among ``terms``."""
    if text.isascii():  # without a token for every word in between
        return [
            Token(term, match.start(), match.end(), position)
            for position, match in enumerate(_ASCII_WORD.finditer(text))
            if (word := match[0].lower()) not in _STOPPED and (term := stem(word)) in terms
        ]
    return [token for token in analyze(text) if token.term in terms]


@lru_cache(maxsize=1 << 16)
def stem(word: str) -> str:
    """The Snowball English stem of a folded word in lower case."""
    # A stemmer keeps a buffer of its own, so one is made for each call that misses the cache: threads share nothing.
    stemmed: str = Stemmer.Stemmer("english", 0).stemWord(word)
    return stemmed


def title_key(title: str) -> str:
    """Fold a title to letters and digits so that two printings of one title compare equal.

    Case, accents, punctuation, spacing and markup differences vanish; scripts are romanised by ``anyascii``.
    """
    key: str = _NOT_ALPHANUMERIC.sub("", anyascii(unicodedata.normalize("NFKC", title)).lower())
    return key


def _lower(text: str) -> str:
    # Lowering writes a sigma that ends a word in its own shape, whatever stood there before.
    return text.lower() if text.isascii() else text.lower().replace("ς", "σ")


@lru_cache(maxsize=1 << 14)
def _fold_cluster(cluster: str) -> str:
    composed = unicodedata.normalize("NFKC", cluster).translate(_REPLACED)
    romanised = _LATIN.sub(lambda match: anyascii(match[0]), composed)
    bare = _GREEK_CYRILLIC.sub(lambda match: unicodedata.normalize("NFD", match[0])[0], romanised)
    unmarked: str = _OPTIONAL_MARK.sub("", bare)
    return unmarked


def _fold_with_origin(text: str) -> tuple[str, list[tuple[int, int]]]:
    """The folded text and, for each of its characters, the half-open span of ``text`` it comes from."""
    parts: list[str] = []
    origin: list[tuple[int, int]] = []
    end = 0
    for match in _CLUSTER.finditer(text):
        parts.append(text[end : match.start()])
        origin.extend((i, i + 1) for i in range(end, match.start()))
        folded = _fold_cluster(match[0])
        parts.append(folded)
        origin.extend([match.span()] * len(folded))
        end = match.end()
    parts.append(text[end:])
    origin.extend((i, i + 1) for i in range(end, len(text)))
    return "".join(parts), origin
