"""Who people of the input are in the collection."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from records.name import Name
from search.conflicts.model import Person
from search.people import People, PeopleArrays
from search.people.find import people_named

__all__ = ["Identities", "Identity"]

_CANDIDATES = 20


@dataclass(frozen=True, slots=True)
class Identity:
    """A position in the arrays of people (None: unknown), or those of people with such a name."""

    position: int | None
    candidates: tuple[int, ...] = ()


class Identities:
    """Finds people by id (also one that was merged away), otherwise by name. What was found is remembered.

    ``people`` None: nobody can be found, and only what the input itself says is compared. ``arrays`` alone: ids are
    found, names are not.
    """

    def __init__(self, people: People | None, arrays: PeopleArrays | None = None) -> None:
        self.people = people
        self.arrays = people.arrays if people is not None else arrays
        self._known: dict[tuple[str | None, str], Identity] = {}
        self._live: dict[str, int | None] = {}
        self._named: dict[str, tuple[int, ...]] = {}
        self._printed: dict[int, tuple[Name, ...]] = {}

    def prepare(self, persons: Iterable[Person], *, names: bool = True) -> None:
        """Look ``persons`` up together: so a cluster is asked a few times, and not about each. ``names``: also by name.

        :meth:`of` and :meth:`by_id` find the same without.
        """
        people = self.people
        if people is None:
            return
        several = list(dict.fromkeys(persons))
        unknown = list(dict.fromkeys(_id(person) for person in several if _id(person) not in self._live))
        self._live.update(zip(unknown, people.find_all("author", unknown), strict=True))
        # Only an id that the input may have made up has to prove itself by its name.
        self._read(at for person in several if not person.author and (at := self._live[_id(person)]) is not None)
        if names:
            others = [person.name.full for person in several if person.name and self.by_id(person) is None]
            self._read(at for name in others for at in self._candidates(people, name))

    def of(self, person: Person) -> Identity:
        """Where ``person`` is. An id that names nobody is looked for by name."""
        name = person.name.full if person.name else ""
        key = _id(person), name
        if key not in self._known:
            self._known[key] = self._find(person, name)
        return self._known[key]

    def by_id(self, person: Person) -> int | None:
        """Where the person is by the author id given or, without one, by an id that is also one of the collection.

        An input may number its people as it likes, so its own ids count only where the names agree as well.
        """
        identifier = _id(person)
        if identifier not in self._live:
            self._live[identifier] = self._position(identifier)
        position = self._live[identifier]
        if position is None or person.author is not None or person.name is None or self.people is None:
            return position
        return position if self._agrees(person.name, position) else None

    def _position(self, identifier: str) -> int | None:
        if self.people is not None:
            return self.people.find("author", identifier)
        return None if self.arrays is None else self.arrays.author_ids.find(identifier)

    def _find(self, person: Person, name: str) -> Identity:
        position = self.by_id(person)
        if position is not None:
            return Identity(position)
        if self.people is None or person.name is None:
            return Identity(None)
        candidates = self._candidates(self.people, name)
        self._read(candidates)
        return Identity(None, tuple(at for at in candidates if self._agrees(person.name, at)))

    def _candidates(self, people: People, name: str) -> tuple[int, ...]:
        """People with every word of ``name`` in one of theirs, most papers first."""
        if name not in self._named:
            if people.has_names:
                found = people_named(people, name, _CANDIDATES).tolist()
            else:
                authors = (document.author.id for document in people.engine.find_authors(name, _CANDIDATES))
                found = [at for author in authors if (at := people.arrays.author_ids.find(author)) is not None]
            self._named[name] = tuple(found)
        return self._named[name]

    def _agrees(self, name: Name, position: int) -> bool:
        """Whether ``name`` may be that of the person at ``position``."""
        self._read([position])
        return any(name.compatible(one) for one in self._printed[position])

    def _read(self, positions: Iterable[int]) -> None:
        """Remember the names of these people."""
        fresh = [position for position in dict.fromkeys(positions) if position not in self._printed]
        if fresh and self.people is not None:
            authors = (document.author for document in self.people.author_documents(fresh))
            self._printed.update(
                (at, (author.name, *author.variants)) for at, author in zip(fresh, authors, strict=True)
            )


def _id(person: Person) -> str:
    return person.author or person.id
