"""How free text becomes the parts of a name.

Hard cases go to the nameparser library through its frozen parser (no global configuration is read or written); the
two everyday shapes, "Given Family" and "Family, Given", are split here because they are most of what comes in.
"""

from __future__ import annotations

import re
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

_CJK = re.compile("[\u2e80-\u2fff\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]")
_SUFFIX = re.compile(r"(?:jr|sr)\.?|II|III|IV", re.I)
_PLAIN_WORD = re.compile(r"[^\W\d_](?:[^\W\d_]|['’-](?=[^\W\d_]))*\.?")
_INITIALS = re.compile(r"(?:[^\W\d_]\.?-?){1,3}")
_VOWELS = frozenset("AEIOUYÄÖÜÅÆØÁÉÍÓÚ")
# Titles that are never part of a name. The library's own list holds "Md." and "Abu", which are given names.
_TITLES = frozenset({"dr", "prof", "professor", "mr", "mrs", "ms", "sir", "dame", "assoc", "asst"})


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
    parts = [part.strip() for part in cleaned.split(",")]
    if len(parts) == 3 and _SUFFIX.fullmatch(parts[1]):  # BibTeX's "Family, Jr., Given"
        particle, family, _ = split_family(parts[0])
        return family, parts[2], particle, parts[1], ""
    if is_cjk(cleaned):
        return _cjk(cleaned)
    return _everyday(cleaned) or _family_marked(cleaned) or _library(cleaned)


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
    """ "Given Family", "Given M. Family", "Family, Given M." of ordinary words, else None."""
    family, comma, given = text.partition(", ")
    words = text.replace(",", "", 1).split() if comma else text.split()
    if not 2 <= len(words) <= 4 or (comma and " " in family):
        return None
    special = _special_words()
    for word in words:
        if not _PLAIN_WORD.fullmatch(word) or not word[0].isupper():
            return None
        if word.rstrip(".").lower() in special or (word.isupper() and len(word) > 1 and "." not in word):
            return None
    if comma:
        return family, given, "", "", ""
    if len(words[-1].rstrip(".")) < 2 or words[-1].isupper() or words[-1].endswith("."):
        return None
    return words[-1], " ".join(words[:-1]), "", "", ""


def _family_marked(text: str) -> NameParts | None:
    """ "Smith JK" (initials last) and "WANG Wei" or "Wei WANG" (family name in capitals), else None."""
    words = text.split()
    if "," in text or not 2 <= len(words) <= 3 or any(_SUFFIX.fullmatch(word) for word in words):
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
    native = "".join(text.split()) if _all_cjk(text) else text
    words = text.replace("，", ",").replace(",", " ").split()
    if len(words) == 2 and _all_cjk(text):
        return words[0], words[1], "", "", native
    parsed = _parser().parse(text)
    family, given = parsed.family, " ".join(part for part in (parsed.given, parsed.middle) if part)
    if not family or not given or len(family) + len(given) != len(text):
        return text, "", "", "", native
    return family, given, "", "", native


def _all_cjk(text: str) -> bool:
    return all(_CJK.match(char) or char.isspace() or char in ",，・" for char in text)


def _library(text: str) -> NameParts:
    parsed = _parser().parse(text)
    given = " ".join(part for part in (parsed.given, parsed.middle) if part)
    if parsed.nickname:
        given = f"{given} ({parsed.nickname})".lstrip()
    particle, family = parsed.family_particles, parsed.family_base
    suffix = parsed.suffix if _SUFFIX.fullmatch(parsed.suffix) else ""
    if not given and not suffix and "," not in text:  # "Md. Rahman": a degree needs a full name before it
        given = parsed.title or parsed.suffix
    if not family:
        family, given = given or parsed.title or parsed.suffix or text, ""
    if particle and not particle[0].islower():
        particle, family = "", f"{particle} {family}"
    if not any(map(str.isalpha, family)):
        return text, "", "", "", ""
    return family, given, particle, suffix, ""
