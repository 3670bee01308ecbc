"""What a name alone can carry."""

from __future__ import annotations

from records.name import Name
from records.text import fold_tokens

__all__ = ["is_full", "slug"]


def is_full(name: Name) -> bool:
    """True when a given name is written out: "Jane Smith", "J. Robert Oppenheimer"; not "J. Smith", "JK Smith"."""
    given = name.given.strip()
    if given.isascii() and given.isupper() and len(given) <= 3 and " " not in given:
        return False
    return any(len(word) > 1 for word in fold_tokens(given))


def slug(name: Name) -> str:
    """The folded name as part of an id: "jane-van-der-berg"."""
    return "-".join(name.match_key.split())
