"""How free text becomes the parts of a name.

Hard cases go to the nameparser library through its frozen parser (no global configuration is read or written); the
two everyday shapes, "Given Family" and "Family, Given", are split here because they are most of what comes in.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from functools import cache, lru_cache
from typing import TYPE_CHECKING

from records.errors import PersonalNameError
from records.text import check_text, clean_text

if TYPE_CHECKING:
    from nameparser import Parser

__all__ = ["MAX_NAME_LENGTH", "NameParts", "check_name", "is_cjk", "parse_name", "split_family"]

MAX_NAME_LENGTH = 300
"""Code points; longer is a list of people or a broken record."""

NameParts = tuple[str, str, str, str, str]
"""(family, given, particle, suffix, native), the order of :class:`records.name.Name`'s fields."""

_CJK = re.compile(
    "[\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff\U00020000-\U0003ffff]"
)
_SUFFIX = re.compile(r"(?:jr|sr)\.?|II|III|IV", re.I)
_PLAIN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?")
_WORD = re.compile(r"[^\s,;()\"“”]+")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")
_VOWELS = frozenset("AEIOUYÄÖÜÅÆØÁÉÍÓÚ")
# Titles that are never part of a name. The library's own list holds "Md." and "Abu", which are given names.
_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "sir", "dame", "assoc", "asst"})
_DEGREES = frozenset({"phd", "md", "msc", "bsc", "mba", "esq", "ms", "ma", "ba", "dphil", "mphil", "facm", "fieee"})


def is_cjk(text: str) -> bool:
    """Whether ``text`` begins in Han, kana or Hangul."""
    return bool(_CJK.match(text))


def check_name(text: str) -> None:
    """Refuse text that is no personal name.

    :raises PersonalNameError: for no letter, a null character, or more than :data:`MAX_NAME_LENGTH` code points.
    """
    try:
        check_text("a name", text, MAX_NAME_LENGTH)
    except ValueError as error:
        raise PersonalNameError(str(error)) from None
    if not any(map(str.isalpha, text)):
        raise PersonalNameError(f"a name needs a letter, this has none: {text[:80]!r}")


@cache
def _parser() -> Parser:
    import nameparser  # noqa: PLC0415 - slow to import, often not needed
    from nameparser import locales  # noqa: PLC0415 - as above

    lexicon = replace(nameparser.Lexicon.default(), titles=_TITLES, given_name_titles=frozenset())
    return nameparser.parser_for(locales.ZH, base=nameparser.Parser(lexicon, nameparser.Policy()))


@lru_cache(maxsize=1 << 17)
def parse_name(text: str) -> NameParts:
    """Split a name (see :meth:`records.name.Name.parse` for what is understood)."""
    cleaned = clean_text(text).strip(" ,;")
    check_name(cleaned)
    if is_cjk(cleaned):
        return _cjk(cleaned)
    if "," in cleaned:
        return _with_comma(cleaned)
    return _given_first(cleaned)


def _given_first(text: str) -> NameParts:
    return _everyday(text) or _family_marked(text) or _library(text)


def _with_comma(text: str) -> NameParts:
    """Shapes: "Family, Given", "Family, Jr., Given", "Family, Given, Jr.", "Given Family, Jr."; also with degrees."""
    parts = [part for part in (part.strip() for part in text.split(",")) if part and not _is_degrees(part)]
    suffixes = [part for part in parts if _SUFFIX.fullmatch(part)]
    names = [part for part in parts if not _SUFFIX.fullmatch(part)]
    if not names:
        return text, "", "", "", ""
    suffix = suffixes[0] if suffixes else ""
    if len(names) == 1:
        family, given, particle, found, native = _given_first(names[0])
        return family, given, particle, suffix or found, native
    words = " ".join(names[1:]).split()
    while len(words) > 1 and words[0].rstrip(".").lower() in _TITLES:
        words.pop(0)
    if len(words) > 1 and not suffix and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
    particle, family, found = split_family(names[0])
    return family, " ".join(words), particle, suffix or found, ""


def _is_degrees(part: str) -> bool:
    return all(_may_go(word) for word in part.split())


def split_family(family: str) -> tuple[str, str, str]:
    """(particle, family, suffix) of a printed family name: "van der Berg Jr." -> ("van der", "Berg", "Jr.").

    A particle is a leading word in lower case. "Van Durme" and "De Clercq" keep theirs: printed so, it is filed so.
    """
    words = family.split()
    suffix = ""
    if len(words) > 1 and _SUFFIX.fullmatch(words[-1]):
        suffix = words.pop()
        words[-1] = words[-1].rstrip(",") or words[-1]
    at = 0
    while at < len(words) - 1 and words[at].isalpha() and words[at].islower() and words[at].isascii():
        at += 1
    if at and not any(word[:1].isupper() or not word.islower() for word in words[at:]):
        at = 0  # "de la cruz", all in lower case: no telling where the particle ends
    return " ".join(words[:at]), " ".join(words[at:]), suffix


