"""From what people type to the live id: our own ids, merged-away ids, and external ids such as ``doi:10.1000/1``."""

from __future__ import annotations

from records.errors import NotFoundError
from records.ids import ExternalId, IdScheme
from search.engine import AuthorDocument, Engine, PaperDocument, PaperQuery
from search.people import People
from search.query.ast import Everything, Keyword, KeywordField

__all__ = ["author_document", "author_id", "paper_document", "paper_id"]


def paper_id(engine: Engine, identifier: str) -> str:
    """The live id of the paper that ``identifier`` names.

    :raises NotFoundError: when it names none.
    """
    live = engine.resolve("paper", identifier)
    if live is None:
        external = ExternalId.try_parse(identifier)
        if external is not None:
            names = tuple(str(one) for one in (external, *external.equivalents()))
            where = Keyword(KeywordField.EXTERNAL_ID, names)
            page = engine.search(PaperQuery(Everything(), where, limit=1, documents=False))
            live = page.hits[0].id if page.hits else None
    if live is None:
        raise NotFoundError("paper", identifier)
    return live


def author_id(engine: Engine, identifier: str, people: People | None = None) -> str:
    """The live id of the person that ``identifier`` names: an author id of ours, or ``orcid:...``.

    With ``people`` it may be any external id that one person has.

    :raises NotFoundError: when it names none.
    """
    live = engine.resolve("author", identifier)
    if live is None:
        external = ExternalId.try_parse(identifier)
        if external is not None and external.scheme is IdScheme.ORCID:
            live = _by_orcid(engine, external)
        elif external is not None and people is not None and people.has_names:
            found = people.names.with_id(external)
            live = people.arrays.author_ids[found[0]] if len(found) == 1 else None
    if live is None:
        raise NotFoundError("author", identifier)
    return live


def paper_document(engine: Engine, live: str) -> PaperDocument:
    """The document of a live id.

    :raises NotFoundError: when it is not live after all.
    """
    document = engine.papers([live])[0]
    if document is None:
        raise NotFoundError("paper", live)
    return document


def author_document(engine: Engine, live: str) -> AuthorDocument:
    """The document of a live id.

    :raises NotFoundError: when it is not live after all.
    """
    document = engine.authors([live])[0]
    if document is None:
        raise NotFoundError("author", live)
    return document


def _by_orcid(engine: Engine, orcid: ExternalId) -> str | None:
    page = engine.search(PaperQuery(Everything(), Keyword(KeywordField.AUTHOR_ORCID, (orcid.value,)), limit=1))
    for hit in page.hits:
        for authorship in hit.document.paper.authorships if hit.document else ():
            if orcid in authorship.ids and authorship.author_id:
                return engine.resolve("author", authorship.author_id)
    return None
