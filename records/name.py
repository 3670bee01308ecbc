"""Personal names as parts, in the order the source meant them. A name is never a key: identity lives elsewhere.

Two people share a name and one person has many; :meth:`Name.compatible` and :attr:`Name.match_key` find *candidates*
for being one person, never decide it.
"""

from __future__ import annotations

import msgspec

from records.errors import PersonalNameError
from records.name_match import could_be_one
from records.name_parse import check_name, is_cjk, parse_name, split_family
from records.text import clean_text, fold, fold_tokens

__all__ = ["Name"]


class Name(msgspec.Struct, frozen=True, omit_defaults=True):
    """A personal name.

    ``given`` and ``family`` are as printed; ``particle`` is a family-name particle kept apart ("van der", "de"),
    ``suffix`` a generational suffix ("Jr.", "III"). A mononym has only ``family``. ``native`` is the same name in its
    own script when the source prints both ("丁佳玙").

    :raises PersonalNameError: when ``family`` is empty.
    """

    family: str
    given: str = ""
    particle: str = ""
    suffix: str = ""
    native: str = ""

    def __post_init__(self) -> None:
        if not self.family:
            raise PersonalNameError("a name needs a family name; put a mononym there")

    @classmethod
    def parse(cls, text: str) -> Name:
        """Read a name from free text.

        Takes "Last, First", "First Last", particles ("Ludwig van Beethoven"), suffixes ("King, Martin Luther, Jr."),
        initials in any spacing ("J.R.R. Tolkien", "Smith JK", "Smith, J. K."), an all-capitals family name on either
        side ("WANG Wei"), mononyms, and Chinese, Japanese and Korean names in their own script (family name first; a
        Japanese name is divided only where a space divides it). Titles ("Dr.") and degrees ("PhD") are dropped.

        :raises PersonalNameError: when the text holds no letter, a null character, or more than 300 code points.
        """
        return cls(*parse_name(text))

    @classmethod
    def of(cls, given: str, family: str, *, suffix: str = "", native: str = "") -> Name:
        """A name from parts a source keeps apart; particles ("van der Berg") and suffixes are split off ``family``.

        :raises PersonalNameError: as :meth:`parse`.
        """
        given, family, native = clean_text(given), clean_text(family), clean_text(native)
        if not family:  # a source that puts a mononym into the given name
            given, family = "", given
        check_name(f"{given} {family}")
        particle, family, found = split_family(family)
        return cls(family, given, particle, clean_text(suffix) or found, native)

    @property
    def full(self) -> str:
        """Display form, "Given particle Family, Suffix"; CJK script "FamilyGiven"."""
        if is_cjk(self.family):
            return self.family + self.given if is_cjk(self.given) else f"{self.family} {self.given}".rstrip()
        text = " ".join(part for part in (self.given, self.particle, self.family) if part)
        return f"{text}, {self.suffix}" if self.suffix else text

    @property
    def inverted(self) -> str:
        """Index form, "particle Family, Given, Suffix" (as BibTeX reads it); CJK script "FamilyGiven"."""
        if is_cjk(self.family):
            return self.full
        family = f"{self.particle} {self.family}".lstrip()
        suffix_first = (family, self.suffix, self.given) if self.suffix else (family, self.given)
        return ", ".join(part for part in suffix_first if part)

    @property
    def sort_key(self) -> str:
        """Folded "family, given particle suffix": sorts "van der Berg" under B and "Łukasiewicz" under L."""
        family = fold(self.family) or self.family.casefold()
        rest = " ".join(part for part in (self.given, self.particle, self.suffix) if part)
        return f"{family}, {fold(rest)}" if rest else family

    @property
    def initials(self) -> str:
        """Initials of the given names, "J. R. R." or "J.-P."; "" for a mononym and CJK script."""
        if is_cjk(self.given):
            return ""
        words = self.given.replace(".", ". ").split()
        marked = ("-".join(f"{part[0]}." for part in word.split("-") if part) for word in words)
        return " ".join(mark for mark in marked if mark[:1].isalpha())

    @property
    def tokens(self) -> tuple[str, ...]:
        """Folded words for search: given, particle, family, suffix, then the native form as printed."""
        latin = fold_tokens(" ".join((self.given, self.particle, self.family, self.suffix)))
        extra = tuple(part for part in (self.native,) if part)
        return latin + extra

    @property
    def match_key(self) -> str:
        """The folded full name, words separated by one space. Equal keys are candidates, not the same person."""
        words = fold_tokens(" ".join((self.given, self.particle, self.family, self.suffix)))
        return " ".join(words) or self.full.casefold()

    def compatible(self, other: Name) -> bool:
        """Could the two be writings of one name? Symmetric and reflexive, not transitive; says nothing of identity.

        Allows for initials, missing middle names, moved hyphens and spaces, swapped order, dropped particles, one of
        two family names, and "ü" written "ue". Different native forms or suffixes rule it out.
        """
        return self == other or could_be_one(
            (self.given, self.particle, self.family, self.suffix, self.native),
            (other.given, other.particle, other.family, other.suffix, other.native),
        )
