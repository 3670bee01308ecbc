"""Submissions and reviewers from files: our own JSON and CSV, and exports of OpenReview and HotCRP.

One reader for all: a record is an object, or a row of a table, and each thing is looked for under the names that these
systems give it. OpenReview's ``content`` (with or without ``value``) is unwrapped first; several rows of one paper, as
in HotCRP's list of authors, are put together.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from records.errors import AssignmentError, PersonalNameError, RecordError
from records.name import Name
from records.paper import Paper
from search.conflicts import Person, Stay, Submission

__all__ = [
    "ReviewerRecord",
    "SubmissionRecord",
    "read_reviewers",
    "read_submissions",
    "reviewers_of",
    "submissions_of",
]

Record = Mapping[str, Any]
_LISTS = ("submissions", "papers", "notes", "reviewers", "profiles", "users")
_ID = ("id", "pid", "paper", "paper_id", "submission", "submission_id", "number")
_YES = frozenset(("1", "true", "yes", "y", "x", "senior"))


@dataclass(frozen=True, slots=True)
class SubmissionRecord:
    """A submission: what conflicts are checked with, its text, and its own demand, if it has one.

    ``conflicts``: ids or e-mail addresses of people declared to be in conflict.
    """

    submission: Submission
    title: str
    abstract: str
    demand: int | None = None
    conflicts: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ReviewerRecord:
    """A reviewer: who it is, papers that came with the record, loads of his or her own, and what was declared.

    ``conflicts``: ids of submissions; ``advisors`` and ``related``: ids or e-mail addresses of people.
    ``attributes``: country, institution, seniority and whatever stands under "attributes".
    """

    person: Person
    papers: tuple[Paper, ...] = ()
    paper_ids: tuple[str, ...] = ()
    most: int | None = None
    least: int | None = None
    senior: bool = False
    conflicts: tuple[str, ...] = ()
    advisors: tuple[str, ...] = ()
    related: tuple[str, ...] = ()
    attributes: tuple[tuple[str, str], ...] = ()


def read_submissions(path: Path) -> list[SubmissionRecord]:
    """The submissions of a file, in its order.

    :raises AssignmentError: when it cannot be read, or a record lacks an id or a title.
    """
    found = submissions_of(_records(path))
    if not found:
        raise AssignmentError(f"{path} holds no submissions")
    return found


def submissions_of(records: Iterable[tuple[str, Record]]) -> list[SubmissionRecord]:
    """The submissions of plain records, each with where it stands, for messages; several of one id are put together.

    :raises AssignmentError: when a record lacks an id or a title.
    """
    found: dict[str, SubmissionRecord] = {}
    for where, record in records:
        made = _submission(record, where)
        old = found.get(made.submission.id)
        if old is not None:  # one row an author
            authors = old.submission.authors + made.submission.authors
            made = replace(old, submission=replace(old.submission, authors=authors))
        found[made.submission.id] = made
    return list(found.values())


def read_reviewers(path: Path) -> list[ReviewerRecord]:
    """The reviewers of a file, in its order.

    :raises AssignmentError: when it cannot be read, a record lacks an id, or an id comes twice.
    """
    found = reviewers_of(_records(path))
    if not found:
        raise AssignmentError(f"{path} holds no reviewers")
    return found


def reviewers_of(records: Iterable[tuple[str, Record]]) -> list[ReviewerRecord]:
    """The reviewers of plain records, each with where it stands, for messages.

    :raises AssignmentError: when a record lacks an id, or an id comes twice.
    """
    found: dict[str, ReviewerRecord] = {}
    for where, record in records:
        made = _reviewer(record, where)
        if found.setdefault(made.person.id, made) is not made:
            raise AssignmentError(f"{where}: the reviewer {made.person.id!r} comes twice")
    return list(found.values())


def _records(path: Path) -> list[tuple[str, Record]]:
    try:
        text = path.read_text("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise AssignmentError(f"{path} cannot be read: {error}") from error
    start = text.lstrip()[:1]
    if start not in {"{", "["}:
        rows = csv.DictReader(text.splitlines(), delimiter="\t" if "\t" in text.partition("\n")[0] else ",")
        return [(f"{path.name}, line {number}", _lower(row)) for number, row in enumerate(rows, start=2)]
    try:
        whole = json.loads(text)
    except ValueError:
        return [_line(path, number, line) for number, line in enumerate(text.splitlines(), 1) if line.strip()]
    if isinstance(whole, dict):
        key = next((key for key in _LISTS if isinstance(whole.get(key), list)), None)
        whole = [whole] if key is None or any(name in whole for name in _ID[:2]) else whole[key]
    found = []
    for number, record in enumerate(whole, start=1):
        if not isinstance(record, dict):
            raise AssignmentError(f"{path.name}, record {number} is not an object")
        found.append((f"{path.name}, record {number}", _flat(record)))
    return found


def _line(path: Path, number: int, line: str) -> tuple[str, Record]:
    where = f"{path.name}, line {number}"
    try:
        record = json.loads(line)
    except ValueError as error:
        raise AssignmentError(f"{where} is not JSON: {error}") from error
    if not isinstance(record, dict):
        raise AssignmentError(f"{where} is not an object")
    return where, _flat(record)


def _lower(row: Mapping[str | None, Any]) -> Record:
    return {str(key).strip().lower().replace(" ", "_"): value for key, value in row.items() if key}


def _flat(record: Record) -> Record:
    """A record with OpenReview's content unwrapped over it."""
    content = record.get("content")
    inner = content if isinstance(content, Mapping) else {}
    plain = {
        key: value["value"] if isinstance(value, Mapping) and "value" in value else value
        for key, value in inner.items()
    }
    return {**record, **plain}


