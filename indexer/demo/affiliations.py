"""Affiliations the way papers print them: full, abbreviated, in another order, or the bare institution."""

from __future__ import annotations

import re
from functools import cache

from anyascii import anyascii

from indexer.demo.places import Institutions, countries
from indexer.demo.vocabulary import Vocabulary
from records.name import Name
from records.paper import Affiliation

__all__ = ["STYLES", "AffiliationPrinter"]

STYLES = 6
"""Ways to print an affiliation."""
_SHORT = {
    "University": "Univ.",
    "Universität": "Univ.",
    "Université": "Univ.",
    "Universidad": "Univ.",
    "Universidade": "Univ.",
    "Università": "Univ.",
    "Institute": "Inst.",
    "Institut": "Inst.",
    "Instituto": "Inst.",
    "Technology": "Technol.",
    "Technische": "Tech.",
    "Science": "Sci.",
    "Sciences": "Sci.",
    "Medical": "Med.",
    "Medicine": "Med.",
    "National": "Nat.",
    "Hospital": "Hosp.",
    "Research": "Res.",
    "Computer": "Comput.",
    "Engineering": "Eng.",
    "Physics": "Phys.",
    "Chemistry": "Chem.",
    "Biology": "Biol.",
    "Mathematics": "Math.",
    "Economics": "Econ.",
    "Psychology": "Psychol.",
    "Mechanical": "Mech.",
    "Electrical": "Electr.",
    "Applied": "Appl.",
    "Molecular": "Mol.",
    "Information": "Inf.",
    "Systems": "Syst.",
    "Linguistics": "Ling.",
    "Polytechnic": "Polytech.",
}


@cache
def _short(text: str) -> str:
    return " ".join(_SHORT.get(word, word) for word in text.split(" "))


class AffiliationPrinter:
    """Prints affiliations; each distinct one is made once."""

    def __init__(self, institutions: Institutions, vocabulary: Vocabulary) -> None:
        self._institutions = institutions
        self._departments = [f.departments for f in vocabulary.fields]
        self._country = institutions.country.tolist()
        self._made: dict[int, Affiliation] = {}

    def printed(self, place: int, department: int, style: int, *, linked: bool) -> Affiliation:
        """An affiliation; ``department`` is field * 8 + number, ``linked`` whether the source knows the institution."""
        key = ((place * 128 + department) * STYLES + style) * 2 + linked
        made = self._made.get(key)
        if made is None:
            country = countries()[self._country[place]]
            made = Affiliation(
                text=self._text(place, department, style),
                institution_id=self._institutions.identifier(place) if linked else None,
                country=country.code if linked or style != 4 else None,
            )
            self._made[key] = made
        return made

    def _text(self, place: int, department: int, style: int) -> str:
        name, town = self._institutions.names[place], self._institutions.towns[place]
        printed = countries()[self._country[place]].printed
        country = printed[(place + style) % len(printed)]
        unit = self._departments[department // 8][department % 8]
        match style:
            case 0:
                return f"Department of {unit}, {name}, {town}, {country}"
            case 1:
                return f"Dept. of {_short(unit)}, {_short(name)}, {town}, {country}"
            case 2:
                return f"{name}, {country}"
            case 3:
                return f"{name}, Department of {unit}, {town}, {country}"
            case 4:
                return name
            case _:
                return f"School of {unit}, {_short(name)}, {10000 + place * 37 % 89999} {town}, {country}"

    def email(self, name: Name, place: int) -> str:
        """A mail address at the institution."""
        local = ".".join(re.findall(r"[a-z]+", anyascii(f"{name.given[:1]} {name.family}").lower()))
        return f"{local}@{self._institutions.domains[place]}"
