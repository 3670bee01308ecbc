"""Could two names be writings of one? The rules behind :meth:`records.name.Name.compatible`."""

from __future__ import annotations

import re
from functools import lru_cache

from records.text import fold, fold_tokens

__all__ = ["could_be_one"]

_Parts = tuple[str, str, str, str, str]
"""(given, particle, family, suffix, native)."""

_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_WORD = re.compile(r"[^\W_]+\.?")
_SUFFIX_WORDS = {"junior": "jr", "senior": "sr", "2nd": "ii", "3rd": "iii"}


def could_be_one(a: _Parts, b: _Parts) -> bool:
    """Symmetric, permissive comparison of two names given as parts."""
    if a[4] and b[4]:
        return _squash(a[4]) == _squash(b[4])
    if _is_native_of(a, b) or _is_native_of(b, a):
        return True
    if a[3] and b[3] and _suffix(a[3]) != _suffix(b[3]):
        return False
    all_a, all_b = _words(a), _words(b)
    if "".join(all_a) == "".join(all_b) or (len(all_a) > 1 and sorted(all_a) == sorted(all_b)):
        return True
    # A source that swapped given and family name keeps every word; try both readings of either side.
    return (
        (_families(a[1], a[2], b[1], b[2]) and _givens(a[0], b[0]))
        or (bool(b[0]) and _families(a[1], a[2], "", b[0]) and _givens(a[0], f"{b[1]} {b[2]}"))
        or (bool(a[0]) and _families(b[1], b[2], "", a[0]) and _givens(b[0], f"{a[1]} {a[2]}"))
    )


def _squash(text: str) -> str:
    return "".join(char for char in text.casefold() if char.isalnum())


def _is_native_of(native: _Parts, other: _Parts) -> bool:
    return bool(other[4]) and _squash(native[2] + native[0]) == _squash(other[4])


def _suffix(text: str) -> str:
    word = _squash(fold(text))
    return _SUFFIX_WORDS.get(word, word)


def _words(name: _Parts) -> tuple[str, ...]:
    return fold_tokens(" ".join(name[:3]))


def _families(particle_a: str, family_a: str, particle_b: str, family_b: str) -> bool:
    forms_a, forms_b = _family_forms(particle_a, family_a), _family_forms(particle_b, family_b)
    if forms_a & forms_b:
        return True
    words_a, words_b = fold_tokens(family_a), fold_tokens(family_b)
    # One of two family names: "García Márquez" and "García".
    return bool(words_a and words_b) and (
        (len(words_a) == 1 < len(words_b) and words_a[0] == words_b[0] and len(words_a[0]) > 1)
        or (len(words_b) == 1 < len(words_a) and words_a[0] == words_b[0] and len(words_b[0]) > 1)
    )


@lru_cache(maxsize=1 << 15)
def _family_forms(particle: str, family: str) -> frozenset[str]:
    forms = set()
    for text in (family, family.translate(_DIGRAPHS)):
        base = "".join(fold_tokens(text))
        forms.update({base, "".join(fold_tokens(particle)) + base})
    forms.discard("")
    return frozenset(forms)


@lru_cache(maxsize=1 << 15)
def _given_words(given: str) -> tuple[tuple[str, bool], ...]:
    """(folded word, is it an abbreviation) of each given name; "J.-P." and "Jean-Pierre" are two words each."""
    words = []
    for match in _WORD.finditer(given.replace("'", "").replace("’", "")):
        folded = "".join(fold_tokens(match[0]))
        if folded:
            words.append((folded, len(folded) == 1 or (match[0].endswith(".") and len(folded) <= 3)))
    return tuple(words)


def _givens(given_a: str, given_b: str) -> bool:
    words_a, words_b = _given_words(given_a), _given_words(given_b)
    if not words_a or not words_b:
        return not words_a and not words_b
    joined_a, joined_b = "".join(word for word, _ in words_a), "".join(word for word, _ in words_b)
    if joined_a == joined_b:
        return True
    readings_a = (words_a, _as_initials(given_a, words_a))
    readings_b = (words_b, _as_initials(given_b, words_b))
    return any(_aligned(a, b) for a in readings_a if a for b in readings_b if b)


def _as_initials(given: str, words: tuple[tuple[str, bool], ...]) -> tuple[tuple[str, bool], ...]:
    """The reading of "JK" as "J. K.": two or three capitals standing alone; () where there is none."""
    if len(words) == 1 and 2 <= len(words[0][0]) <= 3 and given.strip(" .").isupper():
        return tuple((char, True) for char in words[0][0])
    return ()


def _aligned(a: tuple[tuple[str, bool], ...], b: tuple[tuple[str, bool], ...]) -> bool:
    """The shorter list of given names goes into the longer in order, from the first name or through a full one."""
    short, long = (a, b) if len(a) <= len(b) else (b, a)
    starts = [0] + [index for index, word in enumerate(long) if index and word in short and not word[1]]
    return any(_subsequence(short, long[start:]) for start in starts if start + len(short) <= len(long))


def _subsequence(short: tuple[tuple[str, bool], ...], long: tuple[tuple[str, bool], ...]) -> bool:
    if not short:
        return True
    if not long or not _same_given(short[0], long[0]):
        return False
    return any(_subsequence(short[1:], long[skip:]) for skip in range(1, len(long) + 1)) or len(short) == 1


def _same_given(a: tuple[str, bool], b: tuple[str, bool]) -> bool:
    (word_a, short_a), (word_b, short_b) = a, b
    return word_a == word_b or (short_a and word_b.startswith(word_a)) or (short_b and word_a.startswith(word_b))
