"""The Anthology's curated people: ``name_variants.yaml`` and its successor ``people.yaml``.

An author's name on a paper leads to a person only when exactly one curated person has that very name (given and family
name as printed). A name with none or several gives no author id: who it is stays for identity to decide.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import msgspec
import yaml

from indexer.sources.base import Person, Rejection
from indexer.sources.common import reject, utf8_trouble
from records.errors import RecordError
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.text import clean_text, fold_tokens

__all__ = ["People", "read_people"]

NameKey = tuple[str, str]
"""(given, family), cleaned."""

_CATCH_ALL = "may refer to several people"


class _NameEntry(msgspec.Struct):
    last: str
    first: str = ""


class _Entry(msgspec.Struct):
    names: list[_NameEntry] = []
    canonical: _NameEntry | None = None
    variants: list[_NameEntry] = []
    id: str = ""
    orcid: str = ""
    institution: str = ""
    degree: str = ""
    comment: str = ""
    similar: list[str] = []
    disable_name_matching: str = ""


@dataclass
class People:
    """Curated people. ``catch_all`` are ids under which the Anthology files several people it cannot yet tell apart."""

    persons: list[Person] = field(default_factory=list)
    rejections: list[Rejection] = field(default_factory=list)
    by_name: dict[NameKey, str | None] = field(default_factory=dict)  # None: several people
    catch_all: set[str] = field(default_factory=set)

    def author_id(self, given: str, family: str, explicit: str) -> str | None:
        """Who an author is. ``given`` and ``family`` are cleaned; ``explicit`` is the author's own id mark or ""."""
        if explicit:
            return None if explicit in self.catch_all else explicit
        return self.by_name.get((given, family))


def read_people(data: bytes, part: str) -> People:
    """Read either file. A bad entry becomes a rejection in the result; a file that is no YAML only that."""
    people = People()
    raised: list[tuple[int, _Entry, str]] = []
    try:
        for line, key, value in _entries(data):
            try:
                entry = msgspec.convert(value, _Entry)
                first_name = _names(entry)[0]
                raised.append((line, entry, key or entry.id or _slug(first_name)))
            except (msgspec.ValidationError, RecordError) as error:
                people.rejections.append(reject(part, f"a person that cannot be read: {error}", line=line, record=key))
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        trouble = utf8_trouble(data) or f"not YAML: {getattr(error, 'problem', None) or error}"
        people.rejections.append(reject(part, trouble, line=mark.line + 1 if mark else None, raw=data))
    _add_all(people, raised, part)
    return people


def _entries(data: bytes) -> Iterator[tuple[int, str, Any]]:
    """(line, id or "", entry). All scalars stay text: the surname "No" is no boolean."""
    loader = yaml.CBaseLoader(data)
    try:
        node = loader.get_single_node()
        if isinstance(node, yaml.SequenceNode):
            for child in node.value:
                yield child.start_mark.line + 1, "", loader.construct_object(child, deep=True)
        elif isinstance(node, yaml.MappingNode):
            for key, child in node.value:
                yield key.start_mark.line + 1, str(key.value), loader.construct_object(child, deep=True)
        elif node is not None:
            raise yaml.YAMLError("expected a list or a mapping of people")
    finally:
        loader.dispose()


def _names(entry: _Entry) -> list[_NameEntry]:
    names = ([entry.canonical] if entry.canonical else []) + entry.variants + entry.names
    if not names:
        raise RecordError("no name: a person needs `canonical` or `names`")
    return names


def _slug(name: _NameEntry) -> str:
    slug = "-".join(fold_tokens(f"{name.first} {name.last}"))
    if not slug:
        raise RecordError("no id, and none can be made of the name")
    return slug


def _add_all(people: People, entries: list[tuple[int, _Entry, str]], part: str) -> None:
    owners: dict[NameKey, list[str]] = {}
    kept: dict[str, tuple[int, _Entry]] = {}
    # Ids that were given win over ids made of the name, wherever they stand in the file.
    for line, entry, person_id in sorted(entries, key=lambda item: item[1].id == ""):
        if person_id in kept:
            reason = (
                f"a second person with the id {person_id!r} (first on line {kept[person_id][0]}); give one another id"
            )
            people.rejections.append(reject(part, reason, line=line, record=person_id))
            continue
        kept[person_id] = (line, entry)
        if _CATCH_ALL in entry.comment.casefold():
            people.catch_all.add(person_id)
        if entry.disable_name_matching.casefold() != "true":
            for name in _names(entry):
                key = (clean_text(name.first), clean_text(name.last))
                owners.setdefault(key, []).append(person_id)
    for key, ids in owners.items():
        distinct = set(ids)
        people.by_name[key] = distinct.pop() if distinct.isdisjoint(people.catch_all) and len(distinct) == 1 else None
    for person_id, (line, entry) in sorted(kept.items(), key=lambda item: item[1][0]):
        if person_id not in people.catch_all:
            _add(people, person_id, entry, line=line, part=part, owners=owners)


def _add(
    people: People, person_id: str, entry: _Entry, *, line: int, part: str, owners: Mapping[NameKey, list[str]]
) -> None:
    keys = [(clean_text(name.first), clean_text(name.last)) for name in _names(entry)]
    namesakes = {other for key in keys for other in owners.get(key, ())}
    told_apart = (namesakes | set(entry.similar)) - {person_id} - people.catch_all
    orcid = ExternalId.try_parse(entry.orcid, IdScheme.ORCID) if entry.orcid else None
    if entry.orcid and orcid is None:
        reason = f"left out: {entry.orcid!r} is not a valid ORCID"
        people.rejections.append(reject(part, reason, line=line, record=person_id, partial=True))
    try:
        names = tuple(Name.of(given, family) for given, family in keys)
    except RecordError as error:
        people.rejections.append(reject(part, str(error), line=line, record=person_id))
        return
    people.persons.append(
        Person(
            id=person_id,
            name=names[0],
            variants=names[1:],
            ids=(orcid,) if orcid else (),
            affiliations=tuple(clean_text(text) for text in (entry.institution, entry.degree) if text),
            not_same_as=tuple(sorted(told_apart)),
        )
    )
