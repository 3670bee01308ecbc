"""Names, affiliations and ids of people as arrays: what people are found by, on every engine alike.

They are a group of arrays of their own beside :class:`~search.people.arrays.PeopleArrays`, made from the people that a
build writes. Positions are those of people in ascending order of id.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import numpy.typing as npt

from records.author import Author
from records.errors import GenerationError, GraphError
from records.ids import ExternalId
from search.document import name_forms
from search.engine import Engine
from search.people.phrases import PhraseIndex, PhraseMaker, Readings
from search.people.strings import StringList
from search.people.typos import Misspellings
from search.text import prepare

__all__ = ["NAMES", "NamesArrays", "NamesMaker", "open_names"]

NAMES = "names"
"""The name under which an engine keeps these arrays."""

_VERSION = 1
_DIGRAPHS = str.maketrans({"ä": "ae", "ö": "oe", "ü": "ue", "ø": "oe", "å": "aa", "Ä": "Ae", "Ö": "Oe", "Ü": "Ue"})
_CHUNK = re.compile(r"[^\s,]+")


class NamesArrays:
    """What people are found by.

    ``names`` and ``affiliations``: every printing of a name and of an affiliation, by word. ``ids``: external ids
    ("orcid:0000-..."), ascending, with ``id_owners`` (int32), whose each is.
    """

    def __init__(
        self, names: PhraseIndex, affiliations: PhraseIndex, ids: StringList, id_owners: npt.NDArray[np.int32]
    ) -> None:
        self.names = names
        self.affiliations = affiliations
        self.ids = ids
        self.id_owners = id_owners
        self._making = threading.Lock()
        self._misspellings: Misspellings | None = None

    @property
    def misspellings(self) -> Misspellings:
        """Near words of the vocabulary of names, made when they are first asked for."""
        if self._misspellings is None:
            with self._making:
                if self._misspellings is None:
                    self._misspellings = Misspellings(self.names.vocabulary)
        return self._misspellings

    def with_id(self, identifier: ExternalId) -> list[int]:
        """Who has ``identifier`` or one that means the same, ascending."""
        found: set[int] = set()
        for wanted in (str(identifier), *map(str, identifier.equivalents())):
            start = end = self.ids.bisect(wanted)
            while end < len(self.ids) and self.ids[end] == wanted:
                end += 1
            found.update(self.id_owners[start:end].tolist())
        return sorted(found)

    def similar(self, word: str, *, initial: bool = True) -> Readings:
        """Words that ``word`` may stand for besides itself: words with a typing error or two, and its ``initial``."""
        positions, errors = self.misspellings.of(word)
        letter = self.names.vocabulary.find(word[0]) if initial and len(word) > 1 else None
        if letter is None:
            return Readings(positions, 1.0 - 0.3 * errors.astype(np.float64))
        words = np.append(positions, np.int32(letter))
        return Readings(words, np.append(1.0 - 0.3 * errors, 0.5 + 0.5 / len(word)))

    def pack(self) -> dict[str, npt.NDArray[Any]]:
        """All of it as arrays by name, for :meth:`search.engine.GenerationWriter.add_arrays`."""
        return {
            "version": np.array([_VERSION], dtype=np.int64),
            **self.names.pack("names"),
            **self.affiliations.pack("affiliations"),
            "ids.data": self.ids.data,
            "ids.offsets": self.ids.offsets,
            "id_owners": self.id_owners,
        }

    @classmethod
    def unpack(cls, arrays: Mapping[str, npt.NDArray[Any]]) -> NamesArrays:
        """What :meth:`pack` packed.

        :raises GenerationError: when arrays are missing, or of another version.
        """
        try:
            version = int(arrays["version"][0])
            if version != _VERSION:
                raise GenerationError(f"the arrays of names have version {version}, not {_VERSION}; build again")
            return cls(
                PhraseIndex.unpack("names", arrays),
                PhraseIndex.unpack("affiliations", arrays),
                StringList(arrays["ids.data"], arrays["ids.offsets"]),
                arrays["id_owners"],
            )
        except KeyError as error:
            raise GenerationError(f"the array {error} of names is missing; build again (scholarcore build)") from error


class NamesMaker:
    """Takes the people a build writes, in ascending order of id, and makes the arrays at the end."""

    def __init__(self) -> None:
        self._names, self._affiliations = PhraseMaker(), PhraseMaker()
        self._ids: list[tuple[str, int]] = []
        self._count = 0
        self._last = ""

    def add(self, authors: Iterable[Author]) -> None:
        """Take the next people.

        :raises GraphError: when ids do not ascend.
        """
        for author in authors:
            if self._count and author.id <= self._last:
                raise GraphError(f"people must come in ascending order of id: {author.id!r} came after {self._last!r}")
            self._last = author.id
            for form in dict.fromkeys(form for name in (author.name, *author.variants) for form in name_forms(name)):
                self._names.add(self._count, prepare(form).split(), _other_words(form))
            for text in dict.fromkeys(affiliation.text for affiliation in author.affiliations):
                self._affiliations.add(self._count, prepare(text).split())
            self._ids.extend((str(identifier), self._count) for identifier in author.ids)
            self._count += 1

    def make(self) -> NamesArrays:
        """The arrays of everyone taken."""
        ids = sorted(self._ids)
        owners = np.array([owner for _, owner in ids], dtype=np.int32)
        return NamesArrays(
            self._names.make(), self._affiliations.make(), StringList.of(text for text, _ in ids), owners
        )


def _other_words(form: str) -> list[str]:
    """Other spellings of a printed name's words: "Wei-Ming" as weiming, "O'Brien" as obrien, "Müller" as mueller."""
    found = []
    for chunk in _CHUNK.findall(form):
        parts = prepare(chunk).split()
        if len(parts) > 1 and not any(len(part) == 1 and not part.isascii() for part in parts):
            found.append("".join(parts))
    other = form.translate(_DIGRAPHS)
    return found + prepare(other).split() if other != form else found


def open_names(engine: Engine) -> NamesArrays:
    """The names of the engine's current generation.

    :raises GenerationError: when it was built without them.
    """
    arrays = engine.arrays(NAMES)
    if not arrays:
        raise GenerationError("this index was built without the arrays of names; build again (scholarcore build)")
    return NamesArrays.unpack(arrays)
