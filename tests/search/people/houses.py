"""People of papers written in a test: in any engine's store, and in memory."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np

from records.author import AffiliationYears, Author
from records.ids import ExternalId
from records.name import Name
from records.paper import Affiliation, Authorship, Paper
from search.engine import AuthorDocument, EngineStore, PaperDocument
from search.people import GROUP, NAMES, NamesMaker, People, PeopleArrays
from tests.search.brute import BruteEngine
from tests.search.people.worlds import people as arrays_of

__all__ = ["author_documents", "in_memory", "on_shelves", "paper_documents", "write_people", "written"]


def author_documents(papers: Sequence[Paper], arrays: PeopleArrays) -> list[AuthorDocument]:
    """The people of ``papers`` in ascending order of id, with names, ids and affiliations as printed."""
    places: dict[str, list[tuple[Authorship, Paper]]] = {}
    for paper in papers:
        for authorship in paper.authorships:
            assert authorship.author_id
            places.setdefault(authorship.author_id, []).append((authorship, paper))
    documents = []
    for row, (author, held) in enumerate(sorted(places.items())):
        names = list(dict.fromkeys(authorship.name for authorship, _ in held))
        ids = dict.fromkeys(one for authorship, _ in held for one in authorship.ids)
        years = [paper.year for _, paper in held if paper.year is not None]
        record = Author(
            author,
            names[0],
            tuple(names[1:]),
            tuple(ids),
            tuple(_affiliations(held)),
            len({paper.id for _, paper in held}),
            min(years, default=None),
            max(years, default=None),
        )
        metrics = {name: float(v[row]) for name, v in arrays.author_metrics.items() if not np.isnan(v[row])}
        documents.append(AuthorDocument(record, metrics))
    return documents


def _affiliations(held: Sequence[tuple[Authorship, Paper]]) -> list[AffiliationYears]:
    found: dict[str, tuple[Affiliation, list[int | None]]] = {}
    for authorship, paper in held:
        for affiliation in authorship.affiliations:
            found.setdefault(affiliation.text, (affiliation, []))[1].append(paper.year)
    made = []
    for text, (affiliation, seen) in sorted(found.items()):
        years = [year for year in seen if year is not None]
        bounds = min(years, default=None), max(years, default=None)
        made.append(AffiliationYears(text, *bounds, len(seen), affiliation.institution_id, affiliation.country))
    return made


def paper_documents(papers: Sequence[Paper]) -> list[PaperDocument]:
    """``papers`` as engines take them, with their citations among themselves."""
    return [
        PaperDocument(one, {"citations": float(sum(one.id in o.references for o in papers if o is not one))})
        for one in papers
    ]


def write_people(
    store: EngineStore, papers: Sequence[Paper], redirects: Mapping[str, str] | None = None, *, seed: int = 0
) -> None:
    """A generation with papers, people, and the arrays of both, as a build makes it."""
    arrays = arrays_of(list(papers), seed)
    writer = store.writer(metrics=("citations",))
    writer.add_papers(paper_documents(papers), None, None)
    documents = author_documents(papers, arrays)
    writer.add_authors(documents)
    names = NamesMaker()
    names.add(document.author for document in documents)
    writer.add_arrays(GROUP, arrays.pack())
    writer.add_arrays(NAMES, names.make().pack())
    writer.add_redirects("author", (redirects or {}).items())
    writer.commit()


def on_shelves(store: EngineStore, papers: Sequence[Paper], redirects: Mapping[str, str] | None = None) -> People:
    """The people of a new generation in ``store``."""
    write_people(store, papers, redirects)
    return People(store.reader())


def in_memory(papers: Sequence[Paper], redirects: Mapping[str, str] | None = None, *, seed: int = 0) -> People:
    """The people of ``papers`` in an engine that looks at everything."""
    moved = {("author", old): live for old, live in (redirects or {}).items()}
    count = len(papers)
    engine = BruteEngine(paper_documents(papers), np.zeros((count, 0), np.float32), np.zeros(count, bool), "", moved)
    arrays = arrays_of(list(papers), seed)
    documents = author_documents(papers, arrays)
    names = NamesMaker()
    names.add(document.author for document in documents)
    engine.people = {document.author.id: document for document in documents}
    engine.kept = {GROUP: arrays.pack(), NAMES: names.make().pack()}
    return People(engine)


def written(
    identifier: str, *byline: tuple[str, str], year: int | None = 2000, where: str = "", ids: Sequence[str] = ()
) -> Paper:
    """A paper by (id, name) pairs; the first of them has an affiliation and external ids."""
    authorships = []
    for place, (author, name) in enumerate(byline):
        of_first = place == 0
        affiliations = (Affiliation(where, country="NO"),) if where and of_first else ()
        known = tuple(ExternalId.parse(one) for one in ids) if of_first else ()
        authorships.append(Authorship(Name.parse(name), place, author, known, affiliations))
    return Paper(identifier, f"Title of {identifier}", year=year, authorships=tuple(authorships))