def _text(record: Record, *names: str) -> str:
    for name in names:
        value = record.get(name)
        if isinstance(value, str | int | float) and not isinstance(value, bool) and str(value).strip():
            return str(value).strip()
    return ""


def _number(record: Record, where: str, *names: str) -> int | None:
    text = _text(record, *names)
    if not text:
        return None
    try:
        value = float(text)
    except ValueError:
        value = -1.0
    if value < 0 or not value.is_integer():
        raise AssignmentError(f"{where}: {names[0]!r} must be a whole number, not {text[:40]!r}")
    return int(value)


def _many(value: Any) -> list[Any]:
    """A list as it is; text divided at semicolons; anything else that is not nothing alone."""
    if isinstance(value, list):
        return [item for item in value if item not in (None, "")]
    if isinstance(value, str):
        return [part.strip() for part in value.split(";") if part.strip()]
    return [] if value is None else [value]


def _submission(record: Record, where: str) -> SubmissionRecord:
    identifier, title = _text(record, *_ID), _text(record, "title")
    if not identifier or not title:
        raise AssignmentError(
            f"{where}: a submission needs an id and a title; it has: {', '.join(map(str, record))[:200]}"
        )
    authors = [_author(item, identifier, place, where) for place, item in enumerate(_many(record.get("authors")))]
    ids = _many(record.get("authorids"))
    if ids and len(ids) == len(authors):
        authors = [_with_id(person, str(one)) for person, one in zip(authors, ids, strict=True)]
    if not authors and _text(record, "first", "last", "email"):
        authors = [_author(record, identifier, 0, where)]
    conflicts = record.get("pc_conflicts", record.get("conflicts"))
    declared = list(conflicts) if isinstance(conflicts, Mapping) else _many(conflicts)
    year = _number(record, where, "year")
    made = Submission(identifier, tuple(authors), year, _text(record, "collection_id") or None)
    demand = _number(record, where, "demand", "reviewers_needed")
    return SubmissionRecord(made, title, _text(record, "abstract"), demand, tuple(_key(str(one)) for one in declared))


def _author(item: Any, submission: str, place: int, where: str) -> Person:
    """An author from an object, or from text such as "Jane Roe <jane@uni.edu>"."""
    if isinstance(item, Mapping):
        email = _text(item, "email", "preferredemail").lower()
        name = _name(item, where)
        stays = _stays(item)
        identifier = (_text(item, "id", "author_id", "authorid") if "title" not in item else "") or email
        author = _text(item, "author", "author_id") if "title" not in item else ""
    else:
        text = str(item)
        printed, _, rest = text.partition("<")
        email = rest.partition(">")[0].strip().lower() if rest else ""
        name, stays, identifier, author = _parsed(printed, where), (), email, ""
    return Person(identifier or f"{submission}#{place + 1}", name, author or None, (email,) if email else (), stays)


def _with_id(person: Person, identifier: str) -> Person:
    """OpenReview's author ids are profiles ("~Jane_Roe1") or e-mail addresses."""
    email = (identifier.lower(),) if "@" in identifier else ()
    return replace(person, id=identifier.lower() if email else identifier, emails=person.emails + email)


