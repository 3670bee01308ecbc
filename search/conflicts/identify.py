"""Who people of the input are in the collection."""

from __future__ import annotations

from dataclasses import dataclass

from records.errors import NotFoundError
from search.conflicts.model import Person
from search.people import People, PeopleArrays

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

    def of(self, person: Person) -> Identity:
        """Where ``person`` is. An id that names nobody is looked for by name."""
        name = person.name.full if person.name else ""
        key = person.author or person.id, name
        if key not in self._known:
            self._known[key] = self._find(person, name)
        return self._known[key]

    def by_id(self, person: Person) -> int | None:
        """Where the person is by the author id given or, without one, by an id that is also one of the collection.

        An input may number its people as it likes, so its own ids count only where the names agree as well.
        """
        position = self._live(person.author or person.id)
        if position is None or person.author is not None or person.name is None or self.people is None:
            return position
        names = [
            n for found in self.people.author_documents([position]) for n in (found.author.name, *found.author.variants)
        ]
        return position if any(person.name.compatible(one) for one in names) else None

    def _live(self, identifier: str) -> int | None:
        if self.arrays is None:
            return None
        position = self.arrays.author_ids.find(identifier)
        if position is None and self.people is not None:
            try:
                return self.people.author(identifier)
            except NotFoundError:
                return None
        return position

    def _find(self, person: Person, name: str) -> Identity:
        if self.arrays is None:
            return Identity(None)
        position = self.by_id(person)
        if position is not None:
            return Identity(position)
        if self.people is None or person.name is None:
            return Identity(None)
        found = []
        for document in self.people.engine.find_authors(name, _CANDIDATES):
            author = document.author
            position = self.arrays.author_ids.find(author.id)
            names = (author.name, *author.variants)
            if position is not None and any(person.name.compatible(one) for one in names):
                found.append(position)
        return Identity(None, tuple(found))
