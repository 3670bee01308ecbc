"""What a printed name says: the parts of it that agree, differ, or are common."""

from __future__ import annotations

from functools import lru_cache
from typing import NamedTuple

from records.errors import PersonalNameError
from records.name import Name
from records.text import fold_tokens

__all__ = ["Writing", "could_be_one_person", "read_name"]

_CACHE = 1 << 17


class Writing(NamedTuple):
    """``full`` and ``loose`` (first initial and family name) are keys; ``first`` is "" where only initials are printed.

    ``middle`` is the initial of the second given name, or "".
    """

    full: str
    loose: str
    first: str
    middle: str


@lru_cache(maxsize=_CACHE)
def read_name(text: str) -> Writing:
    """The parts of a printed name; what is no name at all ("???") stands for itself."""
    try:
        name = Name.parse(text)
    except PersonalNameError:
        return Writing(text, text, "", "")
    family = "".join(fold_tokens(f"{name.particle} {name.family}")) or name.family
    given = fold_tokens(name.given)
    initial = given[0][0] if given else ""
    first = given[0] if given and len(given[0]) > 1 else ""
    middle = given[1][0] if len(given) > 1 else ""
    return Writing(f"{' '.join(given)}|{family}", f"{initial}|{family}", first, middle)


@lru_cache(maxsize=_CACHE)
def could_be_one_person(one: str, other: str) -> bool:
    """Whether two printed names are compatible (:meth:`records.name.Name.compatible`)."""
    try:
        return Name.parse(one).compatible(Name.parse(other))
    except PersonalNameError:
        return one == other
