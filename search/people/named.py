"""Names that somebody types: exactly, in part where that is unambiguous, or refused with the closest ones."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from search.people.strings import StringList

__all__ = ["find_names"]

_SUGGESTED = 5
_COMPARED = 2_000
_CUTOFF = 0.6
_WORD = re.compile(r"\w+")


def find_names(names: StringList, typed: str, kind: str) -> npt.NDArray[np.int64]:
    """Places in ``names`` of what ``typed`` names, at least one.

    Those that are ``typed`` but for case and spaces; else the one that holds it, beginning with a word.

    :raises LookupError: when no name does, or several; the message lists the closest. ``kind`` says what they name.
    """
    wanted = _folded(typed)
    folded = [_folded(name) for name in names]
    same = [place for place, name in enumerate(folded) if name == wanted]
    if same:
        return np.array(same, dtype=np.int64)
    part = re.compile(rf"(?<!\w){re.escape(wanted)}")
    holding = [place for place, name in enumerate(folded) if wanted in name and part.search(name)]
    if len({folded[place] for place in holding}) == 1:
        return np.array(holding, dtype=np.int64)
    if holding:
        shortest = sorted(dict.fromkeys(folded[place] for place in holding), key=lambda name: (len(name), name))
        message = f"{kind}: {len(shortest)} names hold {typed[:60]!r}; write one of them in full"
        raise LookupError(_listed(message, names, folded, shortest))
    if not folded:
        raise LookupError(f"{kind}: no paper of this collection has one")
    close = _close(folded, wanted)
    message = f"{kind}: there is none called {typed[:60]!r}" + ("; the closest are" if close else "")
    raise LookupError(_listed(message, names, folded, close))


def _folded(name: str) -> str:
    return " ".join(name.split()).casefold()


def _close(folded: Sequence[str], wanted: str) -> list[str]:
    """Names like ``wanted`` as a whole, or else like one of their words."""
    words = {word[:3] for word in _WORD.findall(wanted)}
    distinct = dict.fromkeys(folded)
    some = [name for name in distinct if any(word[:3] in words for word in _WORD.findall(name))][:_COMPARED]
    compared = some or list(distinct)[:_COMPARED]
    close = difflib.get_close_matches(wanted, compared, n=_SUGGESTED, cutoff=_CUTOFF)
    if close:
        return close
    by_word = {word: name for name in compared for word in _WORD.findall(name)}
    return list(
        dict.fromkeys(
            by_word[like] for word in _WORD.findall(wanted) for like in difflib.get_close_matches(word, by_word, n=2)
        )
    )


def _listed(message: str, names: StringList, folded: Sequence[str], shown: Sequence[str]) -> str:
    """``message`` and the first of the names ``shown`` (folded), as they are written."""
    as_written = [names[folded.index(one)] for one in shown[:_SUGGESTED]]
    more = ", and more" if len(shown) > _SUGGESTED else ""
    listed = "; ".join(f'"{name}"' for name in as_written)
    return f"{message}: {listed}{more}" if listed else message