def _parsed(text: str, where: str) -> Name | None:
    if not text.strip():
        return None
    try:
        return Name.parse(text)
    except PersonalNameError as error:
        raise AssignmentError(f"{where}: {text[:80]!r} is not a name: {error}") from error


def _name(record: Record, where: str) -> Name | None:
    names = record.get("names")
    if isinstance(names, list) and names and isinstance(names[0], Mapping):
        preferred = next((one for one in names if one.get("preferred")), names[0])
        return _name(preferred, where)
    first, last = _text(record, "first", "given", "given_name"), _text(record, "last", "family", "family_name")
    if last:
        given = " ".join(part for part in (first, _text(record, "middle")) if part)
        try:
            return Name.of(given, last)
        except PersonalNameError as error:
            raise AssignmentError(f"{where}: {f'{given} {last}'[:80]!r} is not a name: {error}") from error
    return _parsed(_text(record, "name", "fullname", "full_name"), where)


def _stays(record: Record) -> tuple[Stay, ...]:
    stays = []
    for item in _many(record.get("history") or record.get("affiliations") or record.get("affiliation")):
        if isinstance(item, Mapping):
            place = item.get("institution", item)
            name = _text(place, "domain", "id", "name") if isinstance(place, Mapping) else str(place)
            first, last = _text(item, "start", "from", "first"), _text(item, "end", "to", "last")
            years = int(first) if first.isdigit() else None, int(last) if last.isdigit() else None
        else:
            name, years = str(item), (None, None)
        if name:
            stays.append(Stay(name.strip().casefold(), *years))
    return tuple(stays)


def _reviewer(record: Record, where: str) -> ReviewerRecord:
    emails = [str(one).lower() for one in _many(record.get("emails") or record.get("email"))]
    preferred = _text(record, "preferredemail", "preferredEmail").lower()
    emails = list(dict.fromkeys([*([preferred] if preferred else []), *emails]))
    identifier = _text(record, "id", "reviewer", "reviewer_id") or next(iter(emails), "")
    if not identifier:
        raise AssignmentError(f"{where}: a reviewer needs an id or an e-mail address")
    author = _text(record, "author", "author_id") or None
    person = Person(identifier, _name(record, where), author, tuple(emails), _stays(record))
    listed = _many(record.get("papers") or record.get("publications"))
    papers = [
        _paper(one, f"{identifier}#{number}", where) for number, one in enumerate(listed) if isinstance(one, Mapping)
    ]
    roles = _text(record, "senior", "role", "roles", "tags").lower().replace(",", " ").split()
    advisors, related = _relations(record)
    return ReviewerRecord(
        person,
        tuple(papers),
        tuple(str(one) for one in listed if not isinstance(one, Mapping)),
        _number(record, where, "load", "max_load", "most", "quota"),
        _number(record, where, "min_load", "least"),
        record.get("senior") is True or bool(_YES.intersection(roles)),
        tuple(str(one) for one in _many(record.get("conflicts"))),
        advisors,
        related,
        _attributes(record, person),
    )


def _attributes(record: Record, person: Person) -> tuple[tuple[str, str], ...]:
    given = record.get("attributes")
    found = {str(key): str(value) for key, value in given.items()} if isinstance(given, Mapping) else {}
    for name in ("country", "institution", "seniority"):
        if text := _text(record, name):
            found.setdefault(name, text)
    if person.stays:
        found.setdefault("institution", person.stays[-1].institution)
    return tuple(sorted(found.items()))


def _relations(record: Record) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Advisors, and others declared close; OpenReview's relations say which is which."""
    advisors = [_key(str(one)) for one in _many(record.get("advisors"))]
    related: list[str] = []
    for item in _many(record.get("relations")):
        if isinstance(item, Mapping):
            who = _key(_text(item, "email") or _text(item, "username", "id"))
            (advisors if "advis" in _text(item, "relation").lower() else related).append(who)
        else:
            related.append(_key(str(item)))
    return tuple(one for one in advisors if one), tuple(one for one in related if one)


def _key(identifier: str) -> str:
    """E-mail addresses are compared in lower case, ids as they are."""
    return identifier.strip().lower() if "@" in identifier else identifier.strip()


def _paper(record: Record, identifier: str, where: str) -> Paper:
    plain = _flat(record)
    year = _text(plain, "year")
    try:
        return Paper(
            _text(plain, "id") or identifier,
            _text(plain, "title"),
            _text(plain, "abstract"),
            year=int(year) if year.isdigit() else None,
        )
    except RecordError as error:
        raise AssignmentError(f"{where}: a paper of the reviewer cannot be read: {error}") from error
