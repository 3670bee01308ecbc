"""Between lines of our JSON Lines and records, both ways."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from indexer.sources.base import CitationLink, Person
from indexer.sources.jsonl_schema import (
    AffiliationObject,
    AuthorObject,
    CitationLine,
    CitationObject,
    Ids,
    NameObject,
    PaperLine,
    PersonLine,
    PersonObject,
    TopicObject,
    VenueObject,
)
from records.errors import ExternalIdError, RecordError
from records.ids import ExternalId, IdScheme
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from records.text import clean_text

__all__ = ["encode_line", "link_of", "paper_of", "person_of"]

_SCHEMES = frozenset(scheme.value for scheme in IdScheme)
_encode = msgspec.json.Encoder().encode


def paper_of(line: PaperLine, left_out: list[str]) -> Paper:
    """The record of a line; identifiers that do not validate are left out of it and named in ``left_out``.

    :raises RecordError: when the values cannot be a paper.
    """
    record_id = clean_text(line.id)
    return Paper(
        id=record_id,
        title=clean_text(line.title),
        abstract=clean_text(line.abstract) if line.abstract else "",
        year=line.year,
        date=line.date,
        venue=None if line.venue is None else _venue(line.venue, left_out),
        authorships=tuple([_authorship(author, index, left_out) for index, author in enumerate(line.authors)]),
        ids=_ids(line.ids, left_out) if line.ids else (),
        references=_references(line.references, record_id, left_out) if line.references else (),
        topics=tuple([_topic(topic) for topic in line.topics]),
        keywords=tuple(filter(None, map(clean_text, line.keywords))) if line.keywords else (),
        type=line.type,
        language=line.language,
        volume=line.volume,
        issue=line.issue,
        pages=line.pages,
        publisher=clean_text(line.publisher),
        url=line.url,
        retracted=line.retracted,
    )


def person_of(person: PersonObject, left_out: list[str]) -> Person:
    """The curated person of a line.

    :raises RecordError: when there is no id or no name.
    """
    person_id = clean_text(person.id)
    if not person_id:
        raise RecordError("a person has no id")
    ids = {**person.ids, "orcid": person.orcid} if person.orcid else person.ids
    return Person(
        id=person_id,
        name=_name(person),
        variants=tuple(Name.parse(given) if isinstance(given, str) else _name(given) for given in person.variants),
        ids=_ids(ids, left_out),
        affiliations=tuple(filter(None, map(clean_text, person.affiliations))),
        not_same_as=tuple(person.not_same_as),
    )


def link_of(citation: CitationObject) -> CitationLink:
    """The citation of a line.

    :raises RecordError: when an end is empty, an invalid external id, or both ends are one paper.
    """
    citing, cited = (_end(clean_text(text)) for text in (citation.citing, citation.cited))
    if not citing or not cited:
        raise RecordError("a citation needs both ends, citing and cited")
    if citing == cited:
        raise RecordError(f"paper {citing[:80]!r} cites itself")
    return CitationLink(citing, cited)


def _name(source: NameObject | PersonObject) -> Name:
    if source.name is not None:
        if source.family or source.given:
            raise RecordError("a name is given twice; write either name, or given and family")
        name = Name.parse(source.name)
        return msgspec.structs.replace(name, native=clean_text(source.native)) if source.native else name
    if not source.family and not source.given:
        raise RecordError("a name is missing; write name, or given and family")
    if source.particle:
        parts = (source.family, source.given, source.particle, source.suffix, source.native)
        return Name(*map(clean_text, parts))
    return Name.of(source.given, source.family, suffix=source.suffix, native=source.native)


def _authorship(author: str | AuthorObject, position: int, left_out: list[str]) -> Authorship:
    try:
        if isinstance(author, str):
            return Authorship(Name.parse(author), position)
        ids = {**author.ids, "orcid": author.orcid} if author.orcid else author.ids
        return Authorship(
            name=_name(author),
            position=position,
            author_id=author.id or None,
            ids=_ids(ids, left_out) if ids else (),
            affiliations=tuple([_affiliation(given, left_out) for given in author.affiliations]),
            email=author.email or None,
        )
    except RecordError as error:
        raise RecordError(f"author {position + 1}: {error}") from None


def _affiliation(given: str | AffiliationObject, left_out: list[str]) -> Affiliation:
    if isinstance(given, str):
        return Affiliation(clean_text(given))
    institution = given.institution
    if given.ror:
        if institution:
            raise RecordError("an affiliation has both institution and ror; write one of them")
        parsed = _id(given.ror, IdScheme.ROR, left_out)
        institution = str(parsed) if parsed else None
    return Affiliation(clean_text(given.text), institution or None, given.country.upper() if given.country else None)


def _venue(venue: str | VenueObject, left_out: list[str]) -> Venue | None:
    if isinstance(venue, str):
        name = clean_text(venue)
        return Venue(name) if name else None
    ids = {**venue.ids, "issn": venue.issn} if venue.issn else venue.ids
    return Venue(clean_text(venue.name), venue.id or None, venue.acronym, venue.kind, _ids(ids, left_out))


def _topic(topic: str | TopicObject) -> Topic:
    if isinstance(topic, str):
        return Topic(clean_text(topic))
    return Topic(clean_text(topic.name), topic.id or None, topic.score)


def _ids(ids: Ids, left_out: list[str]) -> tuple[ExternalId, ...]:
    found: dict[ExternalId, None] = {}
    for scheme, values in ids.items():
        if scheme not in _SCHEMES:
            left_out.append(f"unknown identifier scheme {scheme[:40]!r}; known: {', '.join(IdScheme)}")
            continue
        for value in [values] if isinstance(values, str) else values:
            parsed = _id(value, IdScheme(scheme), left_out)
            if parsed:
                found[parsed] = None
    return tuple(found)


def _id(text: str, scheme: IdScheme, left_out: list[str]) -> ExternalId | None:
    try:
        return ExternalId.parse(text, scheme)
    except ExternalIdError as error:
        left_out.append(str(error))
        return None


def _end(text: str) -> str:
    """A paper id of the source as it is; an external id in its normal form."""
    scheme = text.partition(":")[0].lower()
    return str(ExternalId.parse(text, scheme)) if scheme in _SCHEMES and ":" in text else text


def _references(references: Iterable[str], record_id: str, left_out: list[str]) -> tuple[str, ...]:
    found: dict[str, None] = {}
    for text in references:
        try:
            end = _end(text) if ":" in text else text
        except ExternalIdError as error:
            left_out.append(f"reference: {error}")
            continue
        if end and not end.isspace():
            found[end] = None
    if record_id in found:
        left_out.append("a reference of the paper to itself")
        del found[record_id]
    return tuple(found)


def encode_line(item: Paper | Person | CitationLink) -> bytes:
    """A record as one line of our JSON Lines, without the line end; reading it gives the record again."""
    if isinstance(item, CitationLink):
        return _encode(CitationLine(CitationObject(item.citing, item.cited)))
    if isinstance(item, Person):
        return _encode(PersonLine(_person_object(item)))
    return _encode(
        PaperLine(
            id=item.id,
            title=item.title,
            abstract=item.abstract or None,
            year=item.year,
            date=item.date,
            authors=[_author_object(authorship) for authorship in item.authorships],
            venue=None if item.venue is None else _venue_object(item.venue),
            ids=_ids_object(item.ids),
            references=list(item.references),
            topics=[TopicObject(topic.name, topic.id, topic.score) for topic in item.topics],
            keywords=list(item.keywords),
            type=item.type,
            language=item.language,
            volume=item.volume,
            issue=item.issue,
            pages=item.pages,
            publisher=item.publisher,
            url=item.url,
            retracted=item.retracted,
        )
    )


def _ids_object(ids: Iterable[ExternalId]) -> Ids:
    found: dict[str, list[str]] = {}
    for external in ids:
        found.setdefault(external.scheme.value, []).append(external.value)
    return {scheme: values[0] if len(values) == 1 else values for scheme, values in found.items()}


def _name_object(name: Name) -> NameObject:
    return NameObject(None, name.given, name.family, name.particle, name.suffix, name.native)


def _author_object(authorship: Authorship) -> AuthorObject:
    name = authorship.name
    return AuthorObject(
        given=name.given,
        family=name.family,
        particle=name.particle,
        suffix=name.suffix,
        native=name.native,
        id=authorship.author_id,
        ids=_ids_object(authorship.ids),
        affiliations=[
            AffiliationObject(affiliation.text, affiliation.institution_id, None, affiliation.country)
            for affiliation in authorship.affiliations
        ],
        email=authorship.email,
    )


def _person_object(person: Person) -> PersonObject:
    name = person.name
    return PersonObject(
        id=person.id,
        given=name.given,
        family=name.family,
        particle=name.particle,
        suffix=name.suffix,
        native=name.native,
        variants=[_name_object(variant) for variant in person.variants],
        ids=_ids_object(person.ids),
        affiliations=list(person.affiliations),
        not_same_as=list(person.not_same_as),
    )


def _venue_object(venue: Venue) -> VenueObject:
    return VenueObject(venue.name, venue.id, venue.acronym, venue.kind, None, _ids_object(venue.ids))
