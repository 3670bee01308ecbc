"""Words of the collection that a mistyped word may have been meant to be."""

from __future__ import annotations

import difflib

from search.engine import Engine, SuggestionKind
from search.text import words

__all__ = ["similar_word"]

_SHORTEST = 4
_READ = 60
_LIKE = 0.8
_TERMS: tuple[SuggestionKind, ...] = ("term",)


def similar_word(engine: Engine, word: str) -> str | None:
    """The known word most like ``word`` that begins like it, if there is one."""
    tokens = words(word)
    if len(tokens) != 1 or len(tokens[0].term) < _SHORTEST:
        return None
    folded = tokens[0].term
    known: set[str] = set()
    for length in {max(3, len(folded) * 2 // 3), 3}:
        known.update(suggestion.text for suggestion in engine.suggest(folded[:length], _READ, _TERMS))
    found = difflib.get_close_matches(folded, sorted(known - {folded}), n=1, cutoff=_LIKE)
    return found[0] if found else None
