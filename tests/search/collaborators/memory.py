"""People of a list of papers, with nothing on disk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, cast

import numpy.typing as npt

from records.author import Author
from records.name import Name
from records.paper import Affiliation, Authorship, Paper, Topic, Venue
from search.engine import AuthorDocument, Engine, GenerationInfo, PaperDocument
from search.people import GROUP, People, people_of_papers

__all__ = ["MemoryEngine", "paper", "people_in_memory"]


class MemoryEngine:
    """What finding collaborators asks of an engine."""

    def __init__(self, papers: Sequence[Paper], groups: Mapping[str, Mapping[str, npt.NDArray[Any]]]) -> None:
        self._papers = {one.id: PaperDocument(one) for one in papers}
        names = {str(a.author_id): a.name for one in papers for a in one.authorships}
        self._authors = {key: AuthorDocument(Author(key, name)) for key, name in names.items()}
        self._groups = dict(groups)
        self.generation = GenerationInfo("g1", "2020-01-01T00:00:00Z", len(papers), len(names))

    def arrays(self, group: str) -> Mapping[str, npt.NDArray[Any]]:
        return self._groups.get(group, {})

    def papers(self, ids: Sequence[str]) -> list[PaperDocument | None]:
        return [self._papers.get(one) for one in ids]

    def authors(self, ids: Sequence[str]) -> list[AuthorDocument | None]:
        return [self._authors.get(one) for one in ids]

    def resolve(self, kind: str, identifier: str) -> str | None:
        return identifier if identifier in (self._authors if kind == "author" else self._papers) else None


def people_in_memory(
    papers: Sequence[Paper], groups: Mapping[str, Mapping[str, npt.NDArray[Any]]] | None = None
) -> People:
    """The people of ``papers`` (in ascending order of id)."""
    packed = people_of_papers(papers).pack()
    return People(cast(Engine, MemoryEngine(papers, {GROUP: packed, **(groups or {})})))


def paper(  # noqa: PLR0917 - a row of a table
    number: int,
    year: int | None,
    authors: str,
    title: str = "untitled",
    venue: str = "",
    references: str = "",
    topic: str = "",
    places: Mapping[str, tuple[str, str]] | None = None,
) -> Paper:
    """``paper(1, 2001, "ann bob", "On parsing")``; ``places``: author -> (institution, country)."""
    byline = []
    for position, author in enumerate(authors.split()):
        place = (places or {}).get(author)
        seen = (Affiliation(f"At {place[0]}", place[0], place[1]),) if place else ()
        byline.append(Authorship(Name(author.title()), position, author, affiliations=seen))
    return Paper(
        id=f"p{number:04}",
        title=title,
        year=year,
        venue=Venue(venue) if venue else None,
        authorships=tuple(byline),
        references=tuple(f"p{int(cited):04}" for cited in references.split()),
        topics=(Topic(topic),) if topic else (),
    )