def _special_words() -> frozenset[str]:
    return _special_words_of(_parser())


@cache
def _special_words_of(parser: Parser) -> frozenset[str]:
    lexicon = parser.lexicon
    return frozenset().union(
        lexicon.titles,
        lexicon.suffix_acronyms,
        lexicon.suffix_acronyms_ambiguous,
        lexicon.suffix_words,
        lexicon.particles,
        lexicon.particles_ambiguous,
        lexicon.conjunctions,
        lexicon.conjunctions_ambiguous,
        lexicon.bound_given_names,
        lexicon.maiden_markers,
    )


def _everyday(text: str) -> NameParts | None:
    """Names like "Given Family" and "Given M. Family", of ordinary words; else None."""
    words = text.split()
    if not 2 <= len(words) <= 4:
        return None
    special = _special_words()
    for word in words:
        if not _PLAIN_WORD.fullmatch(word) or not word[0].isupper():
            return None
        if word.rstrip(".").lower() in special or (word.isupper() and len(word) > 1 and "." not in word):
            return None
    if len(words[-1].rstrip(".")) < 2 or words[-1].isupper() or words[-1].endswith("."):
        return None
    return words[-1], " ".join(words[:-1]), "", "", ""


def _family_marked(text: str) -> NameParts | None:
    """Names like "Smith JK" (initials last) and "WANG Wei" or "Wei WANG" (family name in capitals), else None."""
    words = text.split()
    if not 2 <= len(words) <= 3 or any(_SUFFIX.fullmatch(word) for word in words):
        return None
    last = words[-1]
    mixed = [word for word in words if not word.isupper()]
    looks_initial = last.isupper() and _INITIALS.fullmatch(last) and (len(last) == 1 or not _VOWELS & set(last))
    if len(mixed) == len(words) - 1 and (looks_initial or (last.isupper() and "." in last)):
        particle, family, _ = split_family(" ".join(words[:-1]))
        return family, last, particle, "", ""
    shouted = [word for word in words if word.isupper() and len(word) > 1 and "." not in word and _VOWELS & set(word)]
    if len(shouted) == 1 and len(mixed) >= 1 and words.index(shouted[0]) in {0, len(words) - 1}:
        rest = [word for word in words if word is not shouted[0]]
        return shouted[0], " ".join(rest), "", "", ""
    return None


def _cjk(text: str) -> NameParts:
    text = text.replace("，", ",").replace(",", " ")
    words = text.split()
    native = "".join(words) if _all_cjk(text) else " ".join(words)
    if len(words) == 2 and _all_cjk(text):
        return words[0], words[1], "", "", native
    parsed = _parser().parse(text)
    family, given = parsed.family, " ".join(part for part in (parsed.given, parsed.middle) if part)
    if not family or not given or len(family) + len(given) != len(text):
        return text, "", "", "", native
    return family, given, "", "", native


def _all_cjk(text: str) -> bool:
    return all(_CJK.match(char) or char.isspace() or char == "・" for char in text)


def _library(text: str) -> NameParts:
    parsed = _parser().parse(text)
    given = " ".join(part for part in (parsed.given, parsed.middle) if part)
    if parsed.nickname:
        given = f"{given} ({parsed.nickname})".lstrip()
    particle, family = parsed.family_particles, parsed.family_base
    suffix = parsed.suffix if _SUFFIX.fullmatch(parsed.suffix) else ""
    if not given and not suffix:  # "Md. Rahman": a degree needs a full name before it
        given = parsed.title or parsed.suffix
    if not family:
        family, given = given or parsed.title or parsed.suffix or text, ""
    if particle and not particle[0].islower():
        particle, family = "", f"{particle} {family}"
    if not any(map(str.isalpha, family)) or _lost(text, f"{given} {particle} {family} {suffix}"):
        return _plainly(text)
    return family, given, particle, suffix, ""


def _lost(text: str, kept: str) -> bool:
    """Whether the library dropped a word that may be a name, or moved one (it takes particles out of the middle)."""
    words, kept_words = _WORD.findall(text), _WORD.findall(kept)
    if not all(map(_may_go, Counter(words) - Counter(kept_words))):
        return True
    remaining = iter(words)
    return not all(word in remaining for word in kept_words)


def _may_go(word: str) -> bool:
    letters = word.replace(".", "").lower()
    looks_degree = letters == "esq" or sum(map(str.isupper, word)) > 1  # "Ph.D.", "MD", but not "Ma", "Md."
    return letters in _TITLES or (letters in _DEGREES and looks_degree)


def _plainly(text: str) -> NameParts:
    """Without the library: cut before the last word and the particles in front of it."""
    words = text.split()
    at = len(words) - 1
    while at > 1 and words[at - 1].islower():
        at -= 1
    particle, family, suffix = split_family(" ".join(words[at:]))
    return family, " ".join(words[:at]), particle, suffix, ""
